// Renditions of images that lie nowhere any more: nobody sees them, and they take room under no cap.
import { batches } from '../batches.ts';
import { type Blobs, thumbnailKey } from '../blobs/blobs.ts';
import type { ImageIndex } from '../indexer/image-index.ts';
import { type Ledger, listAll } from '../ledger.ts';
import { imageId } from '../record.ts';

/** An image that has just left may be on its way back, in a crawl that runs. */
const restMs = 24 * 3_600_000;
const batchSize = 200;

/** Of images that left this collection long enough ago, and that none of `collections` has. */
export async function* unusedRenditions(
  { ledger, index, blobs }: { readonly ledger: Ledger; readonly index: ImageIndex; readonly blobs: Blobs },
  collection: string,
  collections: readonly string[],
  now: Date,
): AsyncGenerator<[sha256: string, sizeBytes: number]> {
  const before = new Date(now.getTime() - restMs).toISOString();
  for await (const batch of batches(listAll(ledger, 'image', { collection }), batchSize)) {
    const settled = batch
      .filter(({ record }) => record.revision === record.indexedRevision && (record.indexedAt ?? '') < before)
      .map(({ record }) => record.sha256);
    const ids = settled.flatMap((sha256) => collections.map((name) => imageId(name, sha256)));
    const [found, images] = await Promise.all([index.get(ids), ledger.get('image', ids)]);
    // Another image's document names it.
    const folded = images.filter(({ record }) => record.foldedInto).map(({ record }) => record.sha256);
    const used = new Set([...found.map(({ sha256 }) => sha256), ...folded]);
    for (const sha256 of settled) {
      const sizeBytes = used.has(sha256) ? 0 : ((await blobs.sizeOf(thumbnailKey(sha256))) ?? 0);
      if (sizeBytes > 0) yield [sha256, sizeBytes];
    }
  }
}
