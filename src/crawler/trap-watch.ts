// Sees when a site leads on and on without showing anything new, and then follows it there no further. One for a source
// and a crawl; what it has seen is forgotten with it, which costs a crawl that carries on no more than it cost before.
import type { PageRecord } from '../ledger.ts';
import { plainLink } from './plain-link.ts';
import type { Expandable, Expansion } from './source.ts';
import { type Pattern, patternOf, trapIn } from './traps.ts';

/** Pages that are alike and one after the other show no image, no link and no title that is new. */
const maxBarren = 50;
const maxBarrenOfPath = 100;
/** With this many of them, more than half is too many, though something new is now and then among them. */
const maxBarrenAtAll = 200;
/** At most so many pages that differ by these parameters: all colours by all sizes by all prices. One may be a number. */
const manyParameters = 3;
const maxCombinations = 1000;
const maxPairs = 10_000;
const maxPatterns = 10_000;
/** Of pages that an earlier crawl left out, so many are tried again: a site may have changed. */
const maxTriedAgain = 5;
/** Then what was new once is new again: rather a page too many than one too few. */
const maxRemembered = 500_000;

interface Tally {
  seen: number;
  /** Without anything new: since something was, and at all. */
  barren: number;
  barrenAtAll: number;
  triedAgain: number;
  isOver: boolean;
}

type Look = () => Promise<Expansion>;

export class TrapWatch {
  readonly #tallies = new Map<string, Tally>();
  readonly #remembered = new Set<number>();

  /** Looks unless it is a trap, and sees what comes of it. Of links only one is left for every page. */
  async around(item: Expandable, earlier: PageRecord | undefined, look: Look): Promise<Expansion> {
    const { address, depth } = item;
    const reason = depth === 0 ? undefined : (trapIn(address) ?? this.#isOver(address, earlier));
    if (reason !== undefined)
      return { outcome: 'skipped', code: 'trap', reason: `${address} is left out as a trap: ${reason}` };
    const expansion = await look();
    if (expansion.outcome === 'unchanged' && earlier !== undefined) this.#recall(earlier);
    if (expansion.outcome !== 'expanded') return expansion;
    const further = plain(expansion.further, address);
    this.#see(address, expansion, further, earlier?.code === 'trap');
    return { ...expansion, further };
  }

  #isOver(address: string, earlier: PageRecord | undefined): string | undefined {
    // What was worth reading once is read again, or it would be lost by the order in which pages come.
    const wasRead = earlier !== undefined && earlier.expandedAt !== null;
    if (wasRead && ['expanded', 'failed'].includes(earlier.state)) return undefined;
    const pattern = patternOf(address);
    if (pattern === undefined) return undefined;
    const isOver =
      keysOf(pattern).some((key) => this.#tallies.get(key)?.isOver === true) ||
      (earlier?.code === 'trap' && this.#tally(pattern.key).triedAgain++ >= maxTriedAgain);
    return isOver ? `of many pages like it (${pattern.key}) the last showed nothing new` : undefined;
  }

  #see(
    address: string,
    { page, images }: Extract<Expansion, { outcome: 'expanded' }>,
    further: readonly Expandable[],
    wasTrap: boolean,
  ): void {
    const pattern = patternOf(address);
    if (pattern === undefined) return;
    let isNew = false;
    const look = (text: string): void => {
      if (this.#isNew(text)) isNew = true;
    };
    for (const { location } of images) look(location.url);
    for (const { address: link } of further) if (!isAlike(link, pattern)) look(link);
    const { path, parameters, isDated } = pattern;
    if (!isDated && parameters < manyParameters) look(titled(pattern, page?.title));
    // With parameters, what differs may be no more than that the page repeats them.
    if (!isDated && parameters === 0) look(`${path} ${page?.validators.contentHash ?? ''}`);
    const many = parameters < manyParameters ? maxPairs : maxCombinations;
    this.#count(pattern.key, isNew, maxBarren, parameters < 2 ? Number.POSITIVE_INFINITY : many);
    if (wasTrap && !isNew) this.#tally(pattern.key).isOver = true;
    if (parameters > 0) this.#count(`${path}?*`, isNew, maxBarrenOfPath, Number.POSITIVE_INFINITY);
  }

  /** What a page that has not changed leads to is nothing new on others, though it says nothing of itself. */
  #recall({ address, title, links }: PageRecord): void {
    const pattern = patternOf(address);
    if (pattern === undefined) return;
    this.#isNew(titled(pattern, title));
    for (const link of links) if (!isAlike(link, pattern)) this.#isNew(link);
  }

  #count(key: string, isNew: boolean, mostBarren: number, mostSeen: number): void {
    const tally = this.#tally(key);
    tally.seen++;
    tally.barren = isNew ? 0 : tally.barren + 1;
    if (!isNew) tally.barrenAtAll++;
    tally.isOver ||=
      tally.barren >= mostBarren ||
      tally.seen >= mostSeen ||
      (tally.barrenAtAll >= maxBarrenAtAll && tally.barrenAtAll * 2 > tally.seen);
  }

  #tally(key: string): Tally {
    const known = this.#tallies.get(key);
    if (known !== undefined) return known;
    const [oldest] = this.#tallies.keys();
    if (this.#tallies.size >= maxPatterns && oldest !== undefined) this.#tallies.delete(oldest);
    const tally = { seen: 0, barren: 0, barrenAtAll: 0, triedAgain: 0, isOver: false };
    this.#tallies.set(key, tally);
    return tally;
  }

  #isNew(text: string): boolean {
    const hash = hashed(text);
    if (this.#remembered.has(hash)) return false;
    if (this.#remembered.size >= maxRemembered) this.#remembered.clear();
    this.#remembered.add(hash);
    return true;
  }
}

const keysOf = ({ key, path, parameters }: Pattern): readonly string[] =>
  parameters === 0 ? [key] : [key, `${path}?*`];

/** The same path with other numbers or parameters: more of the same. */
const isAlike = (link: string, { path }: Pattern): boolean => patternOf(link)?.path === path;

const titled = ({ path }: Pattern, title: string | null | undefined): string => `${path} ${title ?? ''}`;

function plain(further: readonly Expandable[], from: string): readonly Expandable[] {
  const kept = new Map<string, Expandable>();
  for (const one of further) {
    const address = plainLink(one.address);
    // A server that insists on a session by a redirect to the same page gets its way, for that page.
    const isRedirect = further.length === 1 && address === from;
    const link = address === one.address || isRedirect ? one : { ...one, address };
    if (!kept.has(link.address)) kept.set(link.address, link);
  }
  return [...kept.values()];
}

/** 52 bits, quick; nobody gains by making two equal. */
function hashed(text: string): number {
  let [low, high] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 0x9e3779b1);
    high = Math.imul(high ^ code, 0x5f356495);
  }
  low ^= high >>> 15;
  return (high >>> 12) * 2 ** 32 + (low >>> 0);
}
