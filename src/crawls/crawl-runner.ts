// Crawls that run beside other work in one process: begun, followed and stopped together.
import type { CrawlReport } from '../crawl-report.ts';
import type { Log } from '../log.ts';
import {
  type CrawlParts,
  type CrawlRequest,
  type RetryRequest,
  retryFailures,
  runCrawl,
  type Watch,
} from './crawls.ts';

export interface Begun {
  readonly crawlId: string;
  /** Its report, at its end or when it was stopped. */
  readonly ended: Promise<CrawlReport>;
}

/**
 * What a crawl is run with, as it is when the crawl begins: the model is not loaded for nothing. The signal ends a wait
 * for the store.
 */
export type OpenParts = (signal: AbortSignal) => Promise<CrawlParts>;

export interface CrawlRunner {
  /** Resolves when the crawl has begun. Throws `source_unavailable` and `crawl_running`, as `runCrawl` does. */
  start(open: OpenParts, request: CrawlRequest): Promise<Begun>;
  /** null where nothing has failed. */
  retry(open: OpenParts, request: RetryRequest): Promise<Begun | null>;
  /** Stops them, so that the next process can carry on, and waits for them. */
  close(): Promise<void>;
}

export function openCrawlRunner(log: Log): CrawlRunner {
  const stop = new AbortController();
  const running = new Set<Promise<unknown>>();

  const begin = (open: OpenParts, work: (parts: CrawlParts, watch: Watch) => Promise<CrawlReport | null>) =>
    new Promise<Begun | null>((resolve, reject) => {
      let crawlId: string | undefined;
      const onBegun = (id: string) => {
        crawlId = id;
        resolve({ crawlId: id, ended: ended as Promise<CrawlReport> });
      };
      const ended = open(stop.signal)
        .then((parts) => work(parts, { signal: stop.signal, onBegun }))
        .finally(() => running.delete(ended));
      running.add(ended);
      ended.then(
        (report) => report === null && resolve(null),
        (error: unknown) => {
          // Who began it has its id by now, and asks for its state.
          if (crawlId !== undefined) log.error(`crawl ${crawlId} failed`, { error: String(error) });
          reject(error);
        },
      );
    });

  return {
    start: async (open, request) => (await begin(open, (parts, watch) => runCrawl(parts, request, watch)))!,
    retry: (open, request) => begin(open, (parts, watch) => retryFailures(parts, request, watch)),
    async close() {
      stop.abort();
      await Promise.allSettled(running);
    },
  };
}
