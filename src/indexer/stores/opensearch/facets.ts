// Counts by label, format and host: exact at any number of values and shards.
import { asked } from '../../../opensearch/asked.ts';
import type { Cluster } from '../../../opensearch/cluster.ts';
import type { FacetCount, Facets } from '../../image-index.ts';
import { readAlias } from './generations.ts';
import { labelledRange } from './labels.ts';
import { conditionsOf, type Filters, type Query } from './query.ts';

/** Of each shard's values so many take part at first: all there are, as a rule. */
const usualValues = 2000;
/** And so many where these were not enough to be sure. */
const mostValues = 50_000;

interface Bucket {
  readonly key: string;
  readonly doc_count: number;
}
interface Terms {
  readonly buckets: readonly Bucket[];
  /** 0 where no shard has left out a value that could change what is answered. */
  readonly doc_count_error_upper_bound: number;
  readonly sum_other_doc_count: number;
}
type Aggregations = Readonly<Record<string, object>>;

export async function facets(cluster: Cluster, query: Filters, limit: number): Promise<Facets> {
  if (limit <= 0) return { labels: [], formats: [], hosts: [] };
  const conditions = { bool: conditionsOf(query) };
  const { minConfidence } = query;
  const ofTerms = (field: string) => () => termCounts(cluster, conditions, field, limit);
  const fields = {
    formats: 'format',
    hosts: 'hosts',
    ...(minConfidence === undefined && { labels: 'accepted' }),
  };
  const found = await aggregate<Terms>(
    cluster,
    conditions,
    Object.fromEntries(
      Object.entries(fields).map(([name, field]) => [
        name,
        termsOf(field, limit, Math.max(limit, usualValues)),
      ]),
    ),
  );
  const counts = (name: keyof typeof fields, again: () => Promise<FacetCount[]>) => {
    const terms = found[name]!;
    return terms.doc_count_error_upper_bound === 0 ? terms.buckets.map(countOf) : again();
  };
  const [formats, hosts, labels] = await Promise.all([
    counts('formats', ofTerms('format')),
    counts('hosts', ofTerms('hosts')),
    minConfidence === undefined
      ? counts('labels', ofTerms('accepted'))
      : sureLabelCounts(cluster, conditions, minConfidence, limit),
  ]);
  return { labels, formats, hosts };
}

const countOf = ({ key, doc_count }: Bucket): FacetCount => ({ value: key, count: doc_count });

/** Most frequent first; buckets of the same count come by value. */
const termsOf = (field: string, size: number, shardSize: number, include?: object): object => ({
  terms: { field, size, shard_size: shardSize, ...(include && { include }) },
});

const byCount = (a: FacetCount, b: FacetCount): number =>
  b.count - a.count || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0);

/** Values in so many parts that every shard gives all that could count of each part. */
async function termCounts(
  cluster: Cluster,
  conditions: Query,
  field: string,
  limit: number,
): Promise<FacetCount[]> {
  for (let parts = 1; ; parts *= 4) {
    const counts: FacetCount[] = [];
    let isSure = true;
    for (let part = 0; part < parts && isSure; part++) {
      const include = { partition: part, num_partitions: parts };
      const { terms } = await aggregate<Terms>(cluster, conditions, {
        terms: termsOf(field, limit, mostValues, include),
      });
      isSure = terms!.doc_count_error_upper_bound === 0;
      counts.push(...terms!.buckets.map(countOf));
    }
    if (isSure) return counts.sort(byCount).slice(0, limit);
  }
}

/** Ranges in one request. */
const maxRanges = 2000;

/**
 * How many have a label with the confidence: by a range of each label's own. Labels come from the most frequent on, as no
 * label is more often sure than it is there at all.
 */
async function sureLabelCounts(
  cluster: Cluster,
  conditions: Query,
  minConfidence: number,
  limit: number,
): Promise<FacetCount[]> {
  let sure: FacetCount[] = [];
  for (let most = maxRanges; ; most *= 4) {
    const labels = await mostFrequentLabels(cluster, conditions, most);
    for (let from = most === maxRanges ? 0 : most / 4; from < labels.length; from += maxRanges) {
      const counts = await rangeCounts(
        cluster,
        conditions,
        labels.slice(from, from + maxRanges),
        minConfidence,
      );
      sure = [...sure, ...counts].sort(byCount).slice(0, limit);
      // A label as frequent as the last one may still come before it by its id.
      const next = labels[from + maxRanges];
      const least = sure[limit - 1];
      if (next !== undefined && least !== undefined && next.count < least.count) return sure;
    }
    if (labels.length < most) return sure;
  }
}

async function mostFrequentLabels(cluster: Cluster, conditions: Query, most: number): Promise<FacetCount[]> {
  const { labels } = await aggregate<Terms>(cluster, conditions, {
    labels: termsOf('concepts', most, Math.max(most, usualValues)),
  });
  return labels!.doc_count_error_upper_bound === 0
    ? labels!.buckets.map(countOf)
    : termCounts(cluster, conditions, 'concepts', most);
}

async function rangeCounts(
  cluster: Cluster,
  conditions: Query,
  labels: readonly FacetCount[],
  minConfidence: number,
): Promise<FacetCount[]> {
  const ranges = labels.map(({ value }, place) => {
    const { gte, lte } = labelledRange(value, minConfidence);
    return { key: String(place), from: gte, to: lte + 1 };
  });
  const { sure } = await aggregate<{ readonly buckets: readonly Bucket[] }>(cluster, conditions, {
    sure: { range: { field: 'labelled', ranges } },
  });
  return sure!.buckets
    .filter(({ doc_count }) => doc_count > 0)
    .map(({ key, doc_count }) => ({ value: labels[Number(key)]!.value, count: doc_count }));
}

async function aggregate<A>(
  cluster: Cluster,
  conditions: Query,
  aggregations: Aggregations,
): Promise<Readonly<Record<string, A>>> {
  const { body } = await asked(cluster, () =>
    cluster.client.search({
      index: readAlias(cluster),
      allow_partial_search_results: false,
      body: { size: 0, track_total_hits: false, query: conditions, aggs: aggregations } as never,
    }),
  );
  return body.aggregations as unknown as Readonly<Record<string, A>>;
}
