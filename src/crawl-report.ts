// What a crawl has come to, counted from the ledger: the same numbers for the command line, the API and the tests.
import type {
  ByteChange,
  CodeCount,
  CrawlCounts,
  CrawlRecord,
  Ledger,
  Outcome,
  Tally,
  UnavailableSource,
} from './ledger.ts';

export interface CrawlReport extends CrawlCounts {
  readonly crawlId: string;
  readonly collection: string;
  readonly state: CrawlRecord['state'];
  /** Locations that left the search because of this crawl. */
  readonly gone: number;
  readonly seconds: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Sources that could not be opened when it began: it ran over the others. */
  readonly unavailable: readonly UnavailableSource[];
}

export async function crawlReport(ledger: Ledger, crawlId: string): Promise<CrawlReport | null> {
  const [crawl] = await ledger.get('crawl', [crawlId]);
  if (crawl === undefined) return null;
  const { collection, state, gone, seconds, startedAt, endedAt, counts, unavailable = [] } = crawl.record;
  return {
    crawlId,
    collection,
    state,
    ...(counts ?? (await countCrawl(ledger, crawlId))),
    gone,
    seconds,
    startedAt,
    endedAt,
    unavailable,
  };
}

/** Counts the locations that this crawl saw last: of an unfinished crawl all that it found. */
export async function countCrawl(ledger: Ledger, crawlId: string): Promise<CrawlCounts> {
  const [locations, pages] = await Promise.all([
    ledger.tally('location', { crawlId }, ['outcome', 'code', 'inferred', 'change']),
    ledger.tally('page', { crawlId }, []),
  ]);
  const count = (...outcomes: (Outcome | null)[]) =>
    sum(locations.filter((row) => outcomes.includes((row.values.outcome ?? null) as Outcome | null)));
  const changed = (change: ByteChange) =>
    sum(locations.filter(({ values }) => values.outcome === 'indexed' && values.change === change));
  return {
    pages: sum(pages),
    found: sum(locations),
    indexed: count('indexed', 'unchanged'),
    skipped: count('skipped'),
    failed: count('failed'),
    pending: count(null),
    unchanged: count('unchanged'),
    new: changed('new'),
    changed: changed('changed'),
    inferences: sum(locations.filter((row) => row.values.inferred === true)),
    skips: codesOf(locations, 'skipped'),
    failures: codesOf(locations, 'failed'),
  };
}

/** The most frequent first. */
function codesOf(locations: readonly Tally[], outcome: Outcome): CodeCount[] {
  const counts = new Map<string, number>();
  for (const row of locations) {
    if (row.values.outcome !== outcome) continue;
    const code = String(row.values.code);
    counts.set(code, (counts.get(code) ?? 0) + row.count);
  }
  return [...counts]
    .map(([code, count]) => ({ code, count }))
    .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}

const sum = (rows: readonly { readonly count: number }[]): number =>
  rows.reduce((total, row) => total + row.count, 0);
