// JSON-LD: the pictures that it names, and what it says of them and of the page. Written by strangers: bounded in all.
import { readDate } from '../read-date.ts';
import { candidateOf, type Draft, type Find, isImageLink, isTemplate } from './finds.ts';
import type { Candidate } from './srcset.ts';
import { words } from './words.ts';

/** What a page says of all that it shows. */
export type PageFacts = Pick<Draft, 'publishedAt' | 'credit' | 'licence' | 'language'>;

export interface Statements {
  readonly finds: readonly Find[];
  readonly facts: PageFacts;
}

export const maxJsonLdLength = 1024 ** 2;
const maxDepth = 30;
const maxNodes = 20_000;
const maxFinds = 1000;

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const imageProperty =
  /^(image|images|photo|photos|primaryimageofpage|thumbnailurl|thumbnail|screenshot|logo)$/i;

export function readJsonLd(text: string): Statements {
  const reading = new Reading();
  const json = jsonOf(text);
  if (json !== undefined) reading.walk(json);
  return reading;
}

function jsonOf(text: string): unknown {
  if (text.length > maxJsonLdLength) return undefined;
  // Scripts that write it forget to escape line breaks, and put it into comments that no browser needs any more.
  const bare = text.replace(/[^ -\uffff]/g, ' ');
  const start = bare.search(/[[{]/);
  const end = Math.max(bare.lastIndexOf('}'), bare.lastIndexOf(']'));
  if (start < 0 || end < start) return undefined;
  try {
    return JSON.parse(bare.slice(start, end + 1));
  } catch {
    return undefined;
  }
}

class Reading implements Statements {
  readonly finds: Find[] = [];
  facts: PageFacts = {};
  #nodes = 0;

  walk(root: unknown): void {
    const waiting: { value: unknown; property: string; depth: number }[] = [
      { value: root, property: '', depth: 0 },
    ];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { value, property, depth } = next;
      if (++this.#nodes > maxNodes || depth > maxDepth) continue;
      if (typeof value === 'string') this.#address(value, property);
      else if (Array.isArray(value)) {
        for (const one of value.slice(0, maxNodes).reverse())
          waiting.push({ value: one, property, depth: depth + 1 });
      } else if (isNode(value)) {
        const taken = this.#node(value, property, depth);
        for (const [name, one] of Object.entries(value).slice(0, 1000).reverse()) {
          if (!taken.includes(name)) waiting.push({ value: one, property: name, depth: depth + 1 });
        }
      }
    }
  }

  /** The names of the properties that are dealt with. */
  #node(node: Node, property: string, depth: number): readonly string[] {
    const types = listOf(node['@type']);
    const isImage = types.includes('ImageObject') || types.includes('Photograph');
    if (!isImage && !imageProperty.test(property)) {
      if (depth <= 3) this.#facts(node);
      return [];
    }
    const content = firstText(node['contentUrl']);
    const url = firstText(node['url']) ?? textOf(node['@id']);
    const isKnown = content === undefined && url !== undefined && (isImageLink(url) || isTold(node, url));
    const address = content ?? (isKnown ? url : undefined);
    if (address === undefined) return [];
    const thumbnails = listOf(node['thumbnailUrl'] ?? node['thumbnail']).flatMap(addressOf);
    this.#add(address, property, thumbnails.slice(0, 10).map(candidateOf), imageDraft(node));
    return ['contentUrl', 'url', 'thumbnailUrl', 'thumbnail', 'image'];
  }

  #address(value: string, property: string): void {
    if (imageProperty.test(property)) this.#add(value, property, [], {});
  }

  #add(address: string, property: string, others: readonly Candidate[], draft: Draft): void {
    const isAddress =
      address.trim() !== '' && address.length < 4096 && !/^\s*(data|blob|#|_:)/i.test(address);
    if (!isAddress || isTemplate(address) || this.finds.length >= maxFinds) return;
    this.finds.push({
      candidates: [candidateOf(address)],
      others,
      draft,
      marks: { isDecoration: property.toLowerCase() === 'logo' },
      way: 'named',
    });
  }

  #facts(node: Node): void {
    const date = readDate(node['datePublished'] ?? node['uploadDate']);
    this.facts = {
      publishedAt: this.facts.publishedAt ?? date,
      credit: this.facts.credit ?? creditOf(node),
      licence: this.facts.licence ?? licenceOf(node['license']),
      language: this.facts.language ?? textOf(node['inLanguage']),
    };
  }
}

/** An address that says `url` of itself and has a size is one of a picture, whatever its name. */
const isTold = (node: Node, url: string): boolean =>
  node['url'] === url && (node['width'] !== undefined || node['@type'] === 'ImageObject');

const firstText = (value: unknown): string | undefined => listOf(value).map(textOf).find(Boolean);

function addressOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (!isNode(value)) return [];
  const address = firstText(value['contentUrl']) ?? firstText(value['url']);
  return address === undefined ? [] : [address];
}

const imageDraft = (node: Node): Draft => ({
  caption: words('caption', firstText(node['caption']) ?? firstText(node['description'])),
  publishedAt: readDate(node['datePublished'] ?? node['uploadDate']),
  credit: creditOf(node),
  licence: licenceOf(node['license']),
});

function creditOf(node: Node): string | undefined {
  const said = textOf(node['creditText']);
  if (said !== undefined) return words('credit', said);
  for (const name of ['creator', 'author', 'copyrightHolder']) {
    const names = listOf(node[name])
      .slice(0, 5)
      .flatMap((one) => (isNode(one) ? firstText(one['name']) : textOf(one)) ?? []);
    // Some give the address of a profile.
    const credit = words('credit', names.filter((one) => !/^https?:/i.test(one)).join(', '));
    if (credit !== undefined) return credit;
  }
  return undefined;
}

function licenceOf(value: unknown): string | undefined {
  const [first] = listOf(value);
  const said = isNode(first)
    ? (firstText(first['url']) ?? textOf(first['@id']) ?? firstText(first['name']))
    : textOf(first);
  return words('licence', said);
}
