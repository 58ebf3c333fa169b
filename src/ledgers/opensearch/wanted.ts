// A change that is wanted of a record, and how it can be tried again after a conflict.
import type { Change } from '../../ledger.ts';
import type { Log } from '../../log.ts';
import type { BulkWriter } from '../../opensearch/bulk-writer.ts';
import type { Decisions } from './decisions.ts';
import { type Found, isVersion, versionAt, versionOf } from './document.ts';
import { hasIntent, type Intents } from './intents.ts';
import type { Records } from './records.ts';
import type { Tables } from './tables.ts';

export interface ChangeParts {
  readonly tables: Tables;
  readonly records: Records;
  readonly writer: BulkWriter;
  readonly decisions: Decisions;
  readonly intents: Intents;
  readonly log: Log;
}

export interface Wanted {
  readonly kind: Change['kind'];
  readonly id: string;
  readonly index: string;
  readonly expect: number;
  readonly body: string | null;
  /** The document that it is written over; another than `expect` where an intent was taken back since. 0 for none. */
  readonly over: number;
}

/** A record that was changed, and its version since. */
export type Made = Pick<Found, 'kind' | 'id'> & { readonly version: number };

export const keyOf = ({ kind, id }: Pick<Found, 'kind' | 'id'>): string => `${kind} ${id}`;

export async function wantedOf(
  { tables }: ChangeParts,
  { kind, id, expect, record }: Change,
): Promise<Wanted> {
  const body = record === null ? null : JSON.stringify(record);
  return { kind, id, index: await tables.ready(kind), expect, body, over: expect };
}

/**
 * The changes as they can be tried again after a conflict, nobody's intent in their way; undefined where a version is
 * another one for good.
 */
export async function wayOn(
  { records, intents }: ChangeParts,
  all: readonly Wanted[],
): Promise<Wanted[] | undefined> {
  for (;;) {
    const settled = await intents.settled(await records.find(all));
    const found = new Map(settled.map((one) => [keyOf(one), one]));
    if (!all.every((one) => isVersion(found.get(keyOf(one)), one.expect))) return undefined;
    const inTheWay = [...found.values()].filter(hasIntent);
    if (inTheWay.length === 0)
      return all.map((one) => {
        const there = found.get(keyOf(one));
        return { ...one, expect: versionOf(there), over: there === undefined ? 0 : versionAt(there) };
      });
    await Promise.all(inTheWay.map((one) => intents.outlast(one)));
  }
}
