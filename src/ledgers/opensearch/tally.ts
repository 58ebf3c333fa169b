// Counts of records for each combination of values, exact whatever their number.
import { TemporaryError } from '../../errors.ts';
import type { Kind, Kinds, Tally, TallyField, Where } from '../../ledger.ts';
import { columnsOf, mustHaveColumn, type Value, valueIn } from '../kinds.ts';
import { fits, pending, queryOf } from './conditions.ts';
import { type Found, storedOf } from './document.ts';
import type { Intents } from './intents.ts';
import type { Records, Search, SearchAnswer } from './records.ts';

export interface TallyParts {
  readonly records: Records;
  readonly intents: Intents;
}

/** OpenSearch gives no more at once. */
const maxFound = 10_000;

interface Bucket {
  readonly key: Readonly<Record<string, string | boolean | null>>;
  readonly doc_count: number;
}
interface Combinations {
  readonly after_key?: Bucket['key'];
  readonly buckets: readonly Bucket[];
}

export async function tallyRecords(
  { records, intents }: TallyParts,
  kind: Kind,
  where: Where,
  by: readonly TallyField[],
  pageSize = 10_000,
): Promise<Tally[]> {
  for (const field of by) mustHaveColumn(kind, field);
  const query = queryOf(kind, where);
  await records.refresh(kind);
  const counts = new Counts(by);
  const request = tallySearch(query, by, pageSize);
  const first = await records.search(kind, request);
  let open = first.found;
  if (isWhole(first, pageSize)) counts.addAll(combinationsOf(first));
  else open = await records.searchStill(kind, (search) => countPages(search, request, pageSize, counts));
  for (const found of await intents.seen(open)) {
    const record = storedOf(found)?.record;
    if (record !== undefined && fits(kind, where, record))
      counts.add((field) => columnValue(kind, field, record), 1);
  }
  return counts.tallies();
}

/** Counted are those with which nothing is under way; the others are found. */
const tallySearch = (query: object, by: readonly TallyField[], size: number): Search => ({
  query,
  size: maxFound,
  post_filter: pending,
  track_total_hits: true,
  aggs: {
    combinations: {
      composite: {
        size,
        // First, so that where something is under way comes last.
        sources: ['intent.tx', ...by].map((field) => ({
          [field]: { terms: { field, missing_bucket: true } },
        })),
      },
    },
  },
});

const combinationsOf = ({ aggregations }: SearchAnswer): Combinations =>
  (aggregations as { readonly combinations: Combinations }).combinations;
const isOpen = ({ key }: Bucket): boolean => key['intent.tx'] !== null;

/** Whether no combination is left for a next page. */
function isWhole(answer: SearchAnswer, pageSize: number): boolean {
  if (answer.total > maxFound)
    throw new TemporaryError(
      'data_unavailable',
      `expected at most ${maxFound} records that are being changed, got ${answer.total}`,
    );
  const { buckets } = combinationsOf(answer);
  return buckets.length < pageSize || isOpen(buckets.at(-1)!);
}

async function countPages(
  search: (search: Search) => Promise<SearchAnswer>,
  request: Search,
  pageSize: number,
  counts: Counts,
): Promise<readonly Found[]> {
  const first = await search(request);
  for (let page = first; ; ) {
    const { buckets, after_key: after } = combinationsOf(page);
    counts.addAll({ buckets });
    if (isWhole(page, pageSize)) return first.found;
    const aggs = structuredClone(request['aggs']) as { combinations: { composite: Record<string, unknown> } };
    aggs.combinations.composite['after'] = after;
    page = await search({ ...request, size: 0, aggs });
  }
}

const columnValue = (kind: Kind, field: TallyField, record: Kinds[Kind]): Value =>
  valueIn(columnsOf[kind].find(({ name }) => name === field)!, record) ?? null;

class Counts {
  readonly #by: readonly TallyField[];
  readonly #tallies = new Map<string, { readonly values: Tally['values']; count: number }>();

  constructor(by: readonly TallyField[]) {
    this.#by = by;
    // Without fields there is one combination, even of no records.
    if (by.length === 0) this.add(() => null, 0);
  }

  addAll({ buckets }: Combinations): void {
    for (const bucket of buckets) {
      if (!isOpen(bucket)) this.add((field) => bucket.key[field] ?? null, bucket.doc_count);
    }
  }

  add(valueOfField: (field: TallyField) => Value, count: number): void {
    const values = Object.fromEntries(
      this.#by.map((field) => [field, valueOfField(field)]),
    ) as Tally['values'];
    const key = JSON.stringify(values);
    const before = this.#tallies.get(key);
    if (before === undefined) this.#tallies.set(key, { values, count });
    else before.count += count;
  }

  tallies(): Tally[] {
    return [...this.#tallies.values()];
  }
}
