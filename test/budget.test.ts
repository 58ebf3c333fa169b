import { expect, test } from 'vitest';
import { ByteBudget } from '../src/budget.ts';

const never = new AbortController().signal;
const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
  const open = Symbol();
  await new Promise((later) => setImmediate(later));
  return (await Promise.race([promise, Promise.resolve(open)])) !== open;
};

test('what does not fit waits, first come, first served, small ones too', async () => {
  const budget = new ByteBudget(100);
  const releaseFirst = await budget.hold().reserve(60, never);
  const large = budget.hold().reserve(70, never);
  const small = budget.hold().reserve(10, never);
  expect(await isSettled(large)).toBe(false);
  expect(await isSettled(small)).toBe(false);
  releaseFirst();
  expect(await isSettled(large)).toBe(true);
  expect(await isSettled(small)).toBe(true);
  expect(budget.heldBytes).toBe(80);
});

test('one that is larger than all of it passes alone', async () => {
  const budget = new ByteBudget(100);
  const release = await budget.hold().reserve(1000, never);
  const next = budget.hold().reserve(1, never);
  expect(await isSettled(next)).toBe(false);
  release();
  expect(await isSettled(next)).toBe(true);
});

test('a hold that is alone may grow beyond the budget, and goes before those who hold nothing', async () => {
  const budget = new ByteBudget(100);
  const growing = budget.hold();
  await growing.reserve(60, never);
  const other = budget.hold().reserve(50, never);
  await growing.reserve(30, never);
  await growing.reserve(500, never);
  expect(await isSettled(other)).toBe(false);
  growing.release();
  expect(await isSettled(other)).toBe(true);
  const next = budget.hold();
  await next.reserve(40, never);
  expect(await isSettled(next.reserve(500, never))).toBe(false);
});

test('a hold gives back all its reservations, each once', async () => {
  const budget = new ByteBudget(100);
  const hold = budget.hold();
  const release = await hold.reserve(30, never);
  await hold.reserve(20, never);
  release();
  hold.release();
  hold.release();
  expect(budget.heldBytes).toBe(0);
});

test('an aborted wait holds nothing and does not stop the ones behind it', async () => {
  const budget = new ByteBudget(100);
  const release = await budget.hold().reserve(50, never);
  const stop = new AbortController();
  const large = budget.hold().reserve(90, stop.signal);
  const small = budget.hold().reserve(10, never);
  stop.abort(new Error('stopped'));
  await expect(large).rejects.toThrow('stopped');
  await small;
  release();
  expect(budget.heldBytes).toBe(10);
  await expect(budget.hold().reserve(1, stop.signal)).rejects.toThrow('stopped');
});
