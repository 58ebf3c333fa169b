import { expect, test } from 'vitest';
import { RobotsMemory, type Verdict } from '../../src/crawler/robots-memory.ts';
import { parseRobots } from '../../src/crawler/robots-rules.ts';
import { failure } from '../../src/errors.ts';

const never = new AbortController().signal;
const dayMs = 24 * 3_600_000;
const allowed = (ageMs = 0, bytes = 0): Verdict => ({
  rules: parseRobots(new Uint8Array(), 'imagedex'),
  bytes,
  ageMs,
});
const refused = (waitMs = 0): Verdict => ({
  refused: { outcome: 'failed', failure: failure('fetch', 'robots_unreachable', 'expected 200, got 500') },
  waitMs,
});

function counted(...verdicts: Verdict[]) {
  let asked = 0;
  const ask = async (): Promise<Verdict> => {
    const verdict = verdicts[Math.min(asked++, verdicts.length - 1)]!;
    await new Promise((later) => setTimeout(later, 5));
    return verdict;
  };
  return { ask, asked: () => asked };
}

test('crawl 7: 200 who want to know at once ask once, and for a day nobody asks again', async () => {
  const memory = new RobotsMemory();
  const { ask, asked } = counted(allowed());
  const look = () => memory.verdict('https://a.example', ask, 1000, never);
  await Promise.all(Array.from({ length: 200 }, look));
  await look();
  expect(asked()).toBe(1);
});

test('what was told to a process before is believed for what is left of its day', async () => {
  const memory = new RobotsMemory();
  const { ask, asked } = counted(allowed(dayMs - 20), allowed());
  await memory.verdict('https://a.example', ask, 1000, never);
  await new Promise((later) => setTimeout(later, 30));
  await memory.verdict('https://a.example', ask, 1000, never);
  expect(asked()).toBe(2);
});

test('crawl 3: a refusal is believed for a pause that grows, or as long as the host says', async () => {
  const memory = new RobotsMemory();
  const { ask, asked } = counted(refused(), refused(), refused(5000), allowed());
  const waits: number[] = [];
  for (let n = 0; n < 3; n++) {
    const verdict = await memory.verdict('https://a.example', ask, 10, never);
    waits.push('refused' in verdict ? verdict.waitMs : -1);
    await new Promise((later) => setTimeout(later, Math.min(waits[n]! + 2, 100)));
  }
  expect(asked()).toBe(3);
  expect(waits[0]!).toBeLessThanOrEqual(10);
  expect(waits[1]!).toBeGreaterThan(20);
  expect(waits[1]!).toBeLessThanOrEqual(30);
  expect(waits[2]!).toBeGreaterThan(4000);
});

test('who stops asking takes no answer from the others', async () => {
  const memory = new RobotsMemory();
  const { ask, asked } = counted(refused(), allowed());
  const stop = new AbortController();
  const first = memory.verdict('https://a.example', ask, 60_000, stop.signal);
  const second = memory.verdict('https://a.example', ask, 60_000, never);
  stop.abort();
  await expect(first).rejects.toThrow();
  expect(await second).toHaveProperty('rules');
  expect(asked()).toBe(2);
});

test('is bounded: what was asked first is forgotten first', async () => {
  const memory = new RobotsMemory();
  const large = counted(allowed(0, 40 * 1024 ** 2));
  for (const name of ['a', 'b', 'b', 'a'])
    await memory.verdict(`https://${name}.example`, large.ask, 1000, never);
  expect(large.asked()).toBe(3);
});
