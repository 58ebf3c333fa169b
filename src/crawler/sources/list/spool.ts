// A list's bytes where any part of them can be read again: in memory, in the user's file, or in a temporary one.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';

export interface ListBytes {
  /** From there to the end. */
  read(offset: number, signal: AbortSignal): AsyncIterable<Buffer>;
  readonly sizeBytes: number;
  /** Removes what is ours. */
  close(): Promise<void>;
}

export const bytesInMemory = (content: Buffer): ListBytes => ({
  read: async function* (offset) {
    yield content.subarray(offset);
  },
  sizeBytes: content.length,
  close: async () => {},
});

export const bytesOfFile = (path: string, sizeBytes: number, close = async () => {}): ListBytes => ({
  read: (offset, signal) => createReadStream(path, { start: offset, signal, highWaterMark: chunkBytes }),
  sizeBytes,
  close,
});

/** Into a temporary file that has no name any more, so that a killed process leaves none; with the hash of all. */
export async function spool(
  content: AsyncIterable<Buffer | string>,
  signal: AbortSignal,
): Promise<ListBytes & { readonly sha256: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'imagedex-list-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const file = await open(join(folder, 'list'), 'wx+', 0o600);
  // Where an open file cannot be removed, it is when it is closed.
  await remove().catch(() => {});
  const close = async () => {
    await file.close();
    await remove();
  };
  const digest = createHash('sha256');
  let sizeBytes = 0;
  try {
    for await (const chunk of addAbortSignal(signal, Readable.from(content))) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      digest.update(bytes);
      await file.writeFile(bytes);
      sizeBytes += bytes.length;
    }
  } catch (error) {
    await close();
    throw error;
  }
  const read = (offset: number, stop: AbortSignal) => readOpen(file, offset, stop);
  return { read, sizeBytes, close, sha256: digest.digest('hex') };
}

const chunkBytes = 256 * 1024;

async function* readOpen(file: FileHandle, offset: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  for (let at = offset; ; ) {
    signal.throwIfAborted();
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** The first bytes, no more than `length`. */
export async function firstBytes(bytes: ListBytes, length: number, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let held = 0;
  for await (const chunk of bytes.read(0, signal)) {
    chunks.push(chunk);
    held += chunk.length;
    if (held >= length) break;
  }
  return Buffer.concat(chunks).subarray(0, length);
}

/** Together the parts change with every write, also with one that sets the times back. null if it is no regular file. */
export async function stampOf(path: string): Promise<{ stamp: string; sizeBytes: number } | null> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const stats = await file.stat({ bigint: true });
    if (!stats.isFile()) return null;
    const { size, mtimeNs, ctimeNs, ino } = stats;
    return { stamp: `${size}-${mtimeNs}-${ctimeNs}-${ino}`, sizeBytes: Number(size) };
  } finally {
    await file?.close();
  }
}
