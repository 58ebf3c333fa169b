// The pipeline: takes items from the queue, many at a time, and sends each its way to the acknowledgment.
import { setMaxListeners } from 'node:events';
import type { Lease } from '../queue/queue.ts';
import type { Work } from '../work.ts';
import { openImageWay } from './image-way.ts';
import { InFlight, type Place } from './in-flight.ts';
import { openPageWay } from './page-way.ts';
import type { PipelineCounts, PipelineCrawl, PipelineParts, Run } from './way.ts';

/**
 * Works off the crawl's items until none is left or the signal says stop. Faults of the program or its stores throw;
 * whatever single pages and images do is remembered and the rest goes on.
 */
export async function runPipeline(
  parts: PipelineParts,
  crawl: PipelineCrawl,
  counts: PipelineCounts,
  signal: AbortSignal,
): Promise<void> {
  const fault = new AbortController();
  const stop = AbortSignal.any([signal, fault.signal]);
  // Each item in flight listens to it.
  setMaxListeners(0, stop);
  const underWay = new Set<Promise<void>>();
  const run: Run = { parts, crawl, counts, signal: stop };
  const [pageWay, imageWay] = [openPageWay(run), openImageWay(run)];
  const inFlight = new InFlight(parts.settings.concurrency);
  const options = { crawlId: crawl.id, maxInFlight: inFlight.most, maxPerPartition: crawl.maxPerHost };
  try {
    for await (const lease of parts.queue.leases(options, stop)) {
      const { body, partition } = lease.item;
      const place = await inFlight.enter(partition !== null, stop);
      const placed = place === undefined ? lease : noticed(lease, place);
      const way =
        place === undefined
          ? lease.defer(0)
          : body.type === 'expand'
            ? pageWay(placed, body)
            : imageWay(placed, body.found);
      const work = way
        .catch(async (error: unknown) => {
          if (!stop.aborted) fault.abort(error);
          // Given back for the next run; where this fails too, the lease ends with this process.
          await lease.defer(0).catch(() => {});
        })
        .finally(() => place?.leave());
      underWay.add(work);
      void work.finally(() => underWay.delete(work));
    }
  } finally {
    // Also where the queue itself fails: nothing may still work on what is closed after this.
    await Promise.all(underWay);
  }
  if (fault.signal.aborted) throw fault.signal.reason;
}

/** The partition is free when its host has answered. */
const noticed = (lease: Lease<Work>, place: Place): Lease<Work> => ({
  ...lease,
  freePartition: (afterMs) => {
    place.answered();
    return lease.freePartition(afterMs);
  },
});
