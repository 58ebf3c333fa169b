// Whether two generations find the same: a sample of documents, searched for by what they say of themselves.
import { isDeepStrictEqual } from 'node:util';
import { asked } from '../../../opensearch/asked.ts';
import type { Cluster } from '../../../opensearch/cluster.ts';
import type { ImageDocument, ImageQuery } from '../../image-index.ts';
import { searchBody } from './search.ts';
import { documentOf, type ImageSource } from './source.ts';
import { documentsOf, type Place, placesOf, type Walked } from './walk.ts';

interface Pair {
  readonly cluster: Cluster;
  readonly from: string;
  readonly to: string;
}
interface Sampled {
  readonly searches: number;
  readonly differences: readonly string[];
}

/** Few at a time, so that a crawl seldom changes one of them between two answers. */
const groupDocuments = 10;
const tries = 5;

export async function compareSample(pair: Pair, ids: readonly string[]): Promise<Sampled> {
  let searches = 0;
  const differences: string[] = [];
  for (let start = 0; start < ids.length; start += groupDocuments) {
    const group = ids.slice(start, start + groupDocuments);
    differences.push(...(await compareContents(pair, group)));
    const query = queryOf(await documentsOf(pair.cluster, pair.from, group));
    if (query === undefined) continue;
    searches++;
    if (!(await findSame(pair, group, query))) differences.push(`a search finds other images among ${group}`);
  }
  return { searches, differences };
}

/** What has the same revision must be the same document. */
async function compareContents({ cluster, from, to }: Pair, ids: readonly string[]): Promise<string[]> {
  const [before, after] = await Promise.all([documentsOf(cluster, from, ids), documentsOf(cluster, to, ids)]);
  const afterById = new Map(after.map((one) => [one.id, one]));
  return before.flatMap(({ id, version, source }) => {
    const other = afterById.get(id);
    if (other?.version !== version) return [];
    return isDeepStrictEqual(decoded(source), decoded(other.source))
      ? []
      : [`the document of ${id} has changed`];
  });
}

const decoded = (source: object): ImageDocument | undefined => documentOf(source as ImageSource);

/** That one of them should be found by, and perhaps others. */
function queryOf(walked: readonly Walked[]): ImageQuery | undefined {
  const document = walked.map(({ source }) => decoded(source)).find((one) => (one?.labels.length ?? 0) > 0);
  if (document === undefined) return undefined;
  const { id: concept, confidence } = document.labels[Math.floor(document.labels.length / 2)]!;
  return {
    collection: document.collection,
    filter: { labels: { anyOf: [{ concept, minConfidence: Math.max(0, confidence - 20) }] } },
    orderBy: { field: 'CONFIDENCE', direction: 'DESC' },
    first: groupDocuments,
  };
}

/** True also where documents of the group change all the time: then their revisions are all that can be compared. */
async function findSame(pair: Pair, ids: readonly string[], query: ImageQuery): Promise<boolean> {
  const { cluster, from, to } = pair;
  for (let left = tries; ; left--) {
    const before = await steady(pair, ids);
    await asked(cluster, () => cluster.client.indices.refresh({ index: `${from},${to}` }));
    const [one, other] = await Promise.all([foundIn(pair, from, ids, query), foundIn(pair, to, ids, query)]);
    if (isDeepStrictEqual(one, other)) return true;
    const isSteady = before !== undefined && isDeepStrictEqual(before, await steady(pair, ids));
    if (left === 1) return !isSteady;
  }
}

/** Their revisions, if both have the same. */
async function steady({ cluster, from, to }: Pair, ids: readonly string[]): Promise<string[] | undefined> {
  const revisions = (places: ReadonlyMap<string, Place>) =>
    [...places.values()].map(({ id, version }) => `${id} ${version}`).sort();
  const [a, b] = await Promise.all([placesOf(cluster, from, ids), placesOf(cluster, to, ids)]);
  return isDeepStrictEqual(revisions(a), revisions(b)) ? revisions(a) : undefined;
}

async function foundIn(
  { cluster }: Pair,
  index: string,
  ids: readonly string[],
  query: ImageQuery,
): Promise<(string | undefined)[]> {
  const { query: conditions, ...rest } = searchBody(query) as { readonly query: object };
  const among = { bool: { must: [conditions], filter: [{ ids: { values: ids } }] } };
  const { body } = await asked(cluster, () =>
    cluster.client.search({ index, body: { ...rest, query: among, _source: false } as never }),
  );
  return body.hits.hits.map(({ _id, sort }) => `${_id} ${sort}`);
}
