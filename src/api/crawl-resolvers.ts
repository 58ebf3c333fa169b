// Crawl, read from the ledger.
import { failureCodes, skipCodes } from '../errors.ts';
import type { CodeCount } from '../ledger.ts';

import { sourceOf } from './collections.ts';
import type { ApiContext, CrawlNode } from './context.ts';
import { nodeId } from './node-id.ts';

/** Enum values of the schema are upper case; a code that the schema does not know yet is UNKNOWN. */
export const enumOf = (code: string, known: object): string =>
  code in known ? code.toUpperCase() : 'UNKNOWN';
const coded = (counts: readonly CodeCount[], known: object) =>
  counts.map(({ code, count }) => ({ code: enumOf(code, known), count }));

export const crawlResolvers = {
  Crawl: {
    id: ({ crawlId }: CrawlNode) => nodeId('crawl', crawlId),
    collection: ({ record }: CrawlNode) => record.collection,
    state: ({ record }: CrawlNode) => record.state.toUpperCase(),
    sources: ({ record }: CrawlNode) => record.sources.map(sourceOf),
    isFresh: ({ record }: CrawlNode) => record.fresh,
    isRetry: ({ record }: CrawlNode) => record.isRetry,
    isPartial: ({ record }: CrawlNode) => record.partial,
    unavailableSources: ({ record }: CrawlNode) =>
      (record.unavailable ?? []).map(({ source, reason }) => ({ source: sourceOf(source), reason })),
    startedBy: ({ record }: CrawlNode) => (record.startedBy ?? 'command').toUpperCase(),
    startedAt: ({ record }: CrawlNode) => record.startedAt,
    endedAt: ({ record }: CrawlNode) => record.endedAt,
    counts: async ({ crawlId }: CrawlNode, _: unknown, { crawlReports }: ApiContext) => {
      const report = await crawlReports.load(crawlId);
      if (report === null) return null;
      return {
        ...report,
        skips: coded(report.skips, skipCodes),
        pageSkips: coded(report.pageSkips ?? [], skipCodes),
        failures: coded(report.failures, failureCodes),
      };
    },
  },
};
