// What a page shows: as the source has just expanded it, or, where that says nothing new, as the ledger remembers it.
import {
  type AppearanceRecord,
  type Ledger,
  type LocationRecord,
  listAll,
  type PageRecord,
} from '../ledger.ts';
import { now } from '../record.ts';
import type { Expandable, Expansion, ImageSighting, Source } from './source.ts';

/** A view of a page: fresh from the source, or replayed from the ledger. */
export interface PageView {
  /** null for a listing, which shows nothing. */
  readonly page: PageRecord | null;
  readonly further: readonly Expandable[];
  readonly sightings: readonly ImageSighting[];
  readonly isPartial: boolean;
}

interface LookOptions {
  readonly ledger: Ledger;
  readonly source: Source;
  readonly collection: string;
  readonly crawlId: string;
}

export async function lookAt(
  options: LookOptions,
  id: string,
  item: Expandable,
  expansion: Expansion,
  known: PageRecord | undefined,
): Promise<PageView> {
  const { source, collection, crawlId } = options;
  const base = {
    collection,
    source: source.id,
    address: item.address,
    depth: item.depth,
    crawlId,
    title: null,
    validators: {},
    links: [],
  };
  if (expansion.outcome === 'expanded') {
    const { page, further, images, isPartial } = expansion;
    const links = further.map(({ address }) => address);
    const version = further.find((one) => one.version !== undefined)?.version;
    const record = page && {
      ...base,
      ...page,
      links,
      ...(version === undefined ? {} : { version }),
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
  const failed = expansion.outcome === 'failed' ? expansion.failure.code : null;
  // What lies below a listing that cannot be read stays unseen.
  if (source.unseen === 'gone') return { page: null, further: [], sightings: [], isPartial: failed !== null };
  // Unchanged, or failed: what it showed before still stands.
  const page: PageRecord = {
    ...base,
    ...known,
    depth: item.depth,
    crawlId,
    state: failed === null ? 'expanded' : 'failed',
    code: failed,
    expandedAt: known?.expandedAt ?? null,
  };
  const version = page.version === undefined ? {} : { version: page.version };
  const further = page.links.map((address) => ({ ...source.further(address, item.depth + 1), ...version }));
  const sightings = known === undefined ? [] : await replay(options, id);
  // What a page leads to that was never read stays unseen; were that said of it for ever, nothing would be concluded.
  const isNew = known === undefined || (known.expandedAt === null && known.crawlId === crawlId);
  return { page, further, sightings, isPartial: failed !== null && isNew };
}

async function replay({ ledger, source }: LookOptions, page: string): Promise<ImageSighting[]> {
  const appearances: AppearanceRecord[] = [];
  for await (const { record } of listAll(ledger, 'appearance', { pageId: page })) appearances.push(record);
  const locations = new Map<string, LocationRecord>();
  for (const { id, record } of await ledger.get(
    'location',
    appearances.map(({ locationId }) => locationId),
  )) {
    locations.set(id, record);
  }
  return appearances.flatMap(({ locationId: id, context, pageUrl }) => {
    const record = locations.get(id);
    if (record === undefined) return [];
    const { address, url, host, words } = record;
    const location = { id, address, url, host, words };
    return [{ location, partition: source.partitionOf(location), context, pageUrl }];
  });
}
