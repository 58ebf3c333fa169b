// Writes what a page shows: its locations, its appearances in place of the old ones, and the revisions that this raises.
import {
  amend,
  amendment,
  type Change,
  changePlanned,
  type Ledger,
  type LocationRecord,
  listAll,
  type PageRecord,
  planAmendments,
  raiseRevision,
  type Stored,
} from '../ledger.ts';
import { appearanceId, now } from '../record.ts';
import { isLeftOut, isSkippedByPages, leftOut } from './page-skip.ts';
import type { ImageSighting, Source } from './source.ts';

interface RememberOptions {
  readonly ledger: Ledger;
  readonly source: Source;
  readonly collection: string;
  readonly crawlId: string;
}

// A listing may name a hundred thousand files: locations go in pieces, the page with its appearances in one.
const piece = 500;

/**
 * `page` is null for a listing, which shows nothing. `refused`: what it shows, too, but the crawl has no room for; what is
 * known of these stays. Returns the images that are dirty now.
 */
export async function rememberPage(
  options: RememberOptions,
  id: string,
  page: PageRecord | null,
  sightings: readonly ImageSighting[],
  refused: readonly ImageSighting[],
): Promise<string[]> {
  const { ledger } = options;
  for (let start = 0; start < sightings.length; start += piece) {
    const some = sightings.slice(start, start + piece);
    await amend(
      ledger,
      some.map((sighting) => seen(options, sighting)),
    );
  }
  if (page === null) return [];
  let dirty: string[] = [];
  await changePlanned(ledger, async () => {
    const replaced = await replaceAppearances(options, id, page, sightings, refused);
    dirty = replaced.dirty;
    return replaced.changes;
  });
  return dirty;
}

const seen = ({ collection, source, crawlId }: RememberOptions, sighting: ImageSighting) =>
  amendment('location', sighting.location.id, (old) => {
    const { location, skip } = sighting;
    // Another page has said that it is to be left out; this one shows it.
    const isFoundAfterAll = old !== undefined && skip === undefined && isSkippedByPages(old);
    if (old?.crawlId === crawlId && !isFoundAfterAll) return undefined;
    const { address, url, host, words } = location;
    const found = { collection, source: source.id, address, url, host, words, crawlId };
    const fresh = { outcome: null, code: null, inferred: false, change: null };
    const record = { ...(old ?? neverFetched()), ...found, ...fresh };
    if (skip !== undefined && isLeftOut(sighting, old)) return { ...record, ...leftOut(skip) };
    return isFoundAfterAll ? { ...record, state: 'found' } : record;
  });

const neverFetched = () =>
  ({
    state: 'found',
    imageId: null,
    sha256: null,
    descriptionKey: null,
    validators: {},
    foundAt: now(),
    fetchedAt: null,
  }) as const satisfies Partial<LocationRecord>;

/** The page and its appearances, old ones out and new ones in, and a new revision for each image that this touches. */
async function replaceAppearances(
  { ledger, source, collection }: RememberOptions,
  id: string,
  page: PageRecord,
  sightings: readonly ImageSighting[],
  refused: readonly ImageSighting[],
): Promise<{ changes: Change[]; dirty: string[] }> {
  const old = new Map<string, Stored<'appearance'>>();
  for await (const stored of listAll(ledger, 'appearance', { pageId: id })) old.set(stored.id, stored);
  const changes: Change[] = [];
  const touched = new Set<string>();
  for (const { location, context, variants, skip, pageUrl = source.urlOf(page.address) } of sightings) {
    if (context === null) continue;
    const key = appearanceId(location.id, id);
    const before = old.get(key);
    old.delete(key);
    if (
      before?.record.pageUrl === pageUrl &&
      saysTheSame(before.record.context, context) &&
      saysTheSame(before.record.variants, variants) &&
      before.record.skip === skip?.code
    )
      continue;
    const record = {
      collection,
      locationId: location.id,
      pageId: id,
      pageUrl,
      context,
      ...(variants === undefined ? {} : { variants }),
      ...(skip === undefined ? {} : { skip: skip.code }),
      seenAt: now(),
    };
    changes.push({ kind: 'appearance', id: key, expect: before?.version ?? 0, record });
    touched.add(location.id);
  }
  for (const { location } of refused) old.delete(appearanceId(location.id, id));
  for (const stored of old.values()) {
    changes.push({ kind: 'appearance', id: stored.id, expect: stored.version, record: null });
    touched.add(stored.record.locationId);
  }
  const locations = await ledger.get('location', [...touched]);
  const dirty = [...new Set(locations.flatMap(({ record }) => record.imageId ?? []))];
  // The locations are written as they are: were one moved to another image meanwhile, this would be a conflict.
  for (const { id: locationId, version, record } of locations) {
    if (record.imageId !== null) changes.push({ kind: 'location', id: locationId, expect: version, record });
  }
  changes.push(
    ...(await planAmendments(ledger, [amendment('page', id, () => page), ...dirty.map(raiseRevision)])),
  );
  return { changes, dirty };
}

const saysTheSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
