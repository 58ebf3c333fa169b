// Drops renditions by age, and the oldest of them above a cap. Their images stay searchable; an empty blob marks that a
// rendition was dropped, so that the next crawl does not make it again.
import { type Blobs, thumbnailKey } from '../blobs/blobs.ts';
import type { ImageDocument, ImageIndex, SortKey } from '../indexer/image-index.ts';
import { type Ledger, listAll } from '../ledger.ts';
import { imageId } from '../record.ts';
import type { Retention } from './collection-config.ts';
import { unusedRenditions } from './unused-renditions.ts';

export interface RetentionParts {
  readonly ledger: Ledger;
  readonly index: ImageIndex;
  readonly blobs: Blobs;
  readonly retentionOf: (collection: string) => Retention;
}

export interface PruneReport {
  readonly collection: string;
  readonly retention: Retention;
  /** Renditions that went, or would go. */
  readonly dropped: number;
  readonly bytes: number;
}

export interface PruneOptions {
  /** Says what would go, and drops nothing. */
  readonly isDryRun: boolean;
  readonly signal: AbortSignal;
  readonly now?: Date;
}

/** The first image, in the order of the newest fetch, whose rendition goes: all after it are older, and theirs go too. */
interface Cut {
  readonly fetchedAt: string;
  readonly id: string;
}

const pageSize = 200;
const dayMs = 24 * 3_600_000;

/** For each collection whose renditions have a bound. What another collection still keeps stays. */
export async function applyRetention(
  parts: RetentionParts,
  { isDryRun, signal, now = new Date() }: PruneOptions,
): Promise<PruneReport[]> {
  const cuts = new Map<string, Cut | null>();
  for await (const { record } of listAll(parts.ledger, 'collection', {}))
    cuts.set(record.name, await cutOf(parts, record.name, now, signal));
  const reports: PruneReport[] = [];
  // Two collections may drop the same one: it goes once.
  for (const [collection, cut] of cuts) {
    const retention = parts.retentionOf(collection);
    if (!isBounded(retention)) continue;
    const report = { collection, retention, dropped: 0, bytes: 0 };
    reports.push(report);
    for await (const [sha256, sizeBytes] of unusedRenditions(parts, collection, [...cuts.keys()], now)) {
      signal.throwIfAborted();
      if (!isDryRun) await parts.blobs.remove(thumbnailKey(sha256));
      report.dropped++;
      report.bytes += sizeBytes;
    }
    if (cut === null) continue;
    for await (const documents of imagesOf(parts.index, collection, cut)) {
      signal.throwIfAborted();
      for (const [sha256, sizeBytes] of await droppable(parts, documents, collection, cuts)) {
        if (!isDryRun) await parts.blobs.put(thumbnailKey(sha256), new Uint8Array());
        report.dropped++;
        report.bytes += sizeBytes;
      }
    }
  }
  return reports;
}

export const isBounded = ({ maxAgeDays, maxBytes }: Retention): boolean =>
  maxAgeDays !== null || maxBytes !== null;

/** null where nothing goes. */
async function cutOf(
  { index, blobs, retentionOf }: RetentionParts,
  collection: string,
  now: Date,
  signal: AbortSignal,
): Promise<Cut | null> {
  const { maxAgeDays, maxBytes } = retentionOf(collection);
  const oldest = maxAgeDays === null ? '' : new Date(now.getTime() - maxAgeDays * dayMs).toISOString();
  if (maxBytes === null) return maxAgeDays === null ? null : firstBefore(index, collection, oldest);
  let bytes = 0;
  for await (const documents of imagesOf(index, collection, null)) {
    signal.throwIfAborted();
    const sizes = await sizesOf(blobs, documents);
    for (const [at, { fetchedAt, id }] of documents.entries()) {
      bytes += sizes[at]!;
      if (bytes > maxBytes || fetchedAt < oldest) return { fetchedAt, id };
    }
  }
  return null;
}

async function firstBefore(index: ImageIndex, collection: string, oldest: string): Promise<Cut | null> {
  const { hits } = await index.search({ ...newestFirst(collection, oldest), first: 1 });
  const [hit] = hits;
  return hit === undefined ? null : { fetchedAt: hit.document.fetchedAt, id: hit.document.id };
}

const newestFirst = (collection: string, lt?: string) =>
  ({
    collection,
    filter: lt === undefined ? {} : { fetchedAt: { lt } },
    orderBy: { field: 'DATE', direction: 'DESC' },
    first: pageSize,
  }) as const;

const isDropped = ({ fetchedAt, id }: ImageDocument, cut: Cut | null): boolean =>
  cut !== null && (fetchedAt < cut.fetchedAt || (fetchedAt === cut.fetchedAt && id >= cut.id));

/** Page by page, the newest first; from the cut on where there is one. */
async function* imagesOf(
  index: ImageIndex,
  collection: string,
  cut: Cut | null,
): AsyncGenerator<readonly ImageDocument[]> {
  // One millisecond on, since those of the cut's own are wanted, too.
  const lt = cut === null ? undefined : new Date(Date.parse(cut.fetchedAt) + 1).toISOString();
  let after: SortKey | undefined;
  for (;;) {
    const { hits, hasMore } = await index.search({
      ...newestFirst(collection, lt),
      ...(after === undefined ? {} : { after }),
    });
    const documents = hits.flatMap(({ document }) => withFolded(document));
    yield cut === null ? documents : documents.filter((document) => isDropped(document, cut));
    if (!hasMore) return;
    after = hits.at(-1)!.sortKey;
  }
}

/** Renditions of what is folded into an image go with its own. */
const withFolded = (document: ImageDocument): ImageDocument[] => [
  document,
  ...(document.folded ?? []).map(({ sha256 }) => ({ ...document, sha256 })),
];

/** 0 where there is none, or none any more. */
const sizesOf = (blobs: Blobs, documents: readonly ImageDocument[]): Promise<number[]> =>
  Promise.all(documents.map(async ({ sha256 }) => (await blobs.sizeOf(thumbnailKey(sha256))) ?? 0));

/** Those contents that have a rendition which no other collection keeps, with its size. */
async function droppable(
  { ledger, index, blobs }: RetentionParts,
  documents: readonly ImageDocument[],
  collection: string,
  cuts: ReadonlyMap<string, Cut | null>,
): Promise<[sha256: string, sizeBytes: number][]> {
  const sizes = await sizesOf(blobs, documents);
  const there = documents.filter((_, at) => sizes[at]! > 0);
  const kept = new Set<string>();
  for (const [other, cut] of cuts) {
    if (other === collection) continue;
    const ids = new Map(there.map(({ sha256 }) => [sha256, imageId(other, sha256)]));
    // One that is folded goes with the image that stands for it.
    for (const { record } of await ledger.get('image', [...ids.values()]))
      if (record.foldedInto) ids.set(record.sha256, record.foldedInto);
    const elsewhere = await index.get([...new Set(ids.values())]);
    const staying = new Set(elsewhere.filter((one) => !isDropped(one, cut)).map(({ id }) => id));
    for (const [sha256, id] of ids) if (staying.has(id)) kept.add(sha256);
  }
  return documents.flatMap(({ sha256 }, at): [string, number][] =>
    sizes[at]! > 0 && !kept.has(sha256) ? [[sha256, sizes[at]!]] : [],
  );
}
