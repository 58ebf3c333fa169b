// What a watch has seen of a source: for each location its mark, in 32 bytes, for sources have millions of them.
//
// Open addressing over typed arrays. A location is known by its id, 128 bits of it; marks and parts by 64 and 32 bits of
// their hashes.
import { createHash } from 'node:crypto';

export type SeenAs = 'same' | 'new' | 'other';

const rowLength = 8;
const [id0, mark0, mark1, partAt, roundAt] = [0, 4, 5, 6, 7] as const;
/** A round of 0 is an empty row, one of 1 a removed one. */
const [empty, removed, firstRound] = [0, 1, 2] as const;
const leastRows = 1024;

export class LookTable {
  #rows = new Uint32Array(leastRows * rowLength);
  /** Rows that are not empty, removed ones included. */
  #used = 0;
  #size = 0;
  #round = firstRound;

  get size(): number {
    return this.#size;
  }

  /** What follows is seen by another look. */
  begin(): void {
    this.#round++;
  }

  /** Says what is known of it, and that it still lies there. */
  see(id: string, mark: string): SeenAs {
    const at = this.#find(wordsOf(id));
    if (at === undefined) return 'new';
    this.#rows[at + roundAt] = this.#round;
    const [first, second] = hashed(mark);
    return this.#rows[at + mark0] === first && this.#rows[at + mark1] === second ? 'same' : 'other';
  }

  set(id: string, mark: string, part: string): void {
    const words = wordsOf(id);
    let at = this.#find(words);
    if (at === undefined) {
      this.#grow();
      at = freeRow(this.#rows, words);
      if (this.#rows[at + roundAt] === empty) this.#used++;
      this.#size++;
      this.#rows.set(words, at + id0);
    }
    const [first, second] = hashed(mark);
    this.#rows[at + mark0] = first;
    this.#rows[at + mark1] = second;
    this.#rows[at + partAt] = hashed(part)[0];
    this.#rows[at + roundAt] = this.#round;
  }

  /** Ids of these parts that nobody has seen since `begin`; they are not known any more. */
  takeUnseen(parts: Iterable<string>): string[] {
    const wanted = new Set([...parts].map((part) => hashed(part)[0]));
    const ids: string[] = [];
    for (let at = 0; at < this.#rows.length; at += rowLength) {
      const round = this.#rows[at + roundAt]!;
      if (round < firstRound || round === this.#round || !wanted.has(this.#rows[at + partAt]!)) continue;
      ids.push(idOf(this.#rows, at));
      this.#rows[at + roundAt] = removed;
      this.#size--;
    }
    return ids;
  }

  #find(words: Words): number | undefined {
    for (let at = startOf(this.#rows, words); ; at = next(this.#rows, at)) {
      const round = this.#rows[at + roundAt]!;
      if (round === empty) return undefined;
      if (round !== removed && words.every((word, index) => this.#rows[at + index] === word)) return at;
    }
  }

  /** At most three quarters are used, so that a search ends soon. */
  #grow(): void {
    const count = this.#rows.length / rowLength;
    if (this.#used + 1 <= count * 0.75) return;
    const old = this.#rows;
    this.#rows = new Uint32Array(this.#size * 2 < count ? old.length : old.length * 2);
    this.#used = this.#size;
    for (let at = 0; at < old.length; at += rowLength) {
      if (old[at + roundAt]! < firstRound) continue;
      const row = old.subarray(at, at + rowLength);
      this.#rows.set(row, freeRow(this.#rows, [row[0]!, row[1]!, row[2]!, row[3]!]));
    }
  }
}

type Words = readonly [number, number, number, number];

const wordsOf = (id: string): Words => {
  const word = (index: number): number => Number.parseInt(id.slice(index * 8, index * 8 + 8), 16);
  return [word(0), word(1), word(2), word(3)];
};
const idOf = (rows: Uint32Array, at: number): string =>
  [0, 1, 2, 3].map((index) => rows[at + index]!.toString(16).padStart(8, '0')).join('');

/** Ids are hashes: each word of one is as good as any. The number of rows is a power of two. */
const startOf = (rows: Uint32Array, [word]: Words): number =>
  (word & (rows.length / rowLength - 1)) * rowLength;
const next = (rows: Uint32Array, at: number): number => (at + rowLength) % rows.length;

function freeRow(rows: Uint32Array, words: Words): number {
  let at = startOf(rows, words);
  while (rows[at + roundAt]! >= firstRound) at = next(rows, at);
  return at;
}

function hashed(text: string): readonly [number, number] {
  const digest = createHash('sha1').update(text).digest();
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)];
}
