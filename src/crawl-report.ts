// What a crawl has come to, counted from the ledger: the same numbers for the command line, the API and the tests.
import type { SkipCode } from './errors.ts';
import type {
  ByteChange,
  CodeCount,
  CrawlCounts,
  CrawlRecord,
  Ledger,
  Outcome,
  PageCounts,
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
  /** A cap was hit or something could not be read, so nothing was concluded from what it did not see. Never of crawls that
   * were to see but a part. */
  readonly isPartial: boolean;
  /** Sources that could not be opened when it began: it ran over the others. */
  readonly unavailable: readonly UnavailableSource[];
}

export async function crawlReport(ledger: Ledger, crawlId: string): Promise<CrawlReport | null> {
  const [crawl] = await ledger.get('crawl', [crawlId]);
  if (crawl === undefined) return null;
  const { collection, state, gone, seconds, startedAt, endedAt, counts, unavailable = [] } = crawl.record;
  const { partial, isRetry, changesOnly = false } = crawl.record;
  return {
    crawlId,
    collection,
    state,
    ...(counts ?? (await countCrawl(ledger, crawlId))),
    gone,
    seconds,
    startedAt,
    endedAt,
    isPartial: partial && !isRetry && !changesOnly,
    unavailable,
  };
}

/** Counts the locations that this crawl saw last: of an unfinished crawl all that it found. */
export async function countCrawl(ledger: Ledger, crawlId: string): Promise<CrawlCounts> {
  const [locations, looked] = await Promise.all([
    ledger.tally('location', { crawlId }, ['outcome', 'code', 'inferred', 'change', 'state']),
    ledger.tally('page', { crawlId }, ['isListing', 'state', 'code', 'change', 'isRendered']),
  ]);
  // Sitemaps and feeds are no pages.
  const pages = looked.filter(({ values }) => values.isListing !== true);
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
    refused: sum(locations.filter((row) => row.values.outcome === 'skipped' && isRefusal(row))),
    missing: sum(locations.filter(isMissing)),
    pageChanges: countPages(pages),
    rendered: sum(pages.filter((row) => row.values.isRendered === true && wasRead(row))),
    notRendered: sum(pages.filter((row) => row.values.isRendered === false && wasRead(row))),
    inferences: sum(locations.filter((row) => row.values.inferred === true)),
    skips: codesOf(locations.filter(({ values }) => values.outcome === 'skipped')),
    pageSkips: codesOf(pages.filter(isSkip)),
    failures: codesOf(locations.filter(({ values }) => values.outcome === 'failed')),
  };
}

/** Of a page; one whose images were left out is read all the same, and has a code. */
const isSkip = ({ values: { state, code } }: Tally): boolean =>
  state === 'skipped' || (state === 'expanded' && typeof code === 'string');

/** In this crawl: what is remembered of a page says what a browser did in another. */
const wasRead = ({ values: { state, change } }: Tally): boolean =>
  state === 'expanded' && ['new', 'changed', 'same'].includes(String(change));

/** Their owners do not want them. */
const refusals: readonly unknown[] = [
  'robots_denied',
  'opted_out',
  'taken_down',
] satisfies readonly SkipCode[];
const isRefusal = ({ values: { code } }: Tally): boolean => refusals.includes(code);

/** Still found by searches. */
const isMissing = ({ values: { outcome, code, state } }: Tally): boolean =>
  outcome === 'failed' && code === 'not_found' && (state === 'indexed' || state === 'described');

function countPages(pages: readonly Tally[]): PageCounts {
  const counts: Record<keyof PageCounts, number> = { ...noPages };
  for (const row of pages) counts[pageCountOf(row)] += row.count;
  return counts;
}

const noPages = {
  new: 0,
  changed: 0,
  unchanged: 0,
  rested: 0,
  missing: 0,
  gone: 0,
  refused: 0,
  skipped: 0,
  failed: 0,
} as const satisfies PageCounts;

function pageCountOf(row: Tally): keyof PageCounts {
  const { state, change } = row.values;
  if (state === 'gone' && change === 'unchanged') return 'unchanged';
  if (state === 'gone' || state === 'unlinked') return 'gone';
  if (state === 'skipped') return isRefusal(row) ? 'refused' : 'skipped';
  if (state === 'failed') return change === 'missing' ? 'missing' : 'failed';
  if (change === 'same') return 'unchanged';
  // One that an older version has begun with does not say.
  return typeof change === 'string' && change in noPages ? (change as keyof PageCounts) : 'changed';
}

/** The most frequent first. */
function codesOf(rows: readonly Tally[]): CodeCount[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const code = String(row.values.code);
    counts.set(code, (counts.get(code) ?? 0) + row.count);
  }
  return [...counts]
    .map(([code, count]) => ({ code, count }))
    .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}

const sum = (rows: readonly { readonly count: number }[]): number =>
  rows.reduce((total, row) => total + row.count, 0);
