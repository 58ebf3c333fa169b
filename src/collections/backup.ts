// A copy of a whole data directory, taken while anything else runs: whole and looked through, or not there at all.
import { randomBytes } from 'node:crypto';
import { cp, lstat, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { batches } from '../batches.ts';
import { type Blobs, thumbnailKey } from '../blobs/blobs.ts';
import { ImagedexError, messageOf } from '../errors.ts';
import { type Ledger, listAll } from '../ledger.ts';

export interface BackupParts {
  readonly blobs: Blobs;
  /** The models that people have put into the data directory; may be missing. */
  readonly modelsFolder: string;
  /** Writes one state of the database into a file that is not there yet, and looks through it for faults. */
  readonly copyDatabase: (file: string) => Promise<void>;
  /** The ledger of a copied database; closing it closes the file. */
  readonly openLedger: (file: string) => Promise<Ledger>;
}

export interface BackupReport {
  readonly folder: string;
  readonly databaseBytes: number;
  readonly thumbnails: number;
  readonly thumbnailBytes: number;
}

/** Blobs in flight. */
const maxAtOnce = 64;

/** Throws `file_exists` where there is something at `folder` already. */
export async function backUp(
  parts: BackupParts,
  folder: string,
  signal: AbortSignal,
  onProgress: (thumbnails: number) => void = () => {},
): Promise<BackupReport> {
  const target = resolve(folder);
  await mustBeFree(target);
  const partial = `${target}.partial-${randomBytes(3).toString('hex')}`;
  try {
    await mkdir(partial, { recursive: true, mode: 0o700 });
    const file = join(partial, 'imagedex.db');
    await parts.copyDatabase(file);
    signal.throwIfAborted();
    // After the database: what its descriptions name was stored before them.
    const thumbnails = await copyThumbnails(parts, file, join(partial, 'blobs'), signal, onProgress);
    await copyModels(parts.modelsFolder, join(partial, 'models'));
    signal.throwIfAborted();
    await persist(file);
    await rename(partial, target);
    await persist(dirname(target));
    return { folder: target, databaseBytes: (await stat(join(target, 'imagedex.db'))).size, ...thumbnails };
  } catch (error) {
    await rm(partial, { recursive: true, force: true }).catch(() => {});
    throw signal.aborted ? error : explained(error, target);
  }
}

/** An empty folder is free. */
async function mustBeFree(target: string): Promise<void> {
  const names = await readdir(target).catch(async () => {
    // Where nothing is, whatever the reason, making the folder tells it. A link that leads nowhere is something.
    return (await lstat(target).catch(() => undefined)) === undefined ? [] : [target];
  });
  if (names.length === 0) return;
  throw new ImagedexError(
    'file_exists',
    `${target}: expected a folder that does not exist yet, or an empty one; name another`,
  );
}

async function copyThumbnails(
  { blobs, openLedger }: BackupParts,
  file: string,
  folder: string,
  signal: AbortSignal,
  onProgress: (thumbnails: number) => void,
): Promise<Pick<BackupReport, 'thumbnails' | 'thumbnailBytes'>> {
  await mkdir(folder, { mode: 0o700 });
  const ledger = await openLedger(file);
  let [thumbnails, thumbnailBytes] = [0, 0];
  const copyOne = async (sha256: string) => {
    const sizeBytes = await blobs.copyTo(thumbnailKey(sha256), folder);
    if (sizeBytes === null) return;
    thumbnails++;
    thumbnailBytes += sizeBytes;
  };
  try {
    await forgetOwners(ledger);
    for await (const some of batches(listAll(ledger, 'description', {}), maxAtOnce)) {
      signal.throwIfAborted();
      await Promise.all(some.map(({ record }) => copyOne(record.sha256)));
      onProgress(thumbnails);
    }
    return { thumbnails, thumbnailBytes };
  } finally {
    await ledger.close();
  }
}

/** Nobody works on the copy: who opens it carries on at once, though the process that is named there may still live. */
async function forgetOwners(ledger: Ledger): Promise<void> {
  for await (const { id, version } of listAll(ledger, 'owner', {}))
    await ledger.change([{ kind: 'owner', id, expect: version, record: null }]);
}

/** What links there lead to is copied: the backup depends on nothing outside it. */
async function copyModels(from: string, to: string): Promise<void> {
  if ((await stat(from).catch(() => undefined)) === undefined) return;
  await cp(from, to, { recursive: true, dereference: true });
}

/** On the disk, not in its cache only. */
async function persist(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const remedies: { readonly [code: string]: string } = {
  ENOSPC: 'the disk is full: make room, or name a folder on another disk',
  EDQUOT: 'the disk quota is used up: make room, or name a folder on another disk',
  EACCES: 'this user may not write there: name another folder',
  EPERM: 'this user may not write there: name another folder',
  EROFS: 'the disk is read-only: name another folder',
  ENOTDIR: 'a part of its path is a file: name another folder',
};

function explained(error: unknown, target: string): unknown {
  if (error instanceof ImagedexError) {
    return new ImagedexError(error.code, `no backup was made: ${error.message}`, { cause: error });
  }
  const remedy = remedies[String((error as NodeJS.ErrnoException).code)];
  if (remedy === undefined) return error;
  return new ImagedexError(
    'data_unavailable',
    `no backup was made in ${target}: ${remedy} (${messageOf(error)})`,
    {
      cause: error,
    },
  );
}
