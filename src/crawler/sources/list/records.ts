// Cuts a stream of bytes into lines, or into the rows of a table whose quoted fields may hold line breaks.

/** Where a record begins. */
export interface RecordPlace {
  readonly offset: number;
  /** From 1. */
  readonly line: number;
}

export interface RawRecord extends RecordPlace {
  readonly bytes: Buffer;
  readonly next: RecordPlace;
  /** Why it is not whole. */
  readonly fault?: string;
}

const newline = 0x0a;
const quote = 0x22;
const maxLineBytes = 4 * 1024 ** 2;
const maxRowBytes = 256 * 1024;

/** `delimiter`: of a table; null cuts at every line break. Empty lines are left out. */
export async function* cutRecords(
  chunks: AsyncIterable<Buffer>,
  start: RecordPlace,
  delimiter: number | null,
): AsyncGenerator<RawRecord> {
  const cutter = new Cutter(start, delimiter);
  for await (const chunk of chunks) yield* cutter.take(chunk);
  yield* cutter.end();
}

class Cutter {
  readonly #delimiter: number | null;
  #place: RecordPlace;
  #held: Buffer = Buffer.alloc(0);
  /** How far of it was looked at, and what that came to. */
  #seen = 0;
  #isQuoted = false;
  #isFieldStart = true;
  /** Until the next line break: the record that it is part of was given up. */
  #isSkipping = false;

  constructor(start: RecordPlace, delimiter: number | null) {
    this.#place = start;
    this.#delimiter = delimiter;
  }

  *take(chunk: Buffer): Generator<RawRecord> {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    for (;;) {
      const end = this.#findEnd();
      if (end !== -1) yield* this.#cut(end + 1);
      else if (!this.#isTooLong()) return;
      else yield* this.#giveUp();
    }
  }

  *end(): Generator<RawRecord> {
    // A quote that is never closed: its line is faulty, what follows may not be.
    while (this.#isQuoted && this.#held.includes(newline)) yield* this.#giveUp();
    yield* this.take(Buffer.alloc(0));
    if (this.#held.length > 0) yield* this.#cut(this.#held.length);
  }

  #findEnd(): number {
    if (this.#delimiter === null || this.#isSkipping) {
      const end = this.#held.indexOf(newline, this.#seen);
      this.#seen = this.#held.length;
      return end;
    }
    for (; this.#seen < this.#held.length; this.#seen++) {
      const byte = this.#held[this.#seen];
      if (byte === newline && !this.#isQuoted) return this.#seen;
      if (byte === quote && (this.#isQuoted || this.#isFieldStart)) {
        // A doubled quote closes the field and opens it again.
        this.#isQuoted = !this.#isQuoted;
        this.#isFieldStart = true;
      } else this.#isFieldStart = byte === this.#delimiter;
    }
    return -1;
  }

  *#cut(length: number, fault?: string): Generator<RawRecord> {
    const bytes = this.#held.subarray(0, length);
    const { offset, line } = this.#place;
    const next = { offset: offset + length, line: line + linesIn(bytes) };
    this.#held = this.#held.subarray(length);
    this.#place = next;
    [this.#seen, this.#isQuoted, this.#isFieldStart] = [0, false, true];
    if (this.#isSkipping) this.#isSkipping = bytes.at(-1) !== newline;
    else if (fault !== undefined || !isBlank(bytes)) {
      yield { bytes, offset, line, next, ...(fault === undefined ? {} : { fault }) };
    }
  }

  #isTooLong(): boolean {
    return this.#held.length > (this.#delimiter === null ? maxLineBytes : maxRowBytes);
  }

  *#giveUp(): Generator<RawRecord> {
    const end = this.#held.indexOf(newline);
    if (this.#isQuoted && end !== -1) return yield* this.#cut(end + 1, 'a quote that is not closed');
    yield* this.#cut(this.#held.length, `longer than ${this.#held.length} bytes`);
    this.#isSkipping = true;
  }
}

function linesIn(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) lines++;
  return lines;
}

const isBlank = (bytes: Buffer): boolean =>
  bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === newline);
