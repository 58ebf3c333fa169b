// What waits to be sent, bounded in operations and bytes, in windows; operations with the same key one after the other.
import type { BulkEntry } from './bulk-entry.ts';

export interface BulkLimits {
  readonly maxDocuments: number;
  readonly maxBytes: number;
  readonly maxWaitMs: number;
}

export class BulkQueue {
  readonly #limits: BulkLimits;
  readonly #room: { readonly documents: number; readonly bytes: number };
  #maxBytes: number;
  /** In the order in which they are to be sent. */
  #ready: BulkEntry[] = [];
  #readyBytes = 0;
  /** Windows that are sent as they are: halves of one that was too large. */
  readonly #windows: BulkEntry[][] = [];
  /** By key: what waits for the one that is ready or under way. */
  readonly #behind = new Map<string, BulkEntry[]>();
  #held = 0;
  #heldBytes = 0;

  /** `windows`: how many full ones it holds at most, those under way included. */
  constructor(limits: BulkLimits, windows: number) {
    this.#limits = limits;
    this.#maxBytes = limits.maxBytes;
    this.#room = { documents: limits.maxDocuments * windows, bytes: limits.maxBytes * windows };
  }

  get held(): { readonly documents: number; readonly bytes: number } {
    return { documents: this.#held, bytes: this.#heldBytes };
  }

  /** False where there is no room. What is larger than all the room passes when nothing else is held. */
  enter(entry: BulkEntry): boolean {
    const { key, bytes } = entry;
    if (this.#held > 0 && (this.#held >= this.#room.documents || this.#heldBytes + bytes > this.#room.bytes))
      return false;
    this.#held++;
    this.#heldBytes += bytes;
    const behind = this.#behind.get(key);
    if (behind === undefined) {
      this.#behind.set(key, none);
      this.#push(entry);
    } else if (behind === none) this.#behind.set(key, [entry]);
    else behind.push(entry);
    return true;
  }

  /** They failed, and are ready again before all others. */
  putBack(entries: readonly BulkEntry[]): void {
    this.#ready.unshift(...entries);
    for (const { bytes } of entries) this.#readyBytes += bytes;
  }

  putWindow(entries: BulkEntry[]): void {
    if (entries.length > 0) this.#windows.push(entries);
  }

  /** A request of that many bytes was too large: from now on they are half as large. */
  shrink(bytes: number): void {
    this.#maxBytes = Math.max(smallestWindowBytes, Math.min(this.#maxBytes, Math.floor(bytes / 2)));
  }

  /** It needs no room any more, and the next with its key may go. */
  leave({ key, bytes }: BulkEntry): void {
    this.#held--;
    this.#heldBytes -= bytes;
    const behind = this.#behind.get(key);
    const next = behind?.shift();
    if (next === undefined) this.#behind.delete(key);
    else this.#push(next);
  }

  /** When the oldest has waited long enough; undefined where nothing waits. */
  dueAtMs(): number | undefined {
    if (this.#windows.length > 0) return 0;
    const oldest = this.#ready[0];
    return oldest === undefined ? undefined : oldest.group.askedAtMs + this.#limits.maxWaitMs;
  }

  /** The next window that is full, is due, or is wanted at once. */
  next(nowMs: number, atOnce: boolean): BulkEntry[] | undefined {
    const window = this.#windows.shift();
    if (window !== undefined) return window;
    if (this.#ready.length === 0) return undefined;
    if (!atOnce && !this.#isFull() && nowMs < this.dueAtMs()!) return undefined;
    let count = 0;
    let bytes = 0;
    for (const entry of this.#ready) {
      if (count === this.#limits.maxDocuments || (count > 0 && bytes + entry.bytes > this.#maxBytes)) break;
      count++;
      bytes += entry.bytes;
    }
    this.#readyBytes -= bytes;
    return this.#ready.splice(0, count);
  }

  #push(entry: BulkEntry): void {
    this.#ready.push(entry);
    this.#readyBytes += entry.bytes;
  }

  #isFull(): boolean {
    return this.#ready.length >= this.#limits.maxDocuments || this.#readyBytes >= this.#maxBytes;
  }
}

const smallestWindowBytes = 10_000;
/** Behind most entries there is nothing: one list serves all of those. */
const none: BulkEntry[] = [];
