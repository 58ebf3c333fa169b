// How a record lies in OpenSearch: its columns, its JSON as one string, and what a change that is under way intends with it.
import type { Kind, Kinds, Stored } from '../../ledger.ts';
import { columnsOf, computedColumnsOf, type Value, valueIn } from '../kinds.ts';

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
  /** Where an intent was taken back: what the version was before, and still is. Where it was finished: what it was until then. */
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
  /** What its intent makes of it is the record already, for those who only read it. */
  readonly isCommitted?: true;
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

/** Of a record that is committed, but still lies in an intent: between that of its intent's place and all later ones. */
const intendedVersion = (found: Found): number => versionAt(found) + 0.5;

/** Nothing can be written over the document of such a version before it is finished. */
export const isIntended = (version: number): boolean => !Number.isInteger(version);

/** Of the record without what is not committed: 0 where there is none. */
export function versionOf(found: Found | undefined): number {
  if (found === undefined) return 0;
  const { intent, version } = found.document;
  if (intent) return intent.version;
  return version === undefined || isIntended(version) ? versionAt(found) : version;
}

/** Also by the version that readers saw before its intent was finished. */
export const isVersion = (found: Found | undefined, expect: number): boolean =>
  versionOf(found) === expect ||
  (isIntended(expect) && !found?.document.intent && found?.document.version === expect);

/** Undefined where there is no record yet. */
export function storedOf<K extends Kind>(found: Found): Stored<K> | undefined {
  const { intent } = found.document;
  const body = found.isCommitted ? intent!.body : found.document.body;
  if (typeof body !== 'string') return undefined;
  const version = found.isCommitted ? intendedVersion(found) : versionOf(found);
  return { id: found.id, version, record: JSON.parse(body) as Kinds[K] };
}

export const documentOf = (kind: Kind, id: string, body: string, write: string): LedgerDocument => ({
  id,
  write,
  body,
  ...columnValues(kind, body),
});

/** The document in which the intent's body lies in its place. */
export const finishedOf = (found: Found, tx: string, body: string): LedgerDocument => ({
  ...documentOf(found.kind, found.id, body, tx),
  version: intendedVersion(found),
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
