// Starts, resumes, retries and ends crawls.
import { randomBytes } from 'node:crypto';
import { conclude } from './conclude.ts';
import { type OnProgress, startClock } from './crawl-clock.ts';
import { type CrawlReport, crawlReport } from './crawl-report.ts';
import type { Source } from './crawler/source.ts';
import { ImagedexError } from './errors.ts';
import { amend, amendment, type CrawlRecord, listAll, type Stored } from './ledger.ts';
import type { Owner } from './owner.ts';
import { runPipeline } from './pipeline.ts';
import { now, type SourceId } from './record.ts';
import { retryItems } from './retry-items.ts';
import { expandItem, type PipelineCounts, type PipelineCrawl, type PipelineParts } from './way.ts';

export interface CrawlRequest {
  readonly collection: string;
  readonly sources: readonly SourceId[];
  readonly maxImages: number | null;
  /** Abandons an unfinished crawl of these sources and ignores validators. Deletes nothing. */
  readonly fresh: boolean;
}

export interface CrawlParts extends PipelineParts {
  readonly owner: Owner;
  readonly openSource: (id: SourceId) => Promise<Source>;
}

/**
 * Runs a crawl of the sources to its end, or until the signal. An unfinished crawl of the same sources is carried on.
 * Throws `source_unavailable` where a source could not be opened, `crawl_running` where another process is at it.
 */
export async function runCrawl(
  parts: CrawlParts,
  request: CrawlRequest,
  signal: AbortSignal,
  onProgress: OnProgress = () => {},
): Promise<CrawlReport> {
  const unfinished = await findUnfinished(parts, request);
  if (unfinished !== undefined && request.fresh) await abandon(parts, unfinished.id);
  const id = unfinished !== undefined && !request.fresh ? unfinished.id : newCrawlId();
  return work(parts, id, request, signal, onProgress);
}

/** Carries on every crawl that a dead process left unfinished, one after the other. Returns their reports. */
export async function resumeCrawls(parts: CrawlParts, signal: AbortSignal): Promise<CrawlReport[]> {
  const reports: CrawlReport[] = [];
  for await (const { id, record } of listAll(parts.ledger, 'crawl', { state: 'running' })) {
    if (signal.aborted) break;
    if (record.owner !== null && (await parts.owner.isAlive(record.owner))) continue;
    try {
      reports.push(await work(parts, id, record, signal, () => {}, record.isRetry ? [] : undefined));
    } catch (error) {
      if (!(error instanceof ImagedexError)) throw error;
      parts.log.warn(`crawl ${id} was not resumed: ${error.message}`);
    }
  }
  return reports;
}

/** A crawl of nothing but what has failed. Concludes nothing from what it does not see. */
export async function retryFailures(
  parts: CrawlParts,
  collection: string,
  signal: AbortSignal,
  onProgress: OnProgress = () => {},
): Promise<CrawlReport | null> {
  const failures: Stored<'failure'>[] = [];
  for await (const failure of listAll(parts.ledger, 'failure', { collection })) failures.push(failure);
  if (failures.length === 0) return null;
  const sources = [...new Set(failures.map(({ record }) => record.source))];
  const request = { collection, sources, maxImages: null, fresh: false };
  return work(parts, newCrawlId(), request, signal, onProgress, failures);
}

/** Sortable by time, and short enough to type. */
const newCrawlId = (): string =>
  `${now().replace(/[-:]/g, '').slice(0, 15)}-${randomBytes(3).toString('hex')}`;

const sameSources = (a: readonly SourceId[], b: readonly SourceId[]): boolean =>
  a.length === b.length && a.every((id) => b.includes(id));

async function findUnfinished(
  { ledger, owner }: CrawlParts,
  { collection, sources }: CrawlRequest,
): Promise<Stored<'crawl'> | undefined> {
  for await (const stored of listAll(ledger, 'crawl', { collection, state: 'running' })) {
    if (stored.record.isRetry || !sameSources(stored.record.sources, sources)) continue;
    const { owner: runner } = stored.record;
    if (runner !== null && runner !== owner.id && (await owner.isAlive(runner))) {
      throw new ImagedexError(
        'crawl_running',
        `crawl ${stored.id} of these sources is being run by another process; wait for its end, or stop that process`,
      );
    }
    return stored;
  }
  return undefined;
}

async function abandon({ ledger, queue }: CrawlParts, id: string): Promise<void> {
  await queue.close(id);
  await amend(ledger, [
    amendment('crawl', id, (old) => old && { ...old, state: 'abandoned', endedAt: now(), owner: null }),
  ]);
  await queue.purge(id);
}

async function work(
  parts: CrawlParts,
  id: string,
  request: CrawlRequest,
  signal: AbortSignal,
  onProgress: OnProgress,
  failures?: readonly Stored<'failure'>[],
): Promise<CrawlReport> {
  const sources = new Map<SourceId, Source>();
  try {
    for (const source of request.sources) sources.set(source, await parts.openSource(source));
    const roots = failures === undefined ? await findRoots(sources, request.collection, signal) : [];
    const record = await claim(parts, id, request, failures !== undefined);
    const { found: foundBefore } = (await crawlReport(parts.ledger, id))!;
    const crawl: PipelineCrawl = { id, record, sources, foundBefore };
    // Again after a crash: what the queue knows already it does not take twice.
    await parts.queue.put(roots.map(({ source, item }) => expandItem(crawl, source, item)));
    if (failures !== undefined) await parts.queue.put(await retryItems(parts.ledger, crawl, failures));
    await parts.projector.sweep(request.collection);
    return await workOff(parts, crawl, signal, onProgress);
  } finally {
    await Promise.all([...sources.values()].map((source) => source.close()));
  }
}

async function findRoots(sources: ReadonlyMap<SourceId, Source>, collection: string, signal: AbortSignal) {
  const roots = await Promise.all(
    [...sources].map(async ([source, opened]) =>
      (await opened.start(collection, signal)).map((item) => ({ source, item })),
    ),
  );
  return roots.flat();
}

/** Makes the crawl, or takes it over from a dead process. */
async function claim(
  { ledger, owner }: CrawlParts,
  id: string,
  request: CrawlRequest,
  isRetry: boolean,
): Promise<CrawlRecord> {
  const { collection, sources, maxImages, fresh } = request;
  const begun: CrawlRecord = {
    collection,
    sources,
    state: 'running',
    fresh,
    isRetry,
    maxImages,
    // What a retry does not see is no sign of anything.
    partial: isRetry,
    startedAt: now(),
    endedAt: null,
    seconds: 0,
    gone: 0,
    owner: owner.id,
  };
  await amend(ledger, [
    amendment('crawl', id, (old) => (old === undefined ? begun : { ...old, owner: owner.id })),
    amendment('collection', collection, (old) => {
      const known = old?.sources ?? [];
      const added = sources.filter((source) => !known.includes(source));
      return old !== undefined && added.length === 0
        ? undefined
        : { name: collection, sources: [...known, ...added] };
    }),
  ]);
  const [stored] = await ledger.get('crawl', [id]);
  return stored!.record;
}

async function workOff(
  parts: CrawlParts,
  crawl: PipelineCrawl,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<CrawlReport> {
  const { ledger, queue, owner } = parts;
  const counts: PipelineCounts = { fetched: 0, described: 0, indexed: 0 };
  const clock = startClock(parts, crawl, counts, onProgress);
  try {
    await runPipeline(parts, crawl, counts, signal);
    if (!signal.aborted) {
      await conclude(parts, crawl);
      await parts.projector.sweep(crawl.record.collection);
      await queue.close(crawl.id);
      await clock.stop();
      await amend(ledger, [
        amendment(
          'crawl',
          crawl.id,
          (old) => old && { ...old, state: 'complete', endedAt: now(), owner: null },
        ),
      ]);
      await queue.purge(crawl.id);
    }
  } finally {
    await clock.stop();
    await amend(ledger, [
      amendment('crawl', crawl.id, (old) =>
        old && old.owner === owner.id ? { ...old, owner: null } : undefined,
      ),
    ]);
  }
  return (await crawlReport(ledger, crawl.id))!;
}
