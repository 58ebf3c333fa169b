// Deletes a collection with all that only it has. Cut off, the same call finishes it. What was taken down stays blocked.
import { batches } from '../batches.ts';
import { cancelCrawl } from '../crawls/claim.ts';
import { ImagedexError } from '../errors.ts';
import { amend, amendment, type Kind, type Ledger, listAll, type Stored } from '../ledger.ts';
import { openOwner } from '../owner.ts';
import type { Queue } from '../queue/queue.ts';
import type { Work } from '../work.ts';
import { deletion, type EraseParts, eraseUnused } from './erase.ts';

export interface DeleteParts extends Omit<EraseParts, 'projector'> {
  /** Called only where the queue may still know a crawl of the collection. */
  readonly openQueue: () => Promise<Pick<Queue<Work>, 'close' | 'purge'>>;
}

export interface Deleted {
  readonly images: number;
  readonly locations: number;
  readonly pages: number;
  readonly crawls: number;
}

/** Of the images, how many are deleted. */
export type OnDeleted = (images: number) => void;

const piece = 200;

/** Throws `not_found` where nothing is stored of it, `crawl_running` while one of its crawls runs. */
export async function deleteCollection(
  parts: DeleteParts,
  name: string,
  onProgress: OnDeleted = () => {},
): Promise<Deleted> {
  const { ledger, index } = parts;
  const [collection] = await ledger.get('collection', [name]);
  if (collection === undefined)
    throw new ImagedexError('not_found', `there is no collection ${name}, so nothing is deleted`);
  await endCrawls(ledger, collection);
  const counts = await countAll(ledger, name);
  let images = 0;
  for await (const some of batches(listAll(ledger, 'image', { collection: name }), piece)) {
    const ids = new Set(some.map(({ id }) => id));
    await index.forget([...ids]);
    for (const { record } of some) await eraseUnused(parts, record.sha256, ids);
    await deleteImported(ledger, name, some);
    // Last of all: by them a call that was cut off is carried on.
    await deleteStored(ledger, 'image', some);
    images += some.length;
    onProgress(images);
  }
  await index.purge();
  for (const kind of ['likeness', 'appearance', 'location', 'page', 'failure', 'watch'] as const)
    await deleteAll(ledger, kind, name);
  await purgeCrawls(parts, name);
  await deleteAll(ledger, 'crawl', name);
  await deleteStored(ledger, 'schedule', await ledger.get('schedule', [name]));
  await mustBeIdle(ledger, name);
  await deleteStored(ledger, 'collection', await ledger.get('collection', [name]));
  return counts;
}

/** What a file said of these images, for this collection alone: the others have descriptions of their own. */
async function deleteImported(
  ledger: Ledger,
  name: string,
  images: readonly Stored<'image'>[],
): Promise<void> {
  const keys = images.map(({ record }) => record.descriptionKey);
  const described = await ledger.get('description', keys);
  await deleteStored(
    ledger,
    'description',
    described.filter(({ record }) => record.importedInto === name),
  );
}

/** Ends what a dead process left unfinished; whoever lives is asked to stop first. */
async function endCrawls(ledger: Ledger, { record, id }: Stored<'collection'>): Promise<void> {
  const owner = await openOwner(ledger);
  try {
    const ids = [...new Set(Object.values(record.unfinished))];
    const mustBeDead = async () => {
      for (const crawl of await ledger.get('crawl', ids)) {
        if (crawl.record.owner !== null && (await owner.isAlive(crawl.record.owner)))
          throw running(id, crawl);
      }
    };
    await mustBeDead();
    for (const crawl of ids) await cancelCrawl(ledger, crawl);
    // Somebody may have carried on with one until now.
    await mustBeDead();
    if (ids.length > 0) await freeSources(ledger, id, new Set(ids));
  } finally {
    await owner.close();
  }
}

/** Of crawls whose process died before it could let go of them. */
const freeSources = (ledger: Ledger, name: string, dead: ReadonlySet<string>): Promise<number> =>
  amend(ledger, [
    amendment('collection', name, (old) => {
      if (old === undefined) return undefined;
      const left = Object.entries(old.unfinished).filter(([, crawl]) => !dead.has(crawl));
      return {
        ...old,
        unfinished: Object.fromEntries(left),
        unpurged: [...new Set([...old.unpurged, ...dead])],
      };
    }),
  ]);

async function mustBeIdle(ledger: Ledger, name: string): Promise<void> {
  const [stored] = await ledger.get('collection', [name]);
  const [begun] = Object.values(stored?.record.unfinished ?? {});
  if (begun === undefined) return;
  const [crawl] = await ledger.get('crawl', [begun]);
  throw running(name, crawl ?? { id: begun });
}

const running = (
  name: string,
  { id, record }: Pick<Stored<'crawl'>, 'id'> & Partial<Stored<'crawl'>>,
): ImagedexError =>
  new ImagedexError(
    'crawl_running',
    record?.state === 'cancelled'
      ? `crawl ${id} of collection ${name} is being cancelled; try again in a moment`
      : `crawl ${id} of collection ${name} is running; end it with \`imagedex crawls cancel ${id}\`, then delete again`,
  );

async function countAll(ledger: Ledger, collection: string): Promise<Deleted> {
  const count = async (kind: Kind) => (await ledger.tally(kind, { collection }, []))[0]?.count ?? 0;
  const [images, locations, pages, crawls] = await Promise.all(
    (['image', 'location', 'page', 'crawl'] as const).map(count),
  );
  return { images: images!, locations: locations!, pages: pages!, crawls: crawls! };
}

async function deleteAll(ledger: Ledger, kind: Kind, collection: string): Promise<void> {
  for await (const some of batches(listAll(ledger, kind, { collection }), piece))
    await deleteStored(ledger, kind, some);
}

async function deleteStored<K extends Kind>(
  ledger: Ledger,
  kind: K,
  stored: readonly Stored<K>[],
): Promise<void> {
  const { conflict } = await ledger.change(stored.map((one) => deletion(kind, one)));
  // Each by itself, as it is by now: somebody has changed one of them.
  if (!conflict) return;
  for (const { id } of stored) {
    const now = await ledger.get(kind, [id]);
    if ((await ledger.change(now.map((one) => deletion(kind, one)))).conflict)
      throw new Error(`ledger: ${kind} ${id} changes while it is deleted`);
  }
}

async function purgeCrawls({ ledger, openQueue }: DeleteParts, name: string): Promise<void> {
  const [stored] = await ledger.get('collection', [name]);
  const unpurged = stored?.record.unpurged ?? [];
  if (unpurged.length === 0) return;
  const queue = await openQueue();
  for (const id of unpurged) {
    await queue.close(id);
    await queue.purge(id);
  }
}
