// POST /classify: the bytes of an image as they are, and what a model says of them. Nothing of it is stored.
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Classified } from '../classify.ts';
import { messageOf } from '../errors.ts';
import type { ApiParts } from './api-parts.ts';
import { type ClassifyErrorCode, classifyCode } from './classify-codes.ts';
import { busyMessage, retryAfterSeconds } from './classify-room.ts';
import { imageLabels } from './label-resolvers.ts';

type RouteErrorCode =
  | ClassifyErrorCode
  | 'METHOD_NOT_ALLOWED'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'BAD_REQUEST'
  | 'INTERNAL_SERVER_ERROR';

const mediaTypes = /^(image\/[\w.+-]+|application\/octet-stream)(\s*;|$)/i;

export async function serveClassify(http: FastifyInstance, parts: ApiParts): Promise<void> {
  const { actions } = parts;
  const { maxImageBytes } = actions;
  const otherMethod = (_request: FastifyRequest, reply: FastifyReply) =>
    sendError(
      reply.header('allow', 'POST'),
      405,
      'METHOD_NOT_ALLOWED',
      'Expected POST, with an image as body.',
    );
  http.route({
    method: ['GET', 'PUT', 'PATCH', 'DELETE'],
    url: '/classify',
    // Before a body is read, whatever it may be.
    onRequest: async (request, reply) => void (await otherMethod(request, reply)),
    handler: otherMethod,
  });
  await http.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    const options = { parseAs: 'buffer', bodyLimit: maxImageBytes } as const;
    scope.addContentTypeParser(mediaTypes, options, (_request, body, done) => done(null, body));
    scope.setErrorHandler((error: FastifyError, _request, reply) => refuse(reply, error, parts));
    scope.addHook('onRequest', (request, reply, done) => {
      // Before the body is read: who gets no place need not send it. Of unknown length, it may be as large as any.
      const bytes = Number(request.headers['content-length'] ?? maxImageBytes);
      const leave = bytes > maxImageBytes ? () => {} : actions.classifyRoom.enter(bytes);
      if (leave === null) {
        void sendError(reply.header('retry-after', retryAfterSeconds), 503, 'BUSY', busyMessage);
        return;
      }
      reply.raw.once('close', leave);
      done();
    });
    scope.post('/classify', (request, reply) => answer(request, reply, parts));
  });
}

async function answer(request: FastifyRequest, reply: FastifyReply, { actions, taxonomy }: ApiParts) {
  const content = request.body instanceof Uint8Array ? request.body : new Uint8Array();
  const said = await actions.classifyContent(content);
  if (said.outcome === 'refused') return sendError(reply, 422, classifyCode(said.code), said.reason);
  return reply.header('cache-control', 'no-store').send(shown(said, taxonomy));
}

const shown = (
  { labels, scores, model, width, height, format }: Classified,
  taxonomy: ApiParts['taxonomy'],
) => ({
  labels: imageLabels(labels, labels, taxonomy).map(({ label, isMostSpecific, ...rest }) => ({
    id: label.id,
    name: label.name,
    ...rest,
    isMostSpecific: isMostSpecific(),
  })),
  scores,
  model,
  width,
  height,
  format,
});

function refuse(reply: FastifyReply, error: FastifyError, { actions, log }: ApiParts) {
  const status = error.statusCode ?? 500;
  if (status === 413) {
    return sendError(reply, 413, 'TOO_MANY_BYTES', `Expected at most ${actions.maxImageBytes} bytes.`);
  }
  if (status === 415) {
    const types = 'Expected the content type of an image, such as image/jpeg, or application/octet-stream.';
    return sendError(reply, 415, 'UNSUPPORTED_MEDIA_TYPE', types);
  }
  if (status < 500) return sendError(reply, status, 'BAD_REQUEST', error.message);
  log.error('an image could not be classified', { cause: messageOf(error) });
  return sendError(
    reply,
    500,
    'INTERNAL_SERVER_ERROR',
    'Something went wrong on the server. Its log says more.',
  );
}

const sendError = (
  reply: FastifyReply,
  status: number,
  code: RouteErrorCode,
  message: string,
): FastifyReply => reply.code(status).header('cache-control', 'no-store').send({ error: { code, message } });
