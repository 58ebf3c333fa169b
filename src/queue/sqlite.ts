// DRIVER: the queue in the SQLite file of the data directory. Leases belong to an owner, and end when it dies.
import { builtFile } from '../entry.ts';
import type { OptionTable } from '../options.ts';
import type { Owner } from '../owner.ts';
import type { Database } from '../sqlite/database.ts';
import type { Procedures } from '../sqlite/module.ts';
import type { Item, Queue } from './queue.ts';
import { type Bell, openBell } from './sqlite/bell.ts';
import { type LeaseParts, leases } from './sqlite/leases.ts';
import type { ItemRow, module } from './sqlite/module.ts';

export const options = {} satisfies OptionTable;

const reclaimMs = 2_000;
/** No call holds the SQLite thread for long. */
const maxPut = 500;
const maxPurge = 2_000;

type Rows = Procedures<typeof module>;
type Owners = Pick<Owner, 'id' | 'isAlive'>;

export async function open<Body>(database: Database, owner: Owners): Promise<Queue<Body>> {
  const rows = await database.load<typeof module>(builtFile(new URL('./sqlite/module.ts', import.meta.url)));
  const bell = openBell();
  const stopping = new AbortController();
  const parts: LeaseParts = { rows, owner: owner.id, bell, reclaim: reclaimer(rows, owner, bell) };
  return {
    put: (items) => put(rows, items).finally(() => bell.ring()),
    leases: (wanted, signal) => leases<Body>(parts, wanted, AbortSignal.any([signal, stopping.signal])),
    counts: (crawlId) => rows.counts(crawlId),
    close: (crawlId) => rows.close(crawlId),
    async purge(crawlId) {
      while (!(await rows.purge(crawlId, maxPurge)));
      bell.ring();
    },
    async stop() {
      stopping.abort();
      await rows.release(owner.id, null);
    },
  };
}

async function put(
  rows: Rows,
  items: readonly Item<unknown>[],
): Promise<{ added: number; known: number } | null> {
  const byCrawl = new Map<string, ItemRow[]>();
  for (const { crawlId, key, partition, body } of items) {
    const row = { key, partition: partition ?? '', body: JSON.stringify(body) };
    const others = byCrawl.get(crawlId);
    if (others) others.push(row);
    else byCrawl.set(crawlId, [row]);
  }
  const total = { added: 0, known: 0 };
  for (const [crawlId, all] of byCrawl) {
    for (let from = 0; from < all.length; from += maxPut) {
      const counts = await rows.put(crawlId, all.slice(from, from + maxPut));
      if (counts === null) return null;
      total.added += counts.added;
      total.known += counts.known;
    }
  }
  return total;
}

/** Gives back what dead owners have leased, looking every few seconds at most. */
function reclaimer(rows: Rows, owner: Owners, bell: Bell): () => Promise<void> {
  let lookedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - lookedAt < reclaimMs) return;
    lookedAt = performance.now();
    for (const other of await rows.owners()) {
      if (other === owner.id || (await owner.isAlive(other))) continue;
      await rows.release(other, null);
      bell.ring();
    }
  };
}
