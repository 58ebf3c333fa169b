// What a sitemap or feed lists: pages, further sitemaps and images.
import { setImmediate as breathe } from 'node:timers/promises';
import { normaliseUrl } from '../../normalise-url.ts';
import { readFeedEntry } from './feed-entry.ts';
import type { Listed, ListedImage } from './listed.ts';
import { readSitemapEntry } from './sitemap-entry.ts';
import { StopError, XmlEntries, type XmlNode } from './xml-entries.ts';
import { CutOffError, xmlText } from './xml-text.ts';

export interface Listing {
  readonly pages: readonly Listed[];
  readonly sitemaps: readonly Listed[];
  /** Each once. */
  readonly images: readonly ListedImage[];
  /** True where it was not read to its end. */
  readonly isCut: boolean;
  /** What is wrong with it, though something of it could be read. */
  readonly fault?: string;
}

/** As the standard says. */
export const maxListingBytes = 50 * 1024 ** 2;
export const maxEntries = 50_000;
const maxImages = 50_000;

export interface ListingFile {
  readonly body: Buffer;
  readonly url: string;
  readonly contentType: string | undefined;
}

/** What it is no listing for, in words, where it is none. */
export async function readListing(file: ListingFile): Promise<Listing | string> {
  const finds = new Finds(file.url);
  let isCut = false;
  let isXml: boolean | undefined;
  let fault: string | undefined;
  let rest = '';
  const entries = new XmlEntries(finds);
  try {
    for await (const text of xmlText(file.body, file.contentType, maxListingBytes)) {
      isXml ??= text === '' ? undefined : text.startsWith('<');
      if (isXml) entries.write(text);
      else rest = finds.lines(rest + text);
      await breathe();
    }
    if (isXml) isCut = !entries.close();
    else finds.lines(`${rest}\n`);
  } catch (error) {
    if (!(error instanceof StopError || error instanceof CutOffError)) throw error;
    isCut = true;
    fault = error.message;
  }
  if (isXml && finds.kind === undefined) return fault ?? 'it is no XML';
  if (finds.isEmpty() && !isXml) return 'it is neither XML nor a list of addresses';
  fault ??= isCut ? 'it is cut off' : entries.fault;
  return { ...finds.listing(), isCut: isCut || finds.isFull, ...(fault === undefined ? {} : { fault }) };
}

const kinds: Readonly<Record<string, 'sitemap' | 'index' | 'feed'>> = {
  urlset: 'sitemap',
  sitemapindex: 'index',
  rss: 'feed',
  rdf: 'feed',
  feed: 'feed',
};
const entriesOf = { sitemap: ['url'], index: ['sitemap'], feed: ['item', 'entry'] } as const;

class Finds {
  readonly #base: string;
  readonly #pages = new Map<string, Listed>();
  readonly #sitemaps = new Map<string, Listed>();
  readonly #images = new Map<string, ListedImage>();
  kind: 'sitemap' | 'index' | 'feed' | undefined;
  /** True where something had no room. */
  isFull = false;

  constructor(base: string) {
    this.#base = base;
  }

  /** The namespace is not asked for: many sites write an old or a wrong one. */
  readonly onRoot = (name: string): void => {
    this.kind = kinds[name];
    if (this.kind === undefined)
      throw new StopError(`expected a sitemap or feed, but its root is <${name.slice(0, 40)}>`);
  };

  readonly isEntry = (name: string): boolean =>
    this.kind !== undefined && (entriesOf[this.kind] as readonly string[]).includes(name);

  readonly onEntry = (entry: XmlNode): void => {
    const said = this.kind === 'feed' ? readFeedEntry(entry, this.#base) : readSitemapEntry(entry);
    if (said === undefined) return;
    if (said.place !== undefined) this.#add(this.kind === 'index' ? this.#sitemaps : this.#pages, said.place);
    for (const image of said.images) this.#add(this.#images, image, maxImages);
  };

  /** A sitemap of plain text has an address in each line. Returns what is no whole line yet. */
  lines(text: string): string {
    const lines = text.split(/[\r\n]+/);
    const rest = lines.pop() as string;
    for (const line of lines) {
      const url = normaliseUrl(line);
      if (url !== undefined) this.#add(this.#pages, { url });
    }
    // No address is so long.
    return rest.length > 10_000 ? '' : rest;
  }

  isEmpty(): boolean {
    return this.#pages.size === 0;
  }

  listing(): Pick<Listing, 'pages' | 'sitemaps' | 'images'> {
    return {
      pages: [...this.#pages.values()],
      sitemaps: [...this.#sitemaps.values()],
      images: [...this.#images.values()],
    };
  }

  #add<T extends { readonly url: string }>(to: Map<string, T>, one: T, most = maxEntries): void {
    if (to.has(one.url)) return;
    if (to.size < most) to.set(one.url, one);
    else this.isFull = true;
  }
}
