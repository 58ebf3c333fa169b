// Crawl and Failure, read from the ledger.
import { failureCodes, skipCodes } from '../errors.ts';
import type { CodeCount, FailureRecord, Stored } from '../ledger.ts';
import { badInput, within } from './api-errors.ts';
import { knownCollection, sourceOf } from './collections.ts';
import type { ApiContext, CrawlNode } from './context.ts';
import { bareId, nodeId } from './node-id.ts';

/** Enum values of the schema are upper case; a code that the schema does not know yet is UNKNOWN. */
const enumOf = (code: string, known: object): string => (code in known ? code.toUpperCase() : 'UNKNOWN');
const coded = (counts: readonly CodeCount[], known: object) =>
  counts.map(({ code, count }) => ({ code: enumOf(code, known), count }));

const cursorOf = (id: string): string => Buffer.from(`failure1:${id}`).toString('base64url');
function idOf(cursor: string): string {
  const [tag, id] = Buffer.from(cursor, 'base64url').toString().split(':', 2);
  if (tag !== 'failure1' || id === undefined) throw badInput('after is not a cursor of failures.');
  return id;
}

export async function listFailures(
  _: unknown,
  args: { collection: string; crawlId?: string | null; first: number; after?: string | null },
  { parts }: ApiContext,
) {
  const first = within('first', args.first, 1, 100);
  const collection = await knownCollection(parts, args.collection);
  const where = { collection, ...(args.crawlId ? { crawlId: bareId('crawl', args.crawlId) } : {}) };
  const after = args.after ? idOf(args.after) : undefined;
  const [found, tally] = await Promise.all([
    parts.ledger.list('failure', where, { limit: first + 1, ...(after === undefined ? {} : { after }) }),
    parts.ledger.tally('failure', where, []),
  ]);
  const edges = found.slice(0, first).map((stored) => ({ cursor: cursorOf(stored.id), node: stored }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: found.length > first,
      hasPreviousPage: after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: { value: tally.reduce((sum, { count }) => sum + count, 0), relation: 'EQ' },
  };
}

type FailureNode = Stored<'failure'>;
const field =
  <F extends keyof FailureRecord>(name: F) =>
  ({ record }: FailureNode): FailureRecord[F] =>
    record[name];

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
  Failure: {
    subject: ({ record }: FailureNode) => record.subject.toUpperCase(),
    url: field('url'),
    stage: ({ record }: FailureNode) => record.stage.toUpperCase(),
    code: ({ record }: FailureNode) => enumOf(record.code, failureCodes),
    reason: field('reason'),
    attempts: field('attempts'),
    failedAt: field('at'),
    crawlId: ({ record }: FailureNode) => nodeId('crawl', record.crawlId),
  },
};
