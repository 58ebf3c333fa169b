// What the steps of every item's way share: the crawl it belongs to, and how items are put, retried and failed.
import type { Blobs } from '../blobs/blobs.ts';
import type { ByteBudget } from '../budget.ts';
import type { Visiting } from '../crawler/page-view.ts';
import type { Expandable, Source } from '../crawler/source.ts';
import { type Failure, ImagedexError } from '../errors.ts';
import { fullJitterMs } from '../full-jitter.ts';
import type { ImageIndex } from '../indexer/image-index.ts';
import type { Projector } from '../indexer/project.ts';
import type { DescribeStage } from '../inference/describe-image.ts';
import type { CrawlRecord, FailureRecord, Ledger } from '../ledger.ts';
import type { Log } from '../log.ts';
import type { Item, Lease, Queue } from '../queue/queue.ts';
import { type FoundImage, now, type SourceId } from '../record.ts';
import { type Work, workKey } from '../work.ts';

export interface PipelineParts {
  readonly ledger: Ledger;
  readonly index: ImageIndex;
  readonly blobs: Blobs;
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
  /** Above which the describers skip an image. */
  readonly maxPixels: number;
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
  readonly limits: ReadonlyMap<SourceId, PageLimits>;
  /** Items of one host that may be in hand at a time. */
  readonly maxPerHost: number;
}

/** How far a crawl goes in one of its sources. */
export interface PageLimits {
  readonly maxPages: number;
  /** Links between the start page and the last that is looked into. */
  readonly maxDepth: number;
  /** Pages that the crawl has looked into before this process took it up. */
  readonly pagesBefore: number;
  readonly visiting: Visiting;
}

/** What the handlers of one run of the pipeline are given. */
export interface Run {
  readonly parts: PipelineParts;
  readonly crawl: PipelineCrawl;
  readonly counts: PipelineCounts;
  readonly signal: AbortSignal;
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
  { address, depth, partition, version, modifiedAt }: Expandable,
): Item<Work> => {
  const said = { ...(version !== undefined && { version }), ...(modifiedAt !== undefined && { modifiedAt }) };
  return crawlItem(crawl, { type: 'expand', source, address, depth, partition, ...said }, partition);
};

export const fetchItem = (
  crawl: PipelineCrawl,
  source: Source,
  found: FoundImage,
  rests = false,
): Item<Work> =>
  crawlItem(crawl, { type: 'fetch', found, ...(rests && { rests }) }, source.partitionOf(found.location));

export function sourceOf({ crawl }: Run, id: SourceId): Source {
  const source = crawl.sources.get(id);
  if (source === undefined)
    throw new Error(`crawl ${crawl.id} has an item of ${id}, which is none of its sources`);
  return source;
}

export const limitsOf = ({ crawl }: Run, id: SourceId): PageLimits => crawl.limits.get(id)!;

/** The host may be asked again after its rest, though this item is not done. */
export async function freePartition(lease: Lease<Work>, source: Source): Promise<void> {
  const { partition } = lease.item;
  if (partition === null) return;
  const restMs = source.restMs(partition);
  // What is not waited for has to come by, to be told so.
  await lease.freePartition(restMs > longestRestMs ? 0 : restMs);
}

/** The crawl is not ours any more: another process abandoned it, or took it over while this one did not answer. */
export const lostCrawl = (id: string): ImagedexError =>
  new ImagedexError(
    'crawl_running',
    `crawl ${id} was taken over by another process, which carries on with it`,
  );

/** Retries within a crawl end here; later crawls try again. */
const maxRetryMs = 15 * 60_000;

/** A host that is to be left alone for longer is left to later crawls: each time costs no attempt, so it could be for ever. */
const longestRestMs = 5 * 60_000;

const isLastAttempt = ({ parts }: Run, { attempt }: Lease<Work>): boolean => attempt > parts.settings.retries;

/** So long that all retries together end in time; to ask sooner than the host wants would be worse than not at all. */
const longestWaitMs = ({ parts }: Run): number => maxRetryMs / Math.max(1, parts.settings.retries);

/** Milliseconds after which the item comes again; undefined where it does not. */
export function retryAfterMs(run: Run, lease: Lease<Work>, problem: Failure): number | undefined {
  if (problem.retry === 'never') return undefined;
  const askedMs = problem.retryAfterMs ?? 0;
  if (problem.isUnasked) return askedMs > longestRestMs ? undefined : askedMs;
  const delays = { baseMs: run.parts.settings.retryDelayMs, maxMs: longestWaitMs(run) };
  const backoffMs = fullJitterMs(lease.attempt, delays);
  if (isLastAttempt(run, lease) || askedMs > longestWaitMs(run)) return undefined;
  return Math.min(askedMs + backoffMs, longestWaitMs(run));
}

export const comeAgain = (lease: Lease<Work>, problem: Failure, waitMs: number): Promise<void> =>
  problem.isUnasked ? lease.defer(waitMs) : lease.retry(waitMs);

/** What the ledger keeps of a failure, the subject apart. */
export const failureOf = (
  { crawl }: Run,
  { attempt }: Lease<Work>,
  source: SourceId,
  { stage, code, reason, retryAfterMs: askedMs }: Failure,
) =>
  ({
    collection: crawl.record.collection,
    source,
    crawlId: crawl.id,
    stage,
    code,
    reason,
    attempts: attempt,
    at: now(),
    ...(askedMs === undefined ? {} : { notBefore: new Date(Date.now() + askedMs).toISOString() }),
  }) as const satisfies Partial<FailureRecord>;
