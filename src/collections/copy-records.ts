// Brings the records of one ledger into another: what both have is compared, what differs is written, what the first has
// not any more is removed. Called again it carries on, and once nothing differs it has looked at everything.
import { isDeepStrictEqual } from 'node:util';
import { batches } from '../batches.ts';
import {
  type Change,
  type Kind,
  type Kinds,
  type Ledger,
  listAll,
  type Stored,
  type Where,
} from '../ledger.ts';

export interface Pair<K extends Kind> {
  readonly id: string;
  readonly from: Stored<K> | undefined;
  readonly to: Stored<K> | undefined;
}

export interface CopyTarget {
  readonly ledger: Ledger;
  /** Asked before anything is written: throws where nothing may be. */
  permit(): Promise<void>;
}

export const pieceSize = 200;

/** Both ledgers list by id, so they are read side by side. */
export async function* paired<K extends Kind>(
  from: Ledger,
  to: Ledger,
  kind: K,
  where: Where,
): AsyncGenerator<Pair<K>> {
  const [one, other] = [ordered(listAll(from, kind, where)), ordered(listAll(to, kind, where))];
  let [left, right] = await Promise.all([one.next(), other.next()]);
  while (left.done !== true || right.done !== true) {
    const [a, b] = [left.value as Stored<K> | undefined, right.value as Stored<K> | undefined];
    const id = a === undefined || (b !== undefined && b.id < a.id) ? b!.id : a.id;
    const [hasFrom, hasTo] = [a?.id === id, b?.id === id];
    yield { id, from: hasFrom ? a : undefined, to: hasTo ? b : undefined };
    [left, right] = await Promise.all([hasFrom ? one.next() : left, hasTo ? other.next() : right]);
  }
}

/** A ledger that listed in another order would make records look as if they were not there. */
async function* ordered<K extends Kind>(
  stored: AsyncIterable<Stored<K>>,
): AsyncGenerator<Stored<K>, undefined> {
  let last = '';
  for await (const one of stored) {
    if (one.id <= last) throw new Error(`ledger: lists ${one.id} after ${last}`);
    last = one.id;
    yield one;
  }
  return undefined;
}

/** `record`: what is to stand there. */
export function changeOf<K extends Kind>(
  kind: K,
  { id, to }: Pick<Pair<K>, 'id' | 'to'>,
  record: Kinds[K] | null,
): Change | undefined {
  if (record === null ? to === undefined : isDeepStrictEqual(to?.record, record)) return undefined;
  return { kind, id, expect: to?.version ?? 0, record } as Change;
}

/** Returns how many there were. Where somebody else writes, too, it is seen when all is compared again. */
export async function settle({ ledger, permit }: CopyTarget, changes: readonly Change[]): Promise<number> {
  if (changes.length === 0) return 0;
  await permit();
  await ledger.change(changes);
  return changes.length;
}

/** All records of the kind that fit. `onPiece` is told of the source's records as they come. Returns how many differed. */
export async function copyRecords<K extends Kind>(
  from: Ledger,
  to: CopyTarget,
  kind: K,
  where: Where,
  onPiece: (stored: readonly Stored<K>[]) => Promise<number> | number = () => 0,
): Promise<number> {
  let differed = 0;
  for await (const pairs of batches(paired(from, to.ledger, kind, where), pieceSize)) {
    differed += await onPiece(pairs.flatMap((pair) => pair.from ?? []));
    const changes = pairs.flatMap((pair) => changeOf(kind, pair, pair.from?.record ?? null) ?? []);
    differed += await settle(to, changes);
  }
  return differed;
}

/** Those that are not there yet; what is there under these ids stays. For records that collections share. */
export async function addRecords<K extends Kind>(
  to: CopyTarget,
  kind: K,
  stored: readonly Stored<K>[],
): Promise<number> {
  const ids = stored.map(({ id }) => id);
  const known = new Set((await to.ledger.get(kind, ids)).map(({ id }) => id));
  const missing = stored.filter(({ id }) => !known.has(id));
  return settle(
    to,
    missing.map(({ id, record }) => ({ kind, id, expect: 0, record }) as Change),
  );
}
