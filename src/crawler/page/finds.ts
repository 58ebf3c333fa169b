// What a page has been found to show and to lead to, as it is written there: addresses are resolved at its end.
import type { PageContext } from '../../record.ts';
import { isImageUrl } from '../image-url.ts';
import { normaliseUrl } from '../normalise-url.ts';
import type { Candidate } from './srcset.ts';

/** The words of an image while more of them may come. Its link is as written. */
export type Draft = { -readonly [F in keyof PageContext]?: PageContext[F] | undefined };

/** What the markup says of a picture's size and purpose. */
export interface Marks {
  /** Pixels, as attributes or an inline style declare them. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Classes and id: people name logos for what they are. */
  readonly names?: string | undefined;
  readonly isDecoration?: boolean;
}

/** One picture at one place of the page. */
export interface Find {
  /** Files that it may be shown by: the best of them is its location. */
  candidates: readonly Candidate[];
  /** Other files of it. */
  others: readonly Candidate[];
  /** What stands in its place until a script has loaded it: a file of it only where it stands for no other. */
  readonly placeholder?: string | undefined;
  /** What a link to it shows: a file of it only where it leads to no other picture. */
  readonly thumbnail?: Find;
  readonly draft: Draft;
  readonly marks: Marks;
  /** How the page has it: what it shows says more of it than what it only names. */
  readonly way: Way;
}
export type Way = 'shown' | 'linked' | 'named' | 'background';

const maxFinds = 10_000;
const maxLinks = 20_000;
const maxAddressLength = 4096;

export const candidateOf = (url: string): Candidate => ({ url, width: null, density: 1 });

/** An address that is no name: licences are said in both ways. */
export const licenceAddress = (href: string): string =>
  /^([a-z][a-z\d+.-]*:|\/)/i.test(href) ? href : `./${href}`;

/** Addresses that a script would have filled in: `{width}`, `{{ image }}`, `<%= src %>`. */
export const isTemplate = (address: string): boolean => /\{[\w{%$"']|<%|\$\{|%7B%7B/i.test(address);

/** Whether the address of a link is one of a picture, whatever the page's base. */
export function isImageLink(href: string): boolean {
  const url = normaliseUrl(href, 'http://base.invalid/');
  return url !== undefined && isImageUrl(url);
}

export class PageFinds {
  readonly #finds = new Set<Find>();
  readonly #links = new Set<string>();
  /** Addresses that the page names as its icons. */
  readonly icons = new Set<string>();
  /** True where something had no room. */
  isFull = false;

  add(find: Find): Find {
    if (this.#finds.size < maxFinds) this.#finds.add(find);
    else this.isFull = true;
    return find;
  }

  /** It has become a file of another. */
  withdraw(find: Find): void {
    this.#finds.delete(find);
  }

  icon(address: string): void {
    if (this.icons.size < maxLinks) this.icons.add(address);
  }

  link(href: string | undefined): void {
    const address = href?.trim().replace(/#.*$/s, '') ?? '';
    if (address === '' || address.length > maxAddressLength || isTemplate(address)) return;
    if (this.#links.size < maxLinks) this.#links.add(address);
    else if (!this.#links.has(address)) this.isFull = true;
  }

  finds(): Iterable<Find> {
    return this.#finds;
  }

  /** Normalised, each once, none of a picture. */
  links(base: string): string[] {
    const urls = new Set<string>();
    for (const address of this.#links) {
      const url = normaliseUrl(address, base);
      if (url !== undefined && !isImageUrl(url)) urls.add(url);
    }
    return [...urls];
  }
}
