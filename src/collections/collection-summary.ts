// What there is of a collection: for the list of all, and of one in full.
import { type Blobs, thumbnailKey } from '../blobs/blobs.ts';
import { listCrawls } from '../crawls/crawl-history.ts';
import type { FacetCount, ImageIndex } from '../indexer/image-index.ts';
import {
  type CrawlRecord,
  type Ledger,
  listAll,
  type ScheduleRecord,
  type TallyField,
  type WatchRecord,
} from '../ledger.ts';
import type { SourceId } from '../record.ts';
import type { SourceConfig } from './collection-config.ts';

export interface SourceSummary {
  readonly id: SourceId;
  /** null where the configuration does not name it. */
  readonly configured: SourceConfig | null;
}

export interface CrawlSummary {
  readonly id: string;
  readonly state: CrawlRecord['state'];
  readonly startedAt: string;
  readonly endedAt: string | null;
}

export interface CollectionSummary {
  readonly name: string;
  readonly isConfigured: boolean;
  readonly images: number;
  readonly sources: readonly SourceSummary[];
  /** The newest first. */
  readonly crawls: readonly CrawlSummary[];
  readonly schedule: ScheduleRecord | null;
  readonly watches: readonly WatchRecord[];
}

export interface CollectionDetails {
  readonly states: readonly FacetCount[];
  readonly hosts: readonly FacetCount[];
  /** By concept id. */
  readonly labels: readonly FacetCount[];
  /** Thumbnails of its images, those that other collections have, too, included. */
  readonly renditions: { readonly count: number; readonly bytes: number };
}

/** What the configuration says of the sources of each collection, by normalised ids. */
export type ConfiguredSources = ReadonlyMap<string, ReadonlyMap<SourceId, SourceConfig>>;

/** Of all that are configured or were crawled, by name; without `stored` nothing was crawled yet. */
export async function summariseCollections(
  stored: { readonly ledger: Ledger; readonly index: ImageIndex } | null,
  configured: ConfiguredSources,
): Promise<CollectionSummary[]> {
  const crawled = new Map<string, readonly SourceId[]>();
  if (stored !== null)
    for await (const { record } of listAll(stored.ledger, 'collection', {}))
      crawled.set(record.name, [...record.sources, ...(record.importedSources ?? [])]);
  const names = [...new Set([...configured.keys(), ...crawled.keys()])].sort();
  return Promise.all(
    names.map(async (name) => {
      const ofFile = configured.get(name) ?? new Map<SourceId, SourceConfig>();
      const ids = new Set([...ofFile.keys(), ...(crawled.get(name) ?? [])]);
      return {
        name,
        isConfigured: configured.has(name),
        sources: [...ids].map((id) => ({ id, configured: ofFile.get(id) ?? null })),
        ...(stored === null ? nothing : await storedOf(stored, name)),
      };
    }),
  );
}

const nothing = { images: 0, crawls: [], schedule: null, watches: [] };

async function storedOf({ ledger, index }: { ledger: Ledger; index: ImageIndex }, collection: string) {
  const orderBy = { field: 'DATE', direction: 'DESC' } as const;
  const [found, crawls, [schedule], watches] = await Promise.all([
    index.search({ collection, filter: {}, orderBy, first: 1 }),
    listCrawls(ledger, collection),
    ledger.get('schedule', [collection]),
    ledger.list('watch', { collection }, { limit: 1000 }),
  ]);
  return {
    images: found.totalCount.value,
    crawls: crawls.map(({ id, record: { state, startedAt, endedAt } }) => ({
      id,
      state,
      startedAt,
      endedAt,
    })),
    schedule: schedule?.record ?? null,
    watches: watches.map(({ record }) => record),
  };
}

export async function collectionDetails(
  { ledger, index, blobs }: { readonly ledger: Ledger; readonly index: ImageIndex; readonly blobs: Blobs },
  collection: string,
  most: number,
): Promise<CollectionDetails> {
  const counts = async (field: TallyField): Promise<FacetCount[]> =>
    (await ledger.tally('location', { collection }, [field]))
      .map(({ values, count }) => ({ value: String(values[field] ?? ''), count }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  const [states, hosts, { labels }, renditions] = await Promise.all([
    counts('state'),
    counts('host'),
    index.facets({ collection, filter: {} }, most),
    renditionsOf(ledger, blobs, collection),
  ]);
  return { states, hosts: hosts.filter(({ value }) => value !== ''), labels, renditions };
}

async function renditionsOf(
  ledger: Ledger,
  blobs: Blobs,
  collection: string,
): Promise<CollectionDetails['renditions']> {
  const own = new Set<string>();
  for await (const { record } of listAll(ledger, 'image', { collection }))
    own.add(thumbnailKey(record.sha256));
  let [count, bytes] = [0, 0];
  for await (const { key, sizeBytes } of blobs.list('thumbnails/')) {
    // An empty one only marks that it was dropped.
    if (!own.has(key) || sizeBytes === 0) continue;
    count++;
    bytes += sizeBytes;
  }
  return { count, bytes };
}
