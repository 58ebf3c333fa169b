// What a list is called, and its parts: `#1001` after a page's address is what begins with its 1001st entry.
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ImagedexError } from '../../../errors.ts';
import { normaliseUrl } from '../../normalise-url.ts';

export interface ListAddress {
  readonly kind: 'stdin' | 'file' | 'web';
  /** `-`, an absolute path, or a normalised URL. */
  readonly text: string;
}

export async function addressOf(typed: string): Promise<ListAddress> {
  if (typed === '-') return { kind: 'stdin', text: '-' };
  if (/^https?:/i.test(typed)) {
    const text = normaliseUrl(typed);
    if (text !== undefined) return { kind: 'web', text };
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(typed) && !/^file:/i.test(typed)) {
    throw new ImagedexError(
      'usage',
      `SOURCE list:${typed}: expected a file, - for standard input, or an address such as https://example.org/products.json`,
    );
  }
  const path = /^file:\/\//i.test(typed) ? fileURLToPath(typed) : typed;
  return { kind: 'file', text: await realpath(path).catch(() => resolve(path)) };
}

export const partAddress = (page: string, from: number): string => (from === 1 ? page : `${page}#${from}`);

export function partOf(root: ListAddress, address: string): { readonly page: string; readonly from: number } {
  const [, page, from] = (address === root.text ? null : /^(.*)#(\d+)$/s.exec(address)) ?? [];
  return page === undefined ? { page: address, from: 1 } : { page, from: Number(from) };
}

export function urlOfPage({ kind }: ListAddress, page: string): string {
  if (kind === 'file') return pathToFileURL(page).href;
  return kind === 'web' ? page : 'list:-';
}
