// A list's bytes where any part of them can be read again: in memory, in the user's file, or in a temporary one.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

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
  read: (offset, signal) => createReadStream(path, { start: offset, signal, highWaterMark: 256 * 1024 }),
  sizeBytes,
  close,
});

/** Into a temporary file, with the hash of all. */
export async function spool(
  content: AsyncIterable<Buffer | string>,
  signal: AbortSignal,
): Promise<ListBytes & { readonly sha256: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'imagedex-list-'));
  const close = () => rm(folder, { recursive: true, force: true });
  const path = join(folder, 'list');
  const digest = createHash('sha256');
  let sizeBytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _, done) {
      sizeBytes += chunk.length;
      digest.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(content, count, createWriteStream(path, { mode: 0o600 }), { signal });
  } catch (error) {
    await close();
    throw error;
  }
  return { ...bytesOfFile(path, sizeBytes, close), sha256: digest.digest('hex') };
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
