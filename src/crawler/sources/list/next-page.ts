// Where a list goes on: at the address that the document names, or that of the answer's Link header.
import type { Head } from '../../../net/answer.ts';
import { isAllowed, portOf } from '../../../net/public-address.ts';
import { normaliseUrl } from '../../normalise-url.ts';
import { shown } from './entry.ts';

export type NextPage = { readonly address: string } | { readonly fault: string } | undefined;

export interface NextOptions {
  /** What the document says, or undefined. */
  readonly said: unknown;
  /** Whether the user mapped it: then the header says nothing. */
  readonly isMapped: boolean;
  /** The answer's; null for a file, which has no next page. */
  readonly head: Head | null;
  /** Hosts that are as good as the list's own. */
  readonly allowHosts: readonly string[];
}

export function nextPage({ said, isMapped, head, allowHosts }: NextOptions): NextPage {
  if (head === null) {
    return isMapped && said !== undefined
      ? { fault: `a list in a file has no next page: crawl the address that it came from` }
      : undefined;
  }
  const target = said ?? (isMapped ? undefined : linked(head));
  if (target === undefined) return undefined;
  const address = typeof target === 'string' ? normaliseUrl(target, head.url) : undefined;
  if (address === undefined)
    return { fault: `expected the address of the next page, but got ${shown(target)}` };
  const [from, to] = [new URL(head.url), new URL(address)];
  const isOwn =
    to.host === from.host || (to.hostname === from.hostname && isDefaultPort(to) && isDefaultPort(from));
  if (isOwn || isAllowed(allowHosts, to.hostname, portOf(to))) return { address };
  return {
    fault: `the next page, ${address}, is on another host than ${from.host}: name ${to.host} in allowPrivateHosts if it should be read`,
  };
}

/** An API behind a proxy may say http where it is asked by https. */
const isDefaultPort = (url: URL): boolean => url.port === '';

/** RFC 8288: `<https://api.example/?page=2>; rel="next"`. */
export function linked({ headers }: Pick<Head, 'headers'>): string | undefined {
  const value = headers['link'];
  const text = Array.isArray(value) ? value.join(', ') : (value ?? '');
  for (const [, address, parameters = ''] of text.matchAll(
    /<([^<>]*)>((?:\s*;\s*[\w*-]+(?:\s*=\s*(?:"[^"]*"|[^\s",;]+))?)*)/g,
  )) {
    const relation = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))/i.exec(parameters);
    const words = (relation?.[1] ?? relation?.[2] ?? '').toLowerCase().split(/\s+/);
    if (words.includes('next')) return address;
  }
  return undefined;
}
