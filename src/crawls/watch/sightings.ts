// What a watch has learnt from its looks and no crawl has taken yet: what came, what changed, what went.
import type { ImageSighting, LookedPart } from '../../crawler/source.ts';
import type { Changes } from '../change-items.ts';
import { LookTable } from './look-table.ts';

export interface SightingOptions {
  /** Files grow where they lie: one is taken when nobody has touched it for so long. 0: at once. */
  readonly settleMs: number;
  readonly now?: () => number;
  /** More than these are not kept one by one. */
  readonly maxChanges?: number;
}

/** Somebody may still be writing it. */
interface Coming {
  readonly mark: string;
  readonly part: string;
  readonly sinceMs: number;
  round: number;
}

export class Sightings {
  readonly #table = new LookTable();
  readonly #options: Required<SightingOptions>;
  readonly #coming = new Map<string, Coming>();
  #found = new Map<string, ImageSighting>();
  #gone = new Set<string>();
  #isOverfull = false;
  #hasBegun = false;
  #round = 0;
  #changedMs: number | null = null;

  constructor({ settleMs, now = () => performance.now(), maxChanges = 20_000 }: SightingOptions) {
    this.#options = { settleMs, now, maxChanges };
  }

  get size(): number {
    return this.#table.size;
  }
  /** So many changes that only a crawl of the whole source can take them. */
  get isOverfull(): boolean {
    return this.#isOverfull;
  }
  /** When the oldest change was seen that no crawl has taken; null where there is none. */
  get changedMs(): number | null {
    return this.#changedMs;
  }
  /** Where files may still be growing, and when it is worth the next look; null where none is. */
  get growing(): { readonly parts: readonly string[]; readonly dueMs: number } | null {
    if (this.#coming.size === 0) return null;
    const all = [...this.#coming.values()];
    const since = all.reduce((least, { sinceMs }) => Math.min(least, sinceMs), Number.POSITIVE_INFINITY);
    return { parts: [...new Set(all.map(({ part }) => part))], dueMs: since + this.#options.settleMs };
  }

  /** Of the first look nothing counts as a change: a crawl of the whole source follows it. */
  async take(look: AsyncIterable<LookedPart>): Promise<void> {
    this.#table.begin();
    this.#round++;
    const parts = new Set<string>();
    for await (const { part, images } of look) {
      parts.add(part);
      for (const { sighting, mark } of images) this.#see(sighting, mark, part);
    }
    for (const [id, { part, round }] of this.#coming)
      if (parts.has(part) && round !== this.#round) this.#coming.delete(id);
    for (const id of this.#table.takeUnseen(parts)) {
      this.#found.delete(id);
      this.#gone.add(id);
      this.#noteChange();
    }
    this.#hasBegun = true;
  }

  #see(sighting: ImageSighting, mark: string, part: string): void {
    const { id } = sighting.location;
    const isSame = this.#table.see(id, mark) === 'same';
    if (!isSame && this.#hasBegun && this.#isGrowing(id, mark, part)) return;
    this.#coming.delete(id);
    if (isSame) return;
    this.#table.set(id, mark, part);
    if (!this.#hasBegun) return;
    this.#gone.delete(id);
    this.#found.set(id, sighting);
    this.#noteChange();
  }

  #isGrowing(id: string, mark: string, part: string): boolean {
    const { settleMs, now } = this.#options;
    if (settleMs === 0) return false;
    const coming = this.#coming.get(id);
    if (coming?.mark !== mark) {
      this.#coming.set(id, { mark, part, sinceMs: now(), round: this.#round });
      return true;
    }
    coming.round = this.#round;
    return now() - coming.sinceMs < settleMs;
  }

  #noteChange(): void {
    this.#changedMs ??= this.#options.now();
    if (this.#found.size + this.#gone.size <= this.#options.maxChanges) return;
    this.#isOverfull = true;
    this.#found.clear();
    this.#gone.clear();
  }

  /** They are the caller's, who gives back what no crawl has taken. */
  takeChanges(): TakenChanges {
    const changes = {
      found: [...this.#found.values()],
      gone: [...this.#gone],
      isOverfull: this.#isOverfull,
    };
    [this.#found, this.#gone, this.#isOverfull, this.#changedMs] = [new Map(), new Set(), false, null];
    return changes;
  }

  giveBack({ found, gone, isOverfull }: TakenChanges): void {
    this.#isOverfull ||= isOverfull;
    // What was seen since is newer.
    for (const sighting of found) {
      const { id } = sighting.location;
      if (!this.#gone.has(id) && !this.#found.has(id)) this.#found.set(id, sighting);
    }
    for (const id of gone) if (!this.#found.has(id)) this.#gone.add(id);
    if (found.length + gone.length > 0 || isOverfull) this.#noteChange();
  }
}

export interface TakenChanges extends Changes {
  readonly isOverfull: boolean;
}
