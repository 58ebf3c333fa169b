// Answers the fields of schema.graphql: one table, put together from what each type needs.
import { listAll } from '../ledger.ts';
import { badInput, within } from './api-errors.ts';
import { classificationResolvers } from './classification-resolvers.ts';
import { type CollectionNode, collectionResolvers, countLabels } from './collection-resolvers.ts';
import { knownCollection, listCollections } from './collections.ts';
import type { ApiContext, CrawlNode } from './context.ts';
import { crawlResolvers } from './crawl-resolvers.ts';
import { failureResolvers, listFailures } from './failure-resolvers.ts';
import { imageResolvers } from './image-resolvers.ts';
import { labelOf, labelResolvers } from './label-resolvers.ts';
import { mutations } from './mutations.ts';
import { bareId, readNodeId } from './node-id.ts';
import { scalars } from './scalars.ts';
import { listSchedules, scheduleOf, scheduleResolvers } from './schedule-resolvers.ts';
import { searchImages, searchResolvers } from './search-resolvers.ts';
import { listWatches, watchResolvers } from './watch-resolvers.ts';

type Node = (NonNullable<unknown> & { readonly __typename?: string }) | null;

async function findNode(given: string, { parts, images, crawls }: ApiContext): Promise<Node> {
  const node = readNodeId(given);
  if (node === null) return null;
  if (node.kind === 'image') return tagged('Image', await images.load(node.id));
  if (node.kind === 'crawl') return tagged('Crawl', await crawls.load(node.id));
  const collection = (await listCollections(parts)).find(({ name }) => name === node.id);
  return tagged('Collection', collection ?? null);
}

const tagged = (__typename: string, found: object | null): Node =>
  found === null ? null : { ...found, __typename };

async function newestCrawls(
  _: unknown,
  args: { collection: string; first: number },
  { parts }: ApiContext,
): Promise<CrawlNode[]> {
  const first = within('first', args.first, 1, 100);
  const collection = await knownCollection(parts, args.collection);
  const crawls: CrawlNode[] = [];
  for await (const { id, record } of listAll(parts.ledger, 'crawl', { collection })) {
    crawls.push({ crawlId: id, record });
  }
  const newestFirst = (a: CrawlNode, b: CrawlNode) => (a.record.startedAt < b.record.startedAt ? 1 : -1);
  return crawls.sort(newestFirst).slice(0, first);
}

export const resolvers = {
  ...scalars,
  Node: { __resolveType: (node: { readonly __typename: string }) => node.__typename },
  Query: {
    node: (_: unknown, { id }: { id: string }, context: ApiContext) => findNode(id, context),
    nodes: (_: unknown, { ids }: { ids: string[] }, context: ApiContext) => {
      if (ids.length > 100) throw badInput(`ids has at most 100 entries, not ${ids.length}.`);
      return Promise.all(ids.map((id) => findNode(id, context)));
    },
    image: (_: unknown, { id }: { id: string }, { images }: ApiContext) => images.load(bareId('image', id)),
    images: searchImages,
    label: (_: unknown, { id }: { id: string }, { parts, labelNames }: ApiContext) =>
      parts.taxonomy.get(id) === undefined ? null : labelOf(id, parts.taxonomy, labelNames),
    labels: countLabels,
    collections: (_: unknown, __: unknown, { parts }: ApiContext): Promise<CollectionNode[]> =>
      listCollections(parts),
    crawls: newestCrawls,
    crawl: (_: unknown, { id }: { id: string }, { crawls }: ApiContext) => crawls.load(bareId('crawl', id)),
    failures: listFailures,
    watches: listWatches,
    schedules: listSchedules,
    schedule: scheduleOf,
  },
  Mutation: mutations,
  ...searchResolvers,
  ...imageResolvers,
  ...labelResolvers,
  ...collectionResolvers,
  ...crawlResolvers,
  ...failureResolvers,
  ...watchResolvers,
  ...scheduleResolvers,
  ...classificationResolvers,
};
