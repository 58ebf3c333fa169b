// Counts of the labels that images have with a least confidence, accepted or not: of these no counts are kept.
import type { Connection } from '../../../sqlite/binding.ts';
import type { FacetCount } from '../../image-index.ts';
import { columnsOf, type Filters } from './columns.ts';
import { allDocuments, type Matches } from './match.ts';
import { list } from './postings.ts';

/** Below this part of a collection, the images' own lists are read instead of the labels'. */
const fewPart = 1 / 8;

export function countSureLabels(
  db: Connection,
  matches: Matches,
  { collection, filter }: Filters,
  minConfidence: number,
  limit: number,
): FacetCount[] {
  const { no, images } = matches.collection;
  // Who has a label of this confidence is found by it: that condition takes nothing away.
  const isWhole = matches.rows === null && columnsOf({ collection, filter }, no).sql === '';
  if (isWhole) return countAll(db, no, minConfidence, limit);
  const rows = matches.rows ?? rowsOf(db, matches);
  const counts =
    rows.length < images * fewPart
      ? countInBodies(db, rows, minConfidence)
      : countInPostings(db, no, rows, minConfidence);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, limit);
}

const rowsOf = (db: Connection, { collection, columns }: Matches): number[] =>
  list(db, `SELECT group_concat(d.row) AS list FROM ${allDocuments} WHERE d.collection = ?${columns.sql}`, [
    collection.no,
    ...columns.params,
  ]);

const countAll = (db: Connection, collection: number, minConfidence: number, limit: number): FacetCount[] =>
  db.all<FacetCount & object>(
    `SELECT value, count FROM (SELECT v.value, (SELECT count(*) FROM image_labels AS l
         WHERE l.label = v.no AND l.confidence >= ?) AS count
       FROM image_values AS v WHERE v.collection = ? AND v.facet = 'label')
     WHERE count > 0 ORDER BY count DESC, value LIMIT ?`,
    [minConfidence, collection, limit],
  );

function countInPostings(
  db: Connection,
  collection: number,
  rows: readonly number[],
  minConfidence: number,
): Map<string, number> {
  const isFound = new Uint8Array(rows.reduce((last, row) => Math.max(row, last), 0) + 1);
  for (const row of rows) isFound[row] = 1;
  const counts = new Map<string, number>();
  const labels = db.all<{ no: number; value: string }>(
    "SELECT no, value FROM image_values WHERE collection = ? AND facet = 'label'",
    [collection],
  );
  for (const { no, value } of labels) {
    const having = list(
      db,
      'SELECT group_concat(row) AS list FROM image_labels WHERE label = ? AND confidence >= ?',
      [no, minConfidence],
    );
    const count = having.reduce((sum, row) => sum + (isFound[row] ?? 0), 0);
    if (count > 0) counts.set(value, count);
  }
  return counts;
}

function countInBodies(db: Connection, rows: readonly number[], minConfidence: number): Map<string, number> {
  const found = db.all<FacetCount & object>(
    `SELECT label.value ->> 'id' AS value, count(DISTINCT b.row) AS count FROM json_each(?) AS found
     CROSS JOIN image_bodies AS b ON b.row = found.value
     CROSS JOIN json_each(b.body, '$.labels') AS label
     WHERE label.value ->> 'confidence' >= ? GROUP BY 1`,
    [JSON.stringify(rows), minConfidence],
  );
  return new Map(found.map(({ value, count }) => [value, count]));
}
