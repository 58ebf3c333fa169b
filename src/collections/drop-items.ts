// What the queue still says of what was taken down: items of crawls that were cut off, and whatever ended crawls left.
import { batches } from '../batches.ts';
import { placeOf } from '../crawler/taken-down.ts';
import { amend, amendment, type Ledger, listAll } from '../ledger.ts';
import type { Item, Queue } from '../queue/queue.ts';
import type { SourceId } from '../record.ts';
import { keysOf, type Work } from '../work.ts';
import { areBlocked } from './blocks.ts';

export interface ItemParts {
  readonly ledger: Ledger;
  readonly openQueue: () => Promise<Pick<Queue<Work>, 'id' | 'items' | 'drop' | 'close' | 'purge'>>;
}

const piece = 200;

/** Items of all crawls that are blocked now. `gone`: ids of locations and pages. */
export async function dropItems({ ledger, openQueue }: ItemParts, gone: readonly string[]): Promise<void> {
  const queue = await openQueue();
  for await (const { id, record } of listAll(ledger, 'collection', {})) {
    await purgeEnded(ledger, queue, id);
    for (const crawlId of new Set(Object.values(record.unfinished))) {
      await queue.drop(crawlId, gone.flatMap(keysOf));
      for await (const some of batches(queue.items(crawlId), piece)) {
        const blocked = await blockedOf(ledger, some);
        if (blocked.length > 0) await queue.drop(crawlId, blocked);
      }
    }
  }
}

/** Keys of items whose image or page, or whose source, was taken down. */
async function blockedOf(ledger: Ledger, items: readonly Item<Work>[]): Promise<string[]> {
  const places = items.flatMap(({ body }) => [
    body.type === 'fetch' ? body.found.location : placeOf(body.address),
    placeOf(addressOf(body.type === 'fetch' ? body.found.source : body.source)),
  ]);
  const areDown = await areBlocked(ledger, places);
  return items.filter((_, n) => areDown[2 * n] || areDown[2 * n + 1]).map(({ key }) => key);
}

export const addressOf = (source: SourceId): string => source.slice(source.indexOf(':') + 1);

/**
 * The queue forgets the collection's crawls that are at their end; one that a crash came before is forgotten at the next
 * crawl's start. Those whose items lie in another queue are left to whoever works there.
 */
export async function purgeEnded(
  ledger: Ledger,
  queue: Pick<Queue<Work>, 'id' | 'close' | 'purge'>,
  collection: string,
): Promise<void> {
  const [stored] = await ledger.get('collection', [collection]);
  const unpurged = stored?.record.unpurged ?? [];
  const elsewhere = new Set(
    (await ledger.get('crawl', unpurged))
      .filter(({ record }) => record.queue !== undefined && record.queue !== queue.id)
      .map(({ id }) => id),
  );
  const ended = unpurged.filter((id) => !elsewhere.has(id));
  if (ended.length === 0) return;
  for (const id of ended) {
    await queue.close(id);
    await queue.purge(id);
  }
  const isLeft = (id: string) => !ended.includes(id);
  await amend(ledger, [
    amendment('collection', collection, (old) => old && { ...old, unpurged: old.unpurged.filter(isLeft) }),
  ]);
}
