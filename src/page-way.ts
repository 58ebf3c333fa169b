// The way of a page or listing: looked into, remembered, and what it leads to put into the queue.
import { type Finding, findImages } from './crawler/find-images.ts';
import { amend, amendment, type FailureRecord } from './ledger.ts';
import type { Lease } from './queue/queue.ts';
import { pageId } from './record.ts';
import {
  expandItem,
  failureOf,
  fetchItem,
  freePartition,
  isLastAttempt,
  lostCrawl,
  type Run,
  retryLater,
  sourceOf,
} from './way.ts';
import type { Work } from './work.ts';

type ExpandWork = Extract<Work, { type: 'expand' }>;

export function openPageWay(run: Run): (lease: Lease<Work>, work: ExpandWork) => Promise<void> {
  const { parts, crawl, signal } = run;
  const { ledger, queue, projector } = parts;
  const { collection, fresh } = crawl.record;
  const admit = openAdmission(run);
  const admitPage = openPageAdmission(run);

  return async (lease, work) => {
    const source = sourceOf(run, work.source);
    if (source.unseen === 'unlinked' && !admitPage(lease.item.key)) {
      await rememberPartial(run);
      return lease.done();
    }
    const options = { ledger, source, collection, crawlId: crawl.id, isFresh: fresh, admit };
    const finding = await findImages(options, work, isLastAttempt(run, lease), signal);
    await freePartition(lease, source);
    if (signal.aborted) return lease.defer(0);
    if (finding.outcome === 'failed' && (await retryLater(run, lease, finding.failure!))) return;
    const { maxDepth } = crawl.limits;
    const further = finding.further.filter(({ depth }) => source.unseen === 'gone' || depth <= maxDepth);
    const isPartial = finding.isPartial || further.length < finding.further.length;
    await rememberFinding(run, lease, work, { ...finding, isPartial });
    const put = await queue.put([
      ...further.map((one) => expandItem(crawl, source.id, one)),
      ...finding.found.map((found) => fetchItem(crawl, source, found)),
    ]);
    if (put === null) throw lostCrawl(crawl.id);
    await Promise.all(finding.dirty.map((id) => projector.project(id)));
    await lease.done();
  };
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

/** Whether a page may be looked into under the crawl's `maxPages`; one that comes again may. */
function openPageAdmission({ crawl }: Run): (key: string) => boolean {
  const admitted = new Set<string>();
  return (key) => {
    if (!admitted.has(key) && crawl.pagesBefore + admitted.size >= crawl.limits.maxPages) return false;
    admitted.add(key);
    return true;
  };
}

/** Nothing may be concluded from what this crawl does not see. */
const rememberPartial = ({ parts, crawl }: Run): Promise<number> =>
  amend(parts.ledger, [
    amendment('crawl', crawl.id, (old) => (old && !old.partial ? { ...old, partial: true } : undefined)),
  ]);

async function rememberFinding(
  run: Run,
  lease: Lease<Work>,
  work: ExpandWork,
  finding: Finding,
): Promise<void> {
  const { parts, crawl } = run;
  const { failure, skipped, isPartial } = finding;
  if (skipped) parts.log.info(`page skipped: ${skipped.reason}`, { page: work.address, code: skipped.code });
  const { address, depth } = work;
  const url = sourceOf(run, work.source).urlOf(address);
  const record: FailureRecord | null =
    failure === undefined
      ? null
      : { ...failureOf(run, lease, work.source, failure), subject: 'page', address, url, depth };
  await amend(parts.ledger, [
    amendment('failure', pageId(crawl.record.collection, work.source, address), () => record),
  ]);
  if (isPartial) await rememberPartial(run);
}
