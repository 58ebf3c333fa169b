// Which path of an entry says what: as the user maps it, and by the usual names where the first entries have them.
import { ImagedexError } from '../../../errors.ts';
import { names } from './json.ts';
import { hitsAt, isObject, type ListPath, readPath, spelledIn } from './path.ts';
import { addressNames, imageNames, usualNames } from './usual-names.ts';

export const entryFields = ['title', 'alt', 'caption', 'heading', 'section', 'page', 'date'] as const;
export type EntryField = (typeof entryFields)[number];
const mapped = ['items', 'next', 'url', ...entryFields] as const;
type Mapped = (typeof mapped)[number];

/** What the user says: for each name the paths to try, the first that leads to something counts. */
export type UserMapping = { readonly [N in Mapped]?: readonly ListPath[] };

/** For the entries of one list. null as `url`: the entries are addresses themselves. */
export interface Mapping extends Readonly<Record<EntryField, readonly ListPath[]>> {
  readonly url: readonly ListPath[] | null;
}

export function readMapping(rows: readonly string[]): UserMapping {
  const mapping: { [N in Mapped]?: ListPath[] } = {};
  for (const row of rows) {
    const [, name = '', text = ''] = /^\s*([^=]+?)\s*=\s*(.+?)\s*$/.exec(row) ?? [];
    const known = mapped.find((one) => one === name.toLowerCase());
    if (known === undefined) {
      throw new ImagedexError('usage', `--map ${row}: expected one of ${mapped.join(', ')} before the =`);
    }
    mapping[known] = [...(mapping[known] ?? []), readPath(text)];
  }
  return mapping;
}

/** From the list's first entries; or what was expected and what came. Without any entry nothing can be said: undefined. */
export function mappingOf(
  entries: readonly unknown[],
  user: UserMapping,
): Mapping | { readonly fault: string } | undefined {
  if (entries.length === 0) return undefined;
  if (entries.every((entry) => typeof entry === 'string')) return { ...fieldsOf([], user, []), url: null };
  const url = user.url ?? usualUrl(entries);
  const isThere = url.some((path) => entries.some((entry) => hitsAt(entry, path).some(isSaid)));
  if (!isThere) return { fault: fault(entries, user) };
  return { ...fieldsOf(entries, user, url), url };
}

const isSaid = ({ value }: { readonly value: unknown }): boolean =>
  value !== undefined && value !== null && value !== '';
const isWords = (value: unknown): boolean =>
  (typeof value === 'string' && value.trim() !== '') ||
  typeof value === 'number' ||
  (Array.isArray(value) && value.some((one) => typeof one === 'string'));
const isText = (value: unknown): boolean =>
  (typeof value === 'string' && value.trim() !== '') || (Array.isArray(value) && value.some(isText));

/** `url` is the page where there is an image apart from it, unless it names image files. */
function usualUrl(entries: readonly unknown[]): readonly ListPath[] {
  const addresses = spelled(entries, addressNames, isText);
  const images = spelled(entries, imageNames, isText);
  const values = addresses.slice(0, 1).flatMap((path) => entries.flatMap((entry) => hitsAt(entry, path)));
  const isImage = values.filter(({ value }) => typeof value === 'string' && imageName.test(value)).length;
  return (isImage * 2 > values.length ? [...addresses, ...images] : [...images, ...addresses]).slice(0, 1);
}

const imageName = /\.(jpe?g|png|webp|gif|avif|tiff?)(\?.*)?$/i;

function fieldsOf(
  entries: readonly unknown[],
  user: UserMapping,
  url: readonly ListPath[],
): Readonly<Record<EntryField, readonly ListPath[]>> {
  const pathsOf = (field: EntryField) => {
    if (user[field] !== undefined) return user[field];
    const usual = field === 'page' ? [...usualNames.page, ...addressNames] : usualNames[field];
    return spelled(entries, usual, isWords).filter(({ text }) => !url.some((path) => path.text === text));
  };
  return Object.fromEntries(entryFields.map((field) => [field, pathsOf(field)])) as unknown as Record<
    EntryField,
    readonly ListPath[]
  >;
}

/** The usual names that any of the entries has, as it spells them. */
const spelled = (
  entries: readonly unknown[],
  usual: readonly ListPath[],
  isWanted: (value: unknown) => boolean,
): ListPath[] =>
  usual.flatMap((path) => {
    for (const entry of entries) {
      const found = spelledIn(entry, path, isWanted);
      if (found !== undefined) return [found];
    }
    return [];
  });

function fault(entries: readonly unknown[], user: UserMapping): string {
  const [first] = entries;
  const has = isObject(first) ? names(Object.keys(first)) : JSON.stringify(first)?.slice(0, 60);
  const looked = (user.url ?? [...imageNames, ...addressNames]).map(({ text }) => text).join(', ');
  const cure = 'say with --map url=PATH where its address is';
  return `no entry has the address of an image: looked for ${looked}; the first entry has ${has}; ${cure}`;
}
