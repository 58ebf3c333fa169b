import { describe, expect, it } from 'vitest';
import { type CloseReason, openWindow, type Timer, type WindowLimits } from '../src/window.ts';

/** Time that passes only when told to. */
function manualClock() {
  let nowMs = 0;
  let calls: { readonly atMs: number; readonly call: () => void }[] = [];
  const timer: Timer = (afterMs, call) => {
    const entry = { atMs: nowMs + afterMs, call };
    calls.push(entry);
    return () => {
      calls = calls.filter((other) => other !== entry);
    };
  };
  const pass = async (ms: number): Promise<void> => {
    const untilMs = nowMs + ms;
    for (;;) {
      await settle();
      const next = calls.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      calls = calls.filter((other) => other !== next);
      nowMs = next.atMs;
      next.call();
    }
    nowMs = untilMs;
  };
  return { timer, pass, nowMs: () => nowMs };
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

interface Closed {
  readonly items: readonly number[];
  readonly reason: CloseReason;
  readonly atMs: number;
}

/** A window whose engine takes `busyMs` for each. */
function watched(limits: WindowLimits, busyMs = 0) {
  const clock = manualClock();
  const closed: Closed[] = [];
  let running = 0;
  const window = openWindow<number>(
    limits,
    async (items, reason) => {
      running += 1;
      expect(running).toBe(1);
      closed.push({ items, reason, atMs: clock.nowMs() });
      if (busyMs > 0) await new Promise<void>((resolve) => clock.timer(busyMs, resolve));
      running -= 1;
    },
    clock.timer,
  );
  return {
    window,
    clock,
    closed,
    reasons: () => closed.map(({ items, reason }) => `${items.join()} ${reason}`),
  };
}

describe('window', () => {
  it('closes when full', async () => {
    const { window, clock, reasons } = watched({ maxImages: 2, maxWaitMs: 100 });
    for (const item of [1, 2, 3]) window.add(item);
    await clock.pass(0);
    expect(reasons()).toEqual(['1,2 full']);
  });

  it('crawl 61: a window that is not full closes when its oldest item has waited, not its newest', async () => {
    const { window, clock, closed } = watched({ maxImages: 9, maxWaitMs: 100 });
    await clock.pass(7);
    window.add(1);
    await clock.pass(99);
    window.add(2);
    expect(closed).toEqual([]);
    await clock.pass(1);
    expect(closed).toEqual([{ items: [1, 2], reason: 'waited', atMs: 107 }]);
    window.add(3);
    await clock.pass(99);
    expect(closed).toHaveLength(1);
    await clock.pass(1);
    expect(closed[1]).toEqual({ items: [3], reason: 'waited', atMs: 207 });
  });

  it('closes as soon as the engine is idle where nothing may wait', async () => {
    const { window, clock, closed } = watched({ maxImages: 9, maxWaitMs: 0 }, 50);
    window.add(1);
    window.add(2);
    await clock.pass(10);
    window.add(3);
    await clock.pass(5);
    window.add(4);
    await clock.pass(100);
    expect(closed).toEqual([
      { items: [1, 2], reason: 'idle', atMs: 0 },
      { items: [3, 4], reason: 'idle', atMs: 50 },
    ]);
  });

  it('closes on drain, which waits until all is done', async () => {
    const { window, clock, reasons } = watched({ maxImages: 2, maxWaitMs: 1000 }, 50);
    for (const item of [1, 2, 3]) window.add(item);
    let isDrained = false;
    void window.drain().then(() => {
      isDrained = true;
    });
    await clock.pass(99);
    expect(isDrained).toBe(false);
    await clock.pass(1);
    await settle();
    expect(isDrained).toBe(true);
    expect(reasons()).toEqual(['1,2 full', '3 drained']);
    await window.drain();
  });

  it('counts reasons and images', async () => {
    const { window, clock } = watched({ maxImages: 2, maxWaitMs: 10 });
    for (const item of [1, 2, 3]) window.add(item);
    await clock.pass(10);
    window.add(4);
    await window.drain();
    expect(window.counts()).toEqual({ full: 1, waited: 1, idle: 0, drained: 1, images: 4 });
  });

  it('keeps its promises whatever comes when', async () => {
    let state = 42;
    const random = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor(state / 65_536) % below;
    };
    for (let round = 0; round < 200; round += 1) {
      const limits = { maxImages: 1 + random(6), maxWaitMs: [0, 5, 40][random(3)] as number };
      const busyMs = random(20);
      const { window, clock, closed } = watched(limits, busyMs);
      const addedAtMs: number[] = [];
      for (let step = 0; step < 40; step += 1) {
        for (let burst = random(5); burst > 0; burst -= 1) {
          window.add(addedAtMs.length);
          addedAtMs.push(clock.nowMs());
        }
        await clock.pass(random(15));
      }
      const drained = window.drain();
      await clock.pass(100_000);
      await drained;
      // None lost, none twice, in order.
      expect(closed.flatMap(({ items }) => items)).toEqual(addedAtMs.map((_, item) => item));
      for (const { items, reason, atMs } of closed) {
        expect(items.length).toBeGreaterThan(0);
        expect(items.length).toBeLessThanOrEqual(limits.maxImages);
        if (reason === 'full') expect(items.length).toBe(limits.maxImages);
        // With an engine that is never busy nothing waits longer than it may.
        if (busyMs === 0)
          expect(atMs - (addedAtMs[items[0] as number] as number)).toBeLessThanOrEqual(limits.maxWaitMs);
      }
      const { full, waited, idle, drained: ended, images } = window.counts();
      expect(full + waited + idle + ended).toBe(closed.length);
      expect(images).toBe(addedAtMs.length);
    }
  });
});
