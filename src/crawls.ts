// Starts, resumes, retries and ends crawls.
import { type Claim, type Claimed, claim, finish } from './claim.ts';
import { conclude } from './conclude.ts';
import { type OnProgress, startClock } from './crawl-clock.ts';
import { type CrawlReport, crawlReport } from './crawl-report.ts';
import type { CrawlerSettings } from './crawler/options.ts';
import type { Expandable, Source } from './crawler/source.ts';
import { ImagedexError } from './errors.ts';
import { amend, amendment, type Ledger, listAll, type Stored } from './ledger.ts';
import type { Owner } from './owner.ts';
import { runPipeline } from './pipeline.ts';
import type { Queue } from './queue/queue.ts';
import type { SourceId } from './record.ts';
import { retryItems } from './retry-items.ts';
import {
  expandItem,
  type PageLimits,
  type PipelineCounts,
  type PipelineCrawl,
  type PipelineParts,
} from './way.ts';
import type { Work } from './work.ts';

export interface CrawlRequest {
  readonly collection: string;
  readonly sources: readonly SourceId[];
  readonly maxImages: number | null;
  /** Abandons an unfinished crawl of these sources and ignores validators. Deletes nothing. */
  readonly fresh: boolean;
}

export interface CrawlParts extends PipelineParts {
  readonly owner: Owner;
  /** What is in force now; a crawl that is resumed keeps what was in force when it was started. */
  readonly crawlerSettings: CrawlerSettings;
  readonly openSource: (id: SourceId, settings: CrawlerSettings) => Promise<Source>;
}

/**
 * Runs a crawl of the sources to its end, or until the signal. An unfinished crawl of the same sources is carried on,
 * one that shares only some of them is abandoned. Throws `source_unavailable` where a source could not be opened,
 * `crawl_running` where another process is at it.
 */
export const runCrawl = (
  parts: CrawlParts,
  request: CrawlRequest,
  signal: AbortSignal,
  onProgress: OnProgress = () => {},
): Promise<CrawlReport> =>
  work(parts, { ...request, isRetry: false, settings: parts.crawlerSettings }, signal, onProgress);

/** Carries on every crawl that a dead process left unfinished, one after the other. Returns their reports. */
export async function resumeCrawls(parts: CrawlParts, signal: AbortSignal): Promise<CrawlReport[]> {
  const reports: CrawlReport[] = [];
  for await (const { id, record } of listAll(parts.ledger, 'crawl', { state: 'running' })) {
    if (signal.aborted) break;
    if (record.owner !== null && (await parts.owner.isAlive(record.owner))) continue;
    try {
      // Whether it was fresh its record says; here that would mean to begin anew.
      reports.push(await work(parts, { ...record, fresh: false }, signal, () => {}));
    } catch (error) {
      if (!(error instanceof ImagedexError)) throw error;
      parts.log.warn(`crawl ${id} was not resumed: ${error.message}`);
    }
  }
  return reports;
}

/** A crawl of nothing but what has failed. Concludes nothing from what it does not see. null where nothing has. */
export async function retryFailures(
  parts: CrawlParts,
  collection: string,
  signal: AbortSignal,
  onProgress: OnProgress = () => {},
): Promise<CrawlReport | null> {
  const failures = await failuresOf(parts.ledger, collection);
  if (failures.length === 0) return null;
  const sources = await freeSources(parts, collection, [
    ...new Set(failures.map(({ record }) => record.source)),
  ]);
  const settings = parts.crawlerSettings;
  return work(
    parts,
    { collection, sources, maxImages: null, fresh: false, isRetry: true, settings },
    signal,
    onProgress,
  );
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
  const busy = new Set(crawls.filter(({ record }) => !record.isRetry).map(({ id }) => id));
  const free = sources.filter((source) => !busy.has(unfinished[source] ?? ''));
  if (free.length === 0) return sources;
  for (const source of sources) {
    if (!free.includes(source))
      log.warn(`${source} has an unfinished crawl: its failures are left for later`);
  }
  return free;
}

async function failuresOf(ledger: Ledger, collection: string): Promise<Stored<'failure'>[]> {
  const failures: Stored<'failure'>[] = [];
  for await (const failure of listAll(ledger, 'failure', { collection })) failures.push(failure);
  return failures;
}

async function work(
  parts: CrawlParts,
  wanted: Claim,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<CrawlReport> {
  const { ledger } = parts;
  const settings = { ...parts.crawlerSettings, ...(wanted.settings as Partial<CrawlerSettings>) };
  const sources = new Map<SourceId, Source>();
  try {
    for (const source of wanted.sources) sources.set(source, await parts.openSource(source, settings));
    const roots = wanted.isRetry ? [] : await findRoots(sources, wanted.collection, signal);
    const claimed = await claim(ledger, parts.owner, wanted);
    try {
      return await workOff(
        parts,
        await prepare(parts, wanted, claimed, sources, settings, roots),
        signal,
        onProgress,
      );
    } finally {
      await release(parts, claimed.id);
    }
  } finally {
    await Promise.all([...sources.values()].map((source) => source.close()));
  }
}

type Roots = readonly { readonly source: SourceId; readonly item: Expandable }[];

/** Puts what the crawl begins with; again after a crash, for what the queue knows already it does not take twice. */
async function prepare(
  { ledger, queue, projector, log }: CrawlParts,
  { collection, isRetry }: Claim,
  { id, record, abandoned }: Claimed,
  sources: ReadonlyMap<SourceId, Source>,
  limits: PageLimits,
  roots: Roots,
): Promise<PipelineCrawl> {
  for (const other of abandoned) {
    log.warn(`crawl ${other} was unfinished and shares sources with this one: it is abandoned`);
  }
  await purgeEnded(ledger, queue, collection);
  const { found, pages } = (await crawlReport(ledger, id))!;
  const crawl: PipelineCrawl = { id, record, sources, foundBefore: found, pagesBefore: pages, limits };
  await queue.put(roots.map(({ source, item }) => expandItem(crawl, source, item)));
  if (isRetry) {
    const failures = await failuresOf(ledger, collection);
    await queue.put(
      await retryItems(
        ledger,
        crawl,
        failures.filter(({ record }) => sources.has(record.source)),
      ),
    );
  }
  await projector.sweep(collection);
  return crawl;
}

/** The queue forgets crawls that are at their end; one that a crash came before is forgotten at the next crawl's start. */
async function purgeEnded(ledger: Ledger, queue: Queue<Work>, collection: string): Promise<void> {
  const [stored] = await ledger.get('collection', [collection]);
  const ended = stored?.record.unpurged ?? [];
  if (ended.length === 0) return;
  for (const id of ended) {
    await queue.close(id);
    await queue.purge(id);
  }
  await amend(ledger, [
    amendment(
      'collection',
      collection,
      (old) => old && { ...old, unpurged: old.unpurged.filter((id) => !ended.includes(id)) },
    ),
  ]);
}

/** Whoever comes next may carry on. */
const release = ({ ledger, owner }: CrawlParts, id: string): Promise<number> =>
  amend(ledger, [
    amendment('crawl', id, (old) => (old && old.owner === owner.id ? { ...old, owner: null } : undefined)),
  ]);

async function findRoots(
  sources: ReadonlyMap<SourceId, Source>,
  collection: string,
  signal: AbortSignal,
): Promise<Roots> {
  const roots = await Promise.all(
    [...sources].map(async ([source, opened]) =>
      (await opened.start(collection, signal)).map((item) => ({ source, item })),
    ),
  );
  return roots.flat();
}

async function workOff(
  parts: CrawlParts,
  crawl: PipelineCrawl,
  signal: AbortSignal,
  onProgress: OnProgress,
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
      await parts.projector.sweep(crawl.record.collection);
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
