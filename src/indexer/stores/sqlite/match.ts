// Which rows a query finds, and how well. Sets are intersected in memory: SQLite would look every row up again.
import type { Connection } from '../../../sqlite/binding.ts';
import { type Columns, columnsOf, type Filters } from './columns.ts';
import { list, openPostings, type Scores, scoresOfLabel, scoresOfUnit } from './postings.ts';

export interface Collection {
  readonly no: number;
  readonly images: number;
}

export interface Matches {
  readonly collection: Collection;
  /** All that match; null: every row of the collection for which the columns hold. */
  readonly rows: readonly number[] | null;
  readonly columns: Columns;
  /** Sum of the units' scores; null without text. */
  readonly relevance: Scores | null;
  /** Confidence + 1: the least of allOf, else the greatest of anyOf; null without either. */
  readonly confidence: Scores | null;
}

export const findCollection = (db: Connection, name: string): Collection | undefined =>
  db.get<Collection>('SELECT no, images FROM image_collections WHERE name = ?', [name]);

export function match(db: Connection, collection: Collection, query: Filters): Matches {
  const columns = columnsOf(query, collection.no);
  const { text = [], labels = {} } = query.filter;
  const { allOf = [], anyOf = [], noneOf = [] } = labels;
  if (text.length + allOf.length + anyOf.length + noneOf.length === 0)
    return { collection, columns, rows: null, relevance: null, confidence: null };

  const postings = openPostings(db, collection.no);
  const byLabel = scoresOfLabel.bind(null, postings);
  const relevance = combine(
    text.map((unit) => scoresOfUnit(postings, unit, query.minConfidence)),
    (a, b) => (a === 0 || b === 0 ? 0 : a + b),
  );
  const least = combine(allOf.map(byLabel), (a, b) => Math.min(a, b));
  const greatest = combine(anyOf.map(byLabel), (a, b) => Math.max(a, b));
  const unwanted = combine(noneOf.map(byLabel), (a, b) => Math.max(a, b));
  const wanted = [relevance, least, greatest].filter((scores) => scores !== null);
  const rows = rowsOf(db, collection, columns, wanted, unwanted);
  return { collection, columns, rows, relevance, confidence: least ?? greatest };
}

/** The first of the scores is changed. */
function combine(parts: readonly Scores[], join: (a: number, b: number) => number): Scores | null {
  const [joined, ...others] = parts;
  for (const other of others) {
    for (let row = 0; row < other.length; row++) joined![row] = join(joined![row]!, other[row]!);
  }
  return joined ?? null;
}

/** In the order they lie in: through an index on the collection each row would be looked up on its own. */
export const allDocuments = 'image_documents AS d NOT INDEXED';

/** Below this part of a collection, rows are looked up one by one instead of reading them all. */
const fewPart = 1 / 8;

function rowsOf(
  db: Connection,
  collection: Collection,
  columns: Columns,
  wanted: readonly Scores[],
  unwanted: Scores | null,
): number[] {
  const isWanted = (row: number) => wanted.every((scores) => scores[row] !== 0) && !unwanted?.[row];
  const withColumns = () =>
    list(db, `SELECT group_concat(d.row) AS list FROM ${allDocuments} WHERE d.collection = ?${columns.sql}`, [
      collection.no,
      ...columns.params,
    ]);
  const [some] = wanted;
  if (some === undefined) return withColumns().filter(isWanted);
  const rows: number[] = [];
  for (let row = 0; row < some.length; row++) if (isWanted(row)) rows.push(row);
  if (columns.sql === '') return rows;
  if (rows.length > collection.images * fewPart) return withColumns().filter(isWanted);
  return list(
    db,
    `SELECT group_concat(d.row) AS list FROM json_each(?) AS found
     CROSS JOIN image_documents AS d ON d.row = found.value WHERE true${columns.sql}`,
    [JSON.stringify(rows), ...columns.params],
  );
}

export function countMatches(db: Connection, { rows, columns, collection }: Matches): number {
  if (rows !== null) return rows.length;
  if (columns.sql === '') return collection.images;
  return db.all<{ images: number }>(
    `SELECT count(*) AS images FROM ${allDocuments} WHERE d.collection = ?${columns.sql}`,
    [collection.no, ...columns.params],
  )[0]!.images;
}
