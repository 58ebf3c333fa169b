// What a page of another origin may ask GraphQL for. A field that is not listed is refused, so that new ones are.
import type { ApolloServerPlugin } from '@apollo/server';
import {
  type DocumentNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { forbidden, withoutSuggestions } from './api-errors.ts';
import type { ApiContext } from './context.ts';

/** No crawls, failures, schedules, sources or collections, no changes, no introspection. */
export const embeddedFields: Readonly<Record<string, readonly string[]>> = {
  Query: ['image', 'images', 'label', 'labels'],
  ImageConnection: ['edges', 'nodes', 'pageInfo', 'totalCount', 'facets'],
  ImageEdge: ['node', 'cursor', 'relevance', 'matchedLabels'],
  PageInfo: ['hasNextPage', 'hasPreviousPage', 'startCursor', 'endCursor'],
  TotalCount: ['value', 'relation'],
  ImageFacets: ['labels', 'formats', 'hosts'],
  LabelCount: ['label', 'count'],
  FormatCount: ['format', 'count'],
  HostCount: ['host', 'count'],
  Label: ['id', 'name', 'names', 'path'],
  LabelAncestor: ['id', 'name'],
  ImageLabel: ['label', 'confidence', 'isAccepted', 'isMostSpecific'],
  Image: [
    'id',
    'collection',
    'sha256',
    'format',
    'width',
    'height',
    'sizeBytes',
    'url',
    'pageUrl',
    'alt',
    'caption',
    'thumbnail',
    'labels',
    'locations',
    'appearances',
    'appearanceCount',
    'model',
    'takenAt',
    'camera',
    'describedAt',
    'fetchedAt',
    'variants',
    'folded',
  ],
  ImageVariant: ['url', 'width'],
  FoldedImages: ['nodes', 'totalCount'],
  FoldedImage: ['id', 'sha256', 'format', 'width', 'height', 'sizeBytes'],
  ImageLocation: ['url', 'host'],
  Appearance: [
    'pageUrl',
    'alt',
    'caption',
    'heading',
    'title',
    'section',
    'link',
    'publishedAt',
    'language',
    'credit',
    'licence',
    'isBackground',
    'variants',
    'seenAt',
  ],
};

/** The first field of the document that is not listed: `Query.crawls`. Looks into every operation and fragment. */
export function unlistedField(document: DocumentNode, schema: GraphQLSchema): string | undefined {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION)
      continue;
    const type =
      definition.kind === Kind.OPERATION_DEFINITION
        ? schema.getRootType(definition.operation)?.name
        : definition.typeCondition.name.value;
    const found = unlistedWithin(definition.selectionSet, type ?? '', schema);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a spread leads to is looked into where it is defined. */
function unlistedWithin(
  { selections }: SelectionSetNode,
  type: string,
  schema: GraphQLSchema,
): string | undefined {
  for (const selection of selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
    const isField = selection.kind === Kind.FIELD;
    const name = isField ? selection.name.value : '';
    if (name === '__typename') continue;
    if (isField && embeddedFields[type]?.includes(name) !== true) return `${type}.${name}`;
    const below = isField ? typeOf(type, name, schema) : (selection.typeCondition?.name.value ?? type);
    const set = selection.selectionSet;
    const found = set === undefined ? undefined : unlistedWithin(set, below, schema);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The name of a field's type, without what says that it is a list or never null. */
function typeOf(type: string, field: string, schema: GraphQLSchema): string {
  const known = schema.getType(type) as GraphQLObjectType | undefined;
  return String(known?.getFields()[field]?.type).replace(/[[\]!]/g, '');
}

export const embeddedOnly: ApolloServerPlugin<ApiContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ contextValue, document, operation, schema }) {
        if (contextValue.access.kind === 'full') return;
        if (operation?.operation !== 'query')
          throw forbidden(`Pages of other origins may not ask for a ${operation?.operation}.`, 403);
        const field = unlistedField(document, schema);
        if (field !== undefined) throw forbidden(`Pages of other origins may not ask for ${field}.`, 403);
      },
      async willSendResponse({ contextValue, response: { body } }) {
        if (contextValue.access.kind === 'full' || body.kind !== 'single') return;
        const { errors } = body.singleResult;
        if (errors !== undefined) body.singleResult.errors = errors.map(withoutSuggestions);
      },
    };
  },
};
