// Reads a body into memory that was reserved for it: decoded as it comes, and never more than the cap.
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GrowingContent } from '../content-memory.ts';
import { decode } from './decode.ts';

/** Where the bytes of contents are counted. */
export interface Memory {
  /** Waits until that many bytes may be held. */
  reserve(bytes: number, signal: AbortSignal): Promise<unknown>;
  /** At once, or not at all. */
  tryReserve(bytes: number): boolean;
  /** Beyond what may be held if need be; waits while another content has grown so. */
  grow(bytes: number, signal: AbortSignal): Promise<void>;
}

export interface BodyLimits {
  /** On the wire and decoded. */
  readonly maxBytes: number;
  /** What the other side says the plain body has, where it does. */
  readonly expectedBytes: number | undefined;
  readonly reservedBytes: number;
  /** How slowly it may come once it holds much; as slowly as it likes where this is absent. */
  readonly leastPace?: LeastPace;
  /** Undefined where nobody counts. */
  readonly memory: Memory | undefined;
  /** Stops the clock while we wait for ourselves. */
  readonly pause: (wait: (signal: AbortSignal) => Promise<void>) => Promise<void>;
  readonly signal: AbortSignal;
}

/** So much in every stretch of so long, the waiting for ourselves left out. */
export interface LeastPace {
  readonly bytes: number;
  readonly inMs: number;
}

/** It holds memory that others wait for, and hardly comes on. */
export class TooSlowError extends Error {
  readonly code = 'BODY_TOO_SLOW';
}

/** The body is larger than the cap. */
export class TooLargeError extends Error {
  /** It came smaller, and grew when it was decompressed. */
  readonly isDecompressed: boolean;
  readonly #read: () => Buffer;

  constructor(maxBytes: number, isDecompressed: boolean, read: () => Buffer) {
    super(`larger than ${maxBytes} bytes`);
    this.name = 'TooLargeError';
    this.isDecompressed = isDecompressed;
    this.#read = read;
  }

  /** What was read before. Joined only now: who refuses the body needs no memory for it. */
  content(): Buffer {
    return this.#read();
  }
}

/** What grows like this when it is decompressed was made to: text grows fifty times at most, and seldom so. */
const maxGrowth = 200;
/** Smaller bodies may grow as they like. */
const freeBytes = 8 * 1024 ** 2;
const stepBytes = 1024 ** 2;
/** Held from the beginning: what only promises to be large takes no more. */
export const firstBytes = 64 * 1024;
/** Bodies that hold no more may come as slowly as they like: a hundred of them leave room for others. */
export const smallBytes = 256 * 1024;

export async function readBody(
  body: Readable,
  encodings: readonly string[],
  limits: BodyLimits,
): Promise<Buffer> {
  const sink = new Sink(limits, encodings.length > 0);
  try {
    const decoded =
      encodings.length === 0 ? [body] : await decode(capped(body, limits.maxBytes, sink), encodings);
    await pipeline([...decoded, (chunks: AsyncIterable<Buffer>) => sink.fill(chunks)] as never, {
      signal: limits.signal,
    });
    return sink.content();
  } catch (error) {
    // The first cause: a pipeline that was cut off may report its premature close instead.
    throw sink.tooLarge ?? error;
  } finally {
    body.destroy();
  }
}

async function* capped(body: Readable, maxBytes: number, sink: Sink): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    sink.wireBytes = bytes;
    if (bytes > maxBytes) throw sink.overflow(false);
    yield chunk;
  }
}

class Sink {
  readonly #limits: BodyLimits;
  readonly #isEncoded: boolean;
  readonly #chunks: Buffer[] = [];
  /** One piece where the length is known: joining chunks would need the memory twice. */
  readonly #whole: GrowingContent | undefined;
  #bytes = 0;
  #reserved: number;
  #stretch = { startedAt: Date.now(), bytesBefore: 0 };
  /** Of an encoded body. */
  wireBytes = 0;
  tooLarge: TooLargeError | undefined;

  constructor(limits: BodyLimits, isEncoded: boolean) {
    this.#limits = limits;
    this.#isEncoded = isEncoded;
    this.#reserved = limits.reservedBytes;
    const { expectedBytes } = limits;
    this.#whole =
      expectedBytes === undefined ? undefined : new GrowingContent(Math.min(expectedBytes, limits.maxBytes));
  }

  async fill(chunks: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of chunks) {
      const room = this.#limits.maxBytes - this.#bytes;
      const taken = chunk.length > room ? chunk.subarray(0, room) : chunk;
      await this.#makeRoom(taken.length);
      if (this.#whole === undefined) this.#chunks.push(taken);
      else this.#whole.append(taken);
      this.#bytes += taken.length;
      this.#mustKeepPace();
      if (chunk.length > room || this.#isBomb()) throw this.overflow(this.#isEncoded);
    }
  }

  overflow(isDecompressed: boolean): TooLargeError {
    this.tooLarge ??= new TooLargeError(this.#limits.maxBytes, isDecompressed, () => this.content());
    return this.tooLarge;
  }

  #isBomb(): boolean {
    return this.#isEncoded && this.#bytes > Math.max(freeBytes, this.wireBytes * maxGrowth);
  }

  content(): Buffer {
    if (this.#whole !== undefined) return this.#whole.content();
    return this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks, this.#bytes);
  }

  async #makeRoom(bytes: number): Promise<void> {
    const { memory } = this.#limits;
    if (memory === undefined) return;
    while (this.#bytes + bytes > this.#reserved) {
      const step = this.#stepBytes();
      if (!memory.tryReserve(step)) await this.#waitToGrow(memory, step);
      this.#reserved += step;
    }
  }

  /** Doubles what is held, and never more than is still to come. */
  #stepBytes(): number {
    const step = Math.min(stepBytes, Math.max(firstBytes, this.#reserved));
    const missing = (this.#limits.expectedBytes ?? 0) - this.#reserved;
    return missing > 0 ? Math.min(step, missing) : step;
  }

  async #waitToGrow(memory: Memory, step: number): Promise<void> {
    await this.#limits.pause((signal) => memory.grow(step, signal));
    this.#beginStretch();
  }

  #beginStretch(): void {
    this.#stretch = { startedAt: Date.now(), bytesBefore: this.#bytes };
  }

  /** One byte now and then keeps every other clock from ringing, and what is held from everybody else. */
  #mustKeepPace(): void {
    const { memory, leastPace } = this.#limits;
    if (memory === undefined || leastPace === undefined) return;
    if (Date.now() - this.#stretch.startedAt < leastPace.inMs) return;
    if (this.#reserved > smallBytes && this.#bytes - this.#stretch.bytesBefore < leastPace.bytes)
      throw new TooSlowError();
    this.#beginStretch();
  }
}
