// Addresses within a folder source: paths relative to it, with `/` on every system; `.` is the source itself.
//
// Two slashes in a row, which no path has, mark what is no plain path: `path//from//to` is the part of a large folder
// whose names are `from` or after it and before `to` (empty: no end); `path//name` is a name that is not UTF-8.
import { isUtf8 } from 'node:buffer';
import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf } from '../../../errors.ts';

export const pathOf = (root: string, address: string): string => join(root, ...address.split('/'));

export interface Span {
  readonly folder: string;
  /** Names from here on; undefined for the whole folder. */
  readonly from?: string;
  readonly to?: string;
}

export function spanOf(address: string): Span {
  const [folder = '.', from, to] = address.split('//');
  return from === undefined || to === undefined ? { folder } : { folder, from, to };
}

export const isWithin = ({ from = '', to = '' }: Span, name: string): boolean =>
  name >= from && (to === '' || name < to);

export const spanAddress = (folder: string, from: string, to: string): string => `${folder}//${from}//${to}`;

export interface Child {
  readonly address: string;
  readonly url: string;
}

export function childOf(root: string, folder: string, name: Buffer): Child {
  const at = folder === '.' ? '' : `${folder}/`;
  if (isUtf8(name)) {
    const address = `${at}${name.toString()}`;
    return { address, url: pathToFileURL(pathOf(root, address)).href };
  }
  const encoded = Array.from(name, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
  return { address: `${folder}//${encoded}`, url: `${pathToFileURL(pathOf(root, folder)).href}/${encoded}` };
}

/** Names that are not UTF-8 cannot be written into a URL or an answer and come back the same. */
export const isNotUtf8 = (address: string): boolean => address.split('//').length === 2;

/**
 * The path where a file really lies, or null where that is outside the source: whoever may write to the folder could
 * bring any file of this machine into the search by a symbolic link.
 */
export async function realPathWithin(root: string, address: string): Promise<string | null> {
  const path = await realpath(pathOf(root, address));
  return path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`) ? path : null;
}

/** Why something could not be read: `missing` only if the source itself is still there, as a disk may be unplugged. */
export async function faultOf(root: string, error: unknown): Promise<{ isMissing: boolean; reason: string }> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // Only what the system says is a fault of the file; all else is one of the program.
  if (typeof code !== 'string' || code.startsWith('ERR_')) throw error;
  const isMissing = code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP';
  const isRootThere = !isMissing || (await stat(root).catch(() => null)) !== null;
  return isRootThere
    ? { isMissing, reason: messageOf(error) }
    : { isMissing: false, reason: `the source ${root} itself is not there any more` };
}
