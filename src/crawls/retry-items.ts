// What a crawl of nothing but failures has in its queue.
import {
  amend,
  amendment,
  type FailureRecord,
  type Ledger,
  type LocationRecord,
  type Stored,
} from '../ledger.ts';
import type { Item } from '../queue/queue.ts';
import { now } from '../record.ts';
import type { Work } from '../work.ts';
import { expandItem, fetchItem, type PipelineCrawl } from './way.ts';

/** The failed images become locations of this crawl, which counts them; those that it has taken over before stay. */
export async function retryItems(
  ledger: Ledger,
  crawl: PipelineCrawl,
  failures: readonly Stored<'failure'>[],
): Promise<Item<Work>[]> {
  const ids = failures.filter(({ record }) => record.subject === 'image').map(({ id }) => id);
  const takeOver = (old: LocationRecord | undefined) =>
    old && old.crawlId !== crawl.id
      ? { ...old, crawlId: crawl.id, outcome: null, code: null, inferred: false, change: null }
      : undefined;
  await amend(
    ledger,
    ids.map((id) => amendment('location', id, takeOver)),
  );
  const locations = new Map((await ledger.get('location', ids)).map(({ id, record }) => [id, record]));
  return failures.flatMap(({ id, record }) => {
    if (record.subject === 'page') return pageItem(crawl, record);
    const location = locations.get(id);
    return location === undefined ? [] : imageItem(crawl, id, location);
  });
}

const pageItem = (crawl: PipelineCrawl, { source, address, depth }: FailureRecord): Item<Work> =>
  expandItem(crawl, source, crawl.sources.get(source)!.further(address, depth));

function imageItem(crawl: PipelineCrawl, id: string, location: LocationRecord): Item<Work> {
  const { collection, source, address, url, host, words } = location;
  const found = {
    collection,
    crawlId: crawl.id,
    source,
    location: { id, address, url, host, words },
    foundAt: now(),
  };
  return fetchItem(crawl, crawl.sources.get(source)!, found);
}
