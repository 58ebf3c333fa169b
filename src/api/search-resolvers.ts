// images(): a filter becomes a query of the image index, its hits a connection.
import type { Hit, ImageQuery, SearchResult } from '../indexer/image-index.ts';
import { encodeCursor } from '../indexer/query.ts';
import { within } from './api-errors.ts';
import type { ApiContext } from './context.ts';
import { seenBy } from './embedded-view.ts';
import { type ImagesArguments, imageQuery } from './image-query.ts';
import { imageLabels, labelOf } from './label-resolvers.ts';

export interface ImageConnection extends SearchResult {
  readonly query: ImageQuery;
}
export interface Edge extends Hit {
  readonly query: ImageQuery;
}

export async function searchImages(
  _: unknown,
  args: ImagesArguments,
  context: ApiContext,
): Promise<ImageConnection> {
  const query = await imageQuery(args, context);
  const found = await context.parts.index.search(query);
  const hits = found.hits.flatMap((hit) => {
    const document = seenBy(context.access, hit.document);
    return document === null ? [] : [{ ...hit, document }];
  });
  const result = { ...found, hits };
  for (const { document } of result.hits) {
    context.images.prime(document.id, document);
    for (const { id, name } of document.labels) context.labelNames.set(id, name);
  }
  return { ...result, query };
}

const cursorOf = ({ sortKey, query }: Edge): string => encodeCursor(query, sortKey);

export const searchResolvers = {
  ImageConnection: {
    edges: ({ hits, query }: ImageConnection): Edge[] => hits.map((hit) => ({ ...hit, query })),
    nodes: ({ hits }: ImageConnection) => hits.map(({ document }) => document),
    pageInfo: ({ hits, query, hasMore }: ImageConnection) => {
      const [start, end] = [hits[0], hits.at(-1)];
      return {
        hasNextPage: hasMore,
        hasPreviousPage: query.after !== undefined,
        startCursor: () => (start === undefined ? null : cursorOf({ ...start, query })),
        endCursor: () => (end === undefined ? null : cursorOf({ ...end, query })),
      };
    },
    facets: async (
      { query }: ImageConnection,
      args: { first: number },
      { parts, labelNames }: ApiContext,
    ) => {
      const facets = await parts.index.facets(query, within('first', args.first, 1, 100));
      return {
        labels: facets.labels.map(({ value, count }) => ({
          label: labelOf(value, parts.taxonomy, labelNames),
          count,
        })),
        formats: facets.formats.map(({ value, count }) => ({ format: value, count })),
        hosts: facets.hosts.map(({ value, count }) => ({ host: value, count })),
      };
    },
  },
  ImageEdge: {
    node: ({ document }: Edge) => document,
    cursor: cursorOf,
    matchedLabels: ({ matchedLabels, document }: Edge, _: unknown, { parts }: ApiContext) =>
      imageLabels(matchedLabels, document.labels, parts.taxonomy),
  },
};
