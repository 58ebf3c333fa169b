// Watch: which sources are looked at again and again, and what came of it.
import { listAll, type WatchRecord } from '../ledger.ts';
import { sourceOf } from './collections.ts';
import type { ApiContext } from './context.ts';

/** A heart beats every five seconds. */
const silentMs = 60_000;

export async function listWatches(
  _: unknown,
  { collection }: { collection?: string | null },
  { parts: { ledger } }: ApiContext,
): Promise<WatchRecord[]> {
  const watches: WatchRecord[] = [];
  for await (const { record } of listAll(ledger, 'watch', collection ? { collection } : {}))
    watches.push(record);
  const key = (one: WatchRecord): string => `${one.collection} ${one.source}`;
  return watches.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

export const watchResolvers = {
  Watch: {
    source: ({ source }: WatchRecord) => sourceOf(source),
    isWatched: async ({ owner }: WatchRecord, _: unknown, { parts: { ledger } }: ApiContext) => {
      const [stored] = owner === null ? [] : await ledger.get('owner', [owner]);
      return stored !== undefined && Date.now() - Date.parse(stored.record.heartbeatAt) < silentMs;
    },
    by: ({ by }: WatchRecord) => by.toUpperCase(),
    crawl: ({ crawlId }: WatchRecord, _: unknown, { crawls }: ApiContext) =>
      crawlId === null ? null : crawls.load(crawlId),
  },
};
