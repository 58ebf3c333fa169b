// /graphql: Apollo Server behind Fastify, with what one request may cost and what an error may say.
import { createHash } from 'node:crypto';
import type { ApolloServer, ApolloServerPlugin } from '@apollo/server';
import type { FastifyInstance } from 'fastify';
import { type ApiErrorCode, maskError } from './api-errors.ts';
import type { ApiParts } from './api-parts.ts';
import { type ApiContext, openContext } from './context.ts';
import { embeddedOnly } from './embedded-fields.ts';
import { queryLimits, queryLimitsRule } from './query-limits.ts';
import { resolvers } from './resolvers.ts';
import { readSchema } from './schema.ts';
import { maxUploadBytes, parseUploads, refuseBody } from './upload-limit.ts';

export async function openApollo({ log }: ApiParts): Promise<ApolloServer<ApiContext>> {
  const [{ ApolloServer }, disabled, typeDefs] = await Promise.all([
    import('@apollo/server'),
    import('@apollo/server/plugin/disabled'),
    readSchema(),
  ]);
  const apollo = new ApolloServer<ApiContext>({
    typeDefs,
    resolvers,
    // The API is public to whoever reaches it, and documented: hiding its schema would only hinder them.
    introspection: true,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    parseOptions: { maxTokens: queryLimits.maxTokens },
    validationRules: [queryLimitsRule],
    validationOptions: { maxErrors: queryLimits.maxValidationErrors },
    logger: log,
    formatError: (formatted, error) => maskError(formatted, error, log),
    plugins: [
      disabled.ApolloServerPluginLandingPageDisabled(),
      disabled.ApolloServerPluginCacheControlDisabled(),
      plainJsonStatus,
      embeddedOnly,
    ],
  });
  await apollo.start();
  return apollo;
}

/** GraphQL over HTTP: who accepts only application/json is told errors of the document with status 200. */
const plainJsonStatus: ApolloServerPlugin<ApiContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ request, response }) {
        const { body, http } = response;
        // Apollo says 200 of a persisted query, so that nobody keeps the answer; POST and no-cache see to that here.
        if (body.kind === 'single' && body.singleResult.errors?.[0]?.message === 'PersistedQueryNotSupported')
          http.status = 400;
        if (http.status !== 400 || body.kind !== 'single' || typeof request.query !== 'string') return;
        if (request.http?.headers.get('accept')?.includes('application/graphql-response+json') === true)
          return;
        const codes = body.singleResult.errors?.map((error) => error.extensions?.['code']) ?? [];
        if (codes.length > 0 && codes.every((code) => documentCodes.has(code as ApiErrorCode)))
          http.status = 200;
      },
    };
  },
};
const documentCodes = new Set<ApiErrorCode>([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'QUERY_TOO_COMPLEX',
  'BAD_USER_INPUT',
]);

export async function serveGraphql(
  http: FastifyInstance,
  apollo: ApolloServer<ApiContext>,
  parts: ApiParts,
): Promise<void> {
  const { fastifyApolloHandler } = await import('@as-integrations/fastify');
  const contract = await readSchema();
  http.get('/schema.graphql', (_request, reply) => {
    reply.type('text/plain; charset=utf-8').header('cache-control', 'no-cache').send(contract);
  });
  const answer = fastifyApolloHandler(apollo, { context: async ({ access }) => openContext(parts, access) });
  parseUploads(http);
  http.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    bodyLimit: maxUploadBytes,
    onRequest: async (request, reply) => {
      const refused = refuseBody(request, reply, parts.actions.classifyRoom);
      if (refused !== null) await reply.code(refused.status).send(errorBody(refused.code, refused.message));
    },
    handler: async function graphql(request, reply) {
      const waitMs = isMutation(request.body) ? queryLimits.mutationTimeoutMs : queryLimits.timeoutMs;
      const body = await withDeadline(Promise.resolve(answer.call(this, request, reply)), waitMs);
      if (body === timedOut) {
        return reply.code(503).send(errorBody('TIMED_OUT', `No answer within ${waitMs} ms.`));
      }
      if (request.method !== 'GET' || typeof body !== 'string' || reply.statusCode !== 200) return body;
      // What is indexed changes while a crawl runs: a browser may keep an answer, but asks whether it still holds.
      const etag = `W/"${createHash('sha256').update(body).digest('base64url')}"`;
      reply.header('cache-control', 'private, no-cache').header('etag', etag);
      return request.headers['if-none-match'] === etag ? reply.code(304).send() : body;
    },
  });
}

/** By its look: a query that only names one is given more time, and no harm done. */
const isMutation = (body: unknown): boolean =>
  /\bmutation\b/.test(String((body as { readonly query?: unknown } | null)?.query ?? ''));

const timedOut = Symbol('timed out');
function withDeadline<T>(work: Promise<T>, ms: number): Promise<T | typeof timedOut> {
  let timer: NodeJS.Timeout;
  const deadline = new Promise<typeof timedOut>((resolve) => {
    timer = setTimeout(resolve, ms, timedOut);
  });
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}

/** Errors that happen before GraphQL does look like GraphQL's. */
export const errorBody = (code: ApiErrorCode, message: string) => ({
  errors: [{ message, extensions: { code } }],
});
