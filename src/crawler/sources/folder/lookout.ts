// Looks at a folder and all below it: names and marks of files, told of changes by the system where that can be had.
//
// One watch a folder, set before the folder is read, so that nothing falls in between. What the system tells is only that
// a folder is worth another look: the look itself says what has changed.
import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ImagedexError, messageOf } from '../../../errors.ts';
import type { ImageSighting, Looked, LookedPart, Lookout, LookoutEvents } from '../../source.ts';
import { type Child, pathOf, realPathWithin, spanOf } from './address.ts';
import { markOf } from './file.ts';
import { listFolder } from './listing.ts';

interface Known {
  /** Tells a folder from another that has taken its place. */
  readonly identity: string;
  readonly watcher: FSWatcher | undefined;
  children: readonly string[];
}

/** Files whose marks are asked for at a time. */
const atOnce = 64;

export function openLookout(
  root: string,
  sightingOf: (file: Child) => ImageSighting,
  { onChange, onDeaf, leavesOut = () => false }: LookoutEvents,
): Lookout {
  const known = new Map<string, Known>();
  let isTold = true;

  const deafen = (reason: string): void => {
    if (!isTold) return;
    isTold = false;
    for (const [folder, one] of known) {
      one.watcher?.close();
      known.set(folder, { ...one, watcher: undefined });
    }
    onDeaf(reason);
  };
  const listenTo = (folder: string): FSWatcher | undefined => {
    try {
      const watcher = watch(pathOf(root, folder), { persistent: false }, () => onChange(folder));
      // A folder that is removed tells so to the one above, too.
      watcher.on('error', () => onChange(folder));
      return watcher;
    } catch (error) {
      if (isMissing(error)) onChange(folder);
      else deafen(messageOf(error));
      return undefined;
    }
  };
  /** It and all below it. */
  const forget = (folder: string): string[] => {
    const one = known.get(folder);
    known.delete(folder);
    one?.watcher?.close();
    return [folder, ...(one?.children ?? []).flatMap(forget)];
  };

  async function* lookInto(folder: string, isDeep: boolean, signal: AbortSignal): AsyncGenerator<LookedPart> {
    const identity = await identityOf(root, folder);
    const before = known.get(folder);
    const isNew = before?.identity !== identity;
    if (isNew) before?.watcher?.close();
    const kept = isNew ? undefined : before?.watcher;
    const watcher = kept ?? (isTold ? listenTo(folder) : undefined);
    known.set(folder, { identity, watcher, children: before?.children ?? [] });
    const children: string[] = [];
    for (const listings = [folder]; listings.length > 0; ) {
      const listing = await listFolder(root, listings.shift()!, signal);
      if (listing.outcome === 'gone') {
        for (const part of forget(folder)) yield { part, images: [] };
        return;
      }
      if (listing.outcome === 'failed') {
        if (folder === '.') throw new ImagedexError('source_unavailable', listing.failure.reason);
        return;
      }
      for (const one of listing.further) {
        if (spanOf(one).folder === folder) listings.push(one);
        else if (!leavesOut(one)) children.push(one);
      }
      yield { part: folder, images: await marked(root, listing.files, sightingOf, signal) };
    }
    for (const lost of before?.children.filter((one) => !children.includes(one)) ?? [])
      for (const part of forget(lost)) yield { part, images: [] };
    // Forgotten meanwhile where the one above it was.
    const still = known.get(folder);
    if (still !== undefined) still.children = children;
    for (const child of children)
      if (isDeep || isNew || !known.has(child)) yield* lookInto(child, isDeep, signal);
  }

  return {
    get isTold() {
      return isTold;
    },
    grows: true,
    async *look(parts, signal) {
      if (parts === null) return yield* lookInto('.', true, signal);
      // Those that nobody knows any more, the look at the one above them tells of.
      for (const part of new Set(parts)) if (known.has(part)) yield* lookInto(part, false, signal);
    },
    close() {
      isTold = false;
      forget('.');
    },
  };
}

async function identityOf(root: string, folder: string): Promise<string> {
  const found = await stat(pathOf(root, folder), { bigint: true }).catch(() => null);
  return found === null ? '' : `${found.dev}-${found.ino}-${found.birthtimeNs}`;
}

const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code));

async function marked(
  root: string,
  files: readonly Child[],
  sightingOf: (file: Child) => ImageSighting,
  signal: AbortSignal,
): Promise<Looked[]> {
  const looked: Looked[] = [];
  for (let start = 0; start < files.length; start += atOnce) {
    signal.throwIfAborted();
    const some = files.slice(start, start + atOnce);
    const marks = await Promise.all(some.map((file) => markAt(root, file.address)));
    for (const [index, mark] of marks.entries())
      if (mark !== null) looked.push({ sighting: sightingOf(some[index]!), mark });
  }
  return looked;
}

/** null where it is gone by now, or is none of ours. */
async function markAt(root: string, address: string): Promise<string | null> {
  try {
    const path = await realPathWithin(root, address);
    return path === null ? null : markOf(await stat(path, { bigint: true }));
  } catch {
    return null;
  }
}
