// /health/live: the process answers. /health/ready: it can be sent requests (not yet open, closing, or its store is away: 503).
import type { FastifyInstance } from 'fastify';
import { messageOf } from '../errors.ts';
import type { Ledger } from '../ledger.ts';
import type { Log } from '../log.ts';

/** Those who look wait no longer themselves. */
const storeTimeoutMs = 2000;

interface Looked {
  readonly isReady: () => boolean;
  readonly ledger: Pick<Ledger, 'get'>;
  readonly log: Log;
}

export function serveHealth(http: FastifyInstance, { isReady, ledger, log }: Looked): void {
  let looking: Promise<boolean> | undefined;
  /** However many ask, the store is asked once at a time. */
  const storeAnswers = (): Promise<boolean> => {
    looking ??= ledger
      .get('collection', ['default'])
      .then(
        () => true,
        (error: unknown) => {
          log.debug('the store does not answer', { cause: messageOf(error) });
          return false;
        },
      )
      .finally(() => {
        looking = undefined;
      });
    return withinTime(looking);
  };
  http.get('/health/live', async (_request, reply) => {
    return reply.header('cache-control', 'no-store').send({ status: 'live' });
  });
  http.get('/health/ready', async (_request, reply) => {
    const isOpen = isReady();
    const ready = isOpen && (await storeAnswers());
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({
        status: ready ? 'ready' : 'not ready',
        ...(isOpen && !ready ? { reason: 'the store is away' } : {}),
      });
  });
}

function withinTime(answer: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, storeTimeoutMs, false);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
