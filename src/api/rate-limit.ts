// How much embedded access one visitor of one page gets: a bucket of tokens that fills steadily.
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

export const embeddedRate = {
  perSecond: 20,
  burst: 60,
  /** A page of thumbnails is many small answers. */
  thumbnailCost: 0.1,
} as const;

export interface RateLimit {
  /** 0 where it is granted, else the whole seconds to wait. */
  take(key: string, cost: number): number;
}

const maxBuckets = 10_000;

export function openRateLimit(
  { perSecond, burst }: { readonly perSecond: number; readonly burst: number },
  now: () => number = () => performance.now(),
): RateLimit {
  /** In the order of their last use. */
  const buckets = new Map<string, { readonly tokens: number; readonly at: number }>();
  return {
    take(key, cost) {
      const at = now();
      const bucket = buckets.get(key);
      const tokens =
        bucket === undefined ? burst : Math.min(burst, bucket.tokens + ((at - bucket.at) / 1000) * perSecond);
      const isGranted = tokens >= cost;
      buckets.delete(key);
      buckets.set(key, { tokens: isGranted ? tokens - cost : tokens, at });
      if (buckets.size > maxBuckets) buckets.delete(buckets.keys().next().value!);
      return isGranted ? 0 : Math.max(1, Math.ceil((cost - tokens) / perSecond));
    },
  };
}

/**
 * Who asks: the other end of the connection, or behind a proxy what the nearest one saw. Of IPv6 the network of a
 * household. Where no proxy was told of, everybody may write what it would.
 */
export function visitorOf(
  headers: IncomingHttpHeaders,
  remoteAddress: string | undefined,
  isBehindProxy: boolean,
): string {
  const forwarded = isBehindProxy
    ? String(headers['x-forwarded-for'] ?? '')
        .split(',')
        .at(-1)!
        .trim()
    : '';
  const address = isIP(forwarded) === 0 ? (remoteAddress ?? '') : forwarded;
  if (isIP(address) !== 6 || address.includes('.')) return address;
  const [before = '', after = ''] = address.split('::', 2);
  const groups = before.split(':').filter((group) => group !== '');
  const rest = after.split(':').filter((group) => group !== '');
  const zeros = address.includes('::') ? Array<string>(8 - groups.length - rest.length).fill('0') : [];
  return [...groups, ...zeros, ...rest].slice(0, 4).join(':');
}
