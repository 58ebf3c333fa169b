// How a record lies in OpenSearch: its columns, its JSON as one string, and what a change that is under way intends with it.
import type { Kind, Kinds, Stored } from '../../ledger.ts';
import type { Value } from '../../sqlite/binding.ts';
import { columnsOf, computedColumnsOf, valueIn } from '../kinds.ts';

/** What a transaction makes of a record as soon as it is committed: another body, or none. It has the columns of that body, too. */
export interface Intent {
  readonly tx: string;
  /** Of the record as it is without the transaction; 0 where there is none. */
  readonly version: number;
  readonly body: string | null;
}

export interface LedgerDocument {
  readonly id: string;
  /** Absent in a shell, which holds the place of a record that a transaction is about to make. */
  readonly body?: string;
  /** Whoever wrote it, so that a write whose answer was lost is known again. */
  readonly write?: string;
  /** Where an intent was taken back: what the version was before, and still is. */
  readonly version?: number;
  readonly intent?: Intent | null;
}

/** A document with its place in the history of its index. */
export interface Found {
  readonly kind: Kind;
  readonly id: string;
  readonly seqNo: number;
  readonly primaryTerm: number;
  readonly document: LedgerDocument;
}

/** Sequence numbers of a shard stay below this. */
const maxSeqNo = 2 ** 36;

export const versionAt = ({ seqNo, primaryTerm }: Pick<Found, 'seqNo' | 'primaryTerm'>): number =>
  primaryTerm * maxSeqNo + seqNo;

/** Of no document: it is another store's. */
export const isForeign = (version: number): boolean => version !== 0 && version < maxSeqNo;

export const placeOf = (version: number): { readonly ifSeqNo: number; readonly ifPrimaryTerm: number } => ({
  ifSeqNo: version % maxSeqNo,
  ifPrimaryTerm: Math.floor(version / maxSeqNo),
});

/** Of the record without what is not committed: 0 where there is none. */
export const versionOf = (found: Found | undefined): number =>
  found === undefined ? 0 : (found.document.intent?.version ?? found.document.version ?? versionAt(found));

/** Undefined where there is no record yet. */
export function storedOf<K extends Kind>(found: Found): Stored<K> | undefined {
  const { body } = found.document;
  if (body === undefined) return undefined;
  return { id: found.id, version: versionOf(found), record: JSON.parse(body) as Kinds[K] };
}

export const documentOf = (kind: Kind, id: string, body: string, write: string): LedgerDocument => ({
  id,
  write,
  body,
  ...columnValues(kind, body),
});

export const intentOf = (kind: Kind, tx: string, version: number, body: string | null): Intent => ({
  tx,
  version,
  body,
  ...(body === null ? {} : columnValues(kind, body)),
});

function columnValues(kind: Kind, body: string): Readonly<Record<string, Value>> {
  const record = JSON.parse(body) as Kinds[Kind];
  const columns = [...columnsOf[kind], ...(computedColumnsOf[kind] ?? [])];
  return Object.fromEntries(columns.map((column) => [column.name, valueIn(column, record)]));
}
