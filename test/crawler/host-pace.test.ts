import { expect, test } from 'vitest';
import { HostPace } from '../../src/crawler/host-pace.ts';

test('a step back for each burst, each twice as slow, with a bound; then up again in equal steps', () => {
  let nowMs = 0;
  const pace = new HostPace(() => nowMs);
  expect(pace.gapMs(1000)).toBe(1000);
  expect(pace.gapMs(0)).toBe(0);
  nowMs = 10;
  pace.slower(5);
  expect(pace.gapMs(1000)).toBe(2000);
  // Under way when the first was refused.
  expect(pace.slower(8)).toBe(0);
  expect(pace.slower(10)).toBe(0);
  expect(pace.gapMs(1000)).toBe(2000);
  for (let n = 0; n < 20; n++) {
    nowMs += 10;
    expect(pace.slower(nowMs - 1)).toBeLessThanOrEqual(60_000);
  }
  expect(pace.gapMs(1000)).toBe(64_000);
  const rates: number[] = [];
  for (let n = 0; n < 8; n++) {
    pace.faster();
    rates.push(1000 / pace.gapMs(1000));
  }
  expect(rates.at(-1)).toBe(1);
  expect(rates[1]! - rates[0]!).toBeCloseTo(rates[5]! - rates[4]!);
});
