// The conclusions that only a complete crawl allows: what it did not see is gone, or unlinked.
import { batches } from '../batches.ts';
import { rememberUnseen } from '../indexer/remember-location.ts';
import {
  amendment,
  type CrawlRecord,
  changePlanned,
  type Ledger,
  listAll,
  planAmendments,
  raiseRevision,
  type Stored,
} from '../ledger.ts';
import type { Owner } from '../owner.ts';
import { pageId, type SourceId } from '../record.ts';
import { isOurs } from './claim.ts';
import { forgetLostFailures } from './forget-failures.ts';
import { lostCrawl, type PipelineCrawl, type PipelineParts } from './way.ts';

/**
 * After a complete crawl: what it did not see is not there any more (folders), or no page shows it (web).
 * Concludes nothing of a source where a cap was hit or a listing failed.
 */
export async function conclude(
  { ledger, projector }: PipelineParts,
  owner: Owner,
  crawl: PipelineCrawl,
): Promise<void> {
  const { id, sources } = crawl;
  const { collection } = crawl.record;
  const [stored] = await ledger.get('crawl', [id]);
  // Of a crawl that another process has taken over this one has not seen the rest.
  const mustBeOurs = (record: CrawlRecord | undefined): void => {
    if (record === undefined || !isOurs(record, owner)) throw lostCrawl(id);
  };
  mustBeOurs(stored?.record);
  for (const [source, { unseen }] of sources) {
    if (await isSeenInPart(ledger, crawl, stored!.record, source)) continue;
    for await (const page of listAll(ledger, 'page', { collection, source, crawlIdNot: id })) {
      mustBeOurs((await ledger.get('crawl', [id]))[0]?.record);
      await unlinkPage(ledger, page);
    }
    for (const live of ['indexed', 'described'] as const) {
      for await (const batch of batches(
        listAll(ledger, 'location', { collection, source, crawlIdNot: id, state: live }),
        200,
      )) {
        const dirty = await rememberUnseen(
          ledger,
          batch.map((location) => location.id),
          { id, mustBeOurs },
          unseen,
        );
        await Promise.all(dirty.map((image) => projector.project(image)));
      }
    }
    await forgetLostFailures(ledger, id, collection, source);
  }
}

async function isSeenInPart(
  ledger: Ledger,
  crawl: PipelineCrawl,
  { partial, partialSources, isCutAtDepth }: CrawlRecord,
  source: SourceId,
): Promise<boolean> {
  if (partial && (partialSources === undefined || partialSources.includes(source))) return true;
  return isCutAtDepth && (await isCut(ledger, crawl, source));
}

/** Whether a page of the last level leads to one that the crawl did not come to by any other way. */
async function isCut(
  ledger: Ledger,
  { id: crawlId, record: { collection }, limits, sources }: PipelineCrawl,
  source: SourceId,
): Promise<boolean> {
  const [opened, { maxDepth }] = [sources.get(source)!, limits.get(source)!];
  const pages = { collection, source, crawlId };
  const seen = new Set<string>();
  for await (const { id } of listAll(ledger, 'page', pages)) seen.add(id);
  for await (const { record } of listAll(ledger, 'page', pages)) {
    const { depth, links } = record;
    if (depth < maxDepth) continue;
    const isMissed = (link: string): boolean =>
      !seen.has(pageId(collection, source, link)) &&
      opened.leavesOut?.(opened.further(link, depth + 1)) !== true;
    if (links.some(isMissed)) return true;
  }
  return false;
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
      ...[...images].map(raiseRevision),
    ]);
  });
}
