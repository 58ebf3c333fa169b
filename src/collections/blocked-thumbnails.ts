// Thumbnails of what was taken down elsewhere: who shares the ledger from another data directory cannot remove them here.
import { batches } from '../batches.ts';
import { type Blobs, thumbnailKey } from '../blobs/blobs.ts';
import type { Ledger } from '../ledger.ts';
import { blockedContents } from './blocks.ts';

/** Says how long the block list was when these blobs were last looked through. It never gets shorter. */
const mark = 'marks/taken-down';

/** Looks through all thumbnails, where the block list has grown since the last time. */
export async function removeBlockedThumbnails({
  ledger,
  blobs,
}: {
  readonly ledger: Ledger;
  readonly blobs: Blobs;
}): Promise<void> {
  const [blocks] = await ledger.tally('block', {}, []);
  if (blocks === undefined) return;
  const now = String(blocks.count);
  const before = await blobs.get(mark);
  if (before !== null && new TextDecoder().decode(before) === now) return;
  for await (const some of batches(blobs.list('thumbnails/'), 200)) {
    const contents = some.flatMap(({ key }) => /([0-9a-f]{64})\.jpg$/.exec(key)?.[1] ?? []);
    for (const content of await blockedContents(ledger, contents)) await blobs.remove(thumbnailKey(content));
  }
  await blobs.put(mark, new TextEncoder().encode(now));
}
