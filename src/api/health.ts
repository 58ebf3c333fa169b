// /health/live: the process answers. /health/ready: it can be sent requests (not yet open or closing: 503).
import type { FastifyInstance } from 'fastify';

export function serveHealth(http: FastifyInstance, isReady: () => boolean): void {
  http.get('/health/live', async (_request, reply) => {
    return reply.header('cache-control', 'no-store').send({ status: 'live' });
  });
  http.get('/health/ready', async (_request, reply) => {
    const ready = isReady();
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: ready ? 'ready' : 'not ready' });
  });
}
