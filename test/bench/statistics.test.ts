import { describe, expect, it } from 'vitest';
import { median, medianLowerBound, percentile } from '../../bench/statistics.ts';

describe('median', () => {
  it('is the middle one, or between the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
  it('of nothing is an error', () => {
    expect(() => median([])).toThrow('no measurements');
  });
});

describe('percentile', () => {
  it('is the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 1)).toBe(100);
    expect(percentile([5], 0.99)).toBe(5);
  });
});

describe('medianLowerBound', () => {
  const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
  it('is the greatest order statistic with at most 5 % of error', () => {
    // From the table of the binomial distribution with p = 1/2: P(X ≤ rank − 1) ≤ 0.05.
    expect(medianLowerBound(upTo(5))).toBe(1);
    expect(medianLowerBound(upTo(7))).toBe(1);
    expect(medianLowerBound(upTo(8))).toBe(2);
    expect(medianLowerBound(upTo(15))).toBe(4);
    expect(medianLowerBound(upTo(30))).toBe(11);
  });
  it('is none under five measurements', () => {
    expect(medianLowerBound(upTo(4))).toBeNaN();
  });
});
