// The one table of kinds: which fields of a record have a column, to list, count and order by.
import type { Kind, Kinds } from '../ledger.ts';

/** Of a column. */
export type Value = string | number | boolean | null | undefined;

export interface Column {
  readonly name: string;
  /** The record's value: its field of that name unless `derive` says otherwise. */
  readonly derive?: (record: never) => Value;
  /** Of its values; strings unless it says otherwise. */
  readonly type?: 'long' | 'boolean';
}
const fields = (...names: readonly string[]): Column[] => names.map((name) => ({ name }));
const numbers = (...names: readonly string[]): Column[] => names.map((name) => ({ name, type: 'long' }));

const host: Column = {
  name: 'host',
  derive: ({ url }: Kinds['failure']) => (URL.canParse(url) ? new URL(url).host : ''),
};

/** Columns are named as the fields, in snake_case; the rest of a record lies in `body`. */
export const columnsOf: { readonly [K in Kind]: readonly Column[] } = {
  collection: [],
  location: [
    ...fields('collection', 'source', 'crawlId', 'imageId', 'host', 'state', 'outcome', 'code'),
    { name: 'inferred', type: 'boolean' },
    ...fields('change'),
  ],
  page: [
    ...fields('collection', 'source', 'crawlId', 'state', 'code'),
    { name: 'isRendered', type: 'boolean' },
    ...fields('change'),
    { name: 'isListing', type: 'boolean' },
  ],
  appearance: fields('collection', 'locationId', 'pageId', 'seenAt'),
  image: [...fields('collection'), ...numbers('revision', 'indexedRevision')],
  likeness: fields('collection', 'imageId', 'band'),
  description: fields('sha256'),
  crawl: fields('collection', 'state'),
  failure: [...fields('collection', 'source', 'crawlId', 'code', 'stage', 'subject'), host],
  schedule: [],
  watch: fields('collection'),
  block: [],
  owner: [],
};

/** For stores that cannot compare two columns with each other: computed when a record is written. */
export const computedColumnsOf: { readonly [K in Kind]?: readonly Column[] } = {
  image: [
    {
      name: 'dirty',
      type: 'boolean',
      derive: ({ revision, indexedRevision }: Kinds['image']) => revision > indexedRevision,
    },
  ],
};

export const valuesOf = (kind: Kind, record: Kinds[Kind]): Value[] =>
  columnsOf[kind].map((column) => valueIn(column, record));

export const valueIn = ({ name, derive }: Column, record: Kinds[Kind]): Value =>
  derive ? derive(record as never) : (record as unknown as Record<string, Value>)[name];

export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The SQL name of a field that the kind has a column for. */
export function columnName(kind: Kind, field: string): string {
  mustHaveColumn(kind, field);
  return snakeCase(field);
}

export function mustHaveColumn(kind: Kind, field: string): void {
  if (!columnsOf[kind].some(({ name }) => name === field))
    throw new Error(`ledger: no ${field} to list ${kind} by`);
}
