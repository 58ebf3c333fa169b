// One entry of a list as images with their page context, or what is wrong with it.
import type { PageContext } from '../../../record.ts';
import { normaliseUrl } from '../../normalise-url.ts';
import { words } from '../../page/words.ts';
import { readDate } from '../../read-date.ts';
import type { EntryField, Mapping } from './mapping.ts';
import { hitsAt, isObject, type ListPath, type PathHit, valueAt, valueBeside } from './path.ts';

export interface EntryImage {
  /** Normalised. */
  readonly url: string;
  readonly context: PageContext;
  readonly pageUrl: string | undefined;
}

export interface EntryReading {
  readonly images: readonly EntryImage[];
  /** In words, one for each address that cannot be used. */
  readonly problems: readonly string[];
  /** A date that cannot be read. */
  readonly badDate: string | undefined;
}

export interface EntryReader {
  readonly mapping: Mapping;
  /** What relative addresses are relative to; undefined where the list has no address itself. */
  readonly base: string | undefined;
  /** The text of HTML. */
  readonly textOf: (html: string) => string;
}

const maxImages = 1000;

export function readEntry(entry: unknown, reader: EntryReader): EntryReading {
  const url = (typeof entry === 'string' ? null : reader.mapping.url) ?? [{ text: '', steps: [] }];
  const { path, hits } = addresses(entry, url);
  if (hits.length === 0 && isMissing(entry, url)) {
    return blank(`no address of an image at ${url.map(({ text }) => text).join(' or ')}`);
  }
  const problems: string[] = [];
  const images: EntryImage[] = [];
  let badDate: string | undefined;
  for (const hit of hits.slice(0, maxImages)) {
    const address = resolved(hit.value, reader.base);
    if ('fault' in address) {
      problems.push(address.fault);
      continue;
    }
    const value = (field: EntryField) => fieldValue(entry, reader.mapping[field], path, hit);
    const said = value('date');
    const publishedAt = said === undefined ? undefined : readDate(said);
    if (said !== undefined && publishedAt === undefined) badDate = shown(said);
    const page = value('page');
    const pageUrl = page === undefined ? undefined : resolved(page, reader.base);
    images.push({
      url: address.url,
      context: contextOf(value, reader.textOf, publishedAt),
      pageUrl:
        pageUrl !== undefined && 'url' in pageUrl && pageUrl.url !== address.url ? pageUrl.url : undefined,
    });
  }
  if (hits.length > maxImages)
    problems.push(`${hits.length} images in one entry: only ${maxImages} are taken`);
  return { images, problems, badDate };
}

const blank = (problem: string): EntryReading => ({ images: [], problems: [problem], badDate: undefined });

/** Those at the first path that has any. */
function addresses(
  entry: unknown,
  paths: readonly ListPath[],
): { readonly path: ListPath; readonly hits: readonly PathHit[] } {
  for (const path of paths) {
    const hits = hitsAt(entry, path).filter(({ value }) => !isNone(value));
    if (hits.length > 0) return { path, hits };
  }
  return { path: paths[0]!, hits: [] };
}

const isNone = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

/** A product without photos says so by null, '' or an empty array, and that is no fault. */
const isMissing = (entry: unknown, paths: readonly ListPath[]): boolean =>
  !isObject(entry) || !paths.some((path) => saysNone(entry, path));

function saysNone(entry: Readonly<Record<string, unknown>>, path: ListPath): boolean {
  const [first] = path.steps;
  const key = typeof first === 'object' && 'key' in first ? first.key : '';
  if (!Object.hasOwn(entry, path.text) && !Object.hasOwn(entry, key)) return false;
  const value = valueAt(entry, path);
  return Array.isArray(value) ? value.every(isEmpty) : isEmpty(value);
}

const isEmpty = (value: unknown): boolean =>
  value !== undefined && (isNone(value) || (Array.isArray(value) && value.length === 0));

function resolved(value: unknown, base: string | undefined): { url: string } | { fault: string } {
  if (typeof value !== 'string') return { fault: `expected an address, but got ${shown(value)}` };
  const text = value.trim();
  // An address that leaves out the scheme, in a file: what shops write today is https.
  const url = normaliseUrl(text.startsWith('//') && base === undefined ? `https:${text}` : text, base);
  if (url !== undefined) return { url };
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    return { fault: `expected an address of http or https, but got ${scheme}: in ${shown(text)}` };
  }
  if (base === undefined && scheme === undefined) {
    return {
      fault: `${shown(text)} is relative, and a list in a file has no address that it could be relative to`,
    };
  }
  return { fault: `${shown(text)} is no address` };
}

export const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
};

function fieldValue(entry: unknown, paths: readonly ListPath[], of: ListPath, { trail }: PathHit): unknown {
  for (const path of paths) {
    const value = valueBeside(entry, path, of, trail);
    const isWords = typeof value === 'number' || Array.isArray(value) || typeof value === 'string';
    if (isWords && !isNone(value) && !(Array.isArray(value) && value.length === 0)) return value;
  }
  return undefined;
}

const textFields = ['alt', 'caption', 'heading', 'title', 'section'] as const;

function contextOf(
  value: (field: EntryField) => unknown,
  textOf: (html: string) => string,
  publishedAt: string | undefined,
): PageContext {
  const context: Record<string, string> = {};
  for (const field of textFields) {
    const said = value(field);
    const text = Array.isArray(said)
      ? said.filter((one) => typeof one === 'string' || typeof one === 'number').join(', ')
      : String(said ?? '');
    const short = words(field, /<[a-z/!]|&#?\w+;/i.test(text) ? textOf(text) : text);
    if (short !== undefined) context[field] = short;
  }
  return { ...context, ...(publishedAt === undefined ? {} : { publishedAt }) };
}
