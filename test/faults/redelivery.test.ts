// Each message of the queue comes three times, at once or one after the other: what comes out is as if it had come once.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../../bench/killed-crawl.ts';
import { contentsOf } from '../../bench/site-crawl.ts';
import type { Parts } from '../../src/app/parts.ts';
import type { Lease, Queue } from '../../src/queue/queue.ts';
import type { Work } from '../../src/work.ts';
import { addsUp } from '../world.ts';
import { openSmallSite, type SmallSite, smallSite } from './small-site.ts';

const times = 3;
let small: SmallSite;
let deliveries: Map<string, number>;

beforeAll(async () => {
  small = await openSmallSite();
}, 120_000);
afterAll(() => small.close());

/** Of the copies of a lease the last one that ends is the lease's own end. */
function copiesOf(lease: Lease<Work>): Lease<Work>[] {
  let left = times;
  const lastOnly = (end: () => Promise<void>) => async () => {
    if (--left === 0) await end();
  };
  return Array.from({ length: times }, () => ({
    ...lease,
    done: lastOnly(() => lease.done()),
    retry: (afterMs) => lastOnly(() => lease.retry(afterMs))(),
    defer: (afterMs) => lastOnly(() => lease.defer(afterMs))(),
  }));
}

/** The next copy comes when the one before has ended. */
function inTurn(copies: Lease<Work>[], deliver: (lease: Lease<Work>) => void): void {
  const [first, ...others] = copies;
  if (first === undefined) return;
  const then = async (end: Promise<void>) => {
    await end;
    inTurn(others, deliver);
  };
  deliver({
    ...first,
    done: () => then(first.done()),
    retry: (ms) => then(first.retry(ms)),
    defer: (ms) => then(first.defer(ms)),
  });
}

function redelivering(queue: Queue<Work>, isTogether: boolean): Queue<Work> {
  return {
    ...queue,
    async *leases(options, signal) {
      const ready: Lease<Work>[] = [];
      let ring = () => {};
      const deliver = (lease: Lease<Work>) => {
        ready.push(lease);
        ring();
      };
      const leases = queue.leases(options, signal)[Symbol.asyncIterator]();
      let next = leases.next();
      for (;;) {
        const copy = ready.shift();
        if (copy !== undefined) {
          const { key } = copy.item;
          deliveries.set(key, (deliveries.get(key) ?? 0) + 1);
          yield copy;
          continue;
        }
        const rung = new Promise<null>((resolve) => {
          ring = () => resolve(null);
        });
        const leased = ready.length > 0 ? null : await Promise.race([next, rung]);
        if (leased === null) continue;
        if (leased.done === true) return;
        next = leases.next();
        if (isTogether) copiesOf(leased.value).forEach(deliver);
        else inTurn(copiesOf(leased.value), deliver);
      }
    },
  };
}

const withRedelivery =
  (isTogether: boolean) =>
  (parts: Parts): Parts => ({
    ...parts,
    openWorkshop: async () => {
      const workshop = await parts.openWorkshop();
      return { ...workshop, queue: redelivering(workshop.queue, isTogether) };
    },
  });

describe('crawl 55: each message of the queue delivered three times', { timeout: 120_000 }, () => {
  test.each([
    { how: 'at once', isTogether: true },
    { how: 'one after the other', isTogether: false },
  ])('$how: the same final state', async ({ how, isTogether }) => {
    deliveries = new Map();
    const dataDir = join(small.folder, how.replaceAll(' ', '-'));
    const report = await small.crawl(dataDir, withRedelivery(isTogether));
    addsUp(report);
    expect(report.indexed).toBe(smallSite.images);
    expect(deliveries.size).toBeGreaterThan(smallSite.images + smallSite.pages);
    expect(Math.min(...deliveries.values())).toBeGreaterThanOrEqual(times);
    expect(differences(small.contents, contentsOf(dataDir))).toEqual([]);
  });
});
