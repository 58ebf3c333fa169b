// The tables of the embedded image index. Counts lie beside what they count and change in the same transaction.

/** A facet value and a collection are known by a number: postings and words stay small. */
const first = `
CREATE TABLE image_collections (
  no INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  images INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE image_documents (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  collection INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  format TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  pixels INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  fetched_at INTEGER NOT NULL,
  accepted_confidence INTEGER NOT NULL,
  top_confidence INTEGER NOT NULL,
  content_set INTEGER NOT NULL,
  host_set INTEGER NOT NULL
);
CREATE INDEX image_documents_by_id ON image_documents (collection, id);
CREATE INDEX image_documents_by_date ON image_documents (collection, fetched_at DESC, id);
CREATE INDEX image_documents_by_size ON image_documents (collection, pixels DESC, id);
CREATE INDEX image_documents_by_confidence ON image_documents (collection, accepted_confidence DESC, id);

-- Apart from the columns that are compared, so that a scan of those reads little.
CREATE TABLE image_bodies (row INTEGER PRIMARY KEY, body TEXT NOT NULL);

CREATE TABLE image_tombstones (id TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;

-- The id is in the key so that the best of a label come in their final order.
CREATE TABLE image_labels (
  label INTEGER NOT NULL,
  confidence INTEGER NOT NULL,
  id TEXT NOT NULL,
  row INTEGER NOT NULL,
  accepted INTEGER NOT NULL,
  PRIMARY KEY (label, confidence DESC, id)
) WITHOUT ROWID;

-- One column: a term names its collection and tier itself, so that each has a list of its own.
CREATE VIRTUAL TABLE image_words USING fts5 (terms, content = '', contentless_delete = 1, tokenize = 'ascii');

CREATE TABLE image_values (
  no INTEGER PRIMARY KEY,
  collection INTEGER NOT NULL,
  facet TEXT NOT NULL,
  value TEXT NOT NULL,
  images INTEGER NOT NULL DEFAULT 0,
  UNIQUE (collection, facet, value)
);
CREATE INDEX image_values_by_images ON image_values (collection, facet, images DESC, value);

-- Many images have the same accepted labels and format, or the same hosts: facets count sets, not images.
CREATE TABLE image_sets (
  no INTEGER PRIMARY KEY,
  members TEXT NOT NULL UNIQUE,
  images INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE image_set_members (set_no INTEGER, value INTEGER, PRIMARY KEY (set_no, value)) WITHOUT ROWID;
CREATE INDEX image_set_members_by_value ON image_set_members (value);
`;

/**
 * Words of files and keys get letters of their own (words.ts) in documents that lie nowhere on the web. Those that lie
 * there, too, follow when they are projected again.
 */
const localWords = `
CREATE TABLE image_local AS
  SELECT b.row, d.collection FROM image_bodies AS b JOIN image_documents AS d ON d.row = b.row
  WHERE b.body -> '$.localTokens' IS NULL AND NOT EXISTS (
    SELECT 1 FROM json_each(b.body, '$.locations') AS l
    WHERE l.value ->> 'url' LIKE 'http://%' OR l.value ->> 'url' LIKE 'https://%');
DELETE FROM image_words WHERE rowid IN (SELECT row FROM image_local);
INSERT INTO image_words (rowid, terms)
  SELECT i.row, group_concat(i.collection || tier.value || lower(hex(word.value)), ' ' ORDER BY tier.value, word.key)
  FROM image_local AS i
  CROSS JOIN image_bodies AS b ON b.row = i.row
  CROSS JOIN json_each('{"alt":"f","caption":"g","title":"h","heading":"i","section":"j"}') AS tier
  CROSS JOIN json_each(b.body, '$.tokens.' || tier.key) AS word
  GROUP BY i.row;
UPDATE image_bodies
  SET body = json_set(body, '$.localTokens', json(body -> '$.tokens'),
    '$.tokens', json('{"alt":[],"caption":[],"title":[],"heading":[],"section":[]}'))
  WHERE row IN (SELECT row FROM image_local);
DROP TABLE image_local;
`;

export const migrations: readonly string[] = [first, localWords];
