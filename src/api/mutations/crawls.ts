// startCrawl, cancelCrawl and retryFailures. A crawl that was started runs on after the answer.
import { cancelCrawl } from '../../crawls/claim.ts';
import { ImagedexError } from '../../errors.ts';
import type { ApiContext, CrawlNode } from '../context.ts';
import { type FailureFilterInput, failureFilterOf } from '../failure-resolvers.ts';
import { bareId } from '../node-id.ts';
import { collectionProblem, type MutationError, problem, problemOf } from './mutation-error.ts';

export interface CrawlPayload<Code extends string> {
  readonly crawl: CrawlNode | null;
  readonly errors: readonly MutationError<Code>[];
}

type StartCode = 'NOT_FOUND' | 'OUT_OF_RANGE' | 'CRAWL_RUNNING' | 'SOURCE_UNAVAILABLE' | 'CONFIG_INVALID';

async function startCrawl(
  _: unknown,
  { input }: { input: { collection: string; isFresh: boolean; maxImages?: number | null } },
  context: ApiContext,
): Promise<CrawlPayload<StartCode>> {
  const { collection, isFresh, maxImages = null } = input;
  if (maxImages !== null && maxImages < 1) {
    return { crawl: null, ...problem('OUT_OF_RANGE', `Expected 1 or more, not ${maxImages}.`, 'maxImages') };
  }
  try {
    const id = await context.parts.actions.startCrawl({ collection, maxImages, fresh: isFresh });
    return { crawl: await freshCrawl(context, id), errors: [] };
  } catch (error) {
    const crawl = await runningCrawl(error, context, collection);
    return {
      crawl,
      ...problemOf<StartCode>(error, {
        not_found: ['NOT_FOUND', 'collection'],
        crawl_running: ['CRAWL_RUNNING', 'collection'],
        source_unavailable: ['SOURCE_UNAVAILABLE', 'collection'],
        config_invalid: ['CONFIG_INVALID', 'collection'],
      }),
    };
  }
}

type RetryCode = 'NOT_FOUND' | 'NOTHING_FAILED' | 'CRAWL_RUNNING' | 'CONFIG_INVALID';

async function retryFailures(
  _: unknown,
  { input: { collection, filter } }: { input: { collection: string; filter?: FailureFilterInput | null } },
  context: ApiContext,
): Promise<CrawlPayload<RetryCode>> {
  const unknown = await collectionProblem(context.parts, collection);
  if (unknown !== null) return { crawl: null, ...unknown };
  try {
    const id = await context.parts.actions.retryFailures(collection, failureFilterOf(filter));
    if (id !== null) return { crawl: await freshCrawl(context, id), errors: [] };
    return {
      crawl: null,
      ...problem(
        'NOTHING_FAILED',
        `Nothing${filter ? ' of that kind' : ''} has failed in ${collection} that may be tried again now.`,
        'collection',
      ),
    };
  } catch (error) {
    const crawl = await runningCrawl(error, context, collection);
    return {
      crawl,
      ...problemOf<RetryCode>(error, {
        crawl_running: ['CRAWL_RUNNING', 'collection'],
        config_invalid: ['CONFIG_INVALID', 'collection'],
      }),
    };
  }
}

async function cancel(
  _: unknown,
  { input: { crawlId } }: { input: { crawlId: string } },
  context: ApiContext,
): Promise<CrawlPayload<'NOT_FOUND' | 'ALREADY_ENDED'>> {
  const id = bareId('crawl', crawlId);
  const wasRunning = await cancelCrawl(context.parts.ledger, id);
  const crawl = await freshCrawl(context, id);
  if (wasRunning === undefined) {
    return { crawl, ...problem('NOT_FOUND', `There is no crawl ${JSON.stringify(crawlId)}.`, 'crawlId') };
  }
  if (wasRunning) return { crawl, errors: [] };
  return { crawl, ...problem('ALREADY_ENDED', `Crawl ${crawlId} is at its end already.`, 'crawlId') };
}

/** As it is now: another mutation of the same document may have read it before. */
function freshCrawl({ crawls, crawlReports }: ApiContext, id: string): Promise<CrawlNode | null> {
  crawlReports.clear(id);
  return crawls.clear(id).load(id);
}

/** Where the error says that a crawl is running: the newest unfinished one of the collection. */
async function runningCrawl(error: unknown, context: ApiContext, name: string): Promise<CrawlNode | null> {
  if (!(error instanceof ImagedexError && error.code === 'crawl_running')) return null;
  const { ledger } = context.parts;
  const [collection] = await ledger.get('collection', [name]);
  const ids = Object.values(collection?.record.unfinished ?? {});
  const crawls = await ledger.get('crawl', [...new Set(ids)]);
  const newest = crawls
    .filter(({ record }) => record.state === 'running')
    .sort((a, b) => (a.record.startedAt < b.record.startedAt ? 1 : -1))[0];
  return newest === undefined ? null : freshCrawl(context, newest.id);
}

export const crawlMutations = { startCrawl, retryFailures, cancelCrawl: cancel };
