// Starts, resumes and ends crawls, and draws the conclusions that only a complete crawl allows.
import { randomBytes } from 'node:crypto';
import { type CrawlReport, crawlReport } from './crawl-report.ts';
import type { Source } from './crawler/source.ts';
import { ImagedexError } from './errors.ts';
import { rememberUnseen } from './indexer/remember-location.ts';
import {
  amend,
  amendment,
  type CrawlRecord,
  changePlanned,
  type FailureRecord,
  type Ledger,
  listAll,
  planAmendments,
  type Stored,
} from './ledger.ts';
import type { Owner } from './owner.ts';
import {
  expandItem,
  type PipelineCounts,
  type PipelineCrawl,
  type PipelineParts,
  runPipeline,
} from './pipeline.ts';
import { now, type SourceId } from './record.ts';
import { type Work, workKey } from './work.ts';

export interface CrawlRequest {
  readonly collection: string;
  readonly sources: readonly SourceId[];
  readonly maxImages: number | null;
  /** Abandons an unfinished crawl of these sources and ignores validators. Deletes nothing. */
  readonly fresh: boolean;
}

export interface CrawlProgress extends CrawlReport {
  /** By this process. */
  readonly fetched: number;
  readonly described: number;
  readonly imagesPerSecond: number;
  readonly elapsedSeconds: number;
}

export interface CrawlParts extends PipelineParts {
  readonly owner: Owner;
  readonly openSource: (id: SourceId) => Promise<Source>;
}

export type OnProgress = (progress: CrawlProgress) => void;

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

async function retryItems(ledger: Ledger, crawl: PipelineCrawl, failures: readonly Stored<'failure'>[]) {
  const images = failures.filter(({ record }) => record.subject === 'image');
  await changePlanned(ledger, () =>
    planAmendments(
      ledger,
      images.map(({ id }) =>
        amendment(
          'location',
          id,
          (old) => old && { ...old, crawlId: crawl.id, outcome: null, code: null, inferred: false },
        ),
      ),
    ),
  );
  const locations = new Map(
    (
      await ledger.get(
        'location',
        images.map(({ id }) => id),
      )
    ).map(({ id, record }) => [id, record]),
  );
  return failures.flatMap(({ id, record }) => {
    const source = crawl.sources.get(record.source)!;
    if (record.subject === 'page') return expandItem(crawl, record.source, pageOf(source, record));
    const location = locations.get(id);
    if (location === undefined) return [];
    const { address, url, host } = location;
    const found = {
      collection: record.collection,
      crawlId: crawl.id,
      source: record.source,
      location: { id, address, url, host },
      foundAt: now(),
    };
    const body: Work = { type: 'fetch', found };
    return {
      crawlId: crawl.id,
      key: workKey(record.collection, body),
      partition: source.partitionOf(found.location),
      body,
    };
  });
}

const pageOf = (source: Source, { address, depth }: FailureRecord) => source.further(address, depth);

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

/** Shows progress, and adds the seconds of work to the crawl now and then, so that a kill loses few of them. */
function startClock(parts: CrawlParts, crawl: PipelineCrawl, counts: PipelineCounts, onProgress: OnProgress) {
  const startedAt = performance.now();
  let saved = startedAt;
  let timer: NodeJS.Timeout | undefined;
  let tick: Promise<void> = Promise.resolve();
  let isStopped = false;

  const save = async () => {
    const seconds = (performance.now() - saved) / 1000;
    saved = performance.now();
    await amend(parts.ledger, [
      amendment('crawl', crawl.id, (old) => old && { ...old, seconds: old.seconds + seconds }),
    ]);
  };
  const show = async () => {
    const elapsedSeconds = (performance.now() - startedAt) / 1000;
    const report = (await crawlReport(parts.ledger, crawl.id))!;
    onProgress({
      ...report,
      ...counts,
      indexed: report.indexed,
      imagesPerSecond: counts.indexed / elapsedSeconds,
      elapsedSeconds,
    });
  };
  const run = async () => {
    const before = performance.now();
    if (before - saved > 10_000) await save();
    await show();
    // Counting a large crawl costs the ledger something: at most a twentieth of its time goes there.
    if (!isStopped) timer = setTimeout(next, Math.max(500, (performance.now() - before) * 20));
  };
  const next = () => {
    tick = run().catch((error: unknown) =>
      parts.log.warn('progress could not be counted', { error: String(error) }),
    );
  };
  next();
  return {
    async stop(): Promise<void> {
      if (isStopped) return;
      isStopped = true;
      clearTimeout(timer);
      await tick;
      await save();
      await show();
    },
  };
}

/**
 * After a complete crawl: what it did not see is not there any more (folders), or no page shows it (web).
 * Concludes nothing where a cap was hit or a listing failed.
 */
async function conclude(
  { ledger, projector }: CrawlParts,
  { id, record: { collection, sources } }: PipelineCrawl,
): Promise<void> {
  const [crawl] = await ledger.get('crawl', [id]);
  if (crawl!.record.partial) return;
  for (const source of sources) {
    const state = source.startsWith('web:') ? 'unlinked' : 'gone';
    for await (const page of listAll(ledger, 'page', { collection, source, crawlIdNot: id }))
      await unlinkPage(ledger, page);
    for (const live of ['indexed', 'described'] as const) {
      for await (const batch of batches(
        listAll(ledger, 'location', { collection, source, crawlIdNot: id, state: live }),
        200,
      )) {
        const dirty = await rememberUnseen(
          ledger,
          batch.map((location) => location.id),
          id,
          state,
        );
        await Promise.all(dirty.map((image) => projector.project(image)));
      }
    }
  }
}

/** A page that the crawl did not come to shows nothing any more. */
async function unlinkPage(ledger: Ledger, page: Stored<'page'>): Promise<void> {
  if (page.record.state === 'unlinked') return;
  const appearances: Stored<'appearance'>[] = [];
  for await (const stored of listAll(ledger, 'appearance', { pageId: page.id })) appearances.push(stored);
  await changePlanned(ledger, async () => {
    const locations = await ledger.get(
      'location',
      appearances.map(({ record }) => record.locationId),
    );
    const images = new Set(locations.flatMap(({ record }) => record.imageId ?? []));
    return planAmendments(ledger, [
      ...appearances.map(({ id }) => amendment('appearance', id, () => null)),
      amendment('page', page.id, (old) => old && { ...old, state: 'unlinked', links: [] }),
      ...[...images].map((image) =>
        amendment('image', image, (old) => old && { ...old, revision: old.revision + 1 }),
      ),
    ]);
  });
}

async function* batches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
