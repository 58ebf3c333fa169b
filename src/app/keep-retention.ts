// Retention as the configuration has it: now, and as long as searches are served.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Retention } from '../collections/collection-config.ts';
import { applyRetention, isBounded, type PruneReport } from '../collections/retention.ts';
import { patientStore } from './crawl-parts.ts';
import type { Parts } from './parts.ts';

const none: Retention = { maxAgeDays: null, maxBytes: null };
const lookMs = 60_000;
const dayMs = 24 * 3_600_000;

export function prune(parts: Parts, isDryRun: boolean, signal: AbortSignal): Promise<PruneReport[]> {
  const store = patientStore(parts, signal);
  const retentionOf = (collection: string) => parts.config.collections.get(collection)?.retention ?? none;
  return applyRetention({ ...store, retentionOf }, { isDryRun, signal });
}

/** At the start, after crawls (whichever process ran them), and daily, until the signal. */
export async function keepRetention(parts: Parts, signal: AbortSignal, everyMs = lookMs): Promise<void> {
  if (![...parts.config.collections.values()].some(({ retention }) => isBounded(retention))) return;
  let [appliedAt, endedBefore] = [Number.NEGATIVE_INFINITY, -1];
  while (!signal.aborted) {
    try {
      const ended = await endedCrawls(parts);
      if (ended !== endedBefore || performance.now() - appliedAt > dayMs) {
        await prune(parts, false, signal);
        [appliedAt, endedBefore] = [performance.now(), ended];
      }
      await sleep(everyMs, undefined, { signal, ref: false });
    } catch (error) {
      if (signal.aborted) return;
      parts.log.error('retention could not be applied', { error: String(error) });
      await sleep(everyMs, undefined, { signal, ref: false }).catch(() => {});
    }
  }
}

async function endedCrawls({ ledger }: Parts): Promise<number> {
  const tallies = await ledger.tally('crawl', {}, ['state']);
  return tallies
    .filter(({ values }) => values.state !== 'running')
    .reduce((sum, { count }) => sum + count, 0);
}
