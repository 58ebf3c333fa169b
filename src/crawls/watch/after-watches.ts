// Crawls that watches start are short: whoever wants the same sources waits for their end instead of being refused.
import { setTimeout as sleep } from 'node:timers/promises';
import { ImagedexError } from '../../errors.ts';
import { type Ledger, listAll } from '../../ledger.ts';
import type { Owner } from '../../owner.ts';

const everyMs = 200;
/** The first crawl of a watch looks at everything. */
const mostMs = 600_000;

interface AfterParts {
  readonly ledger: Ledger;
  readonly owner: Pick<Owner, 'isAlive'>;
}

/** Tries `start` again while it throws `crawl_running` because of a watch. */
export async function afterWatches<T>(
  parts: AfterParts,
  collection: string,
  signal: AbortSignal,
  start: () => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + mostMs;
  let wasFree = false;
  for (;;) {
    try {
      return await start();
    } catch (error) {
      const isRunning = error instanceof ImagedexError && error.code === 'crawl_running';
      if (!isRunning || signal.aborted || performance.now() > deadline) throw error;
      const endSoon = await crawlsAtWork(parts, collection);
      // One that has just ended is in nobody's way the next time; one that is unfinished on another machine is.
      const isFree = endSoon.length === 0;
      if (endSoon.includes(false) || (isFree && wasFree)) throw error;
      wasFree = isFree;
    }
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Of each crawl of the collection that somebody is at: whether it ends soon, being a watch's or cancelled. */
async function crawlsAtWork({ ledger, owner }: AfterParts, collection: string): Promise<boolean[]> {
  const endSoon: boolean[] = [];
  for (const state of ['running', 'cancelled'] as const)
    for await (const { record } of listAll(ledger, 'crawl', { collection, state }))
      if (record.owner !== null && (await owner.isAlive(record.owner)))
        endSoon.push(state === 'cancelled' || record.startedBy === 'watch');
  return endSoon;
}
