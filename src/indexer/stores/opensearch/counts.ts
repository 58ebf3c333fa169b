// How many documents and tombstones a generation holds, and of which collections.
import { asked } from '../../../opensearch/asked.ts';
import type { Cluster } from '../../../opensearch/cluster.ts';
import type { DocumentCounts } from '../../generations.ts';

/** More than anybody has: then the counts are exact. */
const maxCollections = 10_000;

interface Answer {
  readonly hits: { readonly total: { readonly value: number } };
  readonly aggregations: {
    readonly collections: {
      readonly buckets: readonly { readonly key: string; readonly doc_count: number }[];
    };
    readonly tombstones: { readonly doc_count: number };
  };
}

/** Everything that was written before is counted. */
export async function countDocuments(cluster: Cluster, index: string): Promise<DocumentCounts> {
  await asked(cluster, () => cluster.client.indices.refresh({ index }));
  const { body } = await asked(cluster, () =>
    cluster.client.search({
      index,
      body: {
        size: 0,
        track_total_hits: true,
        aggs: {
          collections: { terms: { field: 'collection', size: maxCollections } },
          tombstones: { missing: { field: 'collection' } },
        },
      } as never,
    }),
  );
  const { hits, aggregations } = body as unknown as Answer;
  const tombstones = aggregations.tombstones.doc_count;
  const buckets = [...aggregations.collections.buckets].sort((a, b) => (a.key < b.key ? -1 : 1));
  return {
    documents: hits.total.value - tombstones,
    tombstones,
    collections: Object.fromEntries(buckets.map(({ key, doc_count }) => [key, doc_count])),
  };
}

/** What is counted differently, as text; null where it is no more than `explained` each. */
export function countDifference(a: DocumentCounts, b: DocumentCounts, explained: number): string | null {
  const names = new Set([...Object.keys(a.collections), ...Object.keys(b.collections)]);
  const rows: [string, number, number][] = [
    ['documents', a.documents, b.documents],
    ['tombstones', a.tombstones, b.tombstones],
    ...[...names].map((name): [string, number, number] => [
      `documents of ${name}`,
      a.collections[name] ?? 0,
      b.collections[name] ?? 0,
    ]),
  ];
  const row = rows.find(([, one, other]) => Math.abs(one - other) > explained);
  return row === undefined ? null : `${row[1]} ${row[0]} there, ${row[2]} here`;
}
