// GET /thumbnails/<sha256>.jpg: a thumbnail's content belongs to its name, so it may be kept for ever.
import type { FastifyInstance } from 'fastify';
import { thumbnailKey } from '../blobs/blobs.ts';
import { blockedContents } from '../collections/blocks.ts';
import { imageId } from '../record.ts';
import type { Access } from './access.ts';
import type { ApiParts } from './api-parts.ts';

export const thumbnailPath = (sha256: string): string => `/thumbnails/${sha256}.jpg`;

export function serveThumbnails(http: FastifyInstance, { blobs, index, ledger }: ApiParts): void {
  const isDown = openDown(ledger);
  http.get<{ Params: { file: string } }>('/thumbnails/:file', async (request, reply) => {
    const sha256 = /^([0-9a-f]{64})\.jpg$/.exec(request.params.file)?.[1];
    if (sha256 === undefined || !(await maySee(request.access, sha256, index)) || (await isDown(sha256)))
      return notThere(reply.code(404));
    const etag = `"${sha256}"`;
    const known = request.headers['if-none-match'];
    // Also for who has it already: what was taken down is not to be shown any more.
    const content = await blobs.get(thumbnailKey(sha256));
    // An empty one was dropped by retention.
    if (content === null || content.length === 0) return notThere(reply.code(404));
    // A cache that many share might hand it to pages of other origins.
    const scope = request.access.kind === 'full' ? 'public' : 'private';
    reply.header('etag', etag).header('cache-control', `${scope}, max-age=31536000, immutable`);
    if (known?.includes(etag) === true) return reply.code(304).send();
    return reply.type('image/jpeg').send(Buffer.from(content.buffer, content.byteOffset, content.byteLength));
  });
}

const rememberedMs = 5000;
const mostRemembered = 10_000;

/** Who shares the ledger may have taken it down, and could not remove it here. */
function openDown(ledger: ApiParts['ledger']): (sha256: string) => Promise<boolean> {
  const known = new Map<string, { readonly isDown: Promise<boolean>; readonly until: number }>();
  return (sha256) => {
    const before = known.get(sha256);
    if (before !== undefined && performance.now() < before.until) return before.isDown;
    if (known.size >= mostRemembered) known.clear();
    const isDown = blockedContents(ledger, [sha256]).then((blocked) => blocked.length > 0);
    known.set(sha256, { isDown, until: performance.now() + rememberedMs });
    isDown.catch(() => known.delete(sha256));
    return isDown;
  };
}

/** A page of another origin sees the thumbnails of images in its collections: an image's id says which one it is in. */
async function maySee(access: Access, sha256: string, index: ApiParts['index']): Promise<boolean> {
  if (access.kind === 'full') return true;
  const ids = [...access.collections].map((collection) => imageId(collection, sha256));
  return (await index.get(ids)).length > 0;
}

const notThere = <R extends { header(name: string, value: string): R; send(body: string): unknown }>(
  reply: R,
) => reply.header('cache-control', 'no-store').send('There is no such thumbnail.\n');
