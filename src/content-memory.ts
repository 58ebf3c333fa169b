// Memory for large contents that goes back to the system the moment it is freed, whatever allocator and collector think.

/** Below this, pages of their own cost more than they give back. */
const ownPagesBytes = 1024 ** 2;

/** Uninitialised where small, zeroed where large. */
export function allocateContent(bytes: number): Buffer<ArrayBuffer> {
  if (bytes < ownPagesBytes) return Buffer.allocUnsafeSlow(bytes);
  // A resizable buffer lies in pages of its own (V8); malloc would keep up to 64 MB of what was freed at its end.
  return Buffer.from(new ArrayBuffer(bytes, { maxByteLength: bytes }), 0, bytes);
}

/** Nobody may read the content after this: every view of it is empty from now on. */
export function freeContent({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.resizable) buffer.resize(0);
}
