// The queue's tables. Indexes are partial, so that done items, of which there are most, cost nothing but their key.

export const migrations: readonly string[] = [
  `CREATE TABLE queue_crawls (crawl_id TEXT PRIMARY KEY, is_closed INTEGER NOT NULL DEFAULT 0, added INTEGER NOT NULL DEFAULT 0)
    WITHOUT ROWID;

  -- state: pending, leased, delayed or done. partition '' is not limited. holds: counts against its partition's limit.
  CREATE TABLE queue_items (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, crawl_id TEXT NOT NULL, key TEXT NOT NULL, partition TEXT NOT NULL,
    state TEXT NOT NULL, attempt INTEGER NOT NULL, holds INTEGER NOT NULL, owner TEXT, not_before INTEGER,
    body TEXT NOT NULL, UNIQUE (crawl_id, key)
  );
  CREATE INDEX queue_items_pending ON queue_items (crawl_id, partition, seq) WHERE state = 'pending';
  CREATE INDEX queue_items_delayed ON queue_items (crawl_id, not_before) WHERE state = 'delayed';
  CREATE INDEX queue_items_leased ON queue_items (owner) WHERE state = 'leased';
  CREATE INDEX queue_items_holding ON queue_items (partition) WHERE holds = 1;
  CREATE INDEX queue_items_open ON queue_items (crawl_id, state) WHERE state <> 'done';

  -- Partitions of a crawl: head is the oldest pending item, served when one was leased last.
  CREATE TABLE queue_partitions (
    crawl_id TEXT NOT NULL, partition TEXT NOT NULL, head INTEGER, served INTEGER NOT NULL,
    PRIMARY KEY (crawl_id, partition)
  ) WITHOUT ROWID;
  CREATE INDEX queue_partitions_in_turn ON queue_partitions (crawl_id, served, head) WHERE head IS NOT NULL;

  -- Partitions that rest, whichever crawl's request it was: a host is one host.
  CREATE TABLE queue_rests (partition TEXT PRIMARY KEY, free_at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX queue_rests_by_end ON queue_rests (free_at);`,

  `CREATE TABLE queue_place (id TEXT NOT NULL);
  INSERT INTO queue_place VALUES (lower(hex(randomblob(16))));`,
];
