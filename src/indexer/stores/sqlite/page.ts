// One page of what was matched, in an order: by walking an index until enough are found, or by sorting the matches.
import type { Connection, Value } from '../../../sqlite/binding.ts';
import type { Matches } from './match.ts';
import type { Scores } from './postings.ts';

/** A row in its place: `value` is what it is ordered by. */
export interface Place {
  readonly row: number;
  readonly id: string;
  readonly value: number;
}
export interface After {
  readonly value: number;
  readonly id: string;
}
export interface Wanted {
  readonly direction: 'ASC' | 'DESC';
  readonly after: After | undefined;
  readonly count: number;
}

/** Columns that have an index with the id behind them; `id` orders by nothing but the id. */
const columns = {
  DATE: 'd.fetched_at',
  SIZE: 'd.pixels',
  CONFIDENCE: 'd.accepted_confidence',
  ID: '0',
} as const;
export type ColumnOrder = keyof typeof columns;
const indexes: { readonly [O in ColumnOrder]: string } = {
  DATE: 'image_documents_by_date',
  SIZE: 'image_documents_by_size',
  CONFIDENCE: 'image_documents_by_confidence',
  ID: 'image_documents_by_id',
};

interface Sql {
  readonly sql: string;
  readonly params: readonly Value[];
}

/** Ids break ties, always ascending. The first comparison bounds the index, the second passes over equal values. */
export function keyset(column: string, id: string, { direction, after }: Wanted): Sql {
  if (after === undefined) return { sql: '', params: [] };
  const [atOrPast, past] = direction === 'ASC' ? ['>=', '>'] : ['<=', '<'];
  return {
    sql: ` AND ${column} ${atOrPast} ? AND (${column} ${past} ? OR ${id} > ?)`,
    params: [after.value, after.value, after.id],
  };
}

const following = (order: ColumnOrder, wanted: Wanted): Sql =>
  order === 'ID' && wanted.after
    ? { sql: ' AND d.id > ?', params: [wanted.after.id] }
    : keyset(columns[order], 'd.id', wanted);

const ordering = (order: ColumnOrder, direction: 'ASC' | 'DESC'): string =>
  order === 'ID' ? 'd.id' : `${columns[order]} ${direction}, d.id`;

export function pageByColumn(db: Connection, matches: Matches, order: ColumnOrder, wanted: Wanted): Place[] {
  const { rows } = matches;
  if (rows === null) return along(db, matches, order, wanted);
  const walked = walk(db, matches, rows, order, wanted);
  return walked ?? sorted(db, rows, order, wanted);
}

/** The next of the collection along the index. */
function along(db: Connection, matches: Matches, order: ColumnOrder, wanted: Wanted): Place[] {
  // Matched rows have met the columns already.
  const conditions = matches.rows === null ? matches.columns : { sql: '', params: [] };
  const next = following(order, wanted);
  return db.all<Place & object>(
    `SELECT d.row, d.id, ${columns[order]} AS value FROM image_documents AS d INDEXED BY ${indexes[order]}
     WHERE d.collection = ?${conditions.sql}${next.sql} ORDER BY ${ordering(order, wanted.direction)} LIMIT ?`,
    [matches.collection.no, ...conditions.params, ...next.params, wanted.count],
  );
}

function sorted(db: Connection, rows: readonly number[], order: ColumnOrder, wanted: Wanted): Place[] {
  const next = following(order, wanted);
  return db.all<Place & object>(
    `SELECT d.row, d.id, ${columns[order]} AS value FROM json_each(?) AS found
     CROSS JOIN image_documents AS d ON d.row = found.value
     WHERE true${next.sql} ORDER BY ${ordering(order, wanted.direction)} LIMIT ?`,
    [JSON.stringify(rows), ...next.params, wanted.count],
  );
}

/** Null where the matches lie so thin or so far behind that sorting them costs less. */
function walk(
  db: Connection,
  matches: Matches,
  rows: readonly number[],
  order: ColumnOrder,
  wanted: Wanted,
): Place[] | null {
  const expected = (2 * wanted.count * matches.collection.images) / rows.length;
  if (expected > rows.length) return null;
  const isMatch = new Uint8Array(rows.reduce((last, row) => Math.max(row, last), 0) + 1);
  for (const row of rows) isMatch[row] = 1;
  const found: Place[] = [];
  let after = wanted.after;
  let step = Math.ceil(expected);
  for (let left = rows.length; left > 0; left -= step) {
    if (after !== wanted.after) step *= 2;
    const places = along(db, matches, order, { ...wanted, after, count: step });
    found.push(...places.filter(({ row }) => isMatch[row] === 1));
    if (found.length >= wanted.count || places.length < step) return found.slice(0, wanted.count);
    after = places.at(-1);
  }
  return null;
}

/** By scores in memory: from one value to the next, and within a value by id. */
export function pageByScore(db: Connection, matches: Matches, scores: Scores, wanted: Wanted): Place[] {
  const { after, count } = wanted;
  const buckets = new Map<number, number[]>();
  for (const row of matches.rows ?? []) {
    const bucket = buckets.get(scores[row]!);
    if (bucket) bucket.push(row);
    else buckets.set(scores[row]!, [row]);
  }
  const sign = wanted.direction === 'ASC' ? 1 : -1;
  const values = [...buckets.keys()].sort((a, b) => sign * (a - b));
  const page: Place[] = [];
  for (const value of values) {
    if (page.length >= count) break;
    if (after !== undefined && sign * (value - after.value) < 0) continue;
    const places = pageByColumn(db, { ...matches, rows: buckets.get(value)! }, 'ID', {
      direction: 'ASC',
      after: value === after?.value ? after : undefined,
      count: count - page.length,
    });
    page.push(...places.map((place) => ({ ...place, value })));
  }
  return page;
}
