// Who works on which sources: a source is in one unfinished crawl at most, and a crawl is run by one process at most.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { countCrawl } from '../crawl-report.ts';
import { ImagedexError } from '../errors.ts';
import {
  type Change,
  type CollectionRecord,
  type CrawlRecord,
  changePlanned,
  type FailureFilter,
  type Ledger,
  type StartedBy,
  type Stored,
  type UnavailableSource,
} from '../ledger.ts';
import { isOwnerAlive, type Owner } from '../owner.ts';
import type { Queue } from '../queue/queue.ts';
import { now, type SourceId } from '../record.ts';
import type { Work } from '../work.ts';
import { lostCrawl } from './way.ts';

export interface Claim {
  readonly collection: string;
  readonly sources: readonly SourceId[];
  readonly maxImages: number | null;
  readonly fresh: boolean;
  readonly isRetry: boolean;
  readonly retryOf?: FailureFilter;
  readonly changesOnly?: boolean;
  readonly startedBy: StartedBy;
  readonly onlyDue?: boolean;
  readonly unavailable?: readonly UnavailableSource[];
  readonly sourceSettings: Readonly<Record<SourceId, Readonly<Record<string, unknown>>>>;
}

export interface Claimant {
  readonly ledger: Ledger;
  readonly owner: Owner;
  /** Where its crawls' items lie. */
  readonly queue: Pick<Queue<Work>, 'id'>;
}

export interface Claimed {
  readonly id: string;
  readonly record: CrawlRecord;
  /** Unfinished crawls of the same sources whose place this one takes. */
  readonly abandoned: readonly string[];
}

/**
 * Makes a crawl, or takes over the unfinished one of just these sources. All in one change, so that of two processes
 * that begin together one gets the sources and the other `crawl_running`.
 */
export const claim = (claimant: Claimant, wanted: Claim): Promise<Claimed> =>
  oneAfterTheOther(claimant.owner.id, () => claimAlone(claimant, wanted));

async function claimAlone(claimant: Claimant, wanted: Claim): Promise<Claimed> {
  const { ledger } = claimant;
  const freshId = newCrawlId();
  let claimed: Claimed | undefined;
  await changePlanned(ledger, async () => {
    const [collection] = await ledger.get('collection', [wanted.collection]);
    const unfinished = await unfinishedOf(ledger, collection?.record, wanted.sources);
    // Planned again, and ours by now: a change whose answer was lost was applied.
    if (unfinished.some(({ id, record }) => id === claimed?.id && isOurs(record, claimant.owner))) return [];
    for (const crawl of unfinished) await mustBeFree(crawl, claimant, wanted);
    const same = unfinished.find((crawl) => isCarriedOn(crawl.record, wanted));
    const record = same === undefined ? begun(wanted, claimant) : carriedOn(same.record, wanted, claimant);
    const id = same?.id ?? freshId;
    const others = unfinished.filter((crawl) => crawl !== same);
    const abandoned = others.filter(({ record: { state } }) => state === 'running').map((crawl) => crawl.id);
    claimed = { id, record, abandoned };
    return [
      ...(await Promise.all(others.map((crawl) => abandon(ledger, crawl)))),
      { kind: 'crawl', id, expect: same?.version ?? 0, record },
      collectionChange(
        collection,
        wanted,
        id,
        others.map((crawl) => crawl.id),
      ),
    ];
  });
  return claimed!;
}

/** Throws `crawl_running` where somebody is at these sources: told before any host is asked for anything. */
export async function mustBeClaimable(claimant: Claimant, wanted: Claim): Promise<void> {
  const { ledger } = claimant;
  const [collection] = await ledger.get('collection', [wanted.collection]);
  for (const crawl of await unfinishedOf(ledger, collection?.record, wanted.sources))
    await mustBeFree(crawl, claimant, wanted);
}

const claiming = new Map<string, Promise<unknown>>();

/** Of two claims in one process the second sees what the first has claimed, and does not take it for its own. */
async function oneAfterTheOther<T>(owner: string, act: () => Promise<T>): Promise<T> {
  const acting = (claiming.get(owner) ?? Promise.resolve()).then(act, act);
  claiming.set(owner, acting);
  try {
    return await acting;
  } finally {
    if (claiming.get(owner) === acting) claiming.delete(owner);
  }
}

/** The crawl is at its end: what it came to is kept, and its sources are free. Throws where it is not ours any more. */
export async function finish(ledger: Ledger, owner: Owner, id: string): Promise<void> {
  const counts = await countCrawl(ledger, id);
  let hasTried = false;
  await changePlanned(ledger, async () => {
    const [crawl] = await ledger.get('crawl', [id]);
    // Planned again, the change before may have been applied and its answer lost.
    if (hasTried && crawl?.record.state === 'complete') return [];
    hasTried = true;
    if (crawl === undefined || !isOurs(crawl.record, owner)) throw lostCrawl(id);
    const record: CrawlRecord = { ...crawl.record, state: 'complete', endedAt: now(), owner: null, counts };
    return [
      { kind: 'crawl', id, expect: crawl.version, record },
      ...(await ended(ledger, crawl.record.collection, id)),
    ];
  });
}

/**
 * Ends an unfinished crawl: whoever runs it stops within a second, and lets go of its sources then. Nothing is concluded,
 * and what it has indexed stays. False where the crawl is at its end already; undefined where there is none.
 */
export async function cancelCrawl(ledger: Ledger, id: string): Promise<boolean | undefined> {
  let answer: boolean | undefined;
  let hasTried = false;
  await changePlanned(ledger, async () => {
    const [crawl] = await ledger.get('crawl', [id]);
    // Planned again, the change before may have been applied and its answer lost.
    if (hasTried && crawl?.record.state === 'cancelled') return [];
    answer = crawl && crawl.record.state === 'running';
    if (crawl === undefined || !answer) return [];
    hasTried = true;
    const counts = await countCrawl(ledger, id);
    // What still runs may still write: until it has stopped, no other crawl may have its sources.
    const runner = crawl.record.owner;
    const owner = runner !== null && (await isOwnerAlive(ledger, runner)) ? runner : null;
    const record: CrawlRecord = { ...crawl.record, state: 'cancelled', endedAt: now(), counts, owner };
    return [
      { kind: 'crawl', id, expect: crawl.version, record },
      ...(owner === null ? await ended(ledger, record.collection, id) : []),
    ];
  });
  return answer;
}

/** Whoever ran it has stopped: it can be carried on, or, where it was cancelled, its sources are free. */
export async function letGo(ledger: Ledger, owner: Owner, id: string): Promise<void> {
  await changePlanned(ledger, async () => {
    const [crawl] = await ledger.get('crawl', [id]);
    if (crawl === undefined || crawl.record.owner !== owner.id) return [];
    const record = { ...crawl.record, owner: null };
    if (record.state !== 'cancelled') return [{ kind: 'crawl', id, expect: crawl.version, record }];
    const counts = await countCrawl(ledger, id);
    return [
      { kind: 'crawl', id, expect: crawl.version, record: { ...record, counts } },
      ...(await ended(ledger, record.collection, id)),
    ];
  });
}

/** The collection's sources are free, and the queue is to forget the crawl. */
async function ended(ledger: Ledger, name: string, crawlId: string): Promise<Change[]> {
  const [collection] = await ledger.get('collection', [name]);
  if (collection === undefined) return [];
  const { id, version, record } = collection;
  const unfinished = without(record.unfinished, [crawlId]);
  const unpurged = [...record.unpurged, crawlId];
  return [{ kind: 'collection', id, expect: version, record: { ...record, unfinished, unpurged } }];
}

export const isOurs = ({ state, owner }: CrawlRecord, { id }: Owner): boolean =>
  state === 'running' && owner === id;

async function unfinishedOf(
  ledger: Ledger,
  collection: CollectionRecord | undefined,
  sources: readonly SourceId[],
): Promise<Stored<'crawl'>[]> {
  const ids = new Set(sources.flatMap((source) => collection?.unfinished[source] ?? []));
  return ledger.get('crawl', [...ids]);
}

async function mustBeFree(
  { id, record }: Stored<'crawl'>,
  { owner, queue }: Claimant,
  wanted: Claim,
): Promise<void> {
  if (record.owner !== null && (record.owner === owner.id || (await owner.isAlive(record.owner)))) {
    throw new ImagedexError(
      'crawl_running',
      record.state === 'cancelled'
        ? `crawl ${id} of these sources is being cancelled; try again in a moment`
        : `crawl ${id} of these sources is running; wait for its end, or stop it`,
    );
  }
  if (!wanted.fresh && record.state === 'running' && isElsewhere(record, queue)) {
    throw new ImagedexError(
      'crawl_running',
      `crawl ${id} of these sources is unfinished, and what it has still to do lies on ${placeOf(record)}: ` +
        `carry it on there (crawl ${record.sources.map(typed).join(' ')}), or begin anew here with --fresh, which abandons it`,
    );
  }
  if (isInPart(wanted) && !isInPart(record) && record.state === 'running') {
    throw new ImagedexError(
      'crawl_running',
      `crawl ${id} of these sources is unfinished; carry on with it first: crawl ${record.sources.map(typed).join(' ')}`,
    );
  }
}

/** It starts at no root. */
export const isInPart = ({ isRetry, changesOnly }: Pick<Claim, 'isRetry' | 'changesOnly'>): boolean =>
  isRetry || changesOnly === true;

/** Its items lie in another queue: without them it would look complete, and all that it has not seen gone. */
export const isElsewhere = ({ queue }: CrawlRecord, own: Claimant['queue']): boolean =>
  queue !== undefined && queue !== own.id;

export const placeOf = ({ host }: CrawlRecord): string =>
  host === undefined || host === hostname() ? 'this machine in another data directory' : host;

/** A source as a person types it. */
const typed = (source: SourceId): string => source.slice(source.indexOf(':') + 1);

const isOnlyDue = (wanted: Claim): boolean =>
  (wanted.onlyDue ?? wanted.startedBy === 'schedule') && !isInPart(wanted);

const isCarriedOn = (unfinished: CrawlRecord, wanted: Claim): boolean => {
  const { sources, fresh, isRetry, retryOf, changesOnly = false } = wanted;
  return (
    !fresh &&
    // What it has let rest it does not ask for any more.
    (unfinished.onlyDue !== true || isOnlyDue(wanted)) &&
    unfinished.state === 'running' &&
    unfinished.isRetry === isRetry &&
    JSON.stringify(unfinished.retryOf) === JSON.stringify(retryOf) &&
    (unfinished.changesOnly ?? false) === changesOnly &&
    unfinished.sources.length === sources.length &&
    unfinished.sources.every((source) => sources.includes(source))
  );
};

/** Sortable by time, and short enough to type. */
const newCrawlId = (): string =>
  `${now().replace(/[-:]/g, '').slice(0, 15)}-${randomBytes(3).toString('hex')}`;

const begun = (wanted: Claim, { owner, queue }: Claimant): CrawlRecord => ({
  collection: wanted.collection,
  sources: wanted.sources,
  state: 'running',
  fresh: wanted.fresh,
  isRetry: wanted.isRetry,
  ...(wanted.retryOf === undefined ? {} : { retryOf: wanted.retryOf }),
  ...(wanted.changesOnly === true ? { changesOnly: true } : {}),
  ...(isOnlyDue(wanted) && { onlyDue: true }),
  maxImages: wanted.maxImages,
  // What it does not see is no sign of anything.
  partial: isInPart(wanted),
  ...(isInPart(wanted) ? {} : { partialSources: [] }),
  unavailable: wanted.unavailable ?? [],
  isCutAtDepth: false,
  startedAt: now(),
  endedAt: null,
  seconds: 0,
  gone: 0,
  owner: owner.id,
  queue: queue.id,
  host: hostname(),
  settings: {},
  sourceSettings: wanted.sourceSettings,
  startedBy: wanted.startedBy,
  counts: null,
});

/** Settings that say what is seen of a source: with others than it began with, a crawl has seen neither whole. */
const reach = ['maxDepth', 'include', 'exclude', 'listMap', 's3Endpoint', 's3Anonymous'] as const;

/** Sources of a crawl that is carried on with another reach. */
const isReachedOtherwise = (old: CrawlRecord, { sourceSettings }: Claim, source: SourceId): boolean => {
  const before = { ...old.settings, ...old.sourceSettings?.[source] };
  return reach.some(
    (name) =>
      // What version 0.1 had no option for was as it is by default.
      before[name] !== undefined &&
      JSON.stringify(before[name]) !== JSON.stringify(sourceSettings[source]?.[name]),
  );
};

function carriedOn(old: CrawlRecord, wanted: Claim, { owner, queue }: Claimant): CrawlRecord {
  const { maxImages, sourceSettings, unavailable = [] } = wanted;
  const other = old.sources.filter((source) => isReachedOtherwise(old, wanted, source));
  const place = { owner: owner.id, queue: queue.id, host: hostname() };
  const record = { ...old, maxImages, sourceSettings, unavailable, ...place };
  if (other.length === 0 || (old.partial && old.partialSources === undefined)) return record;
  return {
    ...record,
    partial: true,
    partialSources: [...new Set([...(old.partialSources ?? []), ...other])],
  };
}

/** One that was cancelled, and whose process is dead, stays cancelled. */
async function abandon(ledger: Ledger, { id, version, record }: Stored<'crawl'>): Promise<Change> {
  if (record.state !== 'running')
    return { kind: 'crawl', id, expect: version, record: { ...record, owner: null } };
  const counts = await countCrawl(ledger, id);
  return {
    kind: 'crawl',
    id,
    expect: version,
    record: { ...record, state: 'abandoned', endedAt: now(), owner: null, counts },
  };
}

function collectionChange(
  stored: Stored<'collection'> | undefined,
  { collection: name, sources }: Claim,
  id: string,
  others: readonly string[],
): Change {
  const known = stored?.record.sources ?? [];
  const unfinished = without(stored?.record.unfinished ?? {}, others);
  for (const source of sources) unfinished[source] = id;
  const unpurged = [...(stored?.record.unpurged ?? []), ...others];
  const record = {
    ...stored?.record,
    name,
    sources: [...new Set([...known, ...sources])],
    unfinished,
    unpurged,
  };
  return { kind: 'collection', id: name, expect: stored?.version ?? 0, record };
}

const without = (
  unfinished: Readonly<Record<SourceId, string>>,
  ids: readonly string[],
): Record<SourceId, string> =>
  Object.fromEntries(Object.entries(unfinished).filter(([, id]) => !ids.includes(id)));
