// Brings the images of a collection into another store: their records, what inference said of them, their documents,
// and of those that were removed the tombstones.
import { isDeepStrictEqual } from 'node:util';
import { batches } from '../batches.ts';
import type { Blobs } from '../blobs/blobs.ts';
import type { ImageDocument, ImageIndex } from '../indexer/image-index.ts';
import type { ImageRecord, Ledger, Stored } from '../ledger.ts';
import {
  addRecords,
  type CopyTarget,
  changeOf,
  type Pair,
  paired,
  pieceSize,
  settle,
} from './copy-records.ts';
import { eraseUnused } from './erase.ts';

export interface ImageSource {
  readonly ledger: Ledger;
  readonly index: ImageIndex;
}
export interface ImageTarget extends CopyTarget {
  readonly index: ImageIndex;
  readonly blobs: Blobs;
}

export interface ImageCounts {
  /** Of the images, those that searches find. */
  documents: number;
  /** Documents that the other index does not take, by image id: the reason. */
  readonly rejected: Map<string, string>;
}

/** Returns how many records and documents differed. `onPiece`: what else there is of these images. */
export async function copyImages(
  from: ImageSource,
  to: ImageTarget,
  collection: string,
  counts: ImageCounts,
  onPiece: (images: readonly Stored<'image'>[]) => Promise<number>,
): Promise<number> {
  let differed = 0;
  for await (const pairs of batches(paired(from.ledger, to.ledger, 'image', { collection }), pieceSize)) {
    const images = pairs.flatMap((pair) => pair.from ?? []);
    differed += await eraseUnknown(
      to,
      pairs.flatMap((pair) => (pair.from === undefined ? pair.to! : [])),
    );
    // Before all else there is of it: what is written is found again by it, should it be taken down in the source.
    differed += await settle(
      to,
      pairs.flatMap((pair) => recordChange(pair) ?? []),
    );
    differed += await onPiece(images);
    const keys = images.map(({ record }) => record.descriptionKey);
    differed += await copyDescriptions(from.ledger, to, keys);
    differed += await copyDocuments(from.index, to, images, counts);
  }
  return differed;
}

/** One whose document was not taken is dirty there: the next crawl tries again, and says what is wrong. */
function recordChange(pair: Pair<'image'>) {
  const { from, to } = pair;
  if (from === undefined) return undefined;
  const dirty = { ...from.record, indexedRevision: 0 };
  return isDeepStrictEqual(to?.record, dirty) ? undefined : changeOf('image', pair, from.record);
}

/** Of a copy that was cut off: images that the source has no more. */
async function eraseUnknown(to: ImageTarget, images: readonly Stored<'image'>[]): Promise<number> {
  if (images.length === 0) return 0;
  await to.permit();
  const ids = images.map(({ id }) => id);
  await to.index.forget(ids);
  for (const { id, record } of images) await eraseUnused(to, record.sha256, new Set([id]));
  await to.index.purge();
  const deletions = images.map((one) => changeOf('image', { id: one.id, to: one }, null)!);
  return settle(to, deletions);
}

/** Those that locations and images name. */
export async function copyDescriptions(
  from: Ledger,
  to: CopyTarget,
  keys: readonly string[],
): Promise<number> {
  return addRecords(to, 'description', await from.get('description', [...new Set(keys)]));
}

async function copyDocuments(
  from: ImageIndex,
  to: ImageTarget,
  images: readonly Stored<'image'>[],
  counts: ImageCounts,
): Promise<number> {
  const ids = images.map(({ id }) => id);
  const [had, has] = await Promise.all([documentsOf(from, ids), documentsOf(to.index, ids)]);
  counts.documents += had.size;
  const differing = [...had.values()].filter((one) => !isDeepStrictEqual(has.get(one.id), one));
  const removed = images.filter(({ id, record }) => !had.has(id) && isRemoved(record));
  const wrong = removed.filter(({ id }) => has.has(id));
  if (differing.length + wrong.length > 0) await to.permit();
  const refused = differing.length === 0 ? [] : await to.index.put(differing);
  // Also where none is found there: a tombstone cannot be seen.
  if (removed.length > 0) await to.index.remove(removed.map(tombstone));
  for (const { id, reason } of refused) counts.rejected.set(id, reason);
  await makeDirty(
    to,
    refused.map(({ id }) => id),
  );
  return differing.length - refused.length + wrong.length;
}

async function makeDirty(to: ImageTarget, ids: readonly string[]): Promise<void> {
  const images = ids.length === 0 ? [] : await to.ledger.get('image', ids);
  const changes = images.map((one) => {
    const record: ImageRecord = { ...one.record, indexedRevision: 0 };
    return changeOf('image', { id: one.id, to: one }, record);
  });
  await settle(
    to,
    changes.flatMap((change) => change ?? []),
  );
}

const tombstone = ({ id, record: { collection, indexedRevision } }: Stored<'image'>) => ({
  id,
  collection,
  revision: indexedRevision,
});

/** Its tombstone has that revision. One that was never written, or was not taken, has none. */
const isRemoved = ({ indexedRevision, rejected }: ImageRecord): boolean =>
  indexedRevision > 0 && rejected === undefined;

const documentsOf = async (
  index: ImageIndex,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ImageDocument>> =>
  new Map((await index.get(ids)).map((document) => [document.id, document]));
