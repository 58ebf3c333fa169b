// What records are listed by, as a query of OpenSearch, and for records that are looked at one by one.
import type { Kind, Kinds, Where } from '../../ledger.ts';
import { columnsOf, mustHaveColumn, valueIn } from '../kinds.ts';

interface Condition {
  readonly column: string;
  readonly value: unknown;
  readonly isNot: boolean;
}

function conditionsOf(kind: Kind, where: Where): Condition[] {
  const given = Object.entries(where).filter(([, value]) => value !== undefined);
  return given.map(([key, value]) => {
    if (key === 'dirty') {
      mustHaveColumn(kind, 'revision');
      return { column: 'dirty', value: true, isNot: false };
    }
    const column = key === 'crawlIdNot' ? 'crawlId' : key;
    mustHaveColumn(kind, column);
    return { column, value, isNot: key === 'crawlIdNot' };
  });
}

/** Records that fit as they are, or will when the intents in them are carried out. */
export function queryOf(kind: Kind, where: Where): object {
  const conditions = conditionsOf(kind, where);
  if (conditions.length === 0) return { match_all: {} };
  const intended = [pending, ...conditions.map((one) => conditionQuery(one, 'intent.'))];
  return {
    bool: {
      filter: [
        {
          bool: {
            should: [
              { bool: { filter: conditions.map((one) => conditionQuery(one, '')) } },
              { bool: { filter: intended } },
            ],
          },
        },
      ],
    },
  };
}

/** Something is under way with them. */
export const pending = { exists: { field: 'intent.tx' } };

function conditionQuery({ column, value, isNot }: Condition, prefix: string): object {
  const field = `${prefix}${column}`;
  if (value === null) return { bool: { must_not: { exists: { field } } } };
  const term = Array.isArray(value) ? { terms: { [field]: value } } : { term: { [field]: value } };
  return isNot ? { bool: { filter: { exists: { field } }, must_not: term } } : term;
}

export function fits(kind: Kind, where: Where, record: Kinds[Kind]): boolean {
  return conditionsOf(kind, where).every(({ column, value, isNot }) => {
    if (column === 'dirty') {
      const { revision, indexedRevision } = record as Kinds['image'];
      return revision > indexedRevision;
    }
    const there = valueIn(columnsOf[kind].find(({ name }) => name === column)!, record) ?? null;
    const isThere = Array.isArray(value) ? value.includes(there) : there === value;
    return isThere !== isNot;
  });
}
