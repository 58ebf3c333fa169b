// Memory for large contents that goes back to the system the moment it is freed, whatever allocator and collector think.

/** Below this, pages of their own cost more than they give back. */
const ownPagesBytes = 1024 ** 2;

/** Uninitialised where small, zeroed where large. */
export function allocateContent(bytes: number): Buffer<ArrayBuffer> {
  if (bytes < ownPagesBytes) return Buffer.allocUnsafeSlow(bytes);
  // A resizable buffer lies in pages of its own (V8); malloc would keep up to 64 MB of what was freed at its end.
  return Buffer.from(new ArrayBuffer(bytes, { maxByteLength: bytes }), 0, bytes);
}

/** A content whose length is known and that comes bit by bit: takes the memory of what has come, in one piece. */
export class GrowingContent {
  readonly #maxBytes: number;
  #pages: ArrayBuffer | undefined;
  /** All there is of it so far. */
  #room: Buffer<ArrayBuffer>;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#pages = maxBytes < ownPagesBytes ? undefined : new ArrayBuffer(0, { maxByteLength: maxBytes });
    this.#room =
      this.#pages === undefined ? Buffer.allocUnsafeSlow(maxBytes) : Buffer.from(this.#pages, 0, 0);
  }

  append(piece: Uint8Array): void {
    const needed = this.#bytes + piece.length;
    if (this.#pages !== undefined && needed > this.#room.length) {
      this.#pages.resize(Math.min(this.#maxBytes, Math.ceil(needed / ownPagesBytes) * ownPagesBytes));
      this.#room = Buffer.from(this.#pages, 0, this.#pages.byteLength);
    }
    this.#room.set(piece, this.#bytes);
    this.#bytes = needed;
  }

  content(): Buffer<ArrayBuffer> {
    return this.#room.subarray(0, this.#bytes);
  }
}

/** Nobody may read the content after this: every view of it is empty from now on. */
export function freeContent({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.resizable) buffer.resize(0);
}
