// Lists one folder: its files as locations, its folders as further listings. Hidden ones are left alone.
//
// A symbolic link to a file is followed if it stays within the source. Links to folders are not: so there are no loops,
// and what lies within the source is found where it lies.
import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { failure } from '../../../errors.ts';
import type { Expansion } from '../../source.ts';
import {
  type Child,
  childOf,
  faultOf,
  isNotUtf8,
  isWithin,
  pathOf,
  realPathWithin,
  type Span,
  spanAddress,
  spanOf,
} from './address.ts';

export type Listing =
  | { readonly outcome: 'listed'; readonly further: readonly string[]; readonly files: readonly Child[] }
  | Extract<Expansion, { outcome: 'gone' | 'failed' }>;

/** A larger folder is listed in parts, each an item of its own, so that neither memory nor a write grows with it. */
const maxEntries = 5_000;

export async function listFolder(root: string, address: string, signal: AbortSignal): Promise<Listing> {
  const path = pathOf(root, address);
  if (isNotUtf8(address)) return failed(`expected a name in UTF-8, got ${path}`);
  const span = spanOf(address);
  try {
    const entries = await entriesOf(root, span, signal);
    if (span.from === undefined && entries.length > maxEntries) {
      return { outcome: 'listed', further: parts(span.folder, entries), files: [] };
    }
    return { outcome: 'listed', ...(await sorted(root, span.folder, entries)) };
  } catch (error) {
    signal.throwIfAborted();
    const { isMissing, reason } = await faultOf(root, error);
    return isMissing && span.folder !== '.'
      ? { outcome: 'gone', failure: failure('find', 'not_found', reason) }
      : failed(reason);
  }
}

const failed = (reason: string): Listing => ({
  outcome: 'failed',
  failure: failure('find', 'unreadable', reason),
});

interface Entry {
  readonly name: Buffer;
  readonly text: string;
  readonly kind: 'file' | 'folder' | 'link';
}

async function entriesOf(root: string, span: Span, signal: AbortSignal): Promise<Entry[]> {
  const entries: Entry[] = [];
  // As bytes: a name that is not UTF-8 would come back changed.
  const encoding = 'buffer' as BufferEncoding;
  for await (const entry of await opendir(pathOf(root, span.folder), { encoding, bufferSize: 1024 })) {
    signal.throwIfAborted();
    const name = entry.name as unknown as Buffer;
    const kind = kindOf(entry);
    // Names that are not UTF-8 come out with U+FFFD, and still in an order of their own.
    const text = name.toString();
    if (kind !== undefined && name[0] !== 0x2e && isWithin(span, text)) entries.push({ name, text, kind });
  }
  return entries.sort((a, b) =>
    a.text < b.text ? -1 : a.text > b.text ? 1 : Buffer.compare(a.name, b.name),
  );
}

/** Pipes, sockets and devices are nothing to read pictures from. */
function kindOf(entry: Dirent): Entry['kind'] | undefined {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : undefined;
}

function parts(folder: string, entries: readonly Entry[]): string[] {
  const parts: string[] = [];
  for (let at = 0; at < entries.length; at += maxEntries) {
    const from = at === 0 ? '' : entries[at]!.text;
    parts.push(spanAddress(folder, from, entries[at + maxEntries]?.text ?? ''));
  }
  return parts;
}

async function sorted(root: string, folder: string, entries: readonly Entry[]) {
  const further: string[] = [];
  const files: Child[] = [];
  for (const { name, kind } of entries) {
    const child = childOf(root, folder, name);
    if (kind === 'folder') further.push(child.address);
    else if (kind === 'file' || (isUtf8(name) && (await isLinkToFile(root, child.address))))
      files.push(child);
  }
  return { further, files };
}

async function isLinkToFile(root: string, address: string): Promise<boolean> {
  try {
    const path = await realPathWithin(root, address);
    return path !== null && (await stat(path)).isFile();
  } catch {
    return false; // It leads nowhere, or round in circles.
  }
}
