// Bodies of /graphql: small ones, and larger ones where what makes them large is an image in base64.
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiErrorCode } from './api-errors.ts';
import { busyMessage, type ClassifyRoom, retryAfterSeconds } from './classify-room.ts';
import { maxBase64ImageBytes } from './mutations/classify.ts';
import { queryLimits } from './query-limits.ts';

/** Base64 makes four bytes of three. */
export const maxUploadBytes = Math.ceil(maxBase64ImageBytes / 3) * 4 + queryLimits.maxBodyBytes;

/** What is held of a large body at once: the text, what JSON made of it, and the bytes that were in it. */
const copies = 4;

/** Some programs write / as \/ in JSON. */
const base64Member = /"base64"\s*:\s*"[\w+/=\\-]*"/;

/**
 * JSON bodies: without its image a large one must be as small as any other. Looked at before it is parsed, for parsed it
 * may take twenty times the memory.
 */
export function parseUploads(http: FastifyInstance): void {
  const parse = http.getDefaultJsonParser('error', 'error');
  const { maxBodyBytes } = queryLimits;
  http.removeContentTypeParser('application/json');
  http.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    const imageLength = body.length > maxBodyBytes ? (base64Member.exec(body)?.[0].length ?? 0) : 0;
    if (body.length - imageLength > maxBodyBytes) return done(tooLarge());
    return parse(request, body, done);
  });
}

const limit = `Expected at most ${queryLimits.maxBodyBytes} bytes, an image in base64 left out.`;

const tooLarge = (): FastifyError =>
  Object.assign(new Error(limit), {
    name: 'FastifyError',
    code: 'FST_ERR_CTP_BODY_TOO_LARGE',
    statusCode: 413,
  });

interface Refusal {
  readonly status: 413 | 503;
  readonly code: ApiErrorCode;
  readonly message: string;
}

/**
 * Before the body is read: takes a place for a large one, kept until it is answered, or says why there is none. Pages of
 * other origins may not classify, and so have nothing large to send.
 */
export function refuseBody(request: FastifyRequest, reply: FastifyReply, room: ClassifyRoom): Refusal | null {
  const bytes = request.method === 'POST' ? Number(request.headers['content-length'] ?? maxUploadBytes) : 0;
  if (bytes <= queryLimits.maxBodyBytes || bytes > maxUploadBytes) return null;
  if (request.access.kind !== 'full') return { status: 413, code: 'PAYLOAD_TOO_LARGE', message: limit };
  const leave = room.enter(bytes * copies);
  if (leave !== null) {
    reply.raw.once('close', leave);
    return null;
  }
  reply.header('retry-after', retryAfterSeconds);
  return { status: 503, code: 'BUSY', message: busyMessage };
}
