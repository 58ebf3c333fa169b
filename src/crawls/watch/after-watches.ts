// Crawls that watches start are short: whoever wants the same sources waits for their end instead of being refused.
import { setTimeout as sleep } from 'node:timers/promises';
import { ImagedexError } from '../../errors.ts';
import { type Ledger, listAll } from '../../ledger.ts';

const everyMs = 200;
/** The first crawl of a watch looks at everything. */
const mostMs = 600_000;

/** Tries `start` again while it throws `crawl_running` because of a watch. */
export async function afterWatches<T>(
  ledger: Ledger,
  collection: string,
  signal: AbortSignal,
  start: () => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + mostMs;
  for (;;) {
    try {
      return await start();
    } catch (error) {
      const isRunning = error instanceof ImagedexError && error.code === 'crawl_running';
      if (!isRunning || signal.aborted || performance.now() > deadline) throw error;
      if (await isOthers(ledger, collection)) throw error;
    }
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

async function isOthers(ledger: Ledger, collection: string): Promise<boolean> {
  for await (const { record } of listAll(ledger, 'crawl', { collection, state: 'running' }))
    if (record.startedBy !== 'watch' && record.owner !== null) return true;
  return false;
}
