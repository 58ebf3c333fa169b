// Watches start many small crawls: of those that are at their end the ledger keeps the newest.
import { type Change, type Ledger, listAll, type Stored } from '../../ledger.ts';

const kept = 50;

export async function forgetOldCrawls(ledger: Ledger, collection: string): Promise<void> {
  const ended: Stored<'crawl'>[] = [];
  for await (const crawl of listAll(ledger, 'crawl', { collection, state: 'complete' }))
    if (crawl.record.changesOnly === true) ended.push(crawl);
  if (ended.length <= kept) return;
  // The queue may still have to forget it.
  const [stored] = await ledger.get('collection', [collection]);
  const unpurged = new Set(stored?.record.unpurged ?? []);
  const old = ended
    .sort((a, b) => (a.record.startedAt < b.record.startedAt ? 1 : -1))
    .slice(kept)
    .filter(({ id }) => !unpurged.has(id));
  const deletions = old.map(
    ({ id, version }): Change => ({ kind: 'crawl', id, expect: version, record: null }),
  );
  // Another process does the same: whoever comes second leaves it.
  if (deletions.length > 0) await ledger.change(deletions);
}
