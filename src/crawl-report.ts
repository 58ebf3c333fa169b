// What a crawl has come to, counted from the ledger: the same numbers for the command line, the API and the tests.
import type { CrawlRecord, Ledger, Outcome } from './ledger.ts';

export interface CodeCount {
  readonly code: string;
  readonly count: number;
}

/** found = indexed + skipped + failed + pending, at any moment. All count locations, `pages` and `inferences` apart. */
export interface CrawlReport {
  readonly crawlId: string;
  readonly collection: string;
  readonly state: CrawlRecord['state'];
  readonly pages: number;
  readonly found: number;
  readonly indexed: number;
  readonly skipped: number;
  readonly failed: number;
  readonly pending: number;
  /** Part of `indexed`: the source said that nothing changed. */
  readonly unchanged: number;
  /** Locations that left the search because of this crawl. */
  readonly gone: number;
  readonly inferences: number;
  readonly seconds: number;
  readonly skips: readonly CodeCount[];
  readonly failures: readonly CodeCount[];
  readonly startedAt: string;
  readonly endedAt: string | null;
}

export async function crawlReport(ledger: Ledger, crawlId: string): Promise<CrawlReport | null> {
  const [crawl] = await ledger.get('crawl', [crawlId]);
  if (crawl === undefined) return null;
  const [locations, pages] = await Promise.all([
    ledger.tally('location', { crawlId }, ['outcome', 'code', 'inferred']),
    ledger.tally('page', { crawlId }, []),
  ]);
  const count = (...outcomes: (Outcome | null)[]) =>
    sum(locations.filter((row) => outcomes.includes((row.values.outcome ?? null) as Outcome | null)));
  const codes = (outcome: Outcome): CodeCount[] => {
    const counts = new Map<string, number>();
    for (const row of locations) {
      if (row.values.outcome !== outcome) continue;
      const code = String(row.values.code);
      counts.set(code, (counts.get(code) ?? 0) + row.count);
    }
    return [...counts]
      .map(([code, count]) => ({ code, count }))
      .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
  };
  const { collection, state, gone, seconds, startedAt, endedAt } = crawl.record;
  return {
    crawlId,
    collection,
    state,
    pages: sum(pages),
    found: sum(locations),
    indexed: count('indexed', 'unchanged'),
    skipped: count('skipped'),
    failed: count('failed'),
    pending: count(null),
    unchanged: count('unchanged'),
    gone,
    inferences: sum(locations.filter((row) => row.values.inferred === true)),
    seconds,
    skips: codes('skipped'),
    failures: codes('failed'),
    startedAt,
    endedAt,
  };
}

const sum = (rows: readonly { readonly count: number }[]): number =>
  rows.reduce((total, row) => total + row.count, 0);
