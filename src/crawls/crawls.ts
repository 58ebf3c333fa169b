// Starts, resumes, retries and ends crawls.

import { removeBlockedThumbnails } from '../collections/blocked-thumbnails.ts';
import { purgeEnded } from '../collections/drop-items.ts';
import { mendTakeDowns } from '../collections/keep-down.ts';
import { type CrawlReport, crawlReport } from '../crawl-report.ts';
import type { CrawlerSettings } from '../crawler/options.ts';
import type { Source } from '../crawler/source.ts';
import { ImagedexError } from '../errors.ts';
import { type FailureFilter, type Ledger, listAll, type StartedBy, type Stored } from '../ledger.ts';
import type { Owner } from '../owner.ts';
import type { Patience } from '../patient.ts';
import { type SourceId, standardInput } from '../record.ts';
import { type Changes, changeItems, concludeGone } from './change-items.ts';
import {
  type Claim,
  type Claimed,
  claim,
  finish,
  isElsewhere,
  letGo,
  mustBeClaimable,
  placeOf,
} from './claim.ts';
import { conclude } from './conclude.ts';
import { type OnProgress, startClock } from './crawl-clock.ts';
import { isDue } from './failure-list.ts';
import { closeSources, openSources, type Roots, type Sources } from './open-sources.ts';
import { runPipeline } from './pipeline.ts';
import { retryItems } from './retry-items.ts';
import { expandItem, type PipelineCounts, type PipelineCrawl, type PipelineParts } from './way.ts';

export interface CrawlRequest {
  readonly collection: string;
  readonly sources: readonly SourceId[];
  readonly maxImages: number | null;
  /** Abandons an unfinished crawl of these sources and ignores validators. Deletes nothing. */
  readonly fresh: boolean;
  readonly startedBy: StartedBy;
  /** Asks only for pages that are due; without it, that is so of what a schedule starts. */
  readonly onlyDue?: boolean;
  /** Of nothing but these, in the one source. */
  readonly changes?: Changes;
}

export interface CrawlParts extends PipelineParts {
  readonly owner: Owner;
  readonly patience: Patience;
  /** What is in force now for a source; a crawl that is resumed keeps what was in force when it was started. */
  readonly settingsOf: (collection: string, source: SourceId) => Promise<CrawlerSettings>;
  readonly openSource: (collection: string, id: SourceId, settings: CrawlerSettings) => Promise<Source>;
}

/** Whoever follows a crawl. */
export interface Watch {
  readonly signal: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Its sources could be opened, and it is ours. */
  readonly onBegun?: (crawlId: string) => void;
}

/**
 * Runs a crawl of the sources to its end, until it is cancelled, or until the signal. An unfinished crawl of the same
 * sources is carried on, one that shares only some of them is abandoned. Throws `source_unavailable` where a source could
 * not be opened, `crawl_running` where somebody else is at it.
 */
export async function runCrawl(
  patient: CrawlParts,
  request: CrawlRequest,
  watch: Watch,
): Promise<CrawlReport> {
  const parts = until(patient, watch.signal);
  const sourceSettings = await settingsOf(parts, request.collection, request.sources);
  const { changes, ...asked } = request;
  const wanted = { ...asked, isRetry: false, changesOnly: changes !== undefined, sourceSettings };
  return work(parts, wanted, watch, changes === undefined ? {} : { changes });
}

/** Carries on every crawl that a dead process left unfinished, one after the other. Returns their reports. */
export async function resumeCrawls(patient: CrawlParts, watch: Watch): Promise<CrawlReport[]> {
  const parts = until(patient, watch.signal);
  const reports: CrawlReport[] = [];
  for await (const { id, record } of listAll(parts.ledger, 'crawl', { state: 'running' })) {
    if (watch.signal.aborted) break;
    if (record.sources.includes(standardInput)) continue;
    if (record.owner !== null && (await parts.owner.isAlive(record.owner))) continue;
    if (isElsewhere(record, parts.queue)) {
      parts.log.info(`crawl ${id} is unfinished on ${placeOf(record)}, and is left to be carried on there`);
      continue;
    }
    // While others were carried on, somebody else may have come to its end.
    const [current] = await parts.ledger.get('crawl', [id]);
    if (current?.record.state !== 'running') continue;
    const { collection, sources, settings, startedBy = 'command', sourceSettings = {} } = record;
    try {
      const inForce = await settingsOf(parts, collection, sources);
      const kept = Object.fromEntries(
        sources.map((source) => [source, { ...inForce[source], ...settings, ...sourceSettings[source] }]),
      );
      // Whether it was fresh its record says; here that would mean to begin anew.
      const claim = { ...record, fresh: false, startedBy, sourceSettings: kept };
      // With fewer sources it would be another crawl.
      reports.push(await work(parts, claim, watch, { isWhole: true }));
    } catch (error) {
      if (!(error instanceof ImagedexError)) throw error;
      parts.log.warn(`crawl ${id} was not resumed: ${error.message}`);
    }
  }
  return reports;
}

interface StoppableParts extends CrawlParts {
  /** Goes on by itself where it is not waited for: this process may carry on with the crawl later. */
  readonly letGo: (crawlId: string) => Promise<void>;
}

/** What is asked of the store after the signal does not wait for it. */
function until(parts: CrawlParts, signal: AbortSignal): StoppableParts {
  const { patience, ledger, index, owner, projector, describeStage } = parts;
  return {
    ...parts,
    letGo: patience.until({ letGo: (id: string) => letGo(ledger, owner, id) }, signal).letGo,
    ledger: patience.until(ledger, signal),
    index: patience.until(index, signal),
    owner: patience.until(owner, signal),
    projector: patience.until(projector, signal),
    describeStage: patience.until(describeStage, signal),
  };
}

const settingsOf = async (
  parts: CrawlParts,
  collection: string,
  sources: readonly SourceId[],
): Promise<Record<SourceId, CrawlerSettings>> =>
  Object.fromEntries(
    await Promise.all(
      sources.map(async (source) => [source, await parts.settingsOf(collection, source)] as const),
    ),
  );

export interface RetryRequest extends Pick<CrawlRequest, 'collection' | 'startedBy'> {
  /** Only these; without it everything that has failed. */
  readonly filter?: FailureFilter;
}

/** A crawl of nothing but what has failed. Concludes nothing from what it does not see. null where nothing has. */
export async function retryFailures(
  patient: CrawlParts,
  { collection, startedBy, filter = {} }: RetryRequest,
  watch: Watch,
): Promise<CrawlReport | null> {
  const parts = until(patient, watch.signal);
  const failures = await dueFailures(parts.ledger, collection, filter);
  if (failures.length === 0) return null;
  const sources = await freeSources(parts, collection, [
    ...new Set(failures.map(({ record }) => record.source)),
  ]);
  const sourceSettings = await settingsOf(parts, collection, sources);
  const retryOf = Object.keys(filter).length === 0 ? {} : { retryOf: filter };
  const base = { collection, sources, maxImages: null, fresh: false, isRetry: true, ...retryOf };
  return work(parts, { ...base, startedBy, sourceSettings }, watch);
}

/** Failures of a source with an unfinished crawl wait for its end; where that is all, the claim says so. */
async function freeSources(
  { ledger, log }: CrawlParts,
  collection: string,
  sources: readonly SourceId[],
): Promise<readonly SourceId[]> {
  const [stored] = await ledger.get('collection', [collection]);
  const unfinished = stored?.record.unfinished ?? {};
  const crawls = await ledger.get('crawl', Object.values(unfinished));
  const busy = new Set(
    crawls.filter(({ record }) => !record.isRetry && record.state === 'running').map(({ id }) => id),
  );
  const free = sources.filter((source) => !busy.has(unfinished[source] ?? ''));
  if (free.length === 0) return sources;
  for (const source of sources) {
    if (!free.includes(source))
      log.warn(`${source} has an unfinished crawl: its failures are left for later`);
  }
  return free;
}

/** Those whose host has asked for a later try are left for that. */
async function dueFailures(
  ledger: Ledger,
  collection: string,
  filter: FailureFilter,
): Promise<Stored<'failure'>[]> {
  const failures: Stored<'failure'>[] = [];
  for await (const failure of listAll(ledger, 'failure', { collection, ...filter }))
    if (isDue(failure.record)) failures.push(failure);
  return failures;
}

async function work(
  parts: StoppableParts,
  wanted: Claim,
  watch: Watch,
  { isWhole = false, changes }: { readonly isWhole?: boolean; readonly changes?: Changes } = {},
): Promise<CrawlReport> {
  const { ledger } = parts;
  await mustBeClaimable(parts, wanted);
  // Also where no source can be opened: what ended crawls have left in the queue names addresses.
  await purgeEnded(ledger, parts.queue, wanted.collection);
  const { sources, roots, unavailable } = await openSources(parts, wanted, isWhole, watch.signal);
  try {
    const ours = { ...wanted, sources: [...sources.keys()], unavailable };
    const claimed = await claim(parts, ours);
    watch.onBegun?.(claimed.id);
    try {
      const crawl = await prepare(parts, ours, claimed, sources, roots);
      if (changes !== undefined) await parts.queue.put(await changeItems(parts, crawl, changes));
      return await workOff(parts, crawl, watch, changes);
    } catch (error) {
      if (!(await isCancelled(ledger, claimed.id))) throw error;
      return (await crawlReport(ledger, claimed.id))!;
    } finally {
      await parts.letGo(claimed.id);
    }
  } finally {
    await closeSources(sources);
  }
}

const isCancelled = async (ledger: Ledger, id: string): Promise<boolean> =>
  (await ledger.get('crawl', [id]))[0]?.record.state === 'cancelled';

/** Puts what the crawl begins with; again after a crash, for what the queue knows already it does not take twice. */
async function prepare(
  parts: CrawlParts,
  { collection, isRetry, onlyDue, sourceSettings }: Claim,
  { id, record, abandoned }: Claimed,
  sources: Sources,
  roots: Roots,
): Promise<PipelineCrawl> {
  const { ledger, queue, projector, log } = parts;
  for (const other of abandoned) {
    log.warn(`crawl ${other} was unfinished and shares sources with this one: it is abandoned`);
  }
  if (onlyDue === true && record.onlyDue !== true)
    log.info(`crawl ${id} was unfinished and is carried on as it began: it asks for all pages, due or not`);
  await purgeEnded(ledger, queue, collection);
  const { found } = (await crawlReport(ledger, id))!;
  const limits = await pageLimits(ledger, { id, record }, collection, sourceSettings);
  const maxPerHost = Math.max(1, ...Object.values(sourceSettings).map(connectionsOf));
  const crawl: PipelineCrawl = { id, record, sources, foundBefore: found, limits, maxPerHost };
  await queue.put(roots.map(({ source, item }) => expandItem(crawl, source, item)));
  if (isRetry) {
    const failures = await dueFailures(ledger, collection, record.retryOf ?? {});
    await queue.put(
      await retryItems(
        ledger,
        crawl,
        failures.filter(({ record }) => sources.has(record.source)),
      ),
    );
  }
  // Of one that was cut off, what a take-down came across may be half written; a thumbnail that is left leads to it.
  await mendTakeDowns(parts, collection, record.startedAt);
  await removeBlockedThumbnails(parts);
  await projector.sweep(collection);
  return crawl;
}

const connectionsOf = (settings: Readonly<Record<string, unknown>>): number =>
  (settings as unknown as CrawlerSettings).hostConnections;

async function pageLimits(
  ledger: Ledger,
  { id, record }: Pick<Claimed, 'id' | 'record'>,
  collection: string,
  settings: Claim['sourceSettings'],
): Promise<PipelineCrawl['limits']> {
  const limits = Object.entries(settings).map(async ([source, of]) => {
    const { maxPages, maxDepth, ...crawler } = of as unknown as CrawlerSettings;
    const tallies = await ledger.tally('page', { crawlId: id, collection, source }, ['isListing', 'code']);
    const pagesBefore = tallies
      .filter(({ values }) => values.isListing !== true && values.code !== 'trap')
      .reduce((sum, { count }) => sum + count, 0);
    const visiting = {
      bounds: { minHours: crawler.revisitMinHours, maxHours: crawler.revisitMaxHours },
      goneAfter: crawler.goneAfter,
      onlyDue: record.onlyDue === true && crawler.revisit === 'adaptive',
    };
    return [source, { maxPages, maxDepth, pagesBefore, visiting }] as const;
  });
  return new Map(await Promise.all(limits));
}

async function workOff(
  parts: CrawlParts,
  crawl: PipelineCrawl,
  { signal, onProgress = () => {} }: Watch,
  changes: Changes | undefined,
): Promise<CrawlReport> {
  const { ledger, queue, owner, log } = parts;
  const counts: PipelineCounts = { fetched: 0, described: 0, indexed: 0 };
  const lost = new AbortController();
  const clock = startClock(parts, crawl, counts, onProgress, (error) => lost.abort(error));
  try {
    await runPipeline(parts, crawl, counts, AbortSignal.any([signal, lost.signal]));
    lost.signal.throwIfAborted();
    if (!signal.aborted) {
      await conclude(parts, owner, crawl);
      if (changes !== undefined) await concludeGone(parts, owner, crawl, changes);
      await parts.projector.sweep(crawl.record.collection);
      // Whoever reads the report finds what it counts.
      await parts.index.refresh();
      await clock.stop();
      await queue.close(crawl.id);
      await finish(ledger, owner, crawl.id);
      await purgeEnded(ledger, queue, crawl.record.collection);
    }
  } finally {
    // What went wrong before is the error to tell.
    await clock
      .stop()
      .catch((error: unknown) => log.warn('the crawl’s time was not saved', { error: String(error) }));
  }
  return (await crawlReport(ledger, crawl.id))!;
}
