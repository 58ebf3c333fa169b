// Clients that ask one thing after the other, and how long each answer took.
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Timing {
  /** Of each answer. */
  readonly ms: readonly number[];
  readonly perSecond: number;
}

/** `count` questions, by `clients` at a time that do not rest. */
export async function askAll(
  count: number,
  clients: number,
  ask: (n: number) => Promise<unknown>,
): Promise<Timing> {
  const ms: number[] = [];
  let next = 0;
  const started = performance.now();
  const client = async () => {
    while (next < count) {
      const n = next++;
      const asked = performance.now();
      await ask(n);
      ms.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { ms, perSecond: (count * 1000) / (performance.now() - started) };
}

export interface Standing {
  stop(): Promise<{ readonly ms: readonly number[]; readonly failures: readonly string[] }>;
}

/** Clients that ask until they are stopped, with a rest after each answer. */
export function keepAsking(clients: number, restMs: number, ask: (n: number) => Promise<unknown>): Standing {
  const ms: number[] = [];
  const failures: string[] = [];
  let isOver = false;
  let next = 0;
  const client = async () => {
    while (!isOver) {
      const asked = performance.now();
      await ask(next++).then(
        () => ms.push(performance.now() - asked),
        (error) => failures.push(String(error)),
      );
      await sleep(restMs);
    }
  };
  const all = Promise.all(Array.from({ length: clients }, client));
  return {
    async stop() {
      isOver = true;
      await all;
      return { ms, failures };
    },
  };
}
