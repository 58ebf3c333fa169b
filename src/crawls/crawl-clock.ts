// Progress while a crawl runs, and the time that it takes.

import { type CrawlReport, crawlReport } from '../crawl-report.ts';
import { amend, amendment } from '../ledger.ts';
import type { Owner } from '../owner.ts';
import type { Patience } from '../patient.ts';
import { isOurs } from './claim.ts';
import { lostCrawl, type PipelineCounts, type PipelineCrawl, type PipelineParts } from './way.ts';

export interface CrawlProgress extends CrawlReport {
  /** By this process. */
  readonly fetched: number;
  readonly described: number;
  readonly imagesPerSecond: number;
  readonly elapsedSeconds: number;
  /** Why it waits for the store; null while it does not. The counts are then those of before. */
  readonly waitingFor: string | null;
  /** Hosts that are left alone for a while, because they fail again and again. */
  readonly unwellHosts: readonly string[];
}

const unwellHosts = ({ sources }: PipelineCrawl): readonly string[] => [
  ...new Set([...sources.values()].flatMap((source) => source.unwellHosts?.() ?? [])),
];

const tickMs = 500;
const saveMs = 2_000;

export type OnProgress = (progress: CrawlProgress) => void;

/**
 * Shows progress, adds the seconds of work to the crawl now and then, so that a kill loses few of them, and notices when
 * the crawl was cancelled, or another process has taken it over.
 */
export function startClock(
  parts: Pick<PipelineParts, 'ledger' | 'log'> & {
    readonly owner: Owner;
    readonly patience: Pick<Patience, 'waitingFor'>;
  },
  crawl: PipelineCrawl,
  counts: PipelineCounts,
  onProgress: OnProgress,
  onLost: (error: Error) => void,
) {
  const startedAt = performance.now();
  let saved = startedAt;
  let timer: NodeJS.Timeout | undefined;
  let tick: Promise<void> = Promise.resolve();
  let isStopped = false;
  let report: CrawlReport | undefined;

  const save = async () => {
    const seconds = (performance.now() - saved) / 1000;
    saved = performance.now();
    await amend(parts.ledger, [
      amendment('crawl', crawl.id, (old) => {
        // Who cancels it does not know how long it has worked.
        const isToCount = old && (isOurs(old, parts.owner) || old.state === 'cancelled');
        return isToCount ? { ...old, seconds: old.seconds + seconds } : undefined;
      }),
    ]);
  };
  const show = async () => {
    report = (await crawlReport(parts.ledger, crawl.id))!;
    tell(null);
  };
  const tell = (waitingFor: string | null) => {
    if (report === undefined) return;
    const elapsedSeconds = (performance.now() - startedAt) / 1000;
    onProgress({
      ...report,
      ...counts,
      indexed: report.indexed,
      imagesPerSecond: counts.indexed / elapsedSeconds,
      elapsedSeconds,
      waitingFor,
      unwellHosts: unwellHosts(crawl),
    });
  };
  // While the store is away nothing can be counted.
  const waits = setInterval(() => {
    const waitingFor = parts.patience.waitingFor();
    if (waitingFor !== null) tell(waitingFor);
  }, tickMs).unref();
  let showAt = startedAt;
  const run = async () => {
    const [stored] = await parts.ledger.get('crawl', [crawl.id]);
    if (stored !== undefined && !isOurs(stored.record, parts.owner)) onLost(lostCrawl(crawl.id));
    if (performance.now() - saved > saveMs) await save();
    const before = performance.now();
    if (before < showAt) return;
    await show();
    // Counting a large crawl costs the ledger something: at most a twentieth of its time goes there.
    showAt = performance.now() + (performance.now() - before) * 20;
  };
  const next = () => {
    tick = run()
      .catch((error: unknown) => parts.log.warn('progress could not be counted', { error: String(error) }))
      .then(() => {
        if (!isStopped) timer = setTimeout(next, tickMs);
      });
  };
  next();
  return {
    async stop(): Promise<void> {
      if (isStopped) return;
      isStopped = true;
      clearTimeout(timer);
      clearInterval(waits);
      await tick;
      await save();
      await show();
    },
  };
}
