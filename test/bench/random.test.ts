import { expect, it } from 'vitest';
import { below, randomOf, zipf } from '../../bench/random.ts';

const some = (...seed: number[]) => Array.from({ length: 8 }, randomOf(...seed));

it('equal seeds give equal numbers, other seeds others', () => {
  expect(some(1, 2)).toEqual(some(1, 2));
  const all = [...some(1, 2), ...some(1, 3), ...some(2, 1), ...some(1), ...some(2 ** 33 + 1)];
  expect(new Set(all).size).toBe(all.length);
});

it('numbers are evenly spread from 0 to 1', () => {
  const tenths = new Array<number>(10).fill(0);
  // Each from a seed of its own, as documents are made.
  for (let n = 0; n < 20_000; n++) tenths[below(randomOf(5, n), 10)]!++;
  // 2,000 expected, a standard deviation of 42.
  for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(250);
});

it('zipf: the second comes half as often as the first, the tenth a tenth', () => {
  const rank = zipf(1000);
  const random = randomOf(9);
  const counts = new Array<number>(1000).fill(0);
  for (let i = 0; i < 100_000; i++) counts[rank(random)]!++;
  expect(counts[0]! / counts[1]!).toBeCloseTo(2, 0);
  expect(counts[0]! / counts[9]!).toBeGreaterThan(8);
  expect(counts[0]! / counts[9]!).toBeLessThan(12);
  expect(counts[999]).toBeGreaterThan(0);
});
