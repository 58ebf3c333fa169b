// The way of an image: fetched, described, indexed, acknowledged; or unchanged, gone, skipped or failed, and remembered.
import type { Hold } from '../budget.ts';
import { isKeptDown } from '../collections/keep-down.ts';
import { freeContent } from '../content-memory.ts';
import type { Fetched, Gone } from '../crawler/source.ts';
import { type Failure, failure, type SkipCode, skipCodes } from '../errors.ts';
import {
  rememberDescribed,
  rememberFailed,
  rememberGone,
  rememberIndexed,
  rememberMissing,
  rememberRejected,
  rememberRested,
  rememberSkipped,
  rememberUnchanged,
} from '../indexer/remember-location.ts';
import { amend, amendment, type FailureRecord, type LocationRecord } from '../ledger.ts';
import type { Lease } from '../queue/queue.ts';
import { descriptionKey, type FoundImage, now, type SourceId } from '../record.ts';
import type { Work } from '../work.ts';
import { knownSkip, skippedAs } from './known-skip.ts';
import { comeAgain, failureOf, freePartition, limitsOf, type Run, retryAfterMs, sourceOf } from './way.ts';

export function openImageWay(run: Run): (lease: Lease<Work>, found: FoundImage) => Promise<void> {
  const { parts, crawl, counts, signal } = run;
  const { ledger, describeStage, projector } = parts;

  const take = async (lease: Lease<Work>, found: FoundImage): Promise<void> => {
    const source = sourceOf(run, found.source);
    const [stored] = await ledger.get('location', [found.location.id]);
    const before = stored?.record.sha256 ?? null;
    if (await isKeptDown(parts, found.location, before, before !== null)) return lease.done();
    if (stored?.record.crawlId === crawl.id && isSettledNow(lease, stored.record)) return lease.done();
    const hold = parts.budget.hold();
    try {
      const earlier = stored && earlierOf(run, stored.record);
      if (stored && (await restsWithPage(run, lease, found, stored.record)))
        return await rest(lease, found, stored.record);
      const fetched = await source.fetch(found.location, earlier, hold, signal);
      await freePartition(lease, source);
      if (signal.aborted) return lease.defer(0);
      await settle(lease, found, fetched, hold, stored?.record);
    } finally {
      hold.release();
    }
  };

  const rest = async (lease: Lease<Work>, found: FoundImage, record: LocationRecord): Promise<void> => {
    const code = knownSkip(run, record);
    await finish(lease, await rememberRested(ledger, found.location.id, crawl.id, code));
    if (code === undefined) counts.indexed++;
  };

  const settle = async (
    lease: Lease<Work>,
    found: FoundImage,
    fetched: Fetched,
    hold: Hold,
    before?: LocationRecord,
  ): Promise<void> => {
    const { id } = found.location;
    if (fetched.outcome === 'fetched') {
      counts.fetched++;
      await describeAndIndex(lease, found, fetched, hold, before);
    } else if (fetched.outcome === 'unchanged') {
      const code = before && knownSkip(run, before);
      if (code !== undefined) return skip(lease, found, skippedAgain(before!, code));
      await finish(lease, await rememberUnchanged(ledger, id, crawl.id));
      counts.indexed++;
    } else if (fetched.outcome === 'skipped') {
      await skip(lease, found, fetched);
    } else if (fetched.outcome === 'gone') {
      await rememberFailure(run, lease, found, fetched.failure);
      const left = await (isWaitedFor(run, found, fetched, before) ? rememberMissing : rememberGone)(
        ledger,
        id,
        crawl.id,
      );
      await isKeptDown(parts, found.location, null, true);
      await finish(lease, left);
    } else {
      const waitMs = retryAfterMs(run, lease, fetched.failure);
      if (waitMs === undefined) await fail(lease, found, fetched.failure, false);
      else await comeAgain(lease, fetched.failure, waitMs);
    }
  };

  const describeAndIndex = async (
    lease: Lease<Work>,
    found: FoundImage,
    fetched: Extract<Fetched, { outcome: 'fetched' }>,
    hold: Hold,
    before: LocationRecord | undefined,
  ): Promise<void> => {
    const { content, sha256, format, validators, context } = fetched;
    if (await isKeptDown(parts, found.location, sha256, false)) return lease.done();
    const bytes = {
      ...found,
      content,
      sha256,
      format,
      validators,
      fetchedAt: now(),
      ...(context === undefined ? {} : { context }),
    };
    const drop = () => {
      freeContent(content);
      hold.release();
    };
    // The server gives other validators to the same bytes. What an object's place says of it may have changed alone.
    if (before?.sha256 === sha256 && context === undefined && isSettled(run, before)) {
      await describeStage.mend(bytes);
      drop();
      await finish(lease, await rememberUnchanged(ledger, found.location.id, crawl.id, validators));
      counts.indexed++;
      return;
    }
    const described = await describeStage.describe(bytes, leastPixelsOf(run, found.source));
    if (described.outcome !== 'described') drop();
    if (described.outcome === 'skipped') return skip(lease, found, { ...described, validators });
    if (described.outcome === 'failed') return fail(lease, found, described.failure, true);
    const { image } = described;
    counts.described++;
    const left = await rememberDescribed(ledger, image);
    // From here on the ledger says that the content is used; before, it may have been removed as used no more.
    await describeStage.mend(bytes);
    drop();
    const [rejected] = await Promise.all([image.imageId, ...left].map((dirty) => projector.project(dirty)));
    if (typeof rejected === 'string')
      await rememberRejected(ledger, image, rejection(lease, image, rejected));
    else await rememberIndexed(ledger, image);
    // Again, for it may have been taken down while it was described.
    if (await isKeptDown(parts, found.location, sha256, true)) return lease.done();
    await lease.done();
    if (typeof rejected !== 'string') counts.indexed++;
  };

  const rejection = (lease: Lease<Work>, { source, location }: FoundImage, reason: string): FailureRecord =>
    imageFailure(run, lease, source, location, failure('index', 'document_rejected', reason));

  const skip = async (
    lease: Lease<Work>,
    found: FoundImage,
    { code, reason, validators = {} }: Extract<Fetched, { outcome: 'skipped' }>,
  ): Promise<void> => {
    parts.log.debug(`image skipped: ${reason}`, { image: found.location.url, code });
    const readAs = skippedAs(run, found.source, code);
    const known = readAs === undefined ? {} : { ...validators, readAs };
    await finish(lease, await rememberSkipped(ledger, found.location.id, crawl.id, code, known));
  };

  const fail = async (
    lease: Lease<Work>,
    found: FoundImage,
    problem: Failure,
    isReplaced: boolean,
  ): Promise<void> => {
    await rememberFailure(run, lease, found, problem);
    const left = await rememberFailed(ledger, found.location.id, crawl.id, problem.code, isReplaced);
    await isKeptDown(parts, found.location, null, true);
    await finish(lease, left);
  };

  const finish = async (lease: Lease<Work>, dirty: readonly string[]): Promise<void> => {
    await Promise.all(dirty.map((id) => projector.project(id)));
    await lease.done();
  };

  return take;
}

/** As its source is set; whoever resumes the crawl goes by what was in force when it began. */
const leastPixelsOf = ({ crawl }: Run, source: SourceId): number =>
  Number(crawl.record.sourceSettings?.[source]?.['minImagePixels'] ?? 1);

/**
 * What the source is told: that an image lay there, and its validators where today's model has described it; or that what
 * lay there was left out.
 */
function earlierOf(run: Run, record: LocationRecord): LocationRecord | undefined {
  const { state, sha256 } = record;
  if (knownSkip(run, record) !== undefined) return record;
  if (state !== 'indexed' || sha256 === null) return undefined;
  return isSettled(run, record) ? record : { ...record, validators: {} };
}

/** Searches find it as today's model has described it. */
const isSettled = ({ parts, crawl }: Run, { state, sha256, descriptionKey: key }: LocationRecord): boolean =>
  !crawl.record.fresh &&
  state === 'indexed' &&
  sha256 !== null &&
  key === descriptionKey(sha256, parts.modelKey, 'original');

const skippedAgain = ({ url, validators }: LocationRecord, code: SkipCode) =>
  ({
    outcome: 'skipped',
    code,
    reason: `${url} is as it was: ${skipCodes[code].about}`,
    validators,
  }) as const;

const rests = ({ item: { body } }: Lease<Work>): boolean => body.type === 'fetch' && body.rests === true;

/** Before a crash that came ahead of the acknowledgment, or by another page: of one that is due nobody may just have rested. */
const isSettledNow = (lease: Lease<Work>, { outcome }: LocationRecord): boolean =>
  outcome !== null && ((outcome !== 'unchanged' && outcome !== 'skipped') || rests(lease));

/** The pages that show it were not due, and neither rules of now nor a failure are a reason to look at it by itself. */
const restsWithPage = async (
  run: Run,
  lease: Lease<Work>,
  { source, location }: FoundImage,
  record: LocationRecord,
): Promise<boolean> =>
  rests(lease) &&
  (isSettled(run, record) || knownSkip(run, record) !== undefined) &&
  sourceOf(run, source).refusal?.(location) === undefined &&
  (await run.parts.ledger.get('failure', [location.id])).length === 0;

/** Its server has not said often enough that it is not there. */
const isWaitedFor = (
  run: Run,
  { source }: FoundImage,
  { isDoubtful }: Gone,
  before: LocationRecord | undefined,
): boolean => isDoubtful === true && (before?.missing ?? 0) + 1 < limitsOf(run, source).visiting.goneAfter;

const rememberFailure = (
  run: Run,
  lease: Lease<Work>,
  { source, location }: FoundImage,
  problem: Failure,
): Promise<number> =>
  amend(run.parts.ledger, [
    amendment('failure', location.id, () => imageFailure(run, lease, source, location, problem)),
  ]);

const imageFailure = (
  run: Run,
  lease: Lease<Work>,
  source: SourceId,
  { address, url }: FoundImage['location'],
  problem: Failure,
): FailureRecord => ({
  ...failureOf(run, lease, source, problem),
  subject: 'image',
  address,
  url,
  depth: 0,
});
