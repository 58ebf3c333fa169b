// Counts of the labels that images have with a least confidence, accepted or not: one histogram over all labels.
import { asked } from '../../../opensearch/asked.ts';
import type { Cluster } from '../../../opensearch/cluster.ts';
import type { FacetCount } from '../../image-index.ts';
import { aggregate, type Bucket, byCount } from './aggregate.ts';
import { readAlias } from './generations.ts';
import { conceptNumber, confidenceRoom, labelledRange, maxConfidence, wordNetConcept } from './labels.ts';
import type { Query } from './query.ts';
import type { ImageSource } from './source.ts';

const maxSearches = 100;

export type CountSureLabels = (
  conditions: Query,
  minConfidence: number,
  limit: number,
) => Promise<FacetCount[]>;

interface Counted {
  readonly number: number;
  readonly count: number;
}

/** Remembers which concept a number stands for. */
export function openSureLabels(cluster: Cluster): CountSureLabels {
  const names = new Map<number, string>();
  return async (conditions, minConfidence, limit) => {
    const counted = await countNumbers(cluster, conditions, minConfidence);
    // Of equally frequent ones the names decide.
    const last = counted[limit - 1]?.count ?? 0;
    const first = counted.filter(({ count }) => count >= last);
    const isUnknown = ({ number }: Counted) => wordNetConcept(number) === undefined && !names.has(number);
    for (const concept of await findNames(cluster, first.filter(isUnknown)))
      names.set(conceptNumber(concept), concept);
    return first
      .flatMap(({ number, count }) => {
        const value = wordNetConcept(number) ?? names.get(number);
        // The last image that had it is gone meanwhile.
        return value === undefined ? [] : [{ value, count }];
      })
      .sort(byCount)
      .slice(0, limit);
  };
}

/**
 * A concept has room for two intervals. From the least confidence on the labels of a concept fall into its even interval,
 * those below it into the odd one before. Most frequent first.
 */
async function countNumbers(cluster: Cluster, conditions: Query, minConfidence: number): Promise<Counted[]> {
  const offset = Math.min(Math.max(0, minConfidence), maxConfidence + 1);
  const { labels } = await aggregate<{ readonly buckets: readonly Bucket<number>[] }>(cluster, conditions, {
    labels: { histogram: { field: 'labelled', interval: confidenceRoom, offset, min_doc_count: 1 } },
  });
  return labels!.buckets
    .map(({ key, doc_count }) => ({ number: (key - offset) / confidenceRoom / 2, count: doc_count }))
    .filter(({ number }) => Number.isInteger(number))
    .sort((a, b) => b.count - a.count);
}

interface Answers {
  readonly responses: readonly {
    readonly hits: { readonly hits: readonly { readonly _source: Pick<ImageSource, 'document'> }[] };
  }[];
}

/** Any image that has the label says what its number stands for. */
async function findNames(cluster: Cluster, unknown: readonly Counted[]): Promise<string[]> {
  const names: string[] = [];
  for (let from = 0; from < unknown.length; from += maxSearches) {
    const body = unknown.slice(from, from + maxSearches).flatMap(({ number }) => [
      {},
      {
        size: 1,
        track_total_hits: false,
        _source: 'document.labels.id',
        query: { range: { labelled: labelledRange(number, 0) } },
      },
    ]);
    const answer = await asked(cluster, (quick) =>
      cluster.client.msearch({ index: readAlias(cluster), body: body as never }, quick),
    );
    const { responses } = answer.body as unknown as Answers;
    const found = responses.flatMap(({ hits }) => hits.hits);
    names.push(...found.flatMap(({ _source }) => _source.document.labels.map(({ id }) => id)));
  }
  return names;
}
