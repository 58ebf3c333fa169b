// Blobs in a folder. A blob is written under a temporary name and renamed, so it is there whole or not at all.
import { randomBytes } from 'node:crypto';
import { link, mkdir, opendir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ImagedexError, messageOf } from '../errors.ts';
import type { OptionTable } from '../options.ts';
import { sha256Of } from '../record.ts';
import { type BlobEntry, type Blobs, mustBeKey } from './blobs.ts';

export const options = {} satisfies OptionTable;

export async function open({ folder }: { readonly folder: string }): Promise<Blobs> {
  const temporary = join(folder, '.tmp');
  await reported(folder, () => mkdir(temporary, { recursive: true, mode: 0o700 }));
  await removeLeftovers(temporary);
  return {
    put: (key, content) => {
      const path = pathOf(folder, key);
      return reported(folder, () => write(join(temporary, temporaryName()), path, content));
    },
    get: (key) => {
      const path = pathOf(folder, key);
      return reported(folder, () => readFile(path).catch(nullWhereMissing));
    },
    sizeOf: async (key) => {
      const path = pathOf(folder, key);
      return (await reported(folder, () => stat(path).catch(nullWhereMissing)))?.size ?? null;
    },
    copyTo: (key, other) => {
      const [path, target] = [pathOf(folder, key), pathOf(other, key)];
      return reported(other, () => linkOrCopy(path, target, join(other, '.tmp')));
    },
    remove: (key) => {
      const path = pathOf(folder, key);
      return reported(folder, () => rm(path, { force: true }));
    },
    list: (prefix) => keys(folder, '', prefix),
    close: async () => {},
  };
}

/**
 * `thumbnails/abcd.jpg` lies in `thumbnails/_ab/abcd.jpg`: at most 256 folders share the blobs of a prefix. Keys have
 * no underscore, so that a key and a longer one that begins with it never want the same name for a file and a folder.
 */
function pathOf(folder: string, key: string): string {
  const segments = mustBeKey(key).split('/');
  const name = segments.pop()!;
  const fan = /^[0-9a-f]{2}/.exec(name)?.[0] ?? sha256Of(Buffer.from(name)).slice(0, 2);
  return join(folder, ...segments, `_${fan}`, name);
}

async function write(temporary: string, path: string, content: Uint8Array): Promise<void> {
  try {
    await writeFile(temporary, content, { flag: 'wx', mode: 0o600 });
    await rename(temporary, path).catch(async (error) => {
      if (codeOf(error) !== 'ENOENT') throw error;
      await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
      await rename(temporary, path);
    });
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

/** A blob's file is never edited, only replaced: two folders may have the same one. */
async function linkOrCopy(path: string, target: string, temporary: string): Promise<number | null> {
  const stats = await stat(path).catch(nullWhereMissing);
  if (stats === null) return null;
  await mkdir(join(target, '..'), { recursive: true, mode: 0o700 });
  try {
    await link(path, target);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    if (codeOf(error) === 'EEXIST') return stats.size;
    // Another disk, or one that has no links.
    const content = await readFile(path).catch(nullWhereMissing);
    if (content === null) return null;
    await mkdir(temporary, { recursive: true, mode: 0o700 });
    await write(join(temporary, temporaryName()), target, content);
  }
  return stats.size;
}

/** The host is in the name because a shared folder holds files of processes that cannot be asked from here. */
const hostMark = sha256Of(Buffer.from(hostname())).slice(0, 8);
const temporaryName = (): string => `${hostMark}-${process.pid}-${randomBytes(6).toString('hex')}`;

/** Writing takes milliseconds: what is older than this belongs to nobody, on whatever host. */
const leftoverMs = 24 * 3_600_000;

async function removeLeftovers(temporary: string): Promise<void> {
  for (const name of await readdir(temporary)) {
    const path = join(temporary, name);
    const modifiedMs = (await stat(path).catch(() => undefined))?.mtimeMs;
    if (modifiedMs === undefined) continue;
    const [host, pid] = name.split('-');
    const isDead = host === hostMark && !mayHaveWritten(Number(pid), modifiedMs);
    if (isDead || modifiedMs < Date.now() - leftoverMs) await rm(path, { force: true });
  }
}

/** In a container the process after a crash often has the number of the one before it: then its age tells. */
function mayHaveWritten(pid: number, modifiedMs: number): boolean {
  if (pid === process.pid) return modifiedMs >= performance.timeOrigin - 1000;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** In no order. Folders are read as they are walked, whatever their size. */
async function* keys(folder: string, under: string, prefix: string): AsyncGenerator<BlobEntry> {
  const entries = await opendir(join(folder, under)).catch(nullWhereMissing);
  if (entries === null) return;
  for await (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    if (entry.name.startsWith('_')) {
      for (const name of await readdir(join(folder, under, entry.name))) {
        const key = `${under}${name}`;
        if (!key.startsWith(prefix)) continue;
        const stats = await stat(join(folder, under, entry.name, name)).catch(nullWhereMissing);
        if (stats !== null) yield { key, sizeBytes: stats.size };
      }
      continue;
    }
    const further = `${under}${entry.name}/`;
    if (further.startsWith(prefix) || prefix.startsWith(further)) yield* keys(folder, further, prefix);
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

function nullWhereMissing(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null;
  throw error;
}

const remedies: { readonly [code: string]: string } = {
  ENOSPC: 'the disk is full: make room and run the same command again',
  EDQUOT: 'the disk quota is used up: make room and run the same command again',
  EACCES: 'this user may not write there: change its rights or name another data directory',
  EPERM: 'this user may not write there: change its rights or name another data directory',
  EROFS: 'the disk is read-only: name another data directory',
  ENOTDIR: 'a file is in its place: name another data directory',
  EEXIST: 'a file is in its place: name another data directory',
};

/** Says what a fault of the disk means for the person who runs the program. */
async function reported<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const remedy = remedies[String(codeOf(error))];
    if (remedy === undefined) throw error;
    throw new ImagedexError('data_unavailable', `blobs in ${folder}: ${remedy} (${messageOf(error)})`, {
      cause: error,
    });
  }
}
