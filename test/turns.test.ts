import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turns } from '../src/turns.ts';

test('what touches the same things goes one after the other, in the order of the calls', async () => {
  const turns = new Turns();
  const seen: string[] = [];
  const go = (name: string, keys: readonly string[]) =>
    turns.take(keys, async () => {
      seen.push(`${name} begins`);
      await sleep(1);
      seen.push(`${name} ends`);
      return name;
    });
  const names = await Promise.all([
    go('ab', ['a', 'b']),
    go('bc', ['b', 'c']),
    go('a', ['a']),
    go('ca', ['c', 'a']),
  ]);
  expect(names).toEqual(['ab', 'bc', 'a', 'ca']);
  const at = (what: string) => seen.indexOf(what);
  expect(at('bc begins')).toBeGreaterThan(at('ab ends'));
  expect(at('a begins')).toBeGreaterThan(at('ab ends'));
  expect(at('ca begins')).toBeGreaterThan(Math.max(at('bc ends'), at('a ends')));
});

test('what touches nothing in common goes together', async () => {
  const turns = new Turns();
  let release = (): void => {};
  const first = turns.take(
    ['a'],
    () =>
      new Promise<void>((resolve) => {
        release = resolve;
      }),
  );
  await turns.take(['b'], async () => {});
  release();
  await first;
});

test('a key named twice, and work that fails, hold up nobody', async () => {
  const turns = new Turns();
  await expect(
    turns.take(['a', 'a'], async () => {
      throw new Error('broken');
    }),
  ).rejects.toThrow('broken');
  expect(await turns.take(['a'], async () => 1)).toBe(1);
});

test('a version is old while somebody who knows a greater one is remembered', async () => {
  const turns = new Turns();
  const first = turns.take(['a'], async () => {
    await sleep(1);
    turns.learn('a', 7);
  });
  const second = turns.take(['a'], async () => [0, 6, 7, 8].map((version) => turns.isOld('a', version)));
  await first;
  expect(await second).toEqual([false, true, false, false]);
  expect(turns.isOld('a', 6)).toBe(false);
});
