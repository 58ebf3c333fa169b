// Says which pictures a site shows, from its files alone and by other parsers than the crawler's:
// `tsx scripts/count-site.ts FOLDER [ORIGIN]`. What tests compare a crawl with.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import parseSrcset from 'parse-srcset';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

/** A picture at a place of a page, by all the files that the place names. */
export interface Shown {
  /** Those of its files that are there. */
  readonly files: readonly string[];
  readonly alt: string;
  readonly how: string;
}

export interface SiteTruth {
  /** What each page that can be come to shows. */
  readonly pages: ReadonlyMap<string, readonly Shown[]>;
  /** Every address of the site that a page names as a picture, with those of which there is no file. */
  readonly named: ReadonlySet<string>;
  exists(url: string): boolean;
}

const imageName = /\.(jpe?g|png|webp|gif|avif|svg|tiff?|bmp)$/i;
const isImage = (url: string): boolean => imageName.test(new URL(url).pathname);

/** The file that a server would answer with. */
export function fileOf(folder: string, pathname: string): string | undefined {
  let name: string;
  try {
    name = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  for (const file of [join(folder, name), join(folder, name, 'index.html')]) {
    if (!file.startsWith(folder)) return undefined;
    try {
      if (statSync(file).isFile()) return file;
    } catch {
      // Then the next.
    }
  }
  return undefined;
}

/** What a server shows of a folder without a start page: its pages. */
export function startPage(folder: string): string {
  const own = fileOf(folder, '/');
  if (own !== undefined) return readFileSync(own, 'utf8');
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.html'))
    .sort();
  return `<!doctype html><title>Pages</title>${pages.map((name) => `<a href="${name}">${name}</a>`).join('\n')}`;
}

export function countSite(folder: string, origin: string): SiteTruth {
  const pages = new Map<string, readonly Shown[]>();
  const named = new Set<string>();
  const exists = (url: string): boolean => {
    const { origin: at, pathname } = new URL(url);
    return at === origin && fileOf(folder, pathname) !== undefined;
  };
  const waiting = [`${origin}/`];
  const known = new Set(waiting);
  for (const page of waiting) {
    const { pathname } = new URL(page);
    const file = fileOf(folder, pathname);
    const html = pathname === '/' ? startPage(folder) : file && readFileSync(file, 'utf8');
    if (html === undefined || (file !== undefined && !file.endsWith('.html'))) continue;
    const { shown, links } = readPage(html, page);
    for (const { urls } of shown) for (const url of urls) if (new URL(url).origin === origin) named.add(url);
    const there = shown.map(({ urls, alt, how }) => ({ files: urls.filter(exists), alt, how }));
    pages.set(
      page,
      there.filter(({ files }) => files.length > 0),
    );
    for (const link of links) {
      if (new URL(link).origin !== origin || isImage(link) || known.has(link)) continue;
      known.add(link);
      waiting.push(link);
    }
  }
  return { pages, named, exists };
}

interface Seen {
  readonly urls: readonly string[];
  readonly alt: string;
  readonly how: string;
}

function readPage(html: string, page: string): { shown: Seen[]; links: string[] } {
  const elements = [...elementsOf(parse(html, { scriptingEnabled: false }))];
  const base = elements.find((one) => one.tagName === 'base' && attribute(one, 'href') !== '');
  const from = absolute(attribute(base, 'href'), page) ?? page;
  const shown: Seen[] = [];
  const links: string[] = [];
  const show = (how: string, addresses: readonly string[], alt = ''): void => {
    const urls = addresses.flatMap((address) => absolute(address, from) ?? []).filter((url) => url !== page);
    if (urls.length > 0) shown.push({ urls: [...new Set(urls)], alt, how });
  };
  for (const element of elements) {
    for (const [how, addresses, alt] of picturesOf(element)) show(how, addresses, alt);
    const link = linkOf(element);
    const url = link === '' ? undefined : absolute(link, from);
    if (url === undefined) continue;
    if (element.tagName === 'a' && isImage(url)) show('linked', [link]);
    else links.push(url);
  }
  return { shown, links };
}

type Found = readonly [how: string, addresses: readonly string[], alt?: string];

function picturesOf(element: Element): Found[] {
  const get = (name: string): string => attribute(element, name);
  const name = element.tagName;
  const found: Found[] = [];
  if (name === 'img') {
    const picture = ancestors(element).find((one) => one.tagName === 'picture');
    const sources =
      picture === undefined ? [] : [...elementsOf(picture)].filter((one) => one.tagName === 'source');
    const files = [element, ...sources].flatMap(filesOf);
    found.push([picture ? 'picture' : 'img', files, get('alt') || get('title')]);
  }
  if (
    name === 'meta' &&
    /^(og:image(:url|:secure_url)?|twitter:image(:src)?)$/i.test(get('property') || get('name'))
  )
    found.push(['shared', [get('content')]]);
  if (name === 'link' && /image_src/i.test(get('rel'))) found.push(['image_src', [get('href')]]);
  if (name === 'link' && /preload/i.test(get('rel')) && get('as') === 'image')
    found.push(['preload', [get('href')]]);
  if (name === 'script' && get('type') === 'application/ld+json')
    for (const address of statedIn(textOf(element))) found.push(['JSON-LD', [address]]);
  if (name === 'image') found.push(['drawing', [get('href') || get('xlink:href')]]);
  if (name === 'video') found.push(['poster', [get('poster') || get('data-poster')]]);
  if (name === 'input' && get('type') === 'image') found.push(['input', [get('src')]]);
  if ((name === 'object' || name === 'embed') && imageName.test(get('data') || get('src') || get('data-src')))
    found.push(['object', [get('data') || get('src') || get('data-src')]]);
  const painted = [...urlsIn(get('style')), ...(name === 'style' ? urlsIn(textOf(element)) : [])];
  for (const address of painted.filter((one) => imageName.test(one))) found.push(['painted', [address]]);
  for (const { name: lazy, value } of element.attrs) {
    if (!/^data-(bg|background)/.test(lazy)) continue;
    for (const address of value.includes('url(') ? urlsIn(value) : [value])
      if (imageName.test(address)) found.push([lazy, [address]]);
  }
  return found;
}

/** The files of an img or source: every attribute that could name one. */
function filesOf(element: Element): string[] {
  return element.attrs.flatMap(({ name, value }) => {
    if (name === 'srcset' || /^data-.*srcset$/.test(name)) return parseSrcset(value).map(({ url }) => url);
    return name === 'src' || /^data-(lazy-?)?(src|original)$/.test(name) ? [value] : [];
  });
}

function linkOf(element: Element): string {
  const get = (name: string): string => attribute(element, name);
  if (/(^|\s)nofollow(\s|$)/i.test(get('rel'))) return '';
  if (element.tagName === 'a' || element.tagName === 'area') return get('href');
  if (element.tagName === 'link' && /^(next|prev)$/i.test(get('rel'))) return get('href');
  if (element.tagName === 'iframe' || element.tagName === 'frame') return get('src') || get('data-src');
  return '';
}

function statedIn(json: string): string[] {
  const found: string[] = [];
  const walk = (value: unknown, key: string): void => {
    if (typeof value === 'string') {
      if (/^(image|contentUrl|thumbnailUrl|logo)$/.test(key)) found.push(value);
    } else if (Array.isArray(value)) for (const one of value) walk(one, key);
    else if (typeof value === 'object' && value !== null) {
      const node = value as Record<string, unknown>;
      for (const [name, one] of Object.entries(node)) {
        const isAddress = name === 'url' && (node['@type'] === 'ImageObject' || key === 'image');
        walk(one, isAddress ? 'contentUrl' : name);
      }
    }
  };
  try {
    walk(JSON.parse(json), '');
  } catch {
    // No JSON: it states nothing.
  }
  return found;
}

const urlsIn = (css: string): string[] =>
  [...css.matchAll(/url\(\s*(?:"([^"]*)"|'([^']*)'|([^)'"\s]*))\s*\)/g)].map(
    ([, a, b, c]) => a ?? b ?? c ?? '',
  );

function absolute(address: string, from: string): string | undefined {
  const text = address.trim();
  if (text === '' || !URL.canParse(text, from)) return undefined;
  const url = new URL(text, from);
  url.hash = '';
  url.search = '';
  return /^https?:$/.test(url.protocol) ? url.href : undefined;
}

function* elementsOf(root: Node): Generator<Element> {
  const waiting: Node[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if ('tagName' in node) yield node;
    if ('childNodes' in node) waiting.push(...[...node.childNodes].reverse());
  }
}

function ancestors(element: Element): Element[] {
  const above: Element[] = [];
  for (let node = element.parentNode; node !== null && 'tagName' in node; node = node.parentNode)
    above.push(node);
  return above;
}

const textOf = (element: Element): string =>
  element.childNodes.map((node) => ('value' in node ? node.value : '')).join('');

const attribute = (element: Element | undefined, name: string): string =>
  element?.attrs.find((one) => (one.prefix ? `${one.prefix}:${one.name}` : one.name) === name)?.value ?? '';

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , folder = '.', origin = 'https://site.example'] = process.argv;
  const { pages, named, exists } = countSite(join(folder), origin);
  const all = [...pages.values()].flat();
  const once = new Set(all.map(({ files }) => files.join(' ')));
  const missing = [...named].filter((url) => !exists(url)).length;
  process.stdout.write(
    `${pages.size} pages, ${all.length} pictures at ${once.size} places of files, ${named.size} files named, ${missing} of them missing\n`,
  );
}
