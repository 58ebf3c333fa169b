// Where in a JSON document its entries are, and what it says of the next page.
import { isObject, type ListPath, readPath, valueAt } from './path.ts';
import { isAddress } from './usual-names.ts';

/** Names under which entries lie, before any other array. */
const usualItems = [
  'items',
  'products',
  'results',
  'entries',
  'records',
  'posts',
  'photos',
  'images',
  'media',
  'data',
  'hits',
  'list',
  'rows',
];
const usualNext = [
  'next_url',
  'next_page_url',
  'next',
  'links.next',
  'links.next.href',
  '_links.next.href',
  'paging.next',
  'meta.next',
].map(readPath);

/** The entries, or what was expected and what came. `paths`: those of `--map items=…`, of which the first that leads anywhere counts. */
export function itemsOf(
  document: unknown,
  paths: readonly ListPath[],
): readonly unknown[] | { readonly fault: string } {
  if (paths.length > 0) {
    for (const path of paths) {
      const found = valueAt(document, path);
      if (Array.isArray(found)) return found;
      if (isObject(found)) return Object.values(found);
    }
    return {
      fault: `expected its entries at ${paths.map(({ text }) => text).join(' or ')}, but ${whatIs(document)}`,
    };
  }
  if (Array.isArray(document)) return document;
  if (!isObject(document)) return { fault: `expected an array of entries, but ${whatIs(document)}` };
  return arraysIn(document)[0] ?? [document];
}

/** Arrays of objects or addresses, the usual names first, then those that lie less deep. */
function arraysIn(document: Readonly<Record<string, unknown>>): (readonly unknown[])[] {
  const found: { readonly entries: readonly unknown[]; readonly rank: number }[] = [];
  const look = (value: Readonly<Record<string, unknown>>, depth: number): void => {
    for (const [key, one] of Object.entries(value)) {
      if (Array.isArray(one) && isListLike(one)) {
        const usual = usualItems.indexOf(key.toLowerCase());
        found.push({ entries: one, rank: depth * 100 + (usual === -1 ? 50 : usual) });
      } else if (isObject(one) && depth < 2) look(one, depth + 1);
    }
  };
  look(document, 0);
  return found.sort((a, b) => a.rank - b.rank).map(({ entries }) => entries);
}

const isListLike = (values: readonly unknown[]): boolean =>
  values.every((value) => isObject(value)) || (values.length > 0 && values.every(isAddress));

export function whatIs(document: unknown): string {
  if (Array.isArray(document)) return 'it is an array';
  if (isObject(document)) return `it is an object with ${names(Object.keys(document))}`;
  return `it is ${JSON.stringify(document)?.slice(0, 60)}`;
}

export const names = (keys: readonly string[]): string => {
  if (keys.length === 0) return 'nothing in it';
  return keys.length > 20 ? `${keys.slice(0, 20).join(', ')} and others` : keys.join(', ');
};

/** What the document has at the path that was mapped, or an address under a usual name; undefined where it says nothing. */
export function nextIn(document: unknown, paths: readonly ListPath[] | undefined): unknown {
  const values = (paths ?? usualNext).map((path) => valueAt(document, path));
  if (paths === undefined)
    return values.find((value) => typeof value === 'string' && /^(https?:|\/|\?)/.test(value));
  return values.find((value) => value !== undefined && value !== null && value !== '' && value !== false);
}
