// Leasing: which items go next. Partitions take turns, the one that waited longest first; oldest item first in each.
import type { Connection } from '../../sqlite/binding.ts';

export interface LeasedRow {
  readonly seq: number;
  readonly crawlId: string;
  readonly key: string;
  readonly partition: string;
  readonly attempt: number;
  readonly body: string;
}
export interface LeaseRequest {
  readonly crawlId: string;
  readonly owner: string;
  readonly limit: number;
  readonly maxPerPartition: number;
}
export interface LeaseAnswer {
  readonly rows: LeasedRow[];
  /** Nothing is pending, leased or delayed, by anybody. */
  readonly isEmpty: boolean;
  /** When the next item gets free by the passing of time; null where time alone frees none. */
  readonly nextInMs: number | null;
}

/** Makes a partition's head the oldest of its pending items. */
export function renewHead(db: Connection, crawlId: string, partition: string): void {
  db.run(
    `INSERT INTO queue_partitions (crawl_id, partition, head, served)
      VALUES (?1, ?2, (SELECT min(seq) FROM queue_items WHERE crawl_id = ?1 AND partition = ?2 AND state = 'pending'), 0)
      ON CONFLICT (crawl_id, partition) DO UPDATE SET head = excluded.head`,
    [crawlId, partition],
  );
}

export function lease(db: Connection, request: LeaseRequest): LeaseAnswer {
  const now = Date.now();
  wakeDelayed(db, request.crawlId, now);
  db.run('DELETE FROM queue_rests WHERE free_at <= ?', [now]);
  const rows: LeasedRow[] = [];
  const turns = partitionsInTurn(db, request);
  // One of each partition first, so that none hides the others; then as many as each may have.
  for (const { partition } of turns) rows.push(...take(db, request, partition, 1, now));
  for (const { partition, held } of turns) {
    const mayHave = partition === '' ? request.limit : request.maxPerPartition - held - 1;
    const limit = Math.min(mayHave, request.limit - rows.length);
    if (limit > 0) rows.push(...take(db, request, partition, limit, now));
  }
  return {
    rows,
    isEmpty: rows.length === 0 && isEmpty(db, request.crawlId),
    nextInMs: nextInMs(db, request.crawlId, now),
  };
}

function wakeDelayed(db: Connection, crawlId: string, now: number): void {
  const woken = db.all<{ partition: string }>(
    `UPDATE queue_items SET state = 'pending', not_before = NULL
      WHERE crawl_id = ? AND state = 'delayed' AND not_before <= ? RETURNING partition`,
    [crawlId, now],
  );
  for (const partition of new Set(woken.map((row) => row.partition))) renewHead(db, crawlId, partition);
}

function partitionsInTurn(db: Connection, { crawlId, maxPerPartition, limit }: LeaseRequest) {
  return db.all<{ partition: string; held: number }>(
    `SELECT p.partition,
        (SELECT count(*) FROM queue_items i WHERE i.partition = p.partition AND i.holds = 1) AS held
      FROM queue_partitions p
      WHERE p.crawl_id = ? AND p.head IS NOT NULL AND (p.partition = '' OR (
        held < ? AND NOT EXISTS (SELECT 1 FROM queue_rests r WHERE r.partition = p.partition)))
      ORDER BY p.served, p.head LIMIT ?`,
    [crawlId, maxPerPartition, limit],
  );
}

function take(
  db: Connection,
  { crawlId, owner }: LeaseRequest,
  partition: string,
  limit: number,
  now: number,
): LeasedRow[] {
  const rows = db.all<LeasedRow>(
    `UPDATE queue_items SET state = 'leased', owner = ?, holds = (partition <> '')
      WHERE seq IN (SELECT seq FROM queue_items
        WHERE crawl_id = ? AND partition = ? AND state = 'pending' ORDER BY seq LIMIT ?)
      RETURNING seq, crawl_id AS crawlId, key, partition, attempt, body`,
    [owner, crawlId, partition, limit],
  );
  renewHead(db, crawlId, partition);
  db.run('UPDATE queue_partitions SET served = ? WHERE crawl_id = ? AND partition = ?', [
    now,
    crawlId,
    partition,
  ]);
  return rows.sort((a, b) => a.seq - b.seq);
}

const isEmpty = (db: Connection, crawlId: string): boolean =>
  db.get("SELECT 1 FROM queue_items WHERE crawl_id = ? AND state <> 'done' LIMIT 1", [crawlId]) === undefined;

function nextInMs(db: Connection, crawlId: string, now: number): number | null {
  const { next } = db.get<{ next: number | null }>(
    `SELECT min(at) AS next FROM (
      SELECT min(not_before) AS at FROM queue_items WHERE crawl_id = ?1 AND state = 'delayed'
      UNION ALL
      SELECT min(r.free_at) FROM queue_rests r
        JOIN queue_partitions p ON p.crawl_id = ?1 AND p.partition = r.partition AND p.head IS NOT NULL)`,
    [crawlId],
  )!;
  return next === null ? null : Math.max(0, next - now);
}
