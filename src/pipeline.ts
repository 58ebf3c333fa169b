// The way of one item: found → fetched → described → indexed → acknowledged, with retries, failures and counts.
import type { ByteBudget, Hold } from './budget.ts';
import { type Finding, findImages } from './crawler/find-images.ts';
import type { Expandable, Fetched, Source } from './crawler/source.ts';
import type { Failure } from './errors.ts';
import type { Projector } from './indexer/project.ts';
import {
  rememberDescribed,
  rememberFailed,
  rememberGone,
  rememberIndexed,
  rememberSkipped,
  rememberUnchanged,
} from './indexer/remember-location.ts';
import type { DescribeStage } from './inference/describe-image.ts';
import {
  amend,
  amendment,
  type CrawlRecord,
  type FailureRecord,
  type Ledger,
  type LocationRecord,
} from './ledger.ts';
import type { Log } from './log.ts';
import type { Item, Lease, Queue } from './queue/queue.ts';
import { descriptionKey, type FoundImage, now, pageId, type SourceId } from './record.ts';
import { type Work, workKey } from './work.ts';

export interface PipelineParts {
  readonly ledger: Ledger;
  readonly queue: Queue<Work>;
  readonly describeStage: DescribeStage;
  readonly projector: Projector;
  /** Memory for contents, shared by all that is in flight. */
  readonly budget: ByteBudget;
  readonly log: Log;
  /** Key of the model that descriptions are made with now. */
  readonly modelKey: string;
  readonly settings: PipelineSettings;
}

export interface PipelineSettings {
  /** Items in flight in this process. */
  readonly concurrency: number;
  /** How often a page or image is tried again within a crawl. */
  readonly retries: number;
  /** Before the first retry; twice as long before each further one. */
  readonly retryDelayMs: number;
}

/** What this process has done for the crawl so far; the ledger counts the rest. */
export interface PipelineCounts {
  fetched: number;
  described: number;
  indexed: number;
}

export interface PipelineCrawl {
  readonly id: string;
  readonly record: CrawlRecord;
  readonly sources: ReadonlyMap<SourceId, Source>;
  /** Locations that the crawl has found before this process took it up. */
  readonly foundBefore: number;
}

/** Retries within a crawl end here; later crawls try again. */
const maxRetryMs = 15 * 60_000;

/**
 * Works off the crawl's items until none is left or the signal says stop. Faults of the program or its stores throw;
 * whatever single pages and images do is remembered and the rest goes on.
 */
export async function runPipeline(
  parts: PipelineParts,
  crawl: PipelineCrawl,
  counts: PipelineCounts,
  signal: AbortSignal,
): Promise<void> {
  const fault = new AbortController();
  const stop = AbortSignal.any([signal, fault.signal]);
  const underWay = new Set<Promise<void>>();
  const worker = openWorker(parts, crawl, counts, stop);
  const options = { crawlId: crawl.id, maxInFlight: parts.settings.concurrency, maxPerPartition: 1 };
  for await (const lease of parts.queue.leases(options, stop)) {
    const work = worker.handle(lease).catch(async (error: unknown) => {
      if (!stop.aborted) fault.abort(error);
      // Given back for the next run; where this fails too, the lease ends with this process.
      await lease.defer(0).catch(() => {});
    });
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  }
  await Promise.all(underWay);
  if (fault.signal.aborted) throw fault.signal.reason;
}

const crawlItem = ({ id, record }: PipelineCrawl, work: Work, partition: string | null): Item<Work> => ({
  crawlId: id,
  key: workKey(record.collection, work),
  partition,
  body: work,
});

export const expandItem = (
  crawl: PipelineCrawl,
  source: SourceId,
  { address, depth, partition }: Expandable,
): Item<Work> => crawlItem(crawl, { type: 'expand', source, address, depth, partition }, partition);

function openWorker(parts: PipelineParts, crawl: PipelineCrawl, counts: PipelineCounts, signal: AbortSignal) {
  const { ledger, queue, describeStage, projector, settings } = parts;
  const { collection, maxImages, fresh } = crawl.record;
  const startedAt = Date.now();
  const admitted = new Set<string>();

  const admit = (locationIds: readonly string[]): boolean[] =>
    locationIds.map((id) => {
      if (maxImages === null || admitted.has(id)) return true;
      if (crawl.foundBefore + admitted.size >= maxImages) return false;
      admitted.add(id);
      return true;
    });

  const sourceOf = (id: SourceId): Source => {
    const source = crawl.sources.get(id);
    if (source === undefined)
      throw new Error(`crawl ${crawl.id} has an item of ${id}, which is none of its sources`);
    return source;
  };

  const free = async (lease: Lease<Work>, source: Source): Promise<void> => {
    const { partition } = lease.item;
    if (partition !== null) await lease.freePartition(source.restMs(partition));
  };

  const isLastAttempt = (lease: Lease<Work>): boolean =>
    lease.attempt > settings.retries || Date.now() - startedAt > maxRetryMs;

  /** True where the item comes again. */
  const retryLater = async (lease: Lease<Work>, problem: Failure): Promise<boolean> => {
    if (problem.retry === 'never' || isLastAttempt(lease)) return false;
    const backoffMs = settings.retryDelayMs * 2 ** (lease.attempt - 1) * (0.75 + Math.random() / 2);
    await lease.retry(Math.max(backoffMs, problem.retryAfterMs ?? 0));
    return true;
  };

  const handle = async (lease: Lease<Work>): Promise<void> => {
    const work = lease.item.body;
    if (work.type === 'expand') await find(lease, work);
    else await take(lease, work.found);
  };

  const find = async (lease: Lease<Work>, work: Extract<Work, { type: 'expand' }>): Promise<void> => {
    const source = sourceOf(work.source);
    const options = { ledger, source, collection, crawlId: crawl.id, isFresh: fresh, admit };
    const finding = await findImages(options, work, isLastAttempt(lease), signal);
    await free(lease, source);
    if (signal.aborted) return lease.defer(0);
    if (finding.outcome === 'failed' && (await retryLater(lease, finding.failure!))) return;
    await rememberFinding(lease, work, finding);
    await queue.put([
      ...finding.further.map((further) => expandItem(crawl, source.id, further)),
      ...finding.found.map((found) =>
        crawlItem(crawl, { type: 'fetch', found }, source.partitionOf(found.location)),
      ),
    ]);
    await Promise.all(finding.dirty.map((id) => projector.project(id)));
    await lease.done();
  };

  const rememberFinding = async (
    lease: Lease<Work>,
    work: Extract<Work, { type: 'expand' }>,
    finding: Finding,
  ): Promise<void> => {
    const id = pageId(collection, work.source, work.address);
    const { failure } = finding;
    if (finding.skipped)
      parts.log.info(`page skipped: ${finding.skipped.reason}`, {
        page: work.address,
        code: finding.skipped.code,
      });
    const record: FailureRecord | null =
      failure === undefined
        ? null
        : {
            ...failureBase(lease, work.source, failure),
            subject: 'page',
            address: work.address,
            url: work.address,
            depth: work.depth,
          };
    await amend(ledger, [
      amendment('failure', id, () => record),
      amendment('crawl', crawl.id, (old) =>
        old && finding.isPartial && !old.partial ? { ...old, partial: true } : undefined,
      ),
    ]);
  };

  const failureBase = (lease: Lease<Work>, source: SourceId, { stage, code, reason }: Failure) =>
    ({
      collection,
      source,
      crawlId: crawl.id,
      stage,
      code,
      reason,
      attempts: lease.attempt,
      at: now(),
    }) as const;

  const take = async (lease: Lease<Work>, found: FoundImage): Promise<void> => {
    const source = sourceOf(found.source);
    const [stored] = await ledger.get('location', [found.location.id]);
    // Settled before a crash that came ahead of the acknowledgment.
    if (stored?.record.crawlId === crawl.id && stored.record.outcome !== null) return lease.done();
    const hold = parts.budget.hold();
    try {
      const earlier = stored && comparable(stored.record) ? stored.record : undefined;
      const fetched = await source.fetch(found.location, earlier, hold, signal);
      await free(lease, source);
      if (signal.aborted) return lease.defer(0);
      await settle(lease, found, fetched, hold);
    } finally {
      hold.release();
    }
  };

  /** Validators only tell something of a location that is indexed and described by today's model. */
  const comparable = ({ state, sha256, descriptionKey: key }: LocationRecord): boolean =>
    !fresh &&
    state === 'indexed' &&
    sha256 !== null &&
    key === descriptionKey(sha256, parts.modelKey, 'original');

  const settle = async (
    lease: Lease<Work>,
    found: FoundImage,
    fetched: Fetched,
    hold: Hold,
  ): Promise<void> => {
    const { id } = found.location;
    if (fetched.outcome === 'fetched') {
      counts.fetched++;
      await describeAndIndex(lease, found, fetched, hold);
    } else if (fetched.outcome === 'unchanged') {
      await finish(lease, await rememberUnchanged(ledger, id, crawl.id));
      counts.indexed++;
    } else if (fetched.outcome === 'skipped') {
      await skip(lease, found, fetched);
    } else if (fetched.outcome === 'gone') {
      await rememberFailure(lease, found, fetched.failure);
      await finish(lease, await rememberGone(ledger, id, crawl.id));
    } else if (!(await retryLater(lease, fetched.failure))) {
      await fail(lease, found, fetched.failure, false);
    }
  };

  const describeAndIndex = async (
    lease: Lease<Work>,
    found: FoundImage,
    fetched: Extract<Fetched, { outcome: 'fetched' }>,
    hold: Hold,
  ): Promise<void> => {
    const { content, sha256, format, validators } = fetched;
    const described = await describeStage.describe({
      ...found,
      content,
      sha256,
      format,
      validators,
      fetchedAt: now(),
    });
    hold.release();
    if (described.outcome === 'skipped') return skip(lease, found, described);
    if (described.outcome === 'failed') return fail(lease, found, described.failure, true);
    const { image } = described;
    counts.described++;
    const left = await rememberDescribed(ledger, image);
    await Promise.all([image.imageId, ...left].map((dirty) => projector.project(dirty)));
    await rememberIndexed(ledger, image);
    await lease.done();
    counts.indexed++;
  };

  const skip = async (
    lease: Lease<Work>,
    found: FoundImage,
    { code, reason }: Extract<Fetched, { outcome: 'skipped' }>,
  ): Promise<void> => {
    parts.log.debug(`image skipped: ${reason}`, { image: found.location.url, code });
    await finish(lease, await rememberSkipped(ledger, found.location.id, crawl.id, code));
  };

  const fail = async (
    lease: Lease<Work>,
    found: FoundImage,
    problem: Failure,
    isReplaced: boolean,
  ): Promise<void> => {
    await rememberFailure(lease, found, problem);
    await finish(lease, await rememberFailed(ledger, found.location.id, crawl.id, problem.code, isReplaced));
  };

  const rememberFailure = (
    lease: Lease<Work>,
    { source, location }: FoundImage,
    problem: Failure,
  ): Promise<number> => {
    const { address, url } = location;
    const record: FailureRecord = {
      ...failureBase(lease, source, problem),
      subject: 'image',
      address,
      url,
      depth: 0,
    };
    return amend(ledger, [amendment('failure', location.id, () => record)]);
  };

  const finish = async (lease: Lease<Work>, dirty: readonly string[]): Promise<void> => {
    await Promise.all(dirty.map((id) => projector.project(id)));
    await lease.done();
  };

  return { handle };
}
