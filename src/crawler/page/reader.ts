// Follows the elements of a page as they open and close, and hands each to what finds something in it.
import { normaliseUrl } from '../normalise-url.ts';
import { noDirectives, type RobotsDirectives, robotsDirectives } from '../robots-directives.ts';
import { Backgrounds } from './backgrounds.ts';
import type { Sheet } from './css.ts';
import { type Draft, type Find, licenceAddress, PageFinds } from './finds.ts';
import { Frames } from './frames.ts';
import { Head } from './head.ts';
import { maxJsonLdLength, type PageFacts, readJsonLd } from './json-ld.ts';
import { Languages } from './languages.ts';
import { lazyPicture } from './lazy.ts';
import { Links } from './links.ts';
import { marksOf, type PageRules } from './marks.ts';
import { Outline } from './outline.ts';
import { Pictures } from './pictures.ts';
import { type PageImage, resolveFinds } from './resolve.ts';
import { Words, words } from './words.ts';

export type Attributes = Readonly<Record<string, string>>;

export interface PageContents {
  readonly title: string | null;
  /** Each once, in the page's order. */
  readonly images: readonly PageImage[];
  /** Normalised, each once: pages and whatever else, never images by their extension. */
  readonly links: readonly string[];
  /** Normalised, each once. */
  readonly feeds: readonly string[];
  /** True where it was not read to its end. */
  readonly isCut: boolean;
  /** What its meta tags ask for. */
  readonly directives: RobotsDirectives;
}

const silent = ['script', 'style', 'noscript', 'template', 'svg', 'textarea'];
/** The parser's time for one element grows with the number of open ones, so a page of unclosed ones would hold us up. */
const maxDepth = 1000;

export class PageReader {
  readonly #url: string;
  readonly #agent: string;
  readonly #finds = new PageFinds();
  readonly #outline = new Outline();
  readonly #frames = new Frames();
  readonly #languages = new Languages();
  readonly #links = new Links(this.#finds);
  readonly #head: Head;
  readonly #pictures: Pictures;
  readonly #backgrounds: Backgrounds;
  #base: string | undefined;
  #title: Words | undefined;
  #isTitleOpen = false;
  #silence = 0;
  #depth = 0;
  isTooDeep = false;
  /** The JSON-LD that is being read. */
  #json: string | undefined;
  #jsonFacts: PageFacts = {};

  constructor(url: string, agent: string) {
    this.#url = url;
    this.#agent = agent;
    this.#head = new Head(this.#finds, agent);
    const around = () => this.#around();
    this.#pictures = new Pictures(around, (find) => this.#show(find));
    this.#backgrounds = new Backgrounds(around, (find) => this.#finds.add(find));
  }

  open(name: string, attributes: Attributes): void {
    this.#depth++;
    if (this.#depth > maxDepth) this.isTooDeep = true;
    if (silent.includes(name)) this.#silence++;
    this.#languages.open(this.#depth, attributes);
    this.#outline.open(name, attributes);
    this.#openElement(name, attributes);
    this.#backgrounds.open(name, attributes);
  }

  text(text: string): void {
    if (this.#isTitleOpen) this.#title?.add(text);
    if (this.#json !== undefined && this.#json.length <= maxJsonLdLength) this.#json += text;
    this.#backgrounds.text(text);
    if (this.#silence > 0) return;
    this.#outline.text(text);
    this.#links.text(text);
    this.#frames.text(text);
  }

  close(name: string): void {
    this.#languages.close(this.#depth);
    this.#depth--;
    if (silent.includes(name) && this.#silence > 0) this.#silence--;
    this.#outline.close(name);
    this.#backgrounds.close(name);
    if (name === 'title') this.#isTitleOpen = false;
    else if (name === 'picture') this.#pictures.closePicture();
    else if (name === 'a') this.#links.close((find) => this.#keep(find));
    else if (name === 'figure') this.#frames.closeFigure();
    else if (name === 'figcaption') this.#frames.closeCaption();
    else if (name === 'article') this.#frames.closeArticle();
    else if (name === 'script') this.#closeScript();
  }

  /** Normalised addresses of the style sheets that it links, and the text of its own. */
  sheets(): { readonly linked: readonly string[]; readonly own: string; readonly base: string } {
    const base = this.#baseUrl();
    const linked = [...this.#head.sheets].flatMap((address) => normaliseUrl(address, base) ?? []);
    return { linked: [...new Set(linked)], own: this.#backgrounds.styles(), base };
  }

  /** `sheets`: those that it is painted with. `facts`: what is known of the page besides. */
  async view(
    sheets: readonly Sheet[],
    facts: PageFacts,
    rules: PageRules,
    breathe: () => Promise<void>,
  ): Promise<PageContents> {
    this.#pictures.closePicture();
    this.#links.close((find) => this.#keep(find));
    this.#frames.end();
    for (const sheet of sheets) for (const find of this.#backgrounds.shownOf(sheet)) this.#finds.add(find);
    const title = this.#title?.text();
    const { directives, facts: said } = this.#head;
    const base = this.#baseUrl();
    const images = await resolveFinds(this.#finds.finds(), {
      page: normaliseUrl(this.#url),
      base,
      rules,
      title,
      facts: {
        publishedAt: said.publishedAt ?? this.#jsonFacts.publishedAt ?? facts.publishedAt,
        language: said.language ?? facts.language ?? this.#jsonFacts.language,
        credit: this.#jsonFacts.credit ?? said.credit,
        licence: said.licence ?? this.#jsonFacts.licence,
      },
      icons: this.#finds.icons,
      breathe,
    });
    return {
      title: title ?? null,
      images,
      links: this.#finds.links(base),
      feeds: [...new Set([...this.#head.feeds].flatMap((href) => normaliseUrl(href, base) ?? []))],
      isCut: this.isTooDeep || this.#finds.isFull,
      directives: directives.length === 0 ? noDirectives : robotsDirectives(directives, this.#agent),
    };
  }

  #openElement(name: string, attributes: Attributes): void {
    const open = Object.hasOwn(this.#openers, name) ? this.#openers[name] : undefined;
    if (open === undefined) this.#openOther(attributes);
    else open(attributes);
  }

  readonly #openers: Readonly<Record<string, (attributes: Attributes) => void>> = {
    img: (attributes) => this.#pictures.image(attributes),
    picture: () => this.#pictures.openPicture(),
    source: (attributes) => this.#pictures.openSource(attributes),
    a: (attributes) => this.#openAnchor(attributes),
    area: (attributes) => this.#links.page(attributes),
    figure: () => this.#frames.openFigure(),
    figcaption: () => this.#frames.openCaption(),
    article: () => this.#frames.openArticle(),
    time: ({ datetime }) => this.#frames.time(datetime?.slice(0, 100)),
    meta: (attributes) => this.#head.meta(attributes),
    link: (attributes) => this.#head.link(attributes),
    // The first counts for all addresses, also for those before it.
    base: ({ href }) => {
      this.#base ??= href;
    },
    title: () => this.#openTitle(),
    script: ({ type = '' }) => {
      if (/^\s*application\/ld\+json/i.test(type)) this.#json = '';
    },
    video: ({ src: _, 'data-src': __, ...attributes }) =>
      this.#pictures.single(attributes['poster'] ?? attributes['data-poster'], attributes),
    input: (attributes) => {
      if (/^\s*image\s*$/i.test(attributes['type'] ?? ''))
        this.#pictures.single(attributes['src'], attributes);
    },
    // Within a drawing; elsewhere browsers take it for an img.
    image: ({ href, 'xlink:href': older, src }) => this.#pictures.single(href ?? older ?? src, {}),
    object: (attributes) => this.#pictures.object(attributes),
    embed: (attributes) => this.#pictures.object(attributes),
    iframe: ({ src, 'data-src': lazy }) => this.#links.page({ href: src ?? lazy ?? '' }),
    frame: ({ src = '' }) => this.#links.page({ href: src }),
  };

  #openAnchor(attributes: Attributes): void {
    if (hasRel(attributes, 'license')) this.#licence(attributes['href'] ?? '');
    this.#links.open(attributes, this.#around(), (find) => this.#keep(find));
  }

  /** Galleries that are made by scripts keep their pictures in attributes of elements that show nothing. */
  #openOther(attributes: Attributes): void {
    const lazy = lazyPicture(attributes);
    if (lazy === undefined) return;
    const alt = words('alt', attributes['aria-label']) ?? words('alt', attributes['title']);
    const draft = { ...this.#around(), alt };
    this.#show({ ...lazy, draft, marks: marksOf(attributes), way: 'shown' });
  }

  #baseUrl(): string {
    return (this.#base === undefined ? undefined : normaliseUrl(this.#base, this.#url)) ?? this.#url;
  }

  #openTitle(): void {
    if (this.#silence > 0 || this.#title !== undefined) return;
    this.#title = new Words('title');
    this.#isTitleOpen = true;
  }

  #licence(href: string): void {
    const licence = words('licence', licenceAddress(href));
    if (licence !== undefined && !this.#frames.licence(licence)) this.#head.facts.licence ??= licence;
  }

  #closeScript(): void {
    const text = this.#json;
    this.#json = undefined;
    if (text === undefined) return;
    const { finds, facts } = readJsonLd(text);
    for (const find of finds) this.#finds.add(find);
    for (const [name, value] of Object.entries(facts)) this.#jsonFacts[name as keyof PageFacts] ??= value;
  }

  #show(find: Find): void {
    this.#keep(find);
    this.#links.shows(find);
  }

  #keep(find: Find): void {
    this.#frames.add(this.#finds.add(find).draft);
  }

  #around(): Draft {
    return {
      heading: this.#outline.heading(),
      section: this.#outline.section(),
      link: this.#links.href(),
      language: this.#languages.current(),
    };
  }
}

const hasRel = ({ rel = '' }: Attributes, name: string): boolean =>
  rel.toLowerCase().split(/\s+/).includes(name);
