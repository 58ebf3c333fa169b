// The block list: hashes of what was taken down. Whoever writes to the ledger asks it before, and again after.
import { normaliseUrl } from '../crawler/normalise-url.ts';
import type { Place } from '../crawler/taken-down.ts';
import { amend, amendment, type BlockRecord, type Ledger, listAll } from '../ledger.ts';
import { blockId, now } from '../record.ts';

export interface Block {
  readonly subject: BlockRecord['subject'];
  /** The sha256 of a content, a normalised address, or a host with or without a port. */
  readonly value: string;
}

/** A site without a port is its host at every port. */
export const isOfSite = (host: string, site: string): boolean => host === site || withoutPort(host) === site;

const withoutPort = (host: string): string => host.replace(/:\d+$/, '');

/** One spelling for each address: of s3:// and file:// people type names as they are, too, where others write escapes. */
export function sameSpelling(url: string): string {
  if (/^https?:/i.test(url)) return normaliseUrl(url) ?? url;
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

const addressBlock = (url: string): string => blockId('address', sameSpelling(url));
const blocksOf = ({ url, host }: Place): string[] => [
  addressBlock(url),
  ...(host === '' ? [] : [...new Set([host, withoutPort(host)])].map((site) => blockId('site', site))),
];

/** For each place, in order: whether it, or the site that it lies on, was taken down. */
export async function areBlocked(ledger: Ledger, places: readonly Place[]): Promise<boolean[]> {
  const ids = places.map(blocksOf);
  const blocked = await blockedOf(ledger, ids.flat());
  return ids.map((some) => some.some((id) => blocked.has(id)));
}

export const isBlocked = async (ledger: Ledger, place: Place): Promise<boolean> =>
  (await areBlocked(ledger, [place]))[0]!;

/** Those of the contents that were taken down. */
export async function blockedContents(ledger: Ledger, sha256s: readonly string[]): Promise<string[]> {
  const blocked = await blockedOf(
    ledger,
    sha256s.map((sha256) => blockId('content', sha256)),
  );
  return sha256s.filter((sha256) => blocked.has(blockId('content', sha256)));
}

async function blockedOf(ledger: Ledger, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  return new Set((await ledger.get('block', [...new Set(ids)])).map(({ id }) => id));
}

const piece = 500;

/** Returns how many are new. */
export async function block(ledger: Ledger, blocks: readonly Block[]): Promise<number> {
  let added = 0;
  for (let start = 0; start < blocks.length; start += piece) {
    const some = blocks.slice(start, start + piece);
    const ids = new Map(
      some.map(({ subject, value }) => [
        subject === 'address' ? addressBlock(value) : blockId(subject, value),
        subject,
      ]),
    );
    const blockedAt = now();
    added += await amend(
      ledger,
      [...ids].map(([id, subject]) =>
        amendment('block', id, (old) => (old === undefined ? { subject, blockedAt } : undefined)),
      ),
    );
  }
  return added;
}

export async function countBlocks(ledger: Ledger): Promise<Record<BlockRecord['subject'], number>> {
  const counts = { content: 0, address: 0, site: 0 };
  for await (const { record } of listAll(ledger, 'block', {})) counts[record.subject]++;
  return counts;
}

/** Whether anything was taken down since then. */
export async function isBlockedSince(ledger: Ledger, since: string): Promise<boolean> {
  for await (const { record } of listAll(ledger, 'block', {})) if (record.blockedAt >= since) return true;
  return false;
}
