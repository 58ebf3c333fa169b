// Brings thumbnails from where they lie to where they are to lie.
import { batches } from '../batches.ts';
import type { Blobs } from '../blobs/blobs.ts';

export interface BlobCounts {
  blobs: number;
  blobBytes: number;
}

const maxAtOnce = 32;

/** Those of the keys that there are. Returns how many were not there yet. */
export async function copyBlobs(
  from: Blobs,
  to: Blobs,
  keys: Iterable<string> | AsyncIterable<string>,
  counts: BlobCounts,
  permit: () => Promise<void>,
): Promise<number> {
  let differed = 0;
  const copyOne = async (key: string): Promise<void> => {
    const [here, there] = await Promise.all([from.sizeOf(key), to.sizeOf(key)]);
    if (here === null) return;
    counts.blobs++;
    counts.blobBytes += here;
    // An empty one marks that it was dropped. What lies under the name of a content is never another.
    if (there !== null && (there > 0 || here === 0)) return;
    const content = await from.get(key);
    if (content === null) return;
    await permit();
    await to.put(key, content);
    differed++;
  };
  for await (const some of batches(each(keys), maxAtOnce)) await Promise.all(some.map(copyOne));
  return differed;
}

/** How many of the keys there are. */
export async function countBlobs(blobs: Blobs, keys: readonly string[]): Promise<BlobCounts> {
  const counts = { blobs: 0, blobBytes: 0 };
  for await (const some of batches(each(keys), maxAtOnce)) {
    for (const size of await Promise.all(some.map((key) => blobs.sizeOf(key)))) {
      if (size === null) continue;
      counts.blobs++;
      counts.blobBytes += size;
    }
  }
  return counts;
}

async function* each<T>(items: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T> {
  yield* items;
}
