// Counts by the server over all that a query finds.
import { asked } from '../../../opensearch/asked.ts';
import type { Cluster } from '../../../opensearch/cluster.ts';
import type { FacetCount } from '../../image-index.ts';
import { readAlias } from './generations.ts';
import type { Query } from './query.ts';

export interface Bucket<Key> {
  readonly key: Key;
  readonly doc_count: number;
}

export async function aggregate<A>(
  cluster: Cluster,
  conditions: Query,
  aggregations: Readonly<Record<string, object>>,
): Promise<Readonly<Record<string, A>>> {
  const { body } = await asked(cluster, (quick) =>
    cluster.client.search(
      {
        index: readAlias(cluster),
        allow_partial_search_results: false,
        body: { size: 0, track_total_hits: false, query: conditions, aggs: aggregations } as never,
      },
      quick,
    ),
  );
  return body.aggregations as unknown as Readonly<Record<string, A>>;
}

/** The most frequent first, equally frequent ones by value. */
export const byCount = (a: FacetCount, b: FacetCount): number =>
  b.count - a.count || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0);
