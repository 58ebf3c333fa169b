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
const maxListed = 500;
const maxDrop = 500;

type Rows = Procedures<typeof module>;
type Owners = Pick<Owner, 'id' | 'isAlive'>;

export async function open<Body>(database: Database, owner: Owners): Promise<Queue<Body>> {
  const rows = await database.load<typeof module>(builtFile(new URL('./sqlite/module.ts', import.meta.url)));
  const bell = openBell();
  await rows.forgetRests();
  const stopping = new AbortController();
  const parts: LeaseParts = { rows, owner: owner.id, bell, reclaim: reclaimer(rows, owner, bell) };
  return {
    id: await rows.place(),
    put: (items) => put(rows, items).finally(() => bell.ring()),
    leases: (wanted, signal) => leases<Body>(parts, wanted, AbortSignal.any([signal, stopping.signal])),
    counts: (crawlId) => rows.counts(crawlId),
    items: (crawlId) => items<Body>(rows, crawlId),
    drop: (crawlId, keys) => drop(rows, crawlId, keys).finally(() => bell.ring()),
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

async function* items<Body>(rows: Rows, crawlId: string): AsyncGenerator<Item<Body>> {
  for (let after = 0; ; ) {
    const some = await rows.open(crawlId, after, maxListed);
    for (const { key, partition, body } of some) {
      const limited = partition === '' ? null : partition;
      yield { crawlId, key, partition: limited, body: JSON.parse(body) as Body };
    }
    if (some.length < maxListed) return;
    after = some.at(-1)!.seq;
  }
}

async function drop(rows: Rows, crawlId: string, keys: readonly string[]): Promise<number> {
  let dropped = 0;
  for (let from = 0; from < keys.length; from += maxDrop)
    dropped += await rows.drop(crawlId, keys.slice(from, from + maxDrop));
  return dropped;
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
