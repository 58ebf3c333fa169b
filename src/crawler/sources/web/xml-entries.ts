// Streams XML from strangers: each entry of it as a small tree, and never more than an entry may have.
import { SaxesParser, type SaxesTagNS } from 'saxes';

export interface XmlNode {
  /** `image`, `media` and so on, by its namespace or else as its file calls it; empty for names without a prefix. */
  readonly space: string;
  /** In lower case. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlNode[];
  readonly text: string;
}

interface OpenNode extends XmlNode {
  readonly attributes: Map<string, string>;
  readonly children: XmlNode[];
  text: string;
}

export interface EntryOptions {
  /** Told the root's name. Throws where that is none that is read. */
  readonly onRoot: (name: string) => void;
  readonly isEntry: (name: string) => boolean;
  readonly onEntry: (entry: XmlNode) => void;
}

/** Nothing after this is read. */
export class StopError extends Error {}

const maxDepth = 40;
const maxNodes = 20_000;
const maxText = 8_192;
const maxFaults = 1_000;

const spaces: readonly (readonly [RegExp, string])[] = [
  [/schemas\/sitemap-image\//i, 'image'],
  [/\/mrss\/?$/i, 'media'],
];

const bareAmpersand = /&(?!(?:[a-z]{2,8}|#\d{1,7}|#x[\da-f]{1,6});)/gi;
const longestEntity = 12;

/** Takes XML that is not well-formed for what it can be read as: many sites write `&` as it is. */
export class XmlEntries {
  readonly #parser = new SaxesParser({
    xmlns: true,
    position: false,
    // Many write `image:loc` without saying whose it is.
    resolvePrefix: (prefix: string) => `undeclared:${prefix}`,
  });
  readonly #options: EntryOptions;
  readonly #open: OpenNode[] = [];
  /** What may be the first half of an entity. */
  #tail = '';
  #depth = 0;
  #nodes = 0;
  #faults = 0;
  #hasRoot = false;
  #isWhole = false;
  /** Of the first thing that is not as XML is. */
  fault: string | undefined;

  constructor(options: EntryOptions) {
    this.#options = options;
    const parser = this.#parser;
    parser.on('error', ({ message }) => this.#failed(message));
    parser.on('doctype', (text) => {
      // Nothing of it would be followed; who needs entities means to have them expanded.
      if (text.includes('[')) throw new StopError('it declares entities, which are not read');
    });
    parser.on('opentag', (tag) => this.#begin(tag as SaxesTagNS));
    parser.on('closetag', () => this.#end());
    parser.on('text', (text) => this.#add(text));
    parser.on('cdata', (text) => this.#add(text));
  }

  write(text: string): void {
    const all = this.#tail + text;
    const last = all.lastIndexOf('&');
    const isHalf = last !== -1 && all.length - last < longestEntity && !all.includes(';', last);
    const end = isHalf ? last : all.length;
    this.#tail = all.slice(end);
    // The parser takes all up to the next semicolon for an entity's name.
    this.#parser.write(all.slice(0, end).replace(bareAmpersand, '&amp;'));
  }

  /** Whether it came to the end of its root. */
  close(): boolean {
    this.#parser.write(this.#tail.replace(bareAmpersand, '&amp;')).close();
    return this.#isWhole;
  }

  #failed(message: string): void {
    this.fault ??= message;
    if (++this.#faults > maxFaults) throw new StopError(`it is no XML: ${this.fault}`);
  }

  #begin(tag: SaxesTagNS): void {
    const name = tag.local.toLowerCase();
    // A stray end closes all that is open: what follows is still read.
    if (++this.#depth === 1) this.#isWhole = false;
    if (!this.#hasRoot) this.#options.onRoot(name);
    this.#hasRoot = true;
    if (this.#depth > maxDepth) throw new StopError(`it is nested deeper than ${maxDepth}`);
    const parent = this.#open.at(-1);
    if (parent === undefined && !this.#options.isEntry(name)) return;
    if (++this.#nodes > maxNodes) throw new StopError(`an entry has more than ${maxNodes} elements`);
    const attributes = Object.values(tag.attributes).map(
      ({ local, value }) => [local.toLowerCase(), value] as const,
    );
    const space = spaces.find(([uri]) => uri.test(tag.uri))?.[1] ?? tag.prefix.toLowerCase();
    const node = { space, name, attributes: new Map(attributes), children: [], text: '' };
    parent?.children.push(node);
    this.#open.push(node);
  }

  #add(text: string): void {
    const node = this.#open.at(-1);
    if (node !== undefined && node.text.length < maxText) node.text += text.slice(0, maxText);
  }

  #end(): void {
    if (--this.#depth === 0) this.#isWhole = true;
    const node = this.#open.pop();
    if (node === undefined || this.#open.length > 0) return;
    this.#nodes = 0;
    this.#options.onEntry(node);
  }
}

export const childrenOf = ({ children }: XmlNode, name: string, space = ''): readonly XmlNode[] =>
  children.filter((child) => child.name === name && child.space === space);

/**
 * The text of the first child of that name, trimmed; undefined where there is none, or nothing in it. Escapes within CDATA
 * are a common mistake.
 */
export function textOf(node: XmlNode, name: string, space = ''): string | undefined {
  const text = childrenOf(node, name, space)[0]?.text.replaceAll('&amp;', '&').trim();
  return text === undefined || text === '' ? undefined : text;
}
