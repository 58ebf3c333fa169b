// The queue's procedures in the SQLite thread.
import type { Connection } from '../../sqlite/binding.ts';
import type { QueueCounts } from '../queue.ts';
import { lease, renewHead } from './lease.ts';
import { migrations } from './tables.ts';

/** An item as it crosses to the thread: its body as JSON, its partition '' where it is not limited. */
export interface ItemRow {
  readonly key: string;
  readonly partition: string;
  readonly body: string;
}

function put(
  db: Connection,
  crawlId: string,
  items: readonly ItemRow[],
): { added: number; known: number } | null {
  db.run('INSERT INTO queue_crawls (crawl_id) VALUES (?) ON CONFLICT DO NOTHING', [crawlId]);
  const crawl = db.get<{ is_closed: number }>('SELECT is_closed FROM queue_crawls WHERE crawl_id = ?', [
    crawlId,
  ])!;
  if (crawl.is_closed) return null;
  const partitions = new Set<string>();
  let added = 0;
  for (const { key, partition, body } of items) {
    const isNew = db.run(
      `INSERT INTO queue_items (crawl_id, key, partition, state, attempt, holds, body)
        VALUES (?, ?, ?, 'pending', 1, 0, ?) ON CONFLICT DO NOTHING`,
      [crawlId, key, partition, body],
    );
    if (isNew) partitions.add(partition);
    added += isNew;
  }
  for (const partition of partitions) renewHead(db, crawlId, partition);
  db.run('UPDATE queue_crawls SET added = added + ? WHERE crawl_id = ?', [added, crawlId]);
  return { added, known: items.length - added };
}

/** Frees the partition of a leased item, from which the next may go after `restMs`. */
function freePartition(db: Connection, owner: string, seq: number, restMs: number): void {
  const freed = db.all<{ partition: string }>(
    "UPDATE queue_items SET holds = 0 WHERE seq = ? AND owner = ? AND state = 'leased' AND holds = 1 RETURNING partition",
    [seq, owner],
  );
  if (freed.length === 0 || restMs <= 0) return;
  db.run(
    `INSERT INTO queue_rests (partition, free_at) VALUES (?, ?)
      ON CONFLICT (partition) DO UPDATE SET free_at = max(free_at, excluded.free_at)`,
    [freed[0]!.partition, Date.now() + restMs],
  );
}

/** Of what is done the key alone is kept. */
const emptied = "state = 'done', owner = NULL, holds = 0, body = '', partition = ''";

/** What has lost its lease meanwhile stays as it is. */
function done(db: Connection, owner: string, seq: number): void {
  db.run(`UPDATE queue_items SET ${emptied} WHERE seq = ? AND owner = ? AND state = 'leased'`, [seq, owner]);
}

function open(db: Connection, crawlId: string, after: number, limit: number): (ItemRow & { seq: number })[] {
  return db.all(
    // By seq alone: through an index all that is left would be sorted again for each page.
    `SELECT seq, key, partition, body FROM queue_items NOT INDEXED
      WHERE crawl_id = ? AND seq > ? AND state <> 'done' ORDER BY seq LIMIT ?`,
    [crawlId, after, limit],
  );
}

/** Whatever holds them has lost its lease. */
function drop(db: Connection, crawlId: string, keys: readonly string[]): number {
  const dropped = db.all<{ seq: number; partition: string }>(
    `SELECT seq, partition FROM queue_items
      WHERE crawl_id = ? AND state <> 'done' AND key IN (SELECT value FROM json_each(?))`,
    [crawlId, JSON.stringify(keys)],
  );
  const seqs = JSON.stringify(dropped.map(({ seq }) => seq));
  db.run(`UPDATE queue_items SET ${emptied} WHERE seq IN (SELECT value FROM json_each(?))`, [seqs]);
  for (const partition of new Set(dropped.map((row) => row.partition))) renewHead(db, crawlId, partition);
  forgetPartitions(db, crawlId);
  forgetRests(db);
  return dropped.length;
}

/** Those without items. They are put again with their next one. */
function forgetPartitions(db: Connection, crawlId: string): void {
  db.run(
    `DELETE FROM queue_partitions WHERE crawl_id = ?1 AND head IS NULL AND partition NOT IN
      (SELECT partition FROM queue_items WHERE crawl_id = ?1 AND state IN ('leased', 'delayed') AND state <> 'done')`,
    [crawlId],
  );
}

/** Those that are over: they would still say which hosts were asked. */
const place = (db: Connection): string => db.all<{ id: string }>('SELECT id FROM queue_place')[0]!.id;

const forgetRests = (db: Connection): number =>
  db.run('DELETE FROM queue_rests WHERE free_at <= ?', [Date.now()]);

function delay(db: Connection, owner: string, seq: number, afterMs: number, attempts: 0 | 1): void {
  db.run(
    `UPDATE queue_items SET state = 'delayed', owner = NULL, holds = 0, not_before = ?, attempt = attempt + ?
      WHERE seq = ? AND owner = ? AND state = 'leased'`,
    [Date.now() + Math.ceil(afterMs), attempts, seq, owner],
  );
}

/** Returns what an owner has leased, all of it or some items, without using up an attempt. */
function release(db: Connection, owner: string, seqs: readonly number[] | null): void {
  const some = seqs === null ? '' : 'AND seq IN (SELECT value FROM json_each(?))';
  const released = db.all<{ crawlId: string; partition: string }>(
    `UPDATE queue_items SET state = 'pending', owner = NULL, holds = 0
      WHERE owner = ? AND state = 'leased' ${some} RETURNING crawl_id AS crawlId, partition`,
    seqs === null ? [owner] : [owner, JSON.stringify(seqs)],
  );
  const heads = new Map(released.map((row) => [JSON.stringify(row), row]));
  for (const { crawlId, partition } of heads.values()) renewHead(db, crawlId, partition);
}

const owners = (db: Connection): string[] =>
  db
    .all<{ owner: string }>("SELECT DISTINCT owner FROM queue_items WHERE state = 'leased'")
    .map(({ owner }) => owner);

function counts(db: Connection, crawlId: string): QueueCounts {
  const rows = db.all<{ state: string; n: number }>(
    "SELECT state, count(*) AS n FROM queue_items WHERE crawl_id = ? AND state <> 'done' GROUP BY state",
    [crawlId],
  );
  const of = (state: string) => rows.find((row) => row.state === state)?.n ?? 0;
  const [pending, leased, delayed] = [of('pending'), of('leased'), of('delayed')];
  const crawl = db.get<{ added: number }>('SELECT added FROM queue_crawls WHERE crawl_id = ?', [crawlId]);
  return { pending, leased, delayed, done: (crawl?.added ?? 0) - pending - leased - delayed };
}

function close(db: Connection, crawlId: string): void {
  db.run(
    'INSERT INTO queue_crawls (crawl_id, is_closed) VALUES (?, 1) ON CONFLICT (crawl_id) DO UPDATE SET is_closed = 1',
    [crawlId],
  );
}

/** Forgets up to `limit` items; true when the crawl is forgotten whole. */
function purge(db: Connection, crawlId: string, limit: number): boolean {
  close(db, crawlId);
  const sql = 'DELETE FROM queue_items WHERE seq IN (SELECT seq FROM queue_items WHERE crawl_id = ? LIMIT ?)';
  if (db.run(sql, [crawlId, limit]) === limit) return false;
  db.run('DELETE FROM queue_partitions WHERE crawl_id = ?', [crawlId]);
  db.run('DELETE FROM queue_crawls WHERE crawl_id = ?', [crawlId]);
  forgetRests(db);
  return true;
}

export const module = {
  name: 'queue',
  migrations,
  reads: { place, owners, counts, open },
  writes: { put, lease, freePartition, done, drop, delay, release, close, purge, forgetRests },
};
