// What could not be processed: counted by code, and listed in an order that stays while others come and go.
import {
  type FailureFilter,
  type FailureRecord,
  type Ledger,
  listAll,
  type Stored,
  type Where,
} from '../ledger.ts';

export interface FailureWhere extends FailureFilter {
  readonly collection: string;
  readonly crawlId?: string;
}

/** `newest`, `oldest`: by when they were tried last. `stored`: by id, which costs least. */
export type FailureOrder = 'newest' | 'oldest' | 'stored';

/** Where a failure stands: what it is ordered by, and its id. */
export interface FailurePlace {
  readonly at: string;
  readonly id: string;
}

export interface FailurePage {
  readonly failures: readonly Stored<'failure'>[];
  readonly hasMore: boolean;
}

export interface CodeTotal {
  readonly code: string;
  readonly count: number;
}

/** The most frequent first. */
export async function countFailures(ledger: Ledger, where: FailureWhere): Promise<CodeTotal[]> {
  const tallies = await ledger.tally('failure', where as Where, ['code']);
  return tallies
    .map(({ values, count }) => ({ code: String(values.code), count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}

export async function pageOfFailures(
  ledger: Ledger,
  where: FailureWhere,
  order: FailureOrder,
  first: number,
  after?: FailurePlace,
): Promise<FailurePage> {
  const found =
    order === 'stored'
      ? await ledger.list('failure', where as Where, {
          limit: first + 1,
          ...(after === undefined ? {} : { after: after.id }),
        })
      : await firstOf(ledger, where, order, first + 1, after);
  return { failures: found.slice(0, first), hasMore: found.length > first };
}

export const placeOf = ({ id, record: { at } }: Stored<'failure'>): FailurePlace => ({ at, id });

/** All are read and few are kept. */
async function firstOf(
  ledger: Ledger,
  where: FailureWhere,
  order: 'newest' | 'oldest',
  count: number,
  after: FailurePlace | undefined,
): Promise<Stored<'failure'>[]> {
  const sign = order === 'oldest' ? 1 : -1;
  const compare = (a: FailurePlace, b: FailurePlace): number =>
    a.at === b.at ? (a.id < b.id ? -1 : a.id > b.id ? 1 : 0) : a.at < b.at ? -sign : sign;
  const byPlace = (a: Stored<'failure'>, b: Stored<'failure'>): number => compare(placeOf(a), placeOf(b));
  let kept: Stored<'failure'>[] = [];
  for await (const failure of listAll(ledger, 'failure', where as Where)) {
    if (after !== undefined && compare(placeOf(failure), after) <= 0) continue;
    kept.push(failure);
    if (kept.length >= 2 * count + 1000) kept = kept.sort(byPlace).slice(0, count);
  }
  return kept.sort(byPlace).slice(0, count);
}

/** Whether the other side has asked for a later try. */
export const isDue = ({ notBefore }: FailureRecord, now = Date.now()): boolean =>
  notBefore === undefined || Date.parse(notBefore) <= now;
