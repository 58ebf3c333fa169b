// What a crawl of nothing but changes has in its queue, and what it concludes: a watch has seen what came and what went.
import { areBlocked } from '../collections/blocks.ts';
import { rememberPage } from '../crawler/remember-page.ts';
import type { ImageSighting } from '../crawler/source.ts';
import { rememberUnseen } from '../indexer/remember-location.ts';
import type { CrawlRecord, Ledger } from '../ledger.ts';
import type { Owner } from '../owner.ts';
import type { Item } from '../queue/queue.ts';
import { now } from '../record.ts';
import type { Work } from '../work.ts';
import { isOurs } from './claim.ts';
import { forgetFailures } from './forget-failures.ts';
import { fetchItem, lostCrawl, type PipelineCrawl, type PipelineParts } from './way.ts';

/** In one source. */
export interface Changes {
  /** New, or other than before. */
  readonly found: readonly ImageSighting[];
  /** Ids of locations where nothing lies any more. */
  readonly gone: readonly string[];
}

/** The images become locations of this crawl; of what was taken down nothing is written. */
export async function changeItems(
  { ledger, log }: Pick<PipelineParts, 'ledger' | 'log'>,
  crawl: PipelineCrawl,
  { found }: Changes,
): Promise<Item<Work>[]> {
  const source = [...crawl.sources.values()][0]!;
  const areDown = await areBlocked(
    ledger,
    found.map(({ location }) => location),
  );
  const wanted = found.filter((_, index) => !areDown[index]);
  const sightings = await thoseWithRoom(ledger, crawl, wanted);
  if (sightings.length < wanted.length)
    log.warn(`${wanted.length - sightings.length} changes of ${source.id} are more than maxImages`);
  const { collection } = crawl.record;
  await rememberPage({ ledger, source, collection, crawlId: crawl.id }, '', null, sightings, []);
  return sightings.map(({ location }) =>
    fetchItem(crawl, source, {
      collection,
      crawlId: crawl.id,
      source: source.id,
      location,
      foundAt: now(),
    }),
  );
}

/** The first of them; what a crawl that is carried on has found before is found already. */
async function thoseWithRoom(
  ledger: Ledger,
  { id: crawlId, record: { maxImages }, foundBefore }: PipelineCrawl,
  wanted: readonly ImageSighting[],
): Promise<readonly ImageSighting[]> {
  if (maxImages === null) return wanted;
  const ids = wanted.map(({ location }) => location.id);
  const stored = await ledger.get('location', ids);
  const found = new Set(stored.filter(({ record }) => record.crawlId === crawlId).map(({ id }) => id));
  let room = maxImages - foundBefore;
  return wanted.filter(({ location: { id } }) => found.has(id) || room-- > 0);
}

const piece = 200;

/** After what came, so that an image that only moved never leaves the search. */
export async function concludeGone(
  { ledger, projector }: Pick<PipelineParts, 'ledger' | 'projector'>,
  owner: Owner,
  { id }: PipelineCrawl,
  { gone }: Changes,
): Promise<void> {
  const mustBeOurs = (record: CrawlRecord | undefined): void => {
    if (record === undefined || !isOurs(record, owner)) throw lostCrawl(id);
  };
  for (let start = 0; start < gone.length; start += piece) {
    const some = gone.slice(start, start + piece);
    const dirty = await rememberUnseen(ledger, some, { id, mustBeOurs }, 'gone');
    await Promise.all(dirty.map((image) => projector.project(image)));
    const left = (await ledger.get('location', some)).filter(({ record }) => record.crawlId !== id);
    await forgetFailures(
      ledger,
      left.map((location) => location.id),
    );
  }
}
