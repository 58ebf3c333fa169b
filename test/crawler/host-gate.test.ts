import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { failuresToOpen, longestPauseMs } from '../../src/crawler/host-breaker.ts';
import { HostGate } from '../../src/crawler/host-gate.ts';
import type { Turn } from '../../src/crawler/host-turn.ts';

const { signal } = new AbortController();
const url = (host: string): URL => new URL(`http://${host}/`);
const hourMs = 3_600_000;

afterEach(() => void vi.useRealTimers());

const begin = async (gate: HostGate, host: string, delayMs = 0, connections = 1): Promise<Turn> => {
  const turn = await gate.turn(host, { delayMs, connections }, signal);
  if ('restMs' in turn) throw new Error(`the host rests for ${turn.restMs} ms`);
  return turn;
};

test('one request at a time to a host, in the order they came, and others beside it', async () => {
  const gate = new HostGate();
  const events: string[] = [];
  const ask = async (name: string, host: string) => {
    const turn = await begin(gate, host);
    events.push(`${name} begins`);
    await sleep(20);
    events.push(`${name} ends`);
    turn.end();
  };
  const held = await begin(gate, 'slow');
  await Promise.all([ask('1', 'a'), ask('2', 'a'), ask('3', 'a')]);
  held.end();
  expect(events).toEqual(['1 begins', '1 ends', '2 begins', '2 ends', '3 begins', '3 ends']);
});

test('between two requests there is the delay, from the end of the first', async () => {
  const gate = new HostGate();
  const first = await begin(gate, 'a', 100);
  await sleep(50);
  first.end();
  const ended = performance.now();
  expect(gate.restMs('a')).toBeGreaterThan(0);
  expect(gate.restMs('b')).toBe(0);
  (await begin(gate, 'a', 100)).end();
  expect(performance.now() - ended).toBeGreaterThanOrEqual(98);
});

test('a crawl delay is kept, and capped at 30 seconds', async () => {
  const gate = new HostGate();
  gate.setCrawlDelay(url('a'), 120);
  (await begin(gate, 'a')).end();
  const ended = performance.now();
  (await begin(gate, 'a')).end();
  expect(performance.now() - ended).toBeGreaterThanOrEqual(118);
  gate.setCrawlDelay(url('b'), hourMs);
  expect(gate.restMs('b')).toBeLessThanOrEqual(30_000);
});

test('a host that asks for a long rest is not waited for', async () => {
  const gate = new HostGate();
  (await begin(gate, 'a')).end('busy', 15 * 60_000);
  const answer = await gate.turn('a', { delayMs: 0, connections: 1 }, signal);
  expect('restMs' in answer && answer.restMs > 14 * 60_000).toBe(true);
  expect(gate.restMs('a')).toBeGreaterThan(14 * 60_000);
});

test('who gives up waiting holds nobody up', async () => {
  const gate = new HostGate();
  const first = await begin(gate, 'a', 200);
  first.end();
  const controller = new AbortController();
  const waiting = gate.turn('a', { delayMs: 0, connections: 1 }, controller.signal);
  controller.abort();
  await expect(waiting).rejects.toThrow();
  (await begin(gate, 'a')).end();
});

test('crawl 12: a burst of 50 refusals is one step back', async () => {
  const gate = new HostGate();
  const turns: Turn[] = [];
  for (let n = 0; n < 50; n++) turns.push(await begin(gate, 'a', 0, 50));
  for (const turn of turns) turn.end('busy');
  // One step: half as fast, and left alone for one random time of at most a second; fifty would be minutes.
  expect(gate.restMs('a')).toBeGreaterThan(400);
  expect(gate.restMs('a')).toBeLessThanOrEqual(1000);
});

test('after a step back it is asked ever faster, until as before', async () => {
  const gate = new HostGate();
  const gaps: number[] = [];
  (await begin(gate, 'a', 20)).end('busy', 0);
  for (let n = 0; n < 5; n++) {
    (await begin(gate, 'a', 20)).end();
    gaps.push(gate.restMs('a'));
  }
  expect(gaps).toEqual(gaps.toSorted((one, other) => other - one));
  expect(gaps[0]).toBeGreaterThan(300);
  expect(gaps.at(-1)).toBeLessThanOrEqual(20);
});

test('as many at a time as are allowed, their beginnings apart; one where it asks for a crawl delay', async () => {
  const gate = new HostGate();
  const begins: number[] = [];
  const ask = async () => {
    const turn = await begin(gate, 'a', 30, 3);
    begins.push(performance.now());
    await sleep(200);
    turn.end();
  };
  await Promise.all([ask(), ask(), ask(), ask()]);
  const gaps = begins.slice(1).map((at, n) => at - begins[n]!);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(28);
  // Three ran beside each other, the fourth after the first.
  expect(begins[2]! - begins[0]!).toBeLessThan(200);
  expect(begins[3]! - begins[0]!).toBeGreaterThanOrEqual(198);

  gate.setCrawlDelay(url('b'), 1);
  const first = await begin(gate, 'b', 0, 3);
  let isSecond = false;
  const second = begin(gate, 'b', 0, 3).then((turn) => {
    isSecond = true;
    turn.end();
  });
  await sleep(50);
  expect(isSecond).toBe(false);
  first.end();
  await second;
});

test('an unwell host is not waited for, and those that wait in line are told so, too', async () => {
  const gate = new HostGate();
  for (let n = 1; n < failuresToOpen; n++) expect((await begin(gate, 'a')).end('unwell')).toBeUndefined();
  const last = await begin(gate, 'a');
  const inLine = gate.turn('a', { delayMs: 0, connections: 1 }, signal);
  expect(last.end('unwell')).toBe('unwell');
  expect(await inLine).toMatchObject({ isUnwell: true });
  expect(gate.isUnwell('a')).toBe(true);
  expect(gate.restMs('a')).toBeGreaterThan(29_000);
});

test('an unwell host is called so as long as it is left alone', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const gate = new HostGate();
  for (let n = 0; n < failuresToOpen; n++) (await begin(gate, 'a')).end('unwell');
  expect([gate.isUnwell('a'), gate.isUnwell('b')]).toEqual([true, false]);
  vi.setSystemTime(Date.now() + 31_000);
  expect(gate.isUnwell('a')).toBe(false);
});

test('a crawl delay that is not asked for any more is not kept', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const gate = new HostGate();
  const restAfterOne = async () => {
    vi.setSystemTime(Date.now() + hourMs);
    (await begin(gate, 'a')).end();
    return gate.restMs('a');
  };
  gate.setCrawlDelay(new URL('https://a/'), 5000);
  expect(await restAfterOne()).toBe(5000);
  // What http says of itself is nothing that https says.
  gate.setCrawlDelay(new URL('http://a/'), 0);
  expect(await restAfterOne()).toBe(5000);
  gate.setCrawlDelay(new URL('https://a/'), 0);
  expect(await restAfterOne()).toBe(0);
});

test('of many hosts those that were asked nothing for a day are forgotten, delays and failures too', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const gate = new HostGate();
  for (let n = 0; n < failuresToOpen; n++) (await begin(gate, 'dead')).end('unwell');
  for (let n = 0; n < 10_000; n++) gate.setCrawlDelay(url(`h${n}`), 20_000);
  const restAfterOne = async (host: string, health: 'well' | 'unwell') => {
    (await begin(gate, host)).end(health);
    return gate.restMs(host);
  };
  vi.setSystemTime(Date.now() + 23 * hourMs);
  (await begin(gate, 'new')).end();
  expect(await restAfterOne('h0', 'well')).toBe(20_000);
  expect(await restAfterOne('dead', 'unwell')).toBe(longestPauseMs);
  vi.setSystemTime(Date.now() + 25 * hourMs);
  for (let n = 0; n < 11_000; n++) (await begin(gate, `new${n}`)).end();
  expect(await restAfterOne('h0', 'well')).toBe(0);
  expect(await restAfterOne('dead', 'unwell')).toBe(0);
});
