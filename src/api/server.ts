// Opens the HTTP server of the API on loopback: GraphQL, the search page, thumbnails and health.
import type { FastifyError, FastifyInstance } from 'fastify';
import { ImagedexError, messageOf } from '../errors.ts';
import type { ApiErrorCode } from './api-errors.ts';
import type { ApiParts } from './api-parts.ts';
import { errorBody, openApollo, serveGraphql } from './graphql.ts';
import { serveHealth } from './health.ts';
import { refusal } from './host-check.ts';
import { servePages } from './pages.ts';
import { queryLimits } from './query-limits.ts';
import { serveThumbnails } from './thumbnails.ts';

export interface Server {
  /** http://localhost:<port> */
  readonly url: string;
  readonly port: number;
  /** Takes no more requests, lets those under way finish for up to ten seconds, then ends. */
  close(): Promise<void>;
}

const graceMs = 10_000;

export async function openServer(
  parts: ApiParts,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Server> {
  const { default: fastify } = await import('fastify');
  const http = fastify({
    bodyLimit: queryLimits.maxBodyBytes,
    requestTimeout: queryLimits.timeoutMs,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 100 },
  });
  let isClosing = false;
  protect(http, parts);
  const apollo = await openApollo(parts);
  await serveGraphql(http, apollo, parts);
  serveThumbnails(http, parts.blobs);
  serveHealth(http, () => !isClosing && parts.ready());
  await servePages(http, parts.collection ?? 'default');
  await listen(http, host, port);
  return {
    url: `http://localhost:${portOf(http)}`,
    port: portOf(http),
    async close() {
      isClosing = true;
      const cutOff = setTimeout(() => http.server.closeAllConnections(), graceMs);
      await http.close();
      clearTimeout(cutOff);
      await apollo.stop();
    },
  };
}

const portOf = (http: FastifyInstance): number => {
  const address = http.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

async function listen(http: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await http.listen({ host, port });
  } catch (error) {
    await http.close();
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new ImagedexError(
      'address_in_use',
      `Port ${port} of ${host} is taken by another program. Choose another one with --port, or 0 for any that is free.`,
      { cause: error },
    );
  }
}

/** Every answer: only to our own pages, never taken for another type, never shown in a frame, faults masked. */
function protect(http: FastifyInstance, { log }: ApiParts): void {
  http.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    });
    const refused = refusal(request.headers, request.method, portOf(http));
    if (refused !== null) await reply.code(refused.status).send(`${refused.reason}\n`);
  });
  http.setNotFoundHandler((_request, reply) => reply.code(404).send('There is nothing here.\n'));
  http.setErrorHandler((error: FastifyError, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error('a request failed', { cause: messageOf(error) });
    const code: ApiErrorCode =
      status === 413 ? 'PAYLOAD_TOO_LARGE' : status >= 500 ? 'INTERNAL_SERVER_ERROR' : 'BAD_REQUEST';
    const message = status >= 500 ? 'Something went wrong on the server. Its log says more.' : error.message;
    return reply.code(status).send(errorBody(code, message));
  });
}
