// What crawls ask so that nothing of a take-down comes back: before they write anything, and once more after. A
// take-down blocks first and removes then; so of two at the same time one sees what the other has written.
import { batches } from '../batches.ts';
import { type Place, placeOf } from '../crawler/taken-down.ts';
import { ImagedexError } from '../errors.ts';
import type { LocationRecord } from '../ledger.ts';
import type { FoundImage, SourceId } from '../record.ts';
import { areBlocked, block, blockedContents, isBlocked, isBlockedSince } from './blocks.ts';
import { addressOf } from './drop-items.ts';
import { dropLocations, dropPage, type EraseParts, eraseContent, eraseUnused, imageIdsOf } from './erase.ts';
import { addLocationsAt } from './reach.ts';

const thumbnailPrefix = 'thumbnails/';

/**
 * Whether what lies here was taken down, by its place or by its content. Then nothing of it is left: what this crawl has
 * written of it is removed, and a new address of a blocked content is blocked too.
 */
export async function isKeptDown(
  parts: EraseParts,
  location: Place & { readonly id: string },
  sha256: string | null,
  mayBeWritten: boolean,
): Promise<boolean> {
  const { ledger } = parts;
  const [isPlaceBlocked, contents] = await Promise.all([
    isBlocked(ledger, location),
    blockedContents(ledger, sha256 === null ? [] : [sha256]),
  ]);
  if (!isPlaceBlocked && contents.length === 0) return false;
  const elsewhere = new Map<string, LocationRecord>();
  for (const content of contents) {
    const added = await block(ledger, [{ subject: 'address', value: location.url }]);
    if (added > 0) await addLocationsAt(ledger, [location.url], elsewhere);
    await eraseContent(parts, content);
  }
  await dropLocations(parts, [location.id, ...elsewhere.keys()]);
  if (sha256 !== null) await eraseUnused(parts, sha256);
  // Costly in a large index, and for nothing where there was nothing yet.
  if (mayBeWritten) await parts.index.purge();
  return true;
}

/**
 * After a page was written: removes what was taken down of it meanwhile, and returns what is still there of `found`.
 * `takenDown`: locations that were left out.
 */
export async function withoutKeptDown(
  parts: EraseParts,
  page: Place & { readonly id: string },
  found: readonly FoundImage[],
  takenDown: readonly string[],
): Promise<readonly FoundImage[]> {
  const [isPageDown, ...areDown] = await areBlocked(parts.ledger, [
    page,
    ...found.map(({ location }) => location),
  ]);
  const late = found.filter((_, index) => areDown[index]).map(({ location }) => location.id);
  await dropLocations(parts, [...takenDown, ...late]);
  if (isPageDown) await dropPage(parts, page.id);
  return isPageDown ? [] : found.filter((_, index) => !areDown[index]);
}

/** Throws where a source, or the page that it begins with, was taken down. */
export async function mustNotBeDown(
  { ledger }: Pick<EraseParts, 'ledger'>,
  source: SourceId,
  roots: readonly string[],
): Promise<void> {
  const address = addressOf(source);
  const blocked = await areBlocked(ledger, [address, ...roots].map(placeOf));
  if (!blocked.includes(true)) return;
  throw new ImagedexError(
    'source_unavailable',
    `${address} was taken down by \`forget\`, and so is not crawled; crawl another source`,
  );
}

/** Where a process was killed between writing something and asking whether it was taken down meanwhile. */
export async function mendTakeDowns(parts: EraseParts, collection: string, since: string): Promise<void> {
  const { ledger, blobs } = parts;
  if (!(await isBlockedSince(ledger, since))) return;
  for await (const some of batches(blobs.list(thumbnailPrefix), 200)) {
    const contents = some.flatMap(({ key }) => /([0-9a-f]{64})\.jpg$/.exec(key)?.[1] ?? []);
    const known = new Set(
      (await ledger.get('image', await imageIdsOf(ledger, contents))).map(({ record }) => record.sha256),
    );
    for (const content of contents) {
      if (!known.has(content)) await eraseUnused(parts, content);
    }
  }
  await forgetOrphans(parts, collection);
  await parts.index.purge();
}

/** Documents whose image the ledger does not know any more. */
async function forgetOrphans({ ledger, index }: EraseParts, collection: string): Promise<void> {
  const query = {
    collection,
    filter: {},
    orderBy: { field: 'DATE', direction: 'DESC' },
    first: 100,
  } as const;
  for (let page = await index.search(query); ; ) {
    const ids = page.hits.map(({ document }) => document.id);
    const known = new Set((await ledger.get('image', ids)).map(({ id }) => id));
    const orphans = ids.filter((id) => !known.has(id));
    const last = page.hits.at(-1);
    if (orphans.length > 0) await index.forget(orphans);
    if (!page.hasMore || last === undefined) return;
    page = await index.search({ ...query, after: last.sortKey });
  }
}
