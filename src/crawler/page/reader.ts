// Follows the elements of a page as they open and close, and keeps what they show with the words around it.
import { isImageUrl } from '../image-url.ts';
import { normaliseUrl } from '../normalise-url.ts';
import { noDirectives, robotsDirectives } from '../robots-directives.ts';
import { type Draft, type PageContents, PageFinds } from './finds.ts';
import { Outline } from './outline.ts';
import { bestCandidate, type Candidate, srcCandidate, srcsetCandidates } from './srcset.ts';
import { Words, words } from './words.ts';

type Attributes = Readonly<Record<string, string>>;

interface Anchor {
  readonly href: string | undefined;
  readonly isFollowed: boolean;
  readonly text: Words;
  /** What the image within it shows is what a linked image shows. */
  alt: string | undefined;
  readonly at: Draft;
}

interface Figure {
  readonly drafts: Draft[];
  readonly caption: Words;
  hasCaption: boolean;
}

interface Picture {
  readonly sources: Candidate[];
  img: Attributes | undefined;
}

const describedTypes = /^image\/(jpe?g|pjpeg|png|x-png|webp|gif|avif|tiff)\s*(;|$)/i;
const silent = ['script', 'style', 'noscript', 'template', 'svg', 'textarea'];
/** The parser's time for one element grows with the number of open ones, so a page of unclosed ones would hold us up. */
const maxDepth = 1000;

export class PageReader {
  readonly #agent: string;
  readonly #finds: PageFinds;
  #base: string;
  #hasBase = false;
  readonly #outline = new Outline();
  readonly #directives: string[] = [];
  readonly #figures: Figure[] = [];
  #title: Words | undefined;
  #isTitleOpen = false;
  #silence = 0;
  #depth = 0;
  isTooDeep = false;
  #inCaption = 0;
  #anchor: Anchor | undefined;
  #picture: Picture | undefined;
  /** og:image and its like, with the alt text that follows. */
  #shared: Draft | undefined;

  constructor(url: string, agent: string) {
    this.#base = url;
    this.#finds = new PageFinds(url);
    this.#agent = agent;
  }

  open(name: string, attributes: Attributes): void {
    this.#depth++;
    if (this.#depth > maxDepth) this.isTooDeep = true;
    if (silent.includes(name)) this.#silence++;
    this.#outline.open(name, attributes);
    openers[name]?.(this, attributes);
  }

  text(text: string): void {
    if (this.#isTitleOpen) this.#title?.add(text);
    if (this.#silence > 0) return;
    this.#outline.text(text);
    this.#anchor?.text.add(text);
    if (this.#inCaption > 0) this.#figures.at(-1)?.caption.add(text);
  }

  close(name: string): void {
    this.#depth--;
    if (silent.includes(name) && this.#silence > 0) this.#silence--;
    this.#outline.close(name);
    if (name === 'title') this.#isTitleOpen = false;
    else if (name === 'picture') this.closePicture();
    else if (name === 'a') this.closeAnchor();
    else if (name === 'figure') this.closeFigure();
    else if (name === 'figcaption' && this.#inCaption > 0) this.#inCaption--;
  }

  view(): PageContents {
    this.closePicture();
    this.closeAnchor();
    while (this.#figures.length > 0) this.closeFigure();
    const title = this.#title?.text();
    const directives =
      this.#directives.length === 0 ? noDirectives : robotsDirectives(this.#directives, this.#agent);
    return {
      title: title ?? null,
      images: this.#finds.images(title),
      links: this.#finds.links(),
      isCut: this.isTooDeep || this.#finds.isFull,
      directives,
    };
  }

  openBase({ href }: Attributes): void {
    if (this.#hasBase || href === undefined) return;
    this.#hasBase = true;
    this.#base = normaliseUrl(href, this.#base) ?? this.#base;
  }

  openTitle(): void {
    if (this.#silence > 0 || this.#title !== undefined) return;
    this.#title = new Words('title');
    this.#isTitleOpen = true;
  }

  openMeta(attributes: Attributes): void {
    const name = (attributes['name'] ?? attributes['property'] ?? '').trim().toLowerCase();
    const content = attributes['content'] ?? '';
    if (name === 'robots' || name === this.#agent) this.#directives.push(content);
    else if (/^(og:image(:(url|secure_url))?|twitter:image(:src)?)$/.test(name)) this.#share(content);
    else if (name === 'og:image:alt' || name === 'twitter:image:alt') {
      if (this.#shared !== undefined) this.#shared.alt ??= words('alt', content);
    } else if (attributes['http-equiv']?.trim().toLowerCase() === 'refresh') {
      this.#link(/url\s*=\s*["']?([^"']+)/i.exec(content)?.[1]);
    }
  }

  openAnchor(attributes: Attributes): void {
    // A link in a link ends the first.
    this.closeAnchor();
    const { href, rel = '' } = attributes;
    const isFollowed = !/(^|\s)nofollow(\s|$)/i.test(rel);
    this.#anchor = { href, isFollowed, text: new Words('caption'), alt: undefined, at: this.#around() };
  }

  closeAnchor(): void {
    const anchor = this.#anchor;
    this.#anchor = undefined;
    if (anchor?.href === undefined) return;
    const url = normaliseUrl(anchor.href, this.#base);
    if (url === undefined) return;
    if (isImageUrl(url)) this.#add(url, { ...anchor.at, alt: anchor.alt, caption: anchor.text.text() });
    else if (anchor.isFollowed) this.#link(anchor.href);
  }

  openArea({ href, rel = '' }: Attributes): void {
    if (!/(^|\s)nofollow(\s|$)/i.test(rel)) this.#link(href);
  }

  openFigure(): void {
    this.#figures.push({ drafts: [], caption: new Words('caption'), hasCaption: false });
  }

  openCaption(): void {
    const figure = this.#figures.at(-1);
    if (figure === undefined) return;
    figure.hasCaption = true;
    this.#inCaption++;
  }

  closeFigure(): void {
    const figure = this.#figures.pop();
    if (figure === undefined) return;
    this.#inCaption = 0;
    const caption = figure.hasCaption ? figure.caption.text() : undefined;
    if (caption !== undefined) for (const draft of figure.drafts) draft.caption = caption;
  }

  openPicture(): void {
    this.closePicture();
    this.#picture = { sources: [], img: undefined };
  }

  openSource({ srcset = '', type }: Attributes): void {
    if (this.#picture === undefined || (type !== undefined && !describedTypes.test(type.trim()))) return;
    this.#picture.sources.push(...srcsetCandidates(srcset));
  }

  openImage(attributes: Attributes): void {
    if (this.#picture !== undefined && this.#picture.img === undefined) this.#picture.img = attributes;
    else this.#show(attributes, []);
  }

  closePicture(): void {
    const picture = this.#picture;
    this.#picture = undefined;
    if (picture !== undefined) this.#show(picture.img ?? {}, picture.sources);
  }

  /** One location of an img, and of the sources around it. Of equals the img's own: every browser can show it. */
  #show(img: Attributes, sources: readonly Candidate[]): void {
    const own = srcsetCandidates(img['srcset'] ?? '');
    const hasPlain = own.some(({ width, density }) => width !== null || density === 1);
    const src = hasPlain ? [] : srcCandidate(img['src']);
    const chosen = bestCandidate([...src, ...own, ...sources]);
    const url = chosen && normaliseUrl(chosen.url, this.#base);
    if (url === undefined) return;
    const alt = words('alt', img['alt']);
    if (this.#anchor !== undefined) this.#anchor.alt ??= alt;
    this.#add(url, { ...this.#around(), alt });
  }

  #share(content: string): void {
    const url = normaliseUrl(content, this.#base);
    this.#shared = url === undefined ? undefined : this.#add(url, {});
  }

  #around(): Draft {
    const href = this.#anchor?.href;
    const link = href === undefined ? undefined : normaliseUrl(href, this.#base);
    return { heading: this.#outline.heading(), section: this.#outline.section(), link };
  }

  #add(url: string, draft: Draft): Draft {
    const kept = this.#finds.image(url, draft);
    this.#figures.at(-1)?.drafts.push(kept);
    return kept;
  }

  #link(href: string | undefined): void {
    const url = href === undefined ? undefined : normaliseUrl(href, this.#base);
    if (url !== undefined) this.#finds.link(url);
  }
}

const openers: Readonly<Record<string, (page: PageReader, attributes: Attributes) => void>> = {
  base: (page, attributes) => page.openBase(attributes),
  title: (page) => page.openTitle(),
  meta: (page, attributes) => page.openMeta(attributes),
  a: (page, attributes) => page.openAnchor(attributes),
  area: (page, attributes) => page.openArea(attributes),
  figure: (page) => page.openFigure(),
  figcaption: (page) => page.openCaption(),
  picture: (page) => page.openPicture(),
  source: (page, attributes) => page.openSource(attributes),
  img: (page, attributes) => page.openImage(attributes),
};
