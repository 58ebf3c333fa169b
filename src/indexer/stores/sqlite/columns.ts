// The conditions of a query that a document's own columns answer, as SQL with bound parameters.
import type { Value } from '../../../sqlite/binding.ts';
import type { ImageQuery, Range } from '../../image-index.ts';

export type Filters = Pick<ImageQuery, 'collection' | 'filter' | 'minConfidence'>;

/** `sql` is '' where there is no condition, else it begins with AND; the documents' table is called `d`. */
export interface Columns {
  readonly sql: string;
  readonly params: readonly Value[];
}

type Condition = readonly [sql: string, ...params: Value[]];

export function columnsOf({ filter, minConfidence }: Filters, collection: number): Columns {
  const conditions: readonly Condition[] = [
    ...listed(filter.formats, (formats) => ['d.format IN (SELECT value FROM json_each(?))', formats]),
    ...listed(filter.hosts, (hosts) => [`d.host_set IN (${hostSets})`, hosts, collection]),
    ...range('d.width', filter.width),
    ...range('d.height', filter.height),
    ...range('d.size_bytes', filter.sizeBytes),
    ...limit('d.fetched_at >= ?', time(filter.fetchedAt?.gte)),
    ...limit('d.fetched_at < ?', time(filter.fetchedAt?.lt)),
    ...limit('d.top_confidence >= ?', asksNothing(filter) ? atLeastOne(minConfidence) : undefined),
  ];
  return {
    sql: conditions.map(([sql]) => ` AND ${sql}`).join(''),
    params: conditions.flatMap(([, ...params]) => params),
  };
}

/** Where there is no label the column says 0, and no label has so little. */
const atLeastOne = (minConfidence: number | undefined): number | undefined =>
  minConfidence === undefined ? undefined : Math.max(1, minConfidence);

/** Neither words nor labels: then a least confidence asks for any label that has it. */
const asksNothing = ({ text, labels }: ImageQuery['filter']): boolean =>
  !text?.length && !labels?.allOf?.length && !labels?.anyOf?.length;

const hostSets = `SELECT m.set_no FROM json_each(?) AS asked
  CROSS JOIN image_values AS v ON v.collection = ? AND v.facet = 'host' AND v.value = asked.value
  CROSS JOIN image_set_members AS m ON m.value = v.no`;

const listed = (
  values: readonly string[] | undefined,
  condition: (json: string) => Condition,
): readonly Condition[] => (values?.length ? [condition(JSON.stringify(values))] : []);

const limit = (sql: string, value: number | undefined): readonly Condition[] =>
  value === undefined ? [] : [[sql, value]];

const range = (column: string, asked: Range | undefined): readonly Condition[] => [
  ...limit(`${column} >= ?`, asked?.gte),
  ...limit(`${column} <= ?`, asked?.lte),
];

const time = (timestamp: string | undefined): number | undefined =>
  timestamp === undefined ? undefined : Date.parse(timestamp);
