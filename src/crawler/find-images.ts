// Stage 1: expands a page or listing, remembers what it shows, and says what is to be looked into next.
import type { Failure, SkipCode } from '../errors.ts';
import {
  type AppearanceRecord,
  amendment,
  type Change,
  changePlanned,
  type Ledger,
  type LocationRecord,
  listAll,
  type PageRecord,
  planAmendments,
  type Stored,
} from '../ledger.ts';
import { appearanceId, type FoundImage, now, pageId, type SourceId } from '../record.ts';
import type { Expandable, Expansion, ImageSighting, Source } from './source.ts';

export interface FindOptions {
  readonly ledger: Ledger;
  readonly source: Source;
  readonly collection: string;
  readonly crawlId: string;
  /** Ignore the validators of crawls before this one. */
  readonly isFresh: boolean;
  /** Asked with the locations that are new to this crawl: says for each, in order, whether there is room for it. */
  readonly admit: (locationIds: readonly string[]) => readonly boolean[];
}

export interface Finding {
  readonly outcome: Expansion['outcome'];
  readonly failure?: Failure;
  readonly skipped?: { readonly code: SkipCode; readonly reason: string };
  readonly further: readonly Expandable[];
  readonly found: readonly FoundImage[];
  /** Images whose appearances changed. */
  readonly dirty: readonly string[];
  /** Something was cut off, so nothing may be concluded from what was not seen. */
  readonly isPartial: boolean;
}

/** A view of a page: fresh from the source, or replayed from the ledger. */
interface View {
  readonly page: PageRecord | null;
  readonly further: readonly Expandable[];
  readonly sightings: readonly ImageSighting[];
  readonly isPartial: boolean;
}

/**
 * Looks into one page or listing. A failure that is worth a retry writes nothing while `isLastAttempt` is false.
 * Replaces the page's appearances, writes its locations, and raises the revisions of the images that this changes.
 */
export async function findImages(
  options: FindOptions,
  item: Expandable,
  isLastAttempt: boolean,
  signal: AbortSignal,
): Promise<Finding> {
  const { ledger, source, collection, crawlId } = options;
  const id = pageId(collection, source.id, item.address);
  const [stored] = await ledger.get('page', [id]);
  const known = stored?.record;
  const earlier = options.isFresh && known?.crawlId !== crawlId ? undefined : known;
  const expansion = await source.expand(
    item,
    collection,
    earlier?.state === 'expanded' ? earlier : undefined,
    signal,
  );
  const failed = expansion.outcome === 'failed' ? expansion.failure : undefined;
  if (signal.aborted || (failed?.retry === 'later' && !isLastAttempt)) return nothing(expansion);
  const view = await look(options, id, item, expansion, known);
  const admitted = admit(options, await knownLocations(ledger, view.sightings), view.sightings);
  const dirty = await remember(options, id, view, admitted);
  return {
    ...nothing(expansion),
    further: view.further,
    found: admitted.map((sighting) => foundImage(options, sighting)),
    dirty,
    isPartial: view.isPartial || admitted.length < view.sightings.length,
  };
}

const nothing = (expansion: Expansion): Finding => ({
  outcome: expansion.outcome,
  ...('failure' in expansion ? { failure: expansion.failure } : {}),
  ...(expansion.outcome === 'skipped' ? { skipped: { code: expansion.code, reason: expansion.reason } } : {}),
  further: [],
  found: [],
  dirty: [],
  isPartial: false,
});

const foundImage = (
  { collection, crawlId, source }: FindOptions,
  { location }: ImageSighting,
): FoundImage => ({
  collection,
  crawlId,
  source: source.id,
  location,
  foundAt: now(),
});

async function look(
  options: FindOptions,
  id: string,
  item: Expandable,
  expansion: Expansion,
  known: PageRecord | undefined,
): Promise<View> {
  const { source, collection, crawlId } = options;
  const base = {
    collection,
    source: source.id,
    address: item.address,
    crawlId,
    title: null,
    validators: {},
    links: [],
  };
  if (expansion.outcome === 'expanded') {
    const { page, further, images, isPartial } = expansion;
    const links = further.map(({ address }) => address);
    const record = page && {
      ...base,
      ...page,
      links,
      state: 'expanded' as const,
      code: null,
      expandedAt: now(),
    };
    return { page: record, further, sightings: images, isPartial };
  }
  if (expansion.outcome === 'skipped' || expansion.outcome === 'gone') {
    const code = expansion.outcome === 'skipped' ? expansion.code : expansion.failure.code;
    return {
      page: { ...base, state: expansion.outcome, code, expandedAt: now() },
      further: [],
      sightings: [],
      isPartial: false,
    };
  }
  // Unchanged, or failed: what it showed before still stands.
  const code = expansion.outcome === 'failed' ? expansion.failure.code : null;
  const page = {
    ...base,
    ...known,
    crawlId,
    state: code === null ? ('expanded' as const) : ('failed' as const),
    code,
    expandedAt: known?.expandedAt ?? null,
  };
  const further = page.links.map((address) => source.further(address, item.depth + 1));
  const sightings = known === undefined ? [] : await replay(options, id);
  // A listing that failed has no record to replay, so what lies below it stays unseen.
  return { page, further, sightings, isPartial: code !== null && known === undefined };
}

async function replay({ ledger, source }: FindOptions, page: string): Promise<ImageSighting[]> {
  const appearances: AppearanceRecord[] = [];
  for await (const { record } of listAll(ledger, 'appearance', { pageId: page })) appearances.push(record);
  const locations = new Map<string, LocationRecord>();
  for (const { id, record } of await ledger.get(
    'location',
    appearances.map(({ locationId }) => locationId),
  )) {
    locations.set(id, record);
  }
  return appearances.flatMap(({ locationId: id, context }) => {
    const record = locations.get(id);
    if (record === undefined) return [];
    const location = { id, address: record.address, url: record.url, host: record.host };
    return [{ location, partition: source.partitionOf(location), context }];
  });
}

async function knownLocations(
  ledger: Ledger,
  sightings: readonly ImageSighting[],
): Promise<Map<string, LocationRecord>> {
  const stored = await ledger.get(
    'location',
    sightings.map(({ location }) => location.id),
  );
  return new Map(stored.map(({ id, record }) => [id, record]));
}

function admit(
  options: FindOptions,
  known: Map<string, LocationRecord>,
  sightings: readonly ImageSighting[],
): ImageSighting[] {
  const fresh = sightings.filter(({ location }) => known.get(location.id)?.crawlId !== options.crawlId);
  const answers = options.admit(fresh.map(({ location }) => location.id));
  const refused = new Set(fresh.filter((_, index) => answers[index] !== true));
  return sightings.filter((sighting) => !refused.has(sighting));
}

// A listing may name a hundred thousand files: locations go in pieces, the page with its appearances in one.
const piece = 500;

async function remember(
  options: FindOptions,
  id: string,
  view: View,
  sightings: readonly ImageSighting[],
): Promise<string[]> {
  const { ledger } = options;
  for (let start = 0; start < sightings.length; start += piece) {
    const some = sightings.slice(start, start + piece);
    await changePlanned(ledger, () =>
      planAmendments(
        ledger,
        some.map((sighting) => seen(options, sighting)),
      ),
    );
  }
  const { page } = view;
  if (page === null) return [];
  let dirty: string[] = [];
  await changePlanned(ledger, async () => {
    const replaced = await replaceAppearances(options, id, page, sightings);
    dirty = replaced.dirty;
    return replaced.changes;
  });
  return dirty;
}

const seen = ({ collection, source, crawlId }: FindOptions, { location }: ImageSighting) =>
  amendment('location', location.id, (old) => {
    if (old?.crawlId === crawlId) return undefined;
    const { address, url, host } = location;
    if (old !== undefined) return { ...old, url, host, crawlId, outcome: null, code: null, inferred: false };
    return newLocation(collection, source.id, address, url, host, crawlId);
  });

const newLocation = (
  collection: string,
  source: SourceId,
  address: string,
  url: string,
  host: string,
  crawlId: string,
): LocationRecord => ({
  collection,
  source,
  address,
  url,
  host,
  state: 'found',
  imageId: null,
  sha256: null,
  descriptionKey: null,
  validators: {},
  foundAt: now(),
  fetchedAt: null,
  crawlId,
  outcome: null,
  code: null,
  inferred: false,
});

/** The page and its appearances, old ones out and new ones in, and a new revision for each image that this touches. */
async function replaceAppearances(
  { ledger, collection }: FindOptions,
  id: string,
  page: PageRecord,
  sightings: readonly ImageSighting[],
): Promise<{ changes: Change[]; dirty: string[] }> {
  const old = new Map<string, Stored<'appearance'>>();
  for await (const stored of listAll(ledger, 'appearance', { pageId: id })) old.set(stored.id, stored);
  const changes: Change[] = [];
  const touched = new Set<string>();
  for (const { location, context } of sightings) {
    if (context === null) continue;
    const key = appearanceId(location.id, id);
    const before = old.get(key);
    old.delete(key);
    if (before !== undefined && JSON.stringify(before.record.context) === JSON.stringify(context)) continue;
    const record = {
      collection,
      locationId: location.id,
      pageId: id,
      pageUrl: page.address,
      context,
      seenAt: now(),
    };
    changes.push({ kind: 'appearance', id: key, expect: before?.version ?? 0, record });
    touched.add(location.id);
  }
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

/** Something that the image's projection reads has changed. */
const raiseRevision = (image: string) =>
  amendment('image', image, (old) =>
    old === undefined ? undefined : { ...old, revision: old.revision + 1 },
  );
