// What a page has been found to show and to lead to, each once, and no more than a page can mean.
import type { PageContext } from '../../record.ts';
import { isImageUrl } from '../image-url.ts';
import { normaliseUrl } from '../normalise-url.ts';
import type { RobotsDirectives } from '../robots-directives.ts';

export interface PageImage {
  /** Normalised. */
  readonly url: string;
  readonly context: PageContext;
}

export interface PageContents {
  readonly title: string | null;
  /** Each once, in the page's order. */
  readonly images: readonly PageImage[];
  /** Normalised, each once: pages and whatever else, never images by their extension. */
  readonly links: readonly string[];
  /** True where it was not read to its end. */
  readonly isCut: boolean;
  /** What its meta tags ask for. */
  readonly directives: RobotsDirectives;
}

/** The words of an image while more of them may come. */
export type Draft = { -readonly [F in keyof PageContext]: string | undefined };

const maxImages = 10_000;
const maxLinks = 20_000;

export class PageFinds {
  readonly #page: string | undefined;
  readonly #images = new Map<string, Draft>();
  readonly #links = new Set<string>();
  /** True where something had no room. */
  isFull = false;

  constructor(page: string) {
    this.#page = normaliseUrl(page);
  }

  /** An image that is shown twice has the words of both places, the first one's before the second's. */
  image(url: string, draft: Draft): Draft {
    // An empty address that a tool resolved: the page itself, which is no image.
    if (url === this.#page) return draft;
    const known = this.#images.get(url);
    if (known !== undefined) {
      for (const [field, value] of Object.entries(draft)) known[field as keyof PageContext] ??= value;
      return known;
    }
    if (this.#images.size < maxImages) this.#images.set(url, draft);
    else this.isFull = true;
    return draft;
  }

  link(url: string): void {
    if (isImageUrl(url) || this.#links.has(url)) return;
    if (this.#links.size < maxLinks) this.#links.add(url);
    else this.isFull = true;
  }

  images(title: string | undefined): PageImage[] {
    return [...this.#images].map(([url, draft]) => ({ url, context: context({ ...draft, title }) }));
  }

  links(): string[] {
    return [...this.#links];
  }
}

const context = (draft: Draft): PageContext =>
  Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined)) as PageContext;
