// What a page says of itself in its head: shared pictures, icons, style sheets, date, author, licence, wishes.
import { readDate } from '../read-date.ts';
import { candidateOf, type Find, isTemplate, licenceAddress, type PageFinds } from './finds.ts';
import type { PageFacts } from './json-ld.ts';
import { languageTag } from './languages.ts';
import { srcsetCandidates } from './srcset.ts';
import { words } from './words.ts';

type Attributes = Readonly<Record<string, string>>;

const sharedImage = /^(og:image(:(url|secure_url))?|twitter:image(:src)?|thumbnail|image|thumbnailurl)$/;
const dates =
  /^(article:published_time|og:published_time|date|pubdate|publish-?date|datepublished|dc\.date(\.issued)?|dcterms\.(date|created|issued)|parsely-pub-date)$/;
const authors = /^(author|article:author|dc\.creator|dcterms\.creator|parsely-author)$/;
const maxSheets = 20;
const maxFeeds = 5;
const feedType = /^\s*application\/(rss|atom)\+xml\b/i;

export class Head {
  readonly #finds: PageFinds;
  readonly #agent: string;
  /** og:image and its like, with the alt text and the other addresses that follow. */
  #shared: Find | undefined;
  /** The contents of the meta tags for robots. */
  readonly directives: string[] = [];
  /** Addresses of style sheets, as written. */
  readonly sheets = new Set<string>();
  /** Addresses of feeds, as written. */
  readonly feeds = new Set<string>();
  facts: PageFacts = {};

  constructor(finds: PageFinds, agent: string) {
    this.#finds = finds;
    this.#agent = agent;
  }

  meta(attributes: Attributes): void {
    const { content = '', property, itemprop } = attributes;
    const name = (attributes['name'] ?? property ?? itemprop ?? '').trim().toLowerCase();
    if (name === 'robots' || name === this.#agent) this.directives.push(content);
    // Any tag may be called `image`; one with itemprop means it.
    else if (sharedImage.test(name) && (name !== 'image' || itemprop !== undefined))
      this.#share(name, content);
    else if (name === 'og:image:alt' || name === 'twitter:image:alt') {
      if (this.#shared !== undefined) this.#shared.draft.alt ??= words('alt', content);
    } else if (dates.test(name)) this.#fact({ publishedAt: readDate(content) });
    else if (authors.test(name) && !/^\s*https?:/i.test(content))
      this.#fact({ credit: words('credit', content) });
    else if (name === 'dcterms.license') this.#fact({ licence: words('licence', content) });
    else this.#pragma(attributes['http-equiv']?.trim().toLowerCase(), content);
  }

  link(attributes: Attributes): void {
    const {
      href = '',
      rel = '',
      itemprop = '',
      as = '',
      media = '',
      imagesrcset = '',
      type = '',
    } = attributes;
    const rels = rel.toLowerCase().split(/\s+/);
    const is = (name: string): boolean => rels.includes(name);
    if (is('image_src') || /^(image|thumbnailurl)$/i.test(itemprop)) this.#name(href, '');
    else if (is('preload') && as.toLowerCase() === 'image') this.#name(href, imagesrcset);
    else if (rels.some((name) => /^(icon|apple-touch-icon(-precomposed)?|mask-icon)$/.test(name)))
      this.#finds.icon(href.trim());
    else if (is('stylesheet') || (is('preload') && as.toLowerCase() === 'style')) {
      const isPainted =
        !is('alternate') && !/^\s*print\s*$/i.test(media) && attributes['disabled'] === undefined;
      if (isPainted && href.trim() !== '' && this.sheets.size < maxSheets) this.sheets.add(href.trim());
    } else if (is('license')) this.#fact({ licence: words('licence', licenceAddress(href)) });
    else if (is('alternate') && feedType.test(type)) this.#feed(href);
    else if ((is('next') || is('prev')) && !is('nofollow')) this.#finds.link(href);
  }

  #feed(href: string): void {
    if (href.trim() !== '' && this.feeds.size < maxFeeds) this.feeds.add(href.trim());
  }

  #pragma(pragma: string | undefined, content: string): void {
    if (pragma === 'refresh') this.#finds.link(/url\s*=\s*["']?([^"']+)/i.exec(content)?.[1]);
    else if (pragma === 'content-language') this.#fact({ language: languageTag(content) });
  }

  /** What is said first counts. */
  #fact(fact: PageFacts): void {
    for (const [name, value] of Object.entries(fact)) this.facts[name as keyof PageFacts] ??= value;
  }

  #share(name: string, content: string): void {
    if (content.trim() === '' || isTemplate(content)) return;
    const isSame = /^og:image:/.test(name) && this.#shared !== undefined;
    if (!isSame) this.#shared = this.#name(content, '');
    // The same picture by https.
    else if (this.#shared !== undefined && this.#shared.others.length < 5)
      this.#shared.others = [...this.#shared.others, candidateOf(content)];
  }

  #name(href: string, srcset: string): Find {
    const sized = srcsetCandidates(srcset);
    const plain = href.trim() === '' || isTemplate(href) ? [] : [candidateOf(href)];
    const candidates = sized.length === 0 ? plain : sized;
    return this.#finds.add({ candidates, others: plain, draft: {}, marks: {}, way: 'named' });
  }
}
