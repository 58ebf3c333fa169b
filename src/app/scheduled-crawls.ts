// What schedules start: crawls of a collection's own sources, while none of that collection is at work.
import type { CrawlReport } from '../crawl-report.ts';
import type { CrawlRunner, OpenParts } from '../crawls/crawl-runner.ts';
import { type CrawlRequest, runCrawl, type Watch } from '../crawls/crawls.ts';
import { afterWatches } from '../crawls/watch/after-watches.ts';
import type { StartedBy } from '../ledger.ts';
import { mustBeIdle, openScheduler, type Scheduler } from '../schedules/scheduler.ts';
import type { Parts } from './parts.ts';

/** A crawl that is to begin, and what it is run with: both by the configuration as it is now. */
export interface ToBegin {
  readonly request: CrawlRequest;
  readonly open: OpenParts;
}

/** Of the collection's own sources. */
type OwnCrawl = (collection: string, startedBy: StartedBy) => Promise<ToBegin>;

/** Runs due schedules until it is closed. */
export function openScheduledCrawls(
  { ledger, log, openOwner }: Parts,
  runner: CrawlRunner,
  ownCrawl: OwnCrawl,
): Scheduler {
  const stop = new AbortController();
  const owner = { isAlive: async (id: string) => (await openOwner()).isAlive(id) };
  const start = async (collection: string): Promise<string> => {
    const { request, open } = await ownCrawl(collection, 'schedule');
    const openIdle: OpenParts = async (signal) => {
      const parts = await open(signal);
      await mustBeIdle(ledger, parts.owner, collection);
      return parts;
    };
    const begin = () => runner.start(openIdle, request);
    const { crawlId, ended } = await afterWatches({ ledger, owner }, collection, stop.signal, begin);
    // One that fails is told of by the runner.
    ended.then(
      ({ state, found, indexed, failed }) =>
        log.info(`crawl ${crawlId}: ${state}`, { found, indexed, failed }),
      () => undefined,
    );
    return crawlId;
  };
  const scheduler = openScheduler({ ledger, log, start });
  return {
    caughtUp: scheduler.caughtUp,
    close() {
      stop.abort();
      return scheduler.close();
    },
  };
}

/** A collection's crawl now and to its end, as its schedule would start it. */
export async function runOwnCrawl(
  ownCrawl: OwnCrawl,
  collection: string,
  watch: Watch,
): Promise<CrawlReport> {
  const { request, open } = await ownCrawl(collection, 'command');
  const parts = await open(watch.signal);
  return afterWatches(parts, collection, watch.signal, async () => {
    await mustBeIdle(parts.ledger, parts.owner, collection);
    return runCrawl(parts, request, watch);
  });
}
