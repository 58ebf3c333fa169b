// Counts by label, format and host: exact with any number of values and shards.
import type { Cluster } from '../../../opensearch/cluster.ts';
import type { FacetCount, Facets } from '../../image-index.ts';
import { aggregate, type Bucket, byCount } from './aggregate.ts';
import { conditionsOf, type Filters, type Query } from './query.ts';
import type { CountSureLabels } from './sure-labels.ts';

export interface FacetSizes {
  /** Each shard gives so many of its most frequent values: all there are, as a rule. */
  readonly usualValues: number;
  /** And so many at a time where those were not enough to be sure. */
  readonly mostValues: number;
}
export const facetSizes: FacetSizes = { usualValues: 2000, mostValues: 50_000 };

interface Terms {
  readonly buckets: readonly Bucket<string>[];
  /** 0 where no shard has left out anything that could change what is answered. */
  readonly doc_count_error_upper_bound: number;
}

export async function facets(
  cluster: Cluster,
  countSureLabels: CountSureLabels,
  query: Filters,
  limit: number,
  { usualValues, mostValues }: FacetSizes = facetSizes,
): Promise<Facets> {
  if (limit <= 0) return { labels: [], formats: [], hosts: [] };
  const conditions = { bool: conditionsOf(query) };
  const { minConfidence } = query;
  const fields = ['format', 'hosts', ...(minConfidence === undefined ? ['accepted'] : [])];
  const sure = minConfidence !== undefined ? countSureLabels(conditions, minConfidence, limit) : undefined;
  // Awaited below; until then nobody else looks whether it failed.
  sure?.catch(() => {});
  const usual = Math.max(limit, usualValues);
  const found = await aggregate<Terms>(
    cluster,
    conditions,
    Object.fromEntries(fields.map((field) => [field, termsOf(field, limit, usual)])),
  );
  const counts = (field: string): FacetCount[] | Promise<FacetCount[]> => {
    const { buckets, doc_count_error_upper_bound } = found[field]!;
    return doc_count_error_upper_bound === 0
      ? buckets.map(countOf)
      : countInParts(cluster, conditions, field, limit, Math.max(limit, mostValues));
  };
  return {
    labels: await (sure ?? counts('accepted')),
    formats: await counts('format'),
    hosts: await counts('hosts'),
  };
}

const countOf = ({ key, doc_count }: Bucket<string>): FacetCount => ({ value: key, count: doc_count });

/** The most frequent first, equally frequent ones by value. */
const termsOf = (field: string, size: number, shardSize: number, include?: object): object => ({
  terms: { field, size, shard_size: shardSize, ...(include && { include }) },
});

/** Part by part of the values, the parts so small that a shard gives all its values of one. */
async function countInParts(
  cluster: Cluster,
  conditions: Query,
  field: string,
  limit: number,
  mostValues: number,
): Promise<FacetCount[]> {
  for (let parts = 1; ; parts *= 4) {
    const counts: FacetCount[] = [];
    let isSure = true;
    for (let part = 0; part < parts && isSure; part++) {
      const include = parts === 1 ? undefined : { partition: part, num_partitions: parts };
      const { terms } = await aggregate<Terms>(cluster, conditions, {
        terms: termsOf(field, limit, mostValues, include),
      });
      isSure = terms!.doc_count_error_upper_bound === 0;
      counts.push(...terms!.buckets.map(countOf));
    }
    if (isSure) return counts.sort(byCount).slice(0, limit);
  }
}
