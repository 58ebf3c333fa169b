// The ledger's tables. Every list is ordered by id, so each index ends in it, and a list reads only what it returns.

const table = (name: string, columns: string): string =>
  `CREATE TABLE ledger_${name} (id TEXT PRIMARY KEY, version INTEGER NOT NULL, body TEXT NOT NULL${columns});`;

const index = (name: string, columns: string, where = ''): string =>
  `CREATE INDEX ledger_${name}_by_${columns.replaceAll(', ', '_')} ON ledger_${name} (${columns}) ${where};`;

export const migrations: readonly string[] = [
  [
    table('collection', ''),
    table(
      'location',
      `, collection TEXT NOT NULL, source TEXT NOT NULL, crawl_id TEXT NOT NULL, image_id TEXT, host TEXT NOT NULL,
      state TEXT NOT NULL, outcome TEXT, code TEXT, inferred INTEGER NOT NULL`,
    ),
    index('location', 'collection, source, id, crawl_id'),
    index('location', 'crawl_id, outcome, id'),
    index('location', 'crawl_id, outcome, code, inferred'),
    index('location', 'image_id, id'),
    index('location', 'host, collection, id'),
    index('location', 'collection, state, id'),
    table(
      'page',
      ', collection TEXT NOT NULL, source TEXT NOT NULL, crawl_id TEXT NOT NULL, state TEXT NOT NULL, code TEXT',
    ),
    index('page', 'collection, source, id, crawl_id'),
    index('page', 'crawl_id, state, id'),
    table(
      'appearance',
      ', collection TEXT NOT NULL, location_id TEXT NOT NULL, page_id TEXT NOT NULL, seen_at TEXT NOT NULL',
    ),
    index('appearance', 'location_id, id'),
    index('appearance', 'location_id, seen_at, id'),
    index('appearance', 'page_id, id'),
    table(
      'image',
      ', collection TEXT NOT NULL, revision INTEGER NOT NULL, indexed_revision INTEGER NOT NULL',
    ),
    index('image', 'collection, id'),
    // Holds the dirty images only, so it is nearly empty.
    index('image', 'id', 'WHERE revision > indexed_revision'),
    table('description', ''),
    table('crawl', ', collection TEXT NOT NULL, state TEXT NOT NULL'),
    table(
      'failure',
      ', collection TEXT NOT NULL, source TEXT NOT NULL, crawl_id TEXT NOT NULL, code TEXT NOT NULL, host TEXT NOT NULL',
    ),
    index('failure', 'collection, id'),
    index('failure', 'crawl_id, id'),
    index('failure', 'host, id'),
    table('owner', ''),
  ].join('\n'),
  // Version 2: schedules, the block list, descriptions by content, and what became of a location's bytes.
  [
    table('schedule', ''),
    table('block', ''),
    'ALTER TABLE ledger_description ADD COLUMN sha256 TEXT;',
    "UPDATE ledger_description SET sha256 = json_extract(body, '$.sha256');",
    index('description', 'sha256, id'),
    'ALTER TABLE ledger_location ADD COLUMN change TEXT;',
    'DROP INDEX ledger_location_by_crawl_id_outcome_code_inferred;',
    // The crawl report counts from this index alone.
    index('location', 'crawl_id, outcome, code, inferred, change'),
  ].join('\n'),
  // Version 3: pages that a browser opened, images that look alike, watches, failures by code, stage and subject.
  [
    'ALTER TABLE ledger_page ADD COLUMN is_rendered INTEGER;',
    'ALTER TABLE ledger_page ADD COLUMN change TEXT;',
    'ALTER TABLE ledger_page ADD COLUMN is_listing INTEGER;',
    'DROP INDEX ledger_location_by_crawl_id_outcome_code_inferred_change;',
    // What failed and is still found is told by its state.
    index('location', 'crawl_id, outcome, code, inferred, change, state'),
    table('likeness', ', collection TEXT NOT NULL, image_id TEXT NOT NULL, band TEXT NOT NULL'),
    index('likeness', 'band, id'),
    index('likeness', 'image_id, id'),
    index('likeness', 'collection, id'),
    index('failure', 'collection, code, id'),
    table('watch', ', collection TEXT NOT NULL'),
    'ALTER TABLE ledger_failure ADD COLUMN stage TEXT;',
    'ALTER TABLE ledger_failure ADD COLUMN subject TEXT;',
    "UPDATE ledger_failure SET stage = json_extract(body, '$.stage'), subject = json_extract(body, '$.subject');",
  ].join('\n'),
];
