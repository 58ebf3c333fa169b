// Reads the collections of the configuration file: their sources with settings and secrets, their caps, their origins.
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import type { CollectionConfig, SourceConfig } from '../collections/collection-config.ts';
import { normaliseUrl } from '../crawler/normalise-url.ts';
import { type CrawlerSettings, crawlerOptions } from '../crawler/options.ts';
import { typedSource } from '../drivers.ts';
import { ImagedexError, messageOf } from '../errors.ts';
import { withoutUserInfo } from '../option-words.ts';
import { type OptionTable, option } from '../options.ts';
import type { SourceId } from '../record.ts';
import { checkedValue, placed, unknownOption } from './config-check.ts';
import { type ConfigEntry, type ConfigNode, fromHome } from './config-file.ts';
import { readHeaders } from './config-secrets.ts';

export const collectionOptions = {
  maxImages: option(z.number().int().min(1).nullable(), null, 'Images that one crawl finds at most'),
  foldAlike: option(
    z.boolean().nullable(),
    null,
    'Whether its images are folded where they look alike; without it what foldAlike says for all',
  ),
} satisfies OptionTable;

export const retentionOptions = {
  maxAgeDays: option(
    z.number().min(0).nullable(),
    null,
    'Days after which renditions go, counted from when their images were last fetched',
  ),
  maxBytes: option(
    z.number().int().min(0).nullable(),
    null,
    'Bytes that the renditions may come to; the oldest go first',
  ),
} satisfies OptionTable;

/** What a collection may be called. */
export const collectionName = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** A value, and where it stands. */
type Place = Pick<ConfigNode, 'value' | 'where'>;

export interface ReadOptions {
  /** What is in force where neither the source nor its collection says anything. */
  readonly settings: CrawlerSettings;
  /** Names of settings that a flag gave: nothing in the file wins over these. */
  readonly flags: ReadonlySet<string>;
  /** What relative paths are relative to. */
  readonly base: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What the file says under `collections`. Throws `config_invalid` at the first thing that is wrong. */
export function readCollections(
  node: ConfigNode,
  options: ReadOptions,
): ReadonlyMap<string, CollectionConfig> {
  const entries = entriesOf(
    node,
    'collections with their settings, such as "shop:" with "sources:" below it',
  );
  return new Map(
    entries.map((entry) => {
      if (collectionName.test(entry.name)) return [entry.name, readCollection(entry, options)];
      throw wrong(
        entry.where,
        `expected the name of a collection (lower-case letters, digits, - and _, at most 64), but got ${JSON.stringify(entry.name)}`,
      );
    }),
  );
}

function readCollection(entry: ConfigEntry, options: ReadOptions): CollectionConfig {
  const { name, where } = entry;
  const entries = entriesOf(entry, `the settings of collection ${name}`);
  const named = new Map(entries.map((one) => [one.name, one]));
  const ownWords = ['sources', 'origins', 'retention'];
  const given = optionsOf(entries, { ...collectionOptions, ...crawlerOptions }, ownWords);
  const { maxImages = null, foldAlike = null, ...settings } = given;
  const below = { ...options, settings: inForce(options, settings) };
  return {
    name,
    where,
    sources: readSources(named.get('sources'), below),
    maxImages: maxImages as number | null,
    foldAlike: foldAlike as boolean | null,
    origins: readOrigins(named.get('origins')),
    retention: readRetention(named.get('retention')),
  };
}

/** What is given here wins over what was in force above it, but not over a flag. */
const inForce = (
  { settings, flags, base }: ReadOptions,
  given: Readonly<Record<string, unknown>>,
): CrawlerSettings => ({
  ...settings,
  ...Object.fromEntries(
    Object.entries(given)
      .filter(([name]) => !flags.has(name))
      .map(([name, value]) => [name, placed((crawlerOptions as OptionTable)[name], value, base)]),
  ),
});

/** Throws `config_invalid` at the first of `texts` that the file's `sources` could not name. */
export function checkSources(texts: readonly string[], where: string, base: string): void {
  const known = new Map<string, string>();
  for (const value of texts) mustBeNew({ id: readId({ value, where }, base), where }, known);
}

function readSources(node: ConfigNode | undefined, options: ReadOptions): readonly SourceConfig[] {
  const items = itemsOf(node, 'sources', 'a list of sources');
  const known = new Map<string, string>();
  return items.map((item) => {
    const source = readSource(item, options);
    mustBeNew({ id: source.id, where: item.where }, known);
    return source;
  });
}

function mustBeNew(
  { id, where }: { readonly id: SourceId; readonly where: string },
  known: Map<string, string>,
): void {
  const before = known.get(spelled(id));
  if (before !== undefined)
    throw wrong(
      where,
      `${withoutUserInfo(id)} is named twice${before === where ? '' : `, at ${before}, too`}: remove one`,
    );
  known.set(spelled(id), where);
}

/** Two spellings of one address are one source. */
function spelled(id: SourceId): string {
  const colon = id.indexOf(':') + 1;
  return `${id.slice(0, colon)}${normaliseUrl(id.slice(colon)) ?? id.slice(colon)}`;
}

function readSource(node: ConfigNode, options: ReadOptions): SourceConfig {
  const entries = node.entries();
  if (entries === undefined) {
    const id = readId(node, options.base);
    return { id, settings: options.settings, headerNames: [], headers: () => ({}) };
  }
  const named = new Map(entries.map((one) => [one.name, one]));
  const typed = named.get('source');
  if (typed === undefined)
    throw wrong(node.where, 'expected a source, such as "source: https://example.org/", but it is missing');
  const id = readId(typed, options.base);
  const given = optionsOf(entries, crawlerOptions, ['source', 'headers', 'basicAuth']);
  return { id, settings: inForce(options, given), ...readHeaders(named, id, options.env) };
}

function readId({ value, where }: Place, base: string): SourceId {
  if (typeof value !== 'string' || value.trim() === '')
    throw wrong(where, `expected a source, such as a folder or an address, but got ${JSON.stringify(value)}`);
  const id = typedId(value.trim(), where);
  const colon = id.indexOf(':') + 1;
  const [driver, address] = [id.slice(0, colon), id.slice(colon)];
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(address);
  if (isAddress) {
    mustBeAddress(address, where);
    return id;
  }
  if (driver !== 'folder:' && driver !== 'list:') return id;
  if (driver === 'list:' && address === '-')
    throw wrong(where, 'expected a file or an address: standard input can only be typed as SOURCE');
  const path = fromHome(address);
  return `${driver}${isAbsolute(path) ? path : resolve(base, path)}`;
}

function typedId(typed: string, where: string): SourceId {
  try {
    return typedSource(typed);
  } catch (error) {
    throw wrong(where, withoutUserInfo(messageOf(error)), error);
  }
}

function mustBeAddress(address: string, where: string): void {
  if (!URL.canParse(address))
    throw wrong(where, `expected an address, but got ${JSON.stringify(withoutUserInfo(address))}`);
}

const readOrigins = (node: ConfigNode | undefined): readonly string[] =>
  itemsOf(node, 'origins', 'a list of origins').map(readOrigin);

/** Throws `config_invalid` for what is none. */
export function readOrigin({ value, where }: Place): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null;
  const isHttp = url !== null && /^https?:$/.test(url.protocol) && !url.hostname.includes('*');
  if (isHttp && url.origin === value) return value as string;
  const came = withoutUserInfo(JSON.stringify(value));
  const cure = isHttp ? `; did you mean ${url.origin}?` : '';
  throw wrong(
    where,
    `expected an origin such as https://shop.example, with no path and no *, but got ${came}${cure}`,
  );
}

function readRetention(node: ConfigNode | undefined): CollectionConfig['retention'] {
  const entries = node === undefined ? [] : entriesOf(node, 'maxAgeDays and maxBytes');
  return { maxAgeDays: null, maxBytes: null, ...optionsOf(entries, retentionOptions, []) };
}

/** Those of `entries` that `table` knows, checked; `words` are read elsewhere, and all others are mistakes. */
function optionsOf(
  entries: readonly ConfigEntry[],
  table: OptionTable,
  words: readonly string[],
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  const spell = (name: string): string => name;
  for (const { name, value, where } of entries) {
    if (words.includes(name)) continue;
    const given = { name, where, spell, fault: 'config_invalid' } as const;
    if (!Object.hasOwn(table, name)) throw unknownOption(given, [...words, ...Object.keys(table)]);
    values[name] = checkedValue(table, { ...given, value });
  }
  return values;
}

/** Nothing after the colon is an empty map. */
function entriesOf(node: ConfigNode, what: string): readonly ConfigEntry[] {
  const entries = node.value === null ? [] : node.entries();
  if (entries === undefined)
    throw wrong(node.where, `expected ${what}, but got ${withoutUserInfo(JSON.stringify(node.value))}`);
  return entries;
}

function itemsOf(node: ConfigNode | undefined, name: string, what: string): readonly ConfigNode[] {
  if (node === undefined || node.value === null) return [];
  const items = node.items();
  if (items === undefined)
    throw wrong(
      node.where,
      `expected ${what} for ${name}, each after a dash, but got ${withoutUserInfo(JSON.stringify(node.value))}`,
    );
  return items;
}

const wrong = (where: string, message: string, cause?: unknown): ImagedexError =>
  new ImagedexError('config_invalid', `${where}: ${message}`, cause === undefined ? {} : { cause });
