// Every document of one index, tombstones included, page by page in the order in which they were written.
import { ImagedexError } from '../../../errors.ts';
import { asked } from '../../../opensearch/asked.ts';
import type { Cluster } from '../../../opensearch/cluster.ts';

/** Where a document stands; `version` is its revision. */
export interface Place {
  readonly id: string;
  readonly version: number;
  readonly seqNo: number;
  readonly primaryTerm: number;
}
export interface Walked extends Place {
  readonly source: object;
}

/** Of what an index held when it was last refreshed. */
interface ShardEnd {
  readonly shard: number;
  readonly maxSeqNo: number;
}

const pageDocuments = 500;
/** Without the documents pages are small. */
const pagePlaces = 4000;
/** Pages of so many shards are asked for at a time. */
const shardsAtOnce = 4;

/**
 * What was in the index when the walk began. Documents that are written meanwhile may be left out: who writes them has
 * to bring them along. No snapshot is held open, so a restart of the cluster does not end a walk.
 */
export const walkDocuments = (
  cluster: Cluster,
  index: string,
  signal: AbortSignal,
): AsyncGenerator<Walked[]> => walk<Walked>(cluster, index, pageDocuments, true, signal);

export const walkPlaces = (cluster: Cluster, index: string, signal: AbortSignal): AsyncGenerator<Place[]> =>
  walk<Place>(cluster, index, pagePlaces, false, signal);

async function* walk<P extends Place>(
  cluster: Cluster,
  index: string,
  size: number,
  withSource: boolean,
  signal: AbortSignal,
): AsyncGenerator<P[]> {
  await asked(cluster, () => cluster.client.indices.refresh({ index }));
  const ends = await shardEnds(cluster, index);
  const next = async (end: ShardEnd, after: number) => ({
    end,
    page: await pageOf<P>(cluster, { index, end, after, size, withSource }),
  });
  const waiting = [...ends];
  const running = new Map<number, ReturnType<typeof next>>();
  const start = (end: ShardEnd, after: number) => {
    const asking = next(end, after);
    asking.catch(() => {});
    running.set(end.shard, asking);
  };
  while (waiting.length > 0 || running.size > 0) {
    signal.throwIfAborted();
    while (running.size < shardsAtOnce && waiting.length > 0) start(waiting.shift()!, -1);
    const { end, page } = await Promise.race(running.values());
    running.delete(end.shard);
    // The next page comes while this one is worked on.
    if (page.length === size) start(end, page.at(-1)!.seqNo);
    if (page.length > 0) yield page;
  }
}

async function shardEnds(cluster: Cluster, index: string): Promise<ShardEnd[]> {
  const { body } = await asked(cluster, () =>
    cluster.client.indices.stats({ index, metric: ['docs'], level: 'shards' }),
  );
  const shards = body.indices?.[index]?.shards ?? {};
  return Object.entries(shards).map(([shard, copies]) => {
    const primary = copies.find(({ routing }) => routing?.primary === true);
    if (primary?.seq_no === undefined)
      throw new ImagedexError(
        'data_unavailable',
        `shard ${shard} of ${index} has no primary: \`imagedex store status\` says more`,
      );
    return { shard: Number(shard), maxSeqNo: primary.seq_no.max_seq_no! };
  });
}

interface PageRequest {
  readonly index: string;
  readonly end: ShardEnd;
  readonly after: number;
  readonly size: number;
  readonly withSource: boolean;
}

async function pageOf<P extends Place>(cluster: Cluster, request: PageRequest): Promise<P[]> {
  const { index, end, after, size, withSource } = request;
  const { body } = await asked(cluster, () =>
    cluster.client.search({
      index,
      preference: `_shards:${end.shard}`,
      filter_path: [
        'timed_out',
        '_shards',
        ...['_id', '_version', '_seq_no', '_primary_term', '_source'].map((field) => `hits.hits.${field}`),
      ],
      body: {
        size,
        query: { range: { _seq_no: { gt: after, lte: end.maxSeqNo } } },
        sort: ['_seq_no'],
        track_total_hits: false,
        version: true,
        seq_no_primary_term: true,
        _source: withSource,
      },
    }),
  );
  return (body.hits?.hits ?? []).map(
    ({ _id, _version, _seq_no, _primary_term, _source }) =>
      ({
        id: _id,
        version: _version,
        seqNo: _seq_no,
        primaryTerm: _primary_term,
        ...(withSource ? { source: _source } : {}),
      }) as unknown as P,
  );
}

/** Of these ids, as they are at this moment; those that are not there are left out. */
export async function placesOf(
  cluster: Cluster,
  index: string,
  ids: readonly string[],
): Promise<Map<string, Place>> {
  const found = await lookUp(cluster, index, ids, false);
  return new Map(found.map((one) => [one.id, one]));
}

export const documentsOf = (cluster: Cluster, index: string, ids: readonly string[]): Promise<Walked[]> =>
  lookUp(cluster, index, ids, true);

async function lookUp(
  cluster: Cluster,
  index: string,
  ids: readonly string[],
  withSource: boolean,
): Promise<Walked[]> {
  if (ids.length === 0) return [];
  const { body } = await asked(cluster, () =>
    cluster.client.mget({ index, _source: withSource, body: { ids: [...ids] } } as never),
  );
  const docs = body.docs as unknown as {
    readonly _id: string;
    readonly found?: boolean;
    readonly _version: number;
    readonly _seq_no: number;
    readonly _primary_term: number;
    readonly _source: object;
  }[];
  return docs
    .filter(({ found }) => found === true)
    .map(({ _id, _version, _seq_no, _primary_term, _source }) => ({
      id: _id,
      version: _version,
      seqNo: _seq_no,
      primaryTerm: _primary_term,
      source: _source,
    }));
}
