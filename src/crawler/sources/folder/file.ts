// Fetches one file: unchanged by its size and times, its format from its first bytes, and only then the whole of it.
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { allocateContent } from '../../../content-memory.ts';
import { failure } from '../../../errors.ts';
import { sha256Of, type Validators } from '../../../record.ts';
import { formatBytes, imageFormat } from '../../image-format.ts';
import type { Budget, Fetched } from '../../source.ts';
import { faultOf, isNotUtf8, pathOf, realPathWithin } from './address.ts';

export interface FileRequest {
  readonly root: string;
  readonly address: string;
  /** What its etag was when it was read before. */
  readonly earlierEtag: string | undefined;
  readonly maxBytes: number;
  readonly budget: Budget;
}

export async function fetchFile(request: FileRequest, signal: AbortSignal): Promise<Fetched> {
  const { root, address } = request;
  if (isNotUtf8(address)) return failed(`expected a name in UTF-8, got ${pathOf(root, address)}`);
  try {
    const path = await realPathWithin(root, address);
    if (path === null) return gone(`${pathOf(root, address)} is a link that leads out of the source`);
    // Not blocking: a pipe that has taken the file's place would never open.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      // A file that changes while it is read is read once more: most changes are short.
      return (
        (await attempt(request, file, signal)) ?? (await attempt(request, file, signal)) ?? changing(path)
      );
    } finally {
      await file.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    const { isMissing, reason } = await faultOf(root, error);
    return isMissing ? gone(reason) : failed(reason);
  }
}

const failed = (reason: string): Fetched => ({
  outcome: 'failed',
  failure: failure('fetch', 'unreadable', reason),
});
const gone = (reason: string): Fetched => ({
  outcome: 'gone',
  failure: failure('fetch', 'not_found', reason),
});
const changing = (path: string): Fetched => failed(`${path} changed both times while it was read`);

/** undefined if the file changed meanwhile. */
async function attempt(
  request: FileRequest,
  file: FileHandle,
  signal: AbortSignal,
): Promise<Fetched | undefined> {
  const { root, address, earlierEtag, maxBytes, budget } = request;
  const validators = await validatorsOf(file);
  if (validators === null) return gone(`${pathOf(root, address)} is not a file any more`);
  if (validators.etag === earlierEtag) return { outcome: 'unchanged' };
  const { sizeBytes } = validators;
  const head = await read(file, Math.min(sizeBytes, formatBytes), signal);
  const told = imageFormat(head);
  if ('skip' in told) return { outcome: 'skipped', code: told.skip, reason: told.reason };
  if (sizeBytes > maxBytes) {
    const reason = `${sizeBytes} bytes are more than maxImageBytes, ${maxBytes}`;
    return { outcome: 'skipped', code: 'too_many_bytes', reason };
  }
  const release = await budget.reserve(sizeBytes, signal);
  let isKept = false;
  try {
    const content = await read(file, sizeBytes, signal);
    const isChanged = content.length < sizeBytes || (await validatorsOf(file))?.etag !== validators.etag;
    if (isChanged) return undefined;
    isKept = true;
    return { outcome: 'fetched', content, sha256: sha256Of(content), format: told.format, validators };
  } finally {
    if (!isKept) release();
  }
}

/** null if it is no regular file. */
async function validatorsOf(
  file: FileHandle,
): Promise<(Validators & { etag: string; sizeBytes: number }) | null> {
  const stats = await file.stat({ bigint: true });
  if ((stats.mode & BigInt(constants.S_IFMT)) !== BigInt(constants.S_IFREG)) return null;
  return { etag: markOf(stats), sizeBytes: Number(stats.size) };
}

/** Together the parts change with every write, also with one that sets the times back. */
export const markOf = ({ size, mtimeNs, ctimeNs, ino }: BigIntStats): string =>
  `${size}-${mtimeNs}-${ctimeNs}-${ino}`;

const chunkBytes = 4 * 1024 ** 2;

/** The first `length` bytes, fewer if the file has fewer. */
async function read(file: FileHandle, length: number, signal: AbortSignal): Promise<Buffer> {
  const content = allocateContent(length);
  let at = 0;
  while (at < length) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(content, at, Math.min(chunkBytes, length - at), at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return content.subarray(0, at);
}
