import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { InFlight } from '../../src/crawls/in-flight.ts';

const never = new AbortController().signal;

async function isLet(inFlight: InFlight, asksHost = true): Promise<boolean> {
  const stop = new AbortController();
  const entering = inFlight.enter(asksHost, stop.signal);
  await sleep(5);
  stop.abort();
  const place = await entering;
  place?.leave();
  return place !== undefined;
}

test('no more begin than may, and the next when one leaves', async () => {
  const inFlight = new InFlight(2, 60_000);
  const first = await inFlight.enter(true, never);
  await inFlight.enter(true, never);
  const third = inFlight.enter(true, never);
  let isIn = false;
  void third.then(() => {
    isIn = true;
  });
  await sleep(10);
  expect(isIn).toBe(false);
  first?.leave();
  await third;
});

test('who waits for a slow host makes room for another, and counts again when it has answered', async () => {
  const inFlight = new InFlight(1, 20);
  const slow = await inFlight.enter(true, never);
  expect(await isLet(inFlight)).toBe(false);
  await sleep(30);
  expect(await isLet(inFlight)).toBe(true);
  slow?.answered();
  expect(await isLet(inFlight)).toBe(false);
  slow?.leave();
  expect(await isLet(inFlight)).toBe(true);
  // What is over is not counted, whatever is said of it.
  slow?.answered();
  expect(await isLet(inFlight)).toBe(true);
});

test('what asks no host makes no room, however long it takes', async () => {
  const inFlight = new InFlight(1, 5);
  const place = await inFlight.enter(false, never);
  await sleep(20);
  expect(await isLet(inFlight)).toBe(false);
  place?.leave();
});
