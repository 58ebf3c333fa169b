import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { HostGate, type Turn } from '../../src/crawler/host-gate.ts';

const { signal } = new AbortController();
const begin = async (gate: HostGate, host: string, delayMs = 0): Promise<Turn> => {
  const turn = await gate.turn(host, delayMs, signal);
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
  gate.setCrawlDelay('a', 120);
  (await begin(gate, 'a')).end();
  const ended = performance.now();
  (await begin(gate, 'a')).end();
  expect(performance.now() - ended).toBeGreaterThanOrEqual(118);
  gate.setCrawlDelay('b', 3_600_000);
  expect(gate.restMs('b')).toBeLessThanOrEqual(30_000);
});

test('a host that asks for a long rest is not waited for', async () => {
  const gate = new HostGate();
  (await begin(gate, 'a')).end(15 * 60_000);
  const answer = await gate.turn('a', 0, signal);
  expect('restMs' in answer && answer.restMs > 14 * 60_000).toBe(true);
  expect(gate.restMs('a')).toBeGreaterThan(14 * 60_000);
});

test('who gives up waiting holds nobody up', async () => {
  const gate = new HostGate();
  const first = await begin(gate, 'a', 200);
  first.end();
  const controller = new AbortController();
  const waiting = gate.turn('a', 0, controller.signal);
  controller.abort();
  await expect(waiting).rejects.toThrow();
  (await begin(gate, 'a')).end();
});
