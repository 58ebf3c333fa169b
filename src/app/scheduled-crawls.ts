// What schedules start: crawls of a collection's own sources, while none of that collection is at work.
import type { CrawlReport } from '../crawl-report.ts';
import type { CrawlRunner } from '../crawls/crawl-runner.ts';
import { type CrawlParts, type CrawlRequest, runCrawl, type Watch } from '../crawls/crawls.ts';
import type { StartedBy } from '../ledger.ts';
import { mustBeIdle, openScheduler, type Scheduler } from '../schedules/scheduler.ts';
import type { Parts } from './parts.ts';

type OpenCrawlParts = () => Promise<CrawlParts>;
/** A crawl of the collection's own sources. */
type OwnRequest = (collection: string, startedBy: StartedBy) => Promise<CrawlRequest>;

/** Runs due schedules until it is closed. */
export function openScheduledCrawls(
  { ledger, log }: Parts,
  runner: CrawlRunner,
  openCrawlParts: OpenCrawlParts,
  ownRequest: OwnRequest,
): Scheduler {
  const start = async (collection: string): Promise<string> => {
    const request = await ownRequest(collection, 'schedule');
    await mustBeIdle(ledger, (await openCrawlParts()).owner, collection);
    const { crawlId, ended } = await runner.start(request);
    // One that fails is told of by the runner.
    ended.then(
      ({ state, found, indexed, failed }) =>
        log.info(`crawl ${crawlId}: ${state}`, { found, indexed, failed }),
      () => undefined,
    );
    return crawlId;
  };
  return openScheduler({ ledger, log, start });
}

/** A collection's crawl now and to its end, as its schedule would start it. */
export async function runOwnCrawl(
  openCrawlParts: OpenCrawlParts,
  ownRequest: OwnRequest,
  collection: string,
  watch: Watch,
): Promise<CrawlReport> {
  const request = await ownRequest(collection, 'command');
  const parts = await openCrawlParts();
  await mustBeIdle(parts.ledger, parts.owner, collection);
  return runCrawl(parts, request, watch);
}
