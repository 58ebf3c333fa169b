import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { turnTogether } from '../../../src/ledgers/opensearch/refresh.ts';
import { Together } from '../../../src/ledgers/opensearch/together.ts';

test('what is asked at the same time goes in one request, and each gets its own answer', async () => {
  const requests: number[] = [];
  const together = new Together<number, number>(async (questions) => {
    requests.push(questions.length);
    await sleep(1);
    return questions.map((one) => one * 10);
  }, 3);
  expect(await Promise.all([1, 2, 3, 4].map((one) => together.ask(one)))).toEqual([10, 20, 30, 40]);
  expect(requests).toEqual([3, 1]);
});

test('while four requests are under way, further questions wait for one of them to end', async () => {
  const ends: (() => void)[] = [];
  const together = new Together<number, number>(async (questions) => {
    await new Promise<void>((resolve) => ends.push(resolve));
    return questions;
  }, 2);
  const answers = Promise.all(Array.from({ length: 12 }, (_, n) => together.ask(n)));
  await sleep(5);
  expect(ends.length).toBe(4);
  for (let n = 0; n < 6; n++) {
    await expect.poll(() => ends.length).toBeGreaterThan(n);
    ends[n]!();
  }
  expect(await answers).toEqual(Array.from({ length: 12 }, (_, n) => n));
});

test('a request that fails does so for those who asked in it', async () => {
  let isBroken = true;
  const together = new Together<number, number>(async (questions) => {
    if (isBroken) throw new Error('broken');
    return questions;
  }, 10);
  await expect(Promise.all([together.ask(1), together.ask(2)])).rejects.toThrow('broken');
  isBroken = false;
  expect(await together.ask(3)).toBe(3);
});

test('who calls while a refresh is under way is served by the next one, together with all who do so', async () => {
  let begun = 0;
  const ends: (() => void)[] = [];
  const refresh = turnTogether(() => {
    begun++;
    return new Promise((resolve) => ends.push(resolve));
  });
  const first = refresh();
  let isServed = false;
  const others = [refresh(), refresh()];
  void Promise.all(others).then(() => {
    isServed = true;
  });
  expect(begun).toBe(1);
  ends[0]!();
  await first;
  await expect.poll(() => begun).toBe(2);
  expect(isServed).toBe(false);
  ends[1]!();
  await Promise.all(others);
  const last = refresh();
  expect(begun).toBe(3);
  ends[2]!();
  await last;
});

test('a refresh that fails does so for those who waited for it, and not for the next', async () => {
  let isBroken = true;
  const refresh = turnTogether(async () => {
    await sleep(1);
    if (isBroken) throw new Error('broken');
  });
  const first = refresh();
  const second = refresh();
  await expect(first).rejects.toThrow('broken');
  isBroken = false;
  await second;
  await refresh();
});
