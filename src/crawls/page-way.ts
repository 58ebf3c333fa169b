// The way of a page or listing: looked into, remembered, and what it leads to put into the queue.
import { areBlocked, isBlocked } from '../collections/blocks.ts';
import { dropPage } from '../collections/erase.ts';
import { withoutKeptDown } from '../collections/keep-down.ts';
import { type Finding, findImages } from '../crawler/find-images.ts';
import { type Expandable, maxProblems, type Source } from '../crawler/source.ts';
import { type AreTakenDown, placeOf } from '../crawler/taken-down.ts';
import type { Failure } from '../errors.ts';
import { amend, amendment, type FailureRecord } from '../ledger.ts';
import type { Lease } from '../queue/queue.ts';
import { pageId, type SourceId } from '../record.ts';
import type { Work } from '../work.ts';
import {
  comeAgain,
  expandItem,
  failureOf,
  fetchItem,
  freePartition,
  limitsOf,
  lostCrawl,
  type Run,
  retryAfterMs,
  sourceOf,
} from './way.ts';

type ExpandWork = Extract<Work, { type: 'expand' }>;

export function openPageWay(run: Run): (lease: Lease<Work>, work: ExpandWork) => Promise<void> {
  const { parts, crawl, signal } = run;
  const { ledger, queue, projector } = parts;
  const { collection, fresh } = crawl.record;
  const admit = openAdmission(run);
  const admitPage = openPageAdmission(run);
  const areTakenDown: AreTakenDown = (places) => areBlocked(ledger, places);

  return async (lease, work) => {
    const source = sourceOf(run, work.source);
    const page = { ...placeOf(source.urlOf(work.address)), id: lease.item.key };
    if (await isBlocked(ledger, page)) {
      await dropPage(parts, page.id);
      return lease.done();
    }
    const isPage = source.unseen === 'unlinked' && source.isListing?.(work.address) !== true;
    if (isPage && !(await admitPage(source.id, lease.item.key))) {
      if (signal.aborted) return lease.defer(0);
      await rememberPartial(run, source.id);
      return lease.done();
    }
    const { visiting } = limitsOf(run, source.id);
    const about = { ledger, source, collection, crawlId: crawl.id, visiting };
    const options = { ...about, isFresh: fresh, admit, areTakenDown };
    // Decided once, for what is written depends on it.
    let waitMs: number | undefined;
    const comesAgain = (problem: Failure): boolean => {
      waitMs = retryAfterMs(run, lease, problem);
      return waitMs !== undefined;
    };
    const decide = (one?: Finding) =>
      admitPage.decide(source.id, lease.item.key, one?.skipped?.code === 'trap');
    const finding = await findImages(options, work, comesAgain, signal).catch((error: unknown) => {
      decide();
      throw error;
    });
    decide(finding);
    await freePartition(lease, source);
    if (signal.aborted) return lease.defer(0);
    if (waitMs !== undefined) return comeAgain(lease, finding.failure!, waitMs);
    const further = await followed(run, source, finding.further);
    await rememberFinding(run, lease, work, finding);
    const found = await withoutKeptDown(parts, page, finding.found, finding.takenDown);
    const put = await queue.put([
      ...further.map((one) => expandItem(crawl, source.id, one)),
      ...found.map((found) => fetchItem(crawl, source, found, finding.isRested)),
    ]);
    if (put === null) throw lostCrawl(crawl.id);
    await Promise.all(finding.dirty.map((id) => projector.project(id)));
    await lease.done();
  };
}

/** What a page leads to that this crawl is to look into. */
async function followed(
  run: Run,
  source: Source,
  further: readonly Expandable[],
): Promise<readonly Expandable[]> {
  const { parts, crawl } = run;
  const { maxDepth } = limitsOf(run, source.id);
  // Links that are replayed may be older than the globs.
  const wanted = further.filter((one) => source.leavesOut?.(one) !== true);
  const near = wanted.filter(({ depth }) => source.unseen === 'gone' || depth <= maxDepth);
  if (near.length < wanted.length) await rememberCut(run);
  if (!crawl.record.isRetry) return near;
  // It is of what failed: what is known has not, or is tried again by itself.
  const idOf = ({ address }: Expandable) => pageId(crawl.record.collection, source.id, address);
  const pages = await parts.ledger.get('page', near.map(idOf));
  const known = new Set(pages.filter(({ record }) => record.state !== 'unlinked').map(({ id }) => id));
  return near.filter((one) => !known.has(idOf(one)));
}

/** Says for locations that are new to the crawl whether there is room for them under its `maxImages`. */
function openAdmission({ crawl }: Run): (locationIds: readonly string[]) => boolean[] {
  const { maxImages } = crawl.record;
  const admitted = new Set<string>();
  return (locationIds) =>
    locationIds.map((id) => {
      if (maxImages === null || admitted.has(id)) return true;
      if (crawl.foundBefore + admitted.size >= maxImages) return false;
      admitted.add(id);
      return true;
    });
}

interface PageAdmission {
  (source: SourceId, key: string): Promise<boolean>;
  /** It was looked into. A trap that was not walked into takes no room of pages that are worth it. */
  decide(source: SourceId, key: string, isTrap: boolean): void;
}

interface Admitted {
  readonly keys: Set<string>;
  /** Those of them that may turn out to be traps. */
  readonly undecided: Set<string>;
  /** Pages that there is room for only where one of those is a trap. */
  readonly waiting: (() => void)[];
}

/** Whether a page may be looked into under its source's `maxPages`; one that the crawl has looked into before may. */
function openPageAdmission(run: Run): PageAdmission {
  const admitted = new Map<SourceId, Admitted>();
  const admit = async (source: SourceId, key: string): Promise<boolean> => {
    const ofSource = admitted.get(source) ?? { keys: new Set(), undecided: new Set(), waiting: [] };
    admitted.set(source, ofSource);
    const { keys, undecided } = ofSource;
    if (keys.has(key)) return true;
    const [stored] = await run.parts.ledger.get('page', [key]);
    if (stored?.record.crawlId === run.crawl.id) return true;
    const { maxPages, pagesBefore } = limitsOf(run, source);
    while (pagesBefore + keys.size >= maxPages) {
      if (undecided.size === 0 || run.signal.aborted) return false;
      await new Promise<void>((decided) => ofSource.waiting.push(decided));
    }
    keys.add(key);
    undecided.add(key);
    return true;
  };
  const decide = (source: SourceId, key: string, isTrap: boolean): void => {
    const ofSource = admitted.get(source);
    if (isTrap) ofSource?.keys.delete(key);
    if (ofSource?.undecided.delete(key) !== true) return;
    for (const decided of ofSource.waiting.splice(0)) decided();
  };
  return Object.assign(admit, { decide });
}

/** Nothing may be concluded from what this crawl does not see of the source. */
const rememberPartial = ({ parts, crawl }: Run, source: SourceId): Promise<number> =>
  amend(parts.ledger, [
    amendment('crawl', crawl.id, (old) => {
      // Without a list it is so of all.
      if (old === undefined || (old.partial && old.partialSources?.includes(source) !== false))
        return undefined;
      return { ...old, partial: true, partialSources: [...(old.partialSources ?? []), source] };
    }),
  ]);

/** Links were too deep: whether anything may be concluded is seen at the end. */
const rememberCut = ({ parts, crawl }: Run): Promise<number> =>
  amend(parts.ledger, [
    amendment('crawl', crawl.id, (old) =>
      old && !old.isCutAtDepth ? { ...old, isCutAtDepth: true } : undefined,
    ),
  ]);

async function rememberFinding(
  run: Run,
  lease: Lease<Work>,
  work: ExpandWork,
  finding: Finding,
): Promise<void> {
  const { parts, crawl } = run;
  const { failure, skipped, isPartial, problems } = finding;
  if (skipped) parts.log.info(`page skipped: ${skipped.reason}`, { page: work.address, code: skipped.code });
  const { address, depth } = work;
  const url = sourceOf(run, work.source).urlOf(address);
  const recordOf = (one: Failure | undefined): FailureRecord | null =>
    one === undefined
      ? null
      : { ...failureOf(run, lease, work.source, one), subject: 'page', address, url, depth };
  const idOf = (subject: string) => pageId(crawl.record.collection, work.source, subject);
  // Each has a number, not a name, so that those of the last time are written over or deleted.
  const slots = problems === undefined ? [] : [...Array(maxProblems).keys()];
  await amend(parts.ledger, [
    amendment('failure', idOf(address), () => recordOf(failure)),
    ...slots.map((slot) =>
      amendment('failure', idOf(`${address} problem ${slot}`), () => recordOf(problems?.[slot])),
    ),
  ]);
  if (isPartial) await rememberPartial(run, work.source);
}
