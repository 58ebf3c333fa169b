// Counts by label, format and host: kept ones for a whole collection, else counted by sets of them.
import type { Connection } from '../../../sqlite/binding.ts';
import type { FacetCount, Facets } from '../../image-index.ts';
import type { Filters } from './columns.ts';
import type { Facet } from './counts.ts';
import { allDocuments, findCollection, type Matches, match } from './match.ts';
import { countSureLabels } from './sure-labels.ts';

export function facets(db: Connection, query: Filters, limit: number): Facets {
  const collection = findCollection(db, query.collection);
  if (collection === undefined) return { labels: [], formats: [], hosts: [] };
  const matches = match(db, collection, query);
  const isWhole = matches.rows === null && matches.columns.sql === '';
  const counts = isWhole ? kept(db, collection.no, limit) : counted(db, countSets(db, matches), limit);
  const { minConfidence } = query;
  const of = (facet: Facet): FacetCount[] =>
    counts.filter((one) => one.facet === facet).map(({ value, count }) => ({ value, count }));
  const labels =
    minConfidence === undefined ? of('label') : countSureLabels(db, matches, query, minConfidence, limit);
  return { labels, formats: of('format'), hosts: of('host') };
}

interface Count extends FacetCount {
  readonly facet: Facet;
}

const kept = (db: Connection, collection: number, limit: number): Count[] =>
  (['label', 'format', 'host'] as const).flatMap((facet) =>
    db.all<Count & object>(
      `SELECT facet, value, images AS count FROM image_values WHERE collection = ? AND facet = ? AND images > 0
       ORDER BY images DESC, value LIMIT ?`,
      [collection, facet, limit],
    ),
  );

/** `sets`: how many of the images have each. */
const counted = (db: Connection, sets: ReadonlyMap<number, number>, limit: number): Count[] =>
  db.all<Count & object>(
    `SELECT facet, value, count FROM
       (SELECT v.facet, v.value, pair.value ->> 1 AS count,
          row_number() OVER (PARTITION BY v.facet ORDER BY pair.value ->> 1 DESC, v.value) AS place
        FROM json_each(?) AS pair CROSS JOIN image_values AS v ON v.no = pair.value ->> 0)
     WHERE place <= ? ORDER BY facet, place`,
    [JSON.stringify([...countValues(db, sets)]), limit],
  );

function countValues(db: Connection, sets: ReadonlyMap<number, number>): Map<number, number> {
  const counts = new Map<number, number>();
  const found = db.get<{ list: string | null }>(
    `SELECT group_concat('[' || s.no || ',' || s.members || ']') AS list FROM json_each(?) AS asked
     CROSS JOIN image_sets AS s ON s.no = asked.value WHERE s.members <> ''`,
    [JSON.stringify([...sets.keys()])],
  );
  const members = JSON.parse(`[${found?.list ?? ''}]`) as [set: number, ...values: number[]][];
  for (const [set, ...values] of members) {
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + sets.get(set)!);
  }
  return counts;
}

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
          `SELECT ${lists} FROM ${allDocuments} WHERE d.collection = ?${rows === null ? columns.sql : ''}`,
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
