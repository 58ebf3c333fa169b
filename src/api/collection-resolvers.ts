// Collection, and the labels that a collection's images carry.
import type { CollectionRecord } from '../ledger.ts';
import { within } from './api-errors.ts';
import { countImages, searchableCollection, sourceOf } from './collections.ts';
import type { ApiContext } from './context.ts';
import { type LabelNode, labelOf } from './label-resolvers.ts';
import { nodeId } from './node-id.ts';

export type CollectionNode = CollectionRecord;

/** More than any taxonomy of ours has concepts above its classes. */
const maxLabels = 10_000;

export interface LabelCount {
  readonly label: LabelNode;
  readonly count: number;
}

/** Accepted labels of a collection, the most frequent first. */
export async function collectionLabels(
  { parts, labelNames }: ApiContext,
  collection: string,
): Promise<LabelCount[]> {
  const { labels } = await parts.index.facets({ collection, filter: {} }, maxLabels);
  return labels.map(({ value, count }) => ({ label: labelOf(value, parts.taxonomy, labelNames), count }));
}

export async function countLabels(
  _: unknown,
  args: { collection: string; prefix: string; first: number },
  context: ApiContext,
): Promise<LabelCount[]> {
  const first = within('first', args.first, 1, 100);
  within('The length of prefix', args.prefix.length, 0, 200);
  const collection = await searchableCollection(context, args.collection);
  const prefix = args.prefix.trim().toLowerCase();
  const labels = await collectionLabels(context, collection);
  return labels.filter(({ label }) => label.names.some((name) => beginsWith(name, prefix))).slice(0, first);
}

/** The name, or one of its words: "terrier" finds "Boston terrier". */
const beginsWith = (name: string, prefix: string): boolean => {
  const lower = name.toLowerCase();
  return lower.startsWith(prefix) || lower.includes(` ${prefix}`);
};

export const collectionResolvers = {
  Collection: {
    id: ({ name }: CollectionNode) => nodeId('collection', name),
    sources: ({ sources }: CollectionNode) => sources.map(sourceOf),
    imageCount: ({ name }: CollectionNode, _: unknown, { parts }: ApiContext) => countImages(parts, name),
  },
};
