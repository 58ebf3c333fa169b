// Collections as the API names them: which there are, and what they are made of.
import { type CollectionRecord, listAll } from '../ledger.ts';
import type { SourceId } from '../record.ts';
import { suggest } from '../suggest.ts';
import { badInput, forbidden } from './api-errors.ts';
import type { ApiParts } from './api-parts.ts';
import type { ApiContext } from './context.ts';

export const sourceOf = (source: SourceId): { readonly kind: string; readonly address: string } => {
  const colon = source.indexOf(':');
  return { kind: source.slice(0, colon), address: source.slice(colon + 1) };
};

export async function listCollections({ ledger }: ApiParts): Promise<CollectionRecord[]> {
  const collections: CollectionRecord[] = [];
  for await (const { record } of listAll(ledger, 'collection', {})) collections.push(record);
  return collections.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * The one that our pages begin with: what was chosen, else what there is. Asked anew for each page, because collections
 * come and go while this runs.
 */
export async function firstCollection(parts: ApiParts): Promise<string> {
  if (parts.collection !== undefined) return parts.collection;
  const configured = [...parts.collections.keys()];
  const stored = (await listCollections(parts)).map(({ name }) => name);
  const names = [...configured, ...stored];
  return names.includes('default') ? 'default' : (names[0] ?? 'default');
}

/** The name, if there is such a collection. `default` and those of the configuration are, if only empty ones. */
export async function knownCollection(parts: ApiParts, name: string): Promise<string> {
  if (name === 'default' || parts.collections.has(name)) return name;
  // One read by id: every search comes here.
  if ((await parts.ledger.get('collection', [name])).length > 0) return name;
  const names = (await listCollections(parts)).map((collection) => collection.name);
  const near = suggest(name, names);
  throw badInput(
    `There is no collection ${JSON.stringify(name)}.${near === undefined ? '' : ` Did you mean ${JSON.stringify(near)}?`}`,
  );
}

/** The name, if the one who asks may search it. Others may not even learn whether it is there. */
export async function searchableCollection({ parts, access }: ApiContext, name: string): Promise<string> {
  if (access.kind === 'embedded' && !access.collections.has(name)) {
    throw forbidden(
      `There is no collection ${JSON.stringify(name)} that pages of ${access.origin} may search.`,
    );
  }
  return knownCollection(parts, name);
}

export async function countImages({ index }: ApiParts, collection: string) {
  const { totalCount } = await index.search({
    collection,
    filter: {},
    orderBy: { field: 'DATE', direction: 'DESC' },
    first: 1,
  });
  return totalCount;
}
