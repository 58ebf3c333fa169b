// Counts by label, format and host: kept ones for a whole collection, else counted by sets of them.
import type { Connection, Value } from '../../../sqlite/binding.ts';
import type { FacetCount, Facets } from '../../image-index.ts';
import type { Filters } from './columns.ts';
import type { Facet } from './counts.ts';
import { findCollection, type Matches, match } from './match.ts';

export function facets(db: Connection, query: Filters, limit: number): Facets {
  const collection = findCollection(db, query.collection);
  if (collection === undefined) return { labels: [], formats: [], hosts: [] };
  const matches = match(db, collection, query);
  const isWhole = matches.rows === null && matches.columns.sql === '';
  const sets = isWhole ? '' : JSON.stringify([...countSets(db, matches)]);
  const count = (facet: Facet) =>
    isWhole ? kept(db, collection.no, facet, limit) : counted(db, sets, facet, limit);
  return { labels: count('label'), formats: count('format'), hosts: count('host') };
}

const kept = (db: Connection, collection: number, facet: Facet, limit: number): FacetCount[] =>
  plain(
    db,
    `SELECT value, images AS count FROM image_values WHERE collection = ? AND facet = ? AND images > 0
     ORDER BY images DESC, value LIMIT ?`,
    [collection, facet, limit],
  );

/** `sets` is JSON: pairs of a set and the number of images that have it. */
const counted = (db: Connection, sets: string, facet: Facet, limit: number): FacetCount[] =>
  plain(
    db,
    `SELECT v.value, c.count FROM
       (SELECT m.value AS no, sum(pair.value ->> 1) AS count FROM json_each(?) AS pair
        CROSS JOIN image_set_members AS m ON m.set_no = pair.value ->> 0 GROUP BY m.value) AS c
     CROSS JOIN image_values AS v ON v.no = c.no
     WHERE v.facet = ? ORDER BY c.count DESC, v.value LIMIT ?`,
    [sets, facet, limit],
  );

/** The package adds a property to the rows. */
const plain = (db: Connection, sql: string, params: readonly Value[]): FacetCount[] =>
  db.all<FacetCount & object>(sql, params).map(({ value, count }) => ({ value, count }));

/** Above this part of a collection, all of it is read and the rest passed over. */
const manyPart = 1 / 4;

function countSets(db: Connection, matches: Matches): Map<number, number> {
  const { rows, columns, collection } = matches;
  const lists =
    'group_concat(d.row) AS rows, group_concat(d.content_set) AS content, group_concat(d.host_set) AS hosts';
  const isMany = rows !== null && rows.length > collection.images * manyPart;
  const found =
    rows === null || isMany
      ? db.get<Lists>(
          `SELECT ${lists} FROM image_documents AS d WHERE d.collection = ?${rows === null ? columns.sql : ''}`,
          [collection.no, ...(rows === null ? columns.params : [])],
        )
      : db.get<Lists>(
          `SELECT ${lists} FROM json_each(?) AS found CROSS JOIN image_documents AS d ON d.row = found.value`,
          [JSON.stringify(rows)],
        );
  const isFound = isMany ? new Set(rows) : undefined;
  const counts = new Map<number, number>();
  const places = parse(found?.rows);
  for (const sets of [parse(found?.content), parse(found?.hosts)]) {
    sets.forEach((set, place) => {
      if (isFound === undefined || isFound.has(places[place]!)) counts.set(set, (counts.get(set) ?? 0) + 1);
    });
  }
  return counts;
}

interface Lists {
  readonly rows: string | null;
  readonly content: string | null;
  readonly hosts: string | null;
}

const parse = (list: string | null | undefined): number[] => (list ? JSON.parse(`[${list}]`) : []);
