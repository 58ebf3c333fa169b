// GET /thumbnails/<sha256>.jpg: a thumbnail's content belongs to its name, so it may be kept for ever.
import type { FastifyInstance } from 'fastify';
import { type Blobs, thumbnailKey } from '../blobs/blobs.ts';

export const thumbnailPath = (sha256: string): string => `/thumbnails/${sha256}.jpg`;

export function serveThumbnails(http: FastifyInstance, blobs: Blobs): void {
  http.get<{ Params: { file: string } }>('/thumbnails/:file', async (request, reply) => {
    const sha256 = /^([0-9a-f]{64})\.jpg$/.exec(request.params.file)?.[1];
    if (sha256 === undefined) return notThere(reply.code(404));
    const etag = `"${sha256}"`;
    const known = request.headers['if-none-match'];
    const content = known?.includes(etag) === true ? null : await blobs.get(thumbnailKey(sha256));
    if (content === null && known?.includes(etag) !== true) return notThere(reply.code(404));
    reply.header('etag', etag).header('cache-control', 'public, max-age=31536000, immutable');
    if (content === null) return reply.code(304).send();
    return reply.type('image/jpeg').send(Buffer.from(content.buffer, content.byteOffset, content.byteLength));
  });
}

const notThere = <R extends { header(name: string, value: string): R; send(body: string): unknown }>(
  reply: R,
) => reply.header('cache-control', 'no-store').send('There is no such thumbnail.\n');
