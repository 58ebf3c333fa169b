// From finds as they are written to images with addresses: each once, with its words, its other files, and why it is
// not fetched where the page says enough to know.
import { createHash } from 'node:crypto';
import type { PageContext, Variant } from '../../record.ts';
import { normaliseUrl } from '../normalise-url.ts';
import { type Draft, type Find, isTemplate, type Way } from './finds.ts';
import type { PageFacts } from './json-ld.ts';
import { type PageRules, type PageSkip, skipOf } from './marks.ts';
import { bestCandidate, type Candidate } from './srcset.ts';

export interface PageImage {
  /** Normalised; of a picture without an address what stands for it. */
  readonly url: string;
  readonly context: PageContext;
  readonly variants?: readonly Variant[];
  readonly skip?: PageSkip;
}

export interface Resolving {
  /** Normalised. */
  readonly page: string | undefined;
  /** What addresses are relative to. */
  readonly base: string;
  readonly rules: PageRules;
  readonly title: string | undefined;
  readonly facts: PageFacts;
  /** Addresses that the page names as its icons, as written. */
  readonly icons: ReadonlySet<string>;
  readonly breathe: () => Promise<void>;
}

/** One image, while more of the page may be about it. */
interface Entry {
  readonly url: string;
  readonly files: Map<string, Variant>;
  readonly drafts: { readonly draft: Draft; readonly way: Way }[];
  /** Why each of its places on the page would leave it out. */
  readonly skips: (PageSkip | undefined)[];
}

const maxVariants = 20;
const maxEmbedded = 100;
const maxUrls = 20_000;
const breathEvery = 50;
const ways: readonly Way[] = ['shown', 'linked', 'named', 'background'];

export async function resolveFinds(finds: Iterable<Find>, resolving: Resolving): Promise<PageImage[]> {
  const resolution = new Resolution(resolving);
  const all = [...finds];
  for (const step of ['notice', 'take'] as const) {
    for (const [index, find] of all.entries()) {
      resolution[step](find);
      if (index % breathEvery === breathEvery - 1) await resolving.breathe();
    }
  }
  return resolution.images();
}

class Resolution {
  readonly #given: Resolving;
  readonly #entries = new Map<string, Entry>();
  readonly #icons: ReadonlySet<string | undefined>;
  /** What each placeholder and each thumbnail stands for. */
  readonly #standsFor = new Map<string, Set<string | undefined>>();
  /** Pages name the same files again and again. */
  readonly #urls = new Map<string, string | null>();
  #embedded = 0;
  #blobs = 0;

  constructor(given: Resolving) {
    this.#given = given;
    this.#icons = new Set([...given.icons].map((address) => normaliseUrl(address, given.base)));
  }

  notice(find: Find): void {
    for (const stand of this.#stands(find)) {
      const known = this.#standsFor.get(stand) ?? new Set();
      this.#standsFor.set(stand, known.add(this.#bestOf(find.candidates)?.url));
    }
  }

  take(find: Find): void {
    const { thumbnail } = find;
    const own = thumbnail && this.#bestOf(thumbnail.candidates)?.url;
    // One that leads to several pictures is a button, and a picture in its own right.
    if (thumbnail !== undefined && (own === undefined || this.#isShared(own))) this.take(thumbnail);
    const others = this.#resolved(find.others);
    const best =
      this.#bestOf(find.candidates) ?? bestCandidate(others) ?? this.#resolvedOne(find.placeholder);
    if (best === undefined) {
      this.#embed(find);
      return;
    }
    const files = [...this.#resolved(find.candidates), ...others, ...this.#filesOf(find)];
    const { url } = best;
    const entry = this.#entry(url);
    for (const { url: file, width } of files) {
      if (file === url || entry.files.size >= maxVariants || entry.files.has(file)) continue;
      entry.files.set(file, { url: file, ...(width === null ? {} : { width }) });
    }
    const widest = files.reduce((most, { width }) => Math.max(most, width ?? 0), 0);
    const marks = this.#icons.has(url) ? { ...find.marks, isDecoration: true } : find.marks;
    entry.skips.push(skipOf(marks, url, widest, this.#given.rules));
    entry.drafts.push(find);
  }

  images(): PageImage[] {
    this.#fold();
    return [...this.#entries.values()].map(({ url, files, drafts, skips }): PageImage => {
      const variants = [...files.values()].filter((file) => !this.#entries.has(file.url));
      const skip = skips.every((one) => one !== undefined) ? skips[0] : undefined;
      return {
        url,
        context: this.#context(drafts),
        ...(variants.length === 0 ? {} : { variants }),
        ...(skip === undefined ? {} : { skip }),
      };
    });
  }

  /** An image that is shown elsewhere on the page as a file of another is that other. */
  #fold(): void {
    const fileOf = new Map<string, Entry>();
    for (const entry of this.#entries.values()) {
      for (const file of entry.files.keys()) if (!fileOf.has(file)) fileOf.set(file, entry);
    }
    for (const entry of [...this.#entries.values()]) {
      let into = fileOf.get(entry.url);
      // It may itself have become a file of another meanwhile.
      for (let steps = 0; into !== undefined && this.#entries.get(into.url) !== into && steps < 100; steps++)
        into = fileOf.get(into.url);
      if (into === undefined || into === entry || this.#entries.get(into.url) !== into) continue;
      this.#entries.delete(entry.url);
      into.drafts.push(...entry.drafts);
      into.skips.push(...entry.skips);
      for (const file of entry.files.values())
        if (into.files.size < maxVariants && file.url !== into.url && !into.files.has(file.url))
          into.files.set(file.url, file);
    }
  }

  #entry(url: string): Entry {
    const known = this.#entries.get(url) ?? { url, files: new Map(), drafts: [], skips: [] };
    this.#entries.set(url, known);
    return known;
  }

  /** What stands for it until it is loaded, or leads to it: files of it where they stand for nothing else. */
  #filesOf(find: Find): Candidate[] {
    const { placeholder, thumbnail } = find;
    const small =
      thumbnail === undefined ? [] : this.#resolved([...thumbnail.candidates, ...thumbnail.others]);
    const stand = this.#resolvedOne(placeholder);
    return [...small, ...(stand === undefined ? [] : [stand])].filter(({ url }) => !this.#isShared(url));
  }

  *#stands({ placeholder, thumbnail }: Find): Generator<string> {
    const stand = this.#resolvedOne(placeholder)?.url;
    if (stand !== undefined) yield stand;
    const small = thumbnail && this.#bestOf(thumbnail.candidates)?.url;
    if (small !== undefined) yield small;
  }

  #isShared(url: string): boolean {
    return (this.#standsFor.get(url)?.size ?? 0) > 1;
  }

  #bestOf(candidates: readonly Candidate[]): Candidate | undefined {
    return bestCandidate(this.#resolved(candidates));
  }

  #resolved(candidates: readonly Candidate[]): Candidate[] {
    return candidates.flatMap((one) => {
      const known = this.#urls.get(one.url);
      const url = known === undefined ? this.#urlOf(one.url) : known;
      return url === null ? [] : [{ ...one, url }];
    });
  }

  #urlOf(address: string): string | null {
    const url = isTemplate(address.slice(0, 4096)) ? undefined : normaliseUrl(address, this.#given.base);
    // An empty address that a tool resolved: the page itself, which is no image.
    const found = url === undefined || url === this.#given.page ? null : url;
    if (this.#urls.size < maxUrls && address.length < 4096) this.#urls.set(address, found);
    return found;
  }

  #resolvedOne(address: string | undefined): Candidate | undefined {
    return address === undefined ? undefined : this.#resolved([{ url: address, width: null, density: 1 }])[0];
  }

  /** A picture without an address: written into the page, or made by a script. */
  #embed(find: Find): void {
    const addresses = [...find.candidates.map(({ url }) => url), find.placeholder ?? ''];
    const address = addresses.find((one) => /^\s*(data:image\/|blob:)/i.test(one))?.trim();
    if (address === undefined || find.way === 'background') return;
    const isBlob = /^blob:/i.test(address);
    // A script gives it another address each time.
    const content = isBlob ? `${this.#given.page} ${++this.#blobs}` : address;
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 32);
    const url = `${isBlob ? 'blob' : 'data'}:${hash}`;
    if (!this.#entries.has(url) && ++this.#embedded > maxEmbedded) return;
    const where = this.#given.page ?? 'a page';
    const reason = isBlob ? `made by a script of ${where}` : `written into ${where}`;
    const entry = this.#entry(url);
    entry.skips.push({ code: 'embedded', reason });
    entry.drafts.push(find);
  }

  /** What is shown says more than what is only named; then the first says more than those that follow. */
  #context(drafts: Entry['drafts']): PageContext {
    const { base, title, facts } = this.#given;
    const ordered = ways.flatMap((way) => drafts.filter((one) => one.way === way));
    const isBackground = ordered.every(({ way }) => way === 'background');
    const merged: Draft = {};
    for (const { draft } of ordered) {
      for (const [field, value] of Object.entries(draft)) {
        if (field !== 'isBackground') merged[field as 'alt'] ??= value as string;
      }
    }
    const { credit, licence, ...general } = facts;
    const ofPage = isBackground ? general : facts;
    for (const [field, value] of Object.entries(ofPage)) merged[field as 'credit'] ??= value as string;
    const said = merged.licence;
    const context = {
      ...merged,
      title,
      link: merged.link === undefined ? undefined : normaliseUrl(merged.link, base),
      licence:
        said !== undefined && /^(https?:|\.?\/)/i.test(said) ? (normaliseUrl(said, base) ?? said) : said,
      isBackground: isBackground ? true : undefined,
    };
    return Object.fromEntries(
      Object.entries(context).filter(([, value]) => value !== undefined),
    ) as PageContext;
  }
}
