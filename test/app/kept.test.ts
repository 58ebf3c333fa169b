import { expect, test } from 'vitest';
import { kept } from '../../src/app/kept.ts';

test('opened once; what failed is opened anew by the next who asks', async () => {
  let tries = 0;
  const file = kept(async () => {
    tries++;
    if (tries === 1) throw new Error('away');
    return tries;
  });
  expect(await file.opened()).toBe(undefined);
  const together = [file.open(), file.open()];
  expect(await file.opened()).toBe(undefined);
  for (const opening of together) await expect(opening).rejects.toThrow('away');
  expect(tries).toBe(1);
  expect(await Promise.all([file.open(), file.open()])).toEqual([2, 2]);
  expect(await file.open()).toBe(2);
  expect(await file.opened()).toBe(2);
});
