// The crawls of a collection, and what one of them changed against the one before.
import { type CrawlReport, crawlReport } from '../crawl-report.ts';
import { type CrawlRecord, type Ledger, listAll, type Stored } from '../ledger.ts';
import { isInPart } from './claim.ts';

/** The newest first; of one collection, or of all. */
export async function listCrawls(ledger: Ledger, collection?: string): Promise<Stored<'crawl'>[]> {
  const crawls: Stored<'crawl'>[] = [];
  for await (const crawl of listAll(ledger, 'crawl', collection === undefined ? {} : { collection })) {
    crawls.push(crawl);
  }
  return crawls.sort((a, b) => (a.record.startedAt < b.record.startedAt ? 1 : -1));
}

export interface Comparison {
  readonly crawl: CrawlReport;
  readonly record: CrawlRecord;
  /** The newest complete crawl of the same sources before it; null where there is none. Those in part count as none. */
  readonly before: CrawlReport | null;
  /** Whether the collection had no crawl at all before it. */
  readonly isFirst: boolean;
}

/** null where there is no such crawl. One of a part is compared with none. */
export async function compareCrawl(ledger: Ledger, id: string): Promise<Comparison | null> {
  const [stored] = await ledger.get('crawl', [id]);
  if (stored === undefined) return null;
  const { record } = stored;
  const earlier = (await listCrawls(ledger, record.collection)).filter(
    (other) => other.record.startedAt < record.startedAt,
  );
  const isComparable = (other: CrawlRecord): boolean =>
    other.state === 'complete' && !isInPart(other) && sameSources(other, record);
  const compared = isInPart(record) ? undefined : earlier.find((other) => isComparable(other.record));
  const [crawl, before] = await Promise.all([
    crawlReport(ledger, id),
    compared === undefined ? null : crawlReport(ledger, compared.id),
  ]);
  return { crawl: crawl!, record, before, isFirst: earlier.length === 0 };
}

const sameSources = (a: CrawlRecord, b: CrawlRecord): boolean =>
  a.sources.length === b.sources.length && a.sources.every((source) => b.sources.includes(source));
