// One iteration over the items of a crawl as they become free, by this process or another, and what each lease can do.
import type { Procedures } from '../../sqlite/module.ts';
import type { Lease, LeaseOptions } from '../queue.ts';
import type { Bell } from './bell.ts';
import type { LeaseAnswer, LeasedRow } from './lease.ts';
import type { module } from './module.ts';

/** How long other processes' changes may go unseen. */
const pollMs = 200;

export interface LeaseParts {
  readonly rows: Procedures<typeof module>;
  readonly owner: string;
  /** Rings with every change that this process makes. */
  readonly bell: Bell;
  /** Gives back what dead owners have leased. */
  reclaim(): Promise<void>;
}

export async function* leases<Body>(
  parts: LeaseParts,
  { crawlId, maxInFlight, maxPerPartition }: LeaseOptions,
  signal: AbortSignal,
): AsyncGenerator<Lease<Body>, void, undefined> {
  const { rows, owner, bell } = parts;
  const inFlight = new Set<number>();
  let ready: LeasedRow[] = [];
  try {
    while (!signal.aborted) {
      const row = ready.shift();
      if (row !== undefined) {
        yield toLease<Body>(parts, row, () => inFlight.delete(row.seq));
        continue;
      }
      const rings = bell.rings();
      await parts.reclaim();
      const limit = maxInFlight - inFlight.size;
      const next = limit > 0 ? await rows.lease({ crawlId, owner, limit, maxPerPartition }) : undefined;
      if (next?.isEmpty) return;
      ready = next?.rows ?? [];
      for (const { seq } of ready) inFlight.add(seq);
      if (ready.length === 0) await bell.wait(rings, waitMs(next), signal);
    }
  } finally {
    if (ready.length > 0) {
      await rows.release(
        owner,
        ready.map(({ seq }) => seq),
      );
      bell.ring();
    }
  }
}

/** With all in flight only the end of one of them helps, which rings. */
function waitMs(next: LeaseAnswer | undefined): number | null {
  return next === undefined ? null : Math.min(pollMs, next.nextInMs ?? pollMs);
}

function toLease<Body>({ rows, owner, bell }: LeaseParts, row: LeasedRow, ended: () => void): Lease<Body> {
  const { seq, crawlId, key, partition, attempt, body } = row;
  const finish = async (change: Promise<unknown>) => {
    try {
      await change;
    } finally {
      ended();
      bell.ring();
    }
  };
  return {
    item: { crawlId, key, partition: partition === '' ? null : partition, body: JSON.parse(body) as Body },
    attempt,
    async freePartition(afterMs = 0) {
      await rows.freePartition(owner, seq, afterMs);
      bell.ring();
    },
    done: () => finish(rows.done(owner, seq)),
    retry: (afterMs) => finish(rows.delay(owner, seq, afterMs, 1)),
    defer: (afterMs) => finish(rows.delay(owner, seq, afterMs, 0)),
    // A lease lasts as long as its owner lives.
    extend: async () => {},
  };
}
