import { expect, it } from 'vitest';
import { fullJitterMs } from '../src/full-jitter.ts';

const delays = { baseMs: 100, maxMs: 5000 };

it('doubles the limit with each failure, up to the largest', () => {
  const most = [1, 2, 3, 6, 7, 1000].map((failures) => fullJitterMs(failures, delays, () => 1));
  expect(most).toEqual([100, 200, 400, 3200, 5000, 5000]);
});

it('takes anything up to the limit', () => {
  expect(fullJitterMs(3, delays, () => 0)).toBe(0);
  const some = Array.from({ length: 1000 }, () => fullJitterMs(3, delays));
  expect(Math.min(...some)).toBeLessThan(100);
  expect(Math.max(...some)).toBeGreaterThan(300);
  expect(Math.max(...some)).toBeLessThan(400);
});
