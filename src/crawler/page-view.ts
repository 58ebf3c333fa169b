// What a page shows: as the source has just expanded it, or, where that says nothing new, as the ledger remembers it.
import { createHash } from 'node:crypto';
import { type SkipCode, skipCodes } from '../errors.ts';
import {
  type AppearanceRecord,
  type Ledger,
  type LocationRecord,
  listAll,
  type PageRecord,
} from '../ledger.ts';
import { now } from '../record.ts';
import type { Expandable, Expansion, ImageSighting, Source } from './source.ts';
import { nextVisits, type VisitBounds } from './visits.ts';

/** A view of a page: fresh from the source, or replayed from the ledger. */
export interface PageView {
  /** null for a listing, which shows nothing. */
  readonly page: PageRecord | null;
  readonly further: readonly Expandable[];
  readonly sightings: readonly ImageSighting[];
  readonly isPartial: boolean;
}

export interface LookOptions {
  readonly ledger: Ledger;
  readonly source: Source;
  readonly collection: string;
  readonly crawlId: string;
  readonly visiting: Visiting;
}

/** What a source's settings and its crawl say of visits. */
export interface Visiting {
  readonly bounds: VisitBounds;
  readonly goneAfter: number;
  /** Pages that are not due are not asked for. */
  readonly onlyDue: boolean;
}

export async function lookAt(
  options: LookOptions,
  id: string,
  item: Expandable,
  expansion: Expansion,
  known: PageRecord | undefined,
): Promise<PageView> {
  const { source } = options;
  const base = baseOf(options, item);
  if (expansion.outcome === 'expanded') return expandedView(options, base, item, expansion, known);
  const missing = expansion.outcome === 'gone' ? missingCount(options, known) : 0;
  const isWaiting =
    expansion.outcome === 'gone' &&
    expansion.isDoubtful === true &&
    known?.state !== 'gone' &&
    missing < options.visiting.goneAfter;
  if (expansion.outcome === 'skipped' || (expansion.outcome === 'gone' && !isWaiting)) {
    const code = expansion.outcome === 'skipped' ? expansion.code : expansion.failure.code;
    const change = expansion.outcome === 'gone' && isStillGone(options, known) ? 'unchanged' : null;
    const page = { ...base, state: expansion.outcome, code, expandedAt: now(), change } as const;
    return { page, further: [], sightings: [], isPartial: false };
  }
  const failed = 'failure' in expansion ? expansion.failure.code : null;
  // What lies below a listing that cannot be read stays unseen.
  if (source.unseen === 'gone') return { page: null, further: [], sightings: [], isPartial: failed !== null };
  // Unchanged, missing for now, or failed: what it showed before still stands.
  const page: PageRecord = {
    ...base,
    ...known,
    depth: item.depth,
    crawlId: options.crawlId,
    state: failed === null ? 'expanded' : 'failed',
    code: failed ?? (known?.state === 'expanded' ? known.code : null),
    expandedAt: known?.expandedAt ?? null,
    change: isWaiting ? 'missing' : null,
    ...(isWaiting && { missing }),
    ...(expansion.outcome === 'unchanged' && known && asBefore(options, expansion, known)),
  };
  const version = page.version === undefined ? {} : { version: page.version };
  const further = page.links.map((address, index) => {
    const modifiedAt = page.linkDates?.[index];
    return { ...source.further(address, item.depth + 1), ...version, ...(modifiedAt && { modifiedAt }) };
  });
  const sightings = known === undefined ? [] : await replay(options, id);
  // What a page leads to that was never read stays unseen; were that said of it for ever, nothing would be concluded.
  const isNew = known === undefined || (known.expandedAt === null && known.crawlId === options.crawlId);
  return { page, further, sightings, isPartial: failed !== null && isNew };
}

/** That it is gone is said by one crawl; by that one, again after a kill. */
const isStillGone = ({ crawlId }: LookOptions, known: PageRecord | undefined): boolean =>
  known?.state === 'gone' && (known.crawlId !== crawlId || known.change === 'unchanged');

type Expanded = Extract<Expansion, { outcome: 'expanded' }>;
type Unchanged = Extract<Expansion, { outcome: 'unchanged' }>;

const baseOf = ({ source, collection, crawlId }: LookOptions, { address, depth }: Expandable) =>
  ({
    collection,
    source: source.id,
    address,
    depth,
    crawlId,
    title: null,
    validators: {},
    links: [],
    change: null,
    ...(source.isListing?.(address) === true && { isListing: true as const }),
  }) as const satisfies Partial<PageRecord>;

function expandedView(
  options: LookOptions,
  base: ReturnType<typeof baseOf>,
  item: Expandable,
  { page, further, images, isPartial }: Expanded,
  known: PageRecord | undefined,
): PageView {
  if (page === null) return { page: null, further, sightings: images, isPartial };
  const links = further.map(({ address }) => address);
  const version = further.find((one) => one.version !== undefined)?.version;
  const hasDates = further.some(({ modifiedAt }) => modifiedAt !== undefined);
  const record: PageRecord = {
    ...base,
    ...page,
    links,
    ...(version !== undefined && { version }),
    ...(hasDates && { linkDates: further.map(({ modifiedAt }) => modifiedAt ?? null) }),
    state: 'expanded',
    code: page.code ?? null,
    expandedAt: now(),
  };
  // How often a sitemap or feed changes says nothing: it is always asked for.
  const visited =
    record.isListing === true ? {} : visitOf(options, digestOf(page.title, links, images), known);
  return { page: { ...record, depth: item.depth, ...visited }, further, sightings: images, isPartial };
}

/** What it shows and leads to: pages differ in every byte that nobody sees. */
const digestOf = (
  title: string | null,
  links: readonly string[],
  images: readonly ImageSighting[],
): string => {
  const shown = images.map(({ location, context, variants, skip }) => [
    location.id,
    context,
    variants ?? [],
    skip?.code,
  ]);
  return createHash('sha256')
    .update(JSON.stringify([title, links, shown]))
    .digest('hex')
    .slice(0, 32);
};

function visitOf(
  { crawlId, visiting }: LookOptions,
  digest: string,
  known: PageRecord | undefined,
): Pick<PageRecord, 'digest' | 'change' | 'visits'> {
  const wasThere =
    known !== undefined && known.expandedAt !== null && ['expanded', 'failed'].includes(known.state);
  if (!wasThere) return { digest, change: 'new' };
  const hasChanged = known.digest !== digest;
  // Looked into again after a crash: that is no visit of its own.
  const isAgain = known.crawlId === crawlId && known.change != null && !hasChanged;
  if (isAgain) return { digest, change: known.change, ...(known.visits && { visits: known.visits }) };
  const change = hasChanged ? 'changed' : 'same';
  // Of one that an older version has read nobody knows whether it has changed.
  if (known.digest === undefined) return { digest, change };
  return { digest, change, visits: nextVisits(known, now(), hasChanged, visiting.bounds) };
}

function asBefore(
  { crawlId, visiting }: LookOptions,
  { validators, isRested }: Unchanged,
  known: PageRecord,
): Partial<PageRecord> {
  const isAgain = known.crawlId === crawlId && known.change != null;
  const isVisit = isRested !== true && !isAgain && known.isListing !== true;
  return {
    missing: 0,
    change: isAgain ? known.change : isRested ? 'rested' : 'unchanged',
    ...(validators && { validators }),
    ...(isVisit && { visits: nextVisits(known, now(), false, visiting.bounds) }),
  };
}

/** In how many crawls in a row, with this one. */
const missingCount = ({ crawlId }: LookOptions, known: PageRecord | undefined): number =>
  (known?.missing ?? 0) + (known?.crawlId === crawlId && known.change === 'missing' ? 0 : 1);

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
  return appearances.flatMap(({ locationId: id, context, pageUrl, variants, skip }) => {
    const record = locations.get(id);
    if (record === undefined) return [];
    const { address, url, host, words } = record;
    const location = { id, address, url, host, words };
    const said = { ...(variants && { variants }), ...(skip && { skip: skipOf(url, skip) }) };
    return [{ location, partition: source.partitionOf(location), context, pageUrl, ...said }];
  });
}

const skipOf = (url: string, code: SkipCode): NonNullable<ImageSighting['skip']> => ({
  code,
  reason: `${url} is as it was: ${skipCodes[code].about}`,
});
