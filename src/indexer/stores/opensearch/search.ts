// Answers a search: one request for the hits of a page, one more that tells whether there are more, and their number.
import { asked } from '../../../opensearch/asked.ts';
import type { Cluster } from '../../../opensearch/cluster.ts';
import type { Hit, ImageQuery, SearchResult } from '../../image-index.ts';
import { matchedLabels } from '../../matched-labels.ts';
import { readAlias } from './generations.ts';
import { conditionsOf } from './query.ts';
import { relevance } from './relevance.ts';
import { positionOf, type Ranking, rankingOf } from './sort.ts';
import { documentOf, type ImageSource } from './source.ts';

/** Counted exactly up to here. */
const maxCounted = 10_000;

interface Answer {
  readonly hits: {
    readonly total: { readonly value: number; readonly relation: 'eq' | 'gte' };
    readonly hits: readonly FoundHit[];
  };
}
interface FoundHit {
  readonly _source: ImageSource;
  readonly sort: readonly [value: number, id: string];
}

export async function search(cluster: Cluster, query: ImageQuery): Promise<SearchResult> {
  const ranking = rankingOf(query);
  const body = searchBody(query, ranking);
  const answer = await asked(cluster, (quick) =>
    cluster.client.search(
      {
        index: readAlias(cluster),
        allow_partial_search_results: false,
        body: body as never,
      },
      quick,
    ),
  );
  const { total, hits } = (answer.body as unknown as Answer).hits;
  return {
    totalCount: { value: total.value, relation: total.relation === 'eq' ? 'EQ' : 'GTE' },
    hits: hits.slice(0, query.first).map((found) => hitOf(found, query, ranking)),
    hasMore: hits.length > query.first,
  };
}

/** What is sent to `_search`. */
export function searchBody(query: ImageQuery, ranking: Ranking = rankingOf(query)): object {
  const after = positionOf(query, ranking);
  return {
    // One more than asked for tells whether there are more.
    size: query.first + 1,
    query: { bool: { ...conditionsOf(query, ranking.scored), must: ranking.must } },
    sort: [{ [ranking.field]: ranking.direction }, { imageId: 'asc' }],
    ...(after !== undefined && { search_after: after }),
    track_total_hits: maxCounted,
  };
}

function hitOf({ _source, sort: [value, id] }: FoundHit, query: ImageQuery, ranking: Ranking): Hit {
  const document = documentOf(_source)!;
  const sortKey = { value: ranking.keyOf(value), id };
  return {
    document,
    sortKey,
    relevance: ranking.scored === 'text' ? Number(sortKey.value) : relevance(document, query),
    matchedLabels: matchedLabels(document, query),
  };
}
