// Opens the HTTP server of the API on loopback: GraphQL, the search page, thumbnails and health. Who may ask for what
// is decided before any of them (access.ts).

import type { ApolloServer } from '@apollo/server';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ImagedexError, messageOf } from '../errors.ts';
import { type Access, accessOf, originsOf } from './access.ts';
import type { ApiErrorCode } from './api-errors.ts';
import type { ApiParts } from './api-parts.ts';
import { serveClassify } from './classify-route.ts';
import { firstCollection } from './collections.ts';
import type { ApiContext } from './context.ts';
import { crossOriginHeaders, preflightHeaders } from './cross-origin.ts';
import { errorBody, openApollo, serveGraphql } from './graphql.ts';
import { serveHealth } from './health.ts';
import { servePages } from './pages.ts';
import { queryLimits } from './query-limits.ts';
import { embeddedRate, openRateLimit, type RateLimit, visitorOf } from './rate-limit.ts';
import { serveThumbnails } from './thumbnails.ts';

export interface Server {
  /** http://localhost:<port> */
  readonly url: string;
  readonly port: number;
  /** Where there is nothing but the embedded search, for a proxy; null without. */
  readonly embedPort: number | null;
  /** Takes no more requests, lets those under way finish for up to ten seconds, then ends. */
  close(): Promise<void>;
}

export interface Places {
  readonly host: string;
  readonly port: number;
  /** null: none. */
  readonly embedPort?: number | null;
  /** For a request to come whole. */
  readonly receiveTimeoutMs?: number;
}

const graceMs = 10_000;

export async function openServer(
  parts: ApiParts,
  { host, port, embedPort = null, receiveTimeoutMs = queryLimits.timeoutMs }: Places,
): Promise<Server> {
  let isClosing = false;
  const apollo = await openApollo(parts);
  const rate = openRateLimit(embeddedRate);
  const opened: FastifyInstance[] = [];
  const openDoor = async (at: number, option: 'port' | 'embedPort') => {
    const http = await makeHttp(receiveTimeoutMs);
    protect(http, parts, rate, option === 'embedPort');
    await serveRoutes(http, parts, apollo, () => !isClosing && parts.ready());
    await listen(http, host, at, option);
    opened.push(http);
    return portOf(http);
  };
  const close = async () => {
    isClosing = true;
    const cutOff = setTimeout(() => {
      for (const http of opened) http.server.closeAllConnections();
    }, graceMs);
    await Promise.all(opened.map((http) => http.close()));
    clearTimeout(cutOff);
    await apollo.stop();
  };
  try {
    const taken = await openDoor(port, 'port');
    const embed = embedPort === null ? null : await openDoor(embedPort, 'embedPort');
    return { url: `http://localhost:${taken}`, port: taken, embedPort: embed, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function makeHttp(receiveTimeoutMs: number): Promise<FastifyInstance> {
  const { default: fastify } = await import('fastify');
  return fastify({
    bodyLimit: queryLimits.maxBodyBytes,
    requestTimeout: receiveTimeoutMs,
    // Node looks every 30 s unless told otherwise: until then a body that never comes would hold its connection.
    http: { headersTimeout: receiveTimeoutMs, connectionsCheckingInterval: Math.min(1000, receiveTimeoutMs) },
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 100 },
  });
}

async function serveRoutes(
  http: FastifyInstance,
  parts: ApiParts,
  apollo: ApolloServer<ApiContext>,
  ready: () => boolean,
): Promise<void> {
  await serveGraphql(http, apollo, parts);
  await serveClassify(http, parts);
  serveThumbnails(http, parts);
  serveHealth(http, { isReady: ready, ledger: parts.ledger, log: parts.log });
  await servePages(http, () => firstCollection(parts));
}

const portOf = (http: FastifyInstance): number => {
  const address = http.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

async function listen(
  http: FastifyInstance,
  host: string,
  port: number,
  option: 'port' | 'embedPort',
): Promise<void> {
  try {
    await http.listen({ host, port });
  } catch (error) {
    await http.close();
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new ImagedexError(
      'address_in_use',
      option === 'port'
        ? `Port ${port} of ${host} is taken by another program. Choose another one with --port, or 0 for any that is free.`
        : `Port ${port} of ${host} is taken. Choose another one with --embed-port, and point the proxy there.`,
      { cause: error },
    );
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before anything else is done with a request; those that are refused never come further. */
    access: Access;
  }
}

/** Every answer: only to whom it is for, never taken for another type, never shown in a frame, faults masked. */
function protect(
  http: FastifyInstance,
  { log, collections, publicHosts }: ApiParts,
  rate: RateLimit,
  embedOnly: boolean,
): void {
  const origins = originsOf(collections);
  const isBehindProxy = embedOnly || publicHosts.length > 0;
  http.decorateRequest('access');
  http.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    const { method, url, headers, raw } = request;
    const asked = { method, url, headers, httpVersion: raw.httpVersion };
    const access = accessOf(asked, { port: portOf(http), embedOnly, publicHosts, origins });
    reply.headers(crossOriginHeaders(access, origins.size > 0));
    if (access.kind === 'refused') return reply.code(access.status).send(`${access.reason}\n`);
    request.access = access;
    if (access.kind === 'embedded') {
      const visitor = visitorOf(headers, request.socket.remoteAddress, isBehindProxy);
      await admitEmbedded(`${access.origin} ${visitor}`, rate, request, reply);
    }
    return undefined;
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

/** Answers the browser's question before the request; refuses large bodies, and those who ask too often. */
async function admitEmbedded(
  visitor: string,
  rate: RateLimit,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  if (request.method === 'OPTIONS') {
    await reply.code(204).headers(preflightHeaders(request.headers)).send();
    return;
  }
  const bodyBytes = request.method === 'POST' ? Number(request.headers['content-length'] ?? Infinity) : 0;
  if (bodyBytes > queryLimits.maxBodyBytes) {
    const message = `Expected at most ${queryLimits.maxBodyBytes} bytes, with their number in Content-Length.`;
    await reply.code(413).send(errorBody('PAYLOAD_TOO_LARGE', message));
    return;
  }
  const cost = request.url.startsWith('/graphql') ? 1 : embeddedRate.thumbnailCost;
  const waitSeconds = rate.take(visitor, cost);
  if (waitSeconds === 0) return;
  const message = `Too many requests. The next one is welcome in ${waitSeconds} s.`;
  await reply.code(429).header('retry-after', String(waitSeconds)).send(errorBody('RATE_LIMITED', message));
}
