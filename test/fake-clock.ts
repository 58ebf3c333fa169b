// A clock that a test puts forward and back.
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../src/schedules/scheduler.ts';

export interface FakeClock extends Clock {
  /** Every length of sleep that was asked for. */
  readonly asked: readonly number[];
  /** Puts the clock, wakes whoever sleeps, and resolves when all of them sleep again. */
  set(time: string): Promise<void>;
}

/** `sleepers`: how many there are who sleep by it. */
export function fakeClock(time: string, sleepers = 1): FakeClock {
  let at = Date.parse(time);
  const asked: number[] = [];
  const wakers = new Set<() => void>();
  const asleep = async () => {
    while (wakers.size < sleepers) await wait(1);
  };
  return {
    asked,
    now: () => new Date(at),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        asked.push(ms);
        const wake = () => {
          wakers.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        wakers.add(wake);
        if (signal.aborted) wake();
        else signal.addEventListener('abort', wake);
      }),
    async set(to) {
      await asleep();
      at = Date.parse(to);
      for (const wake of [...wakers]) wake();
      await asleep();
    },
  };
}
