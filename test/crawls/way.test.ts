import { expect, test } from 'vitest';
import { comeAgain, retryAfterMs } from '../../src/crawls/way.ts';
import { type Failure, failure } from '../../src/errors.ts';

const problem = (more: Partial<Failure> = {}): Failure => ({
  ...failure('fetch', 'server_error', 'expected 200, got 503'),
  ...more,
});
const wait = (one: Failure, attempt = 1, retries = 3): number | undefined =>
  retryAfterMs(
    { parts: { settings: { retries, retryDelayMs: 1000, concurrency: 1 } } } as never,
    { attempt } as never,
    one,
  );
const minute = 60_000;

test('each further attempt waits any time up to twice as long, as long as the host asks for at least, and there is a last one', () => {
  const waits = [1, 2, 3].map((attempt) => wait(problem(), attempt)!);
  for (const [n, ms] of waits.entries()) {
    expect(ms).toBeGreaterThanOrEqual(0);
    expect(ms).toBeLessThanOrEqual(1000 * 2 ** n);
  }
  expect(wait(problem({ retryAfterMs: 2 * minute }))).toBeGreaterThanOrEqual(2 * minute);
  expect(wait(problem(), 4)).toBeUndefined();
  expect(wait(problem({ retry: 'never' }))).toBeUndefined();
});

test('what would make a crawl last for ever is left for the next one', () => {
  expect(wait(problem({ retryAfterMs: 5 * minute }))).toBe(5 * minute);
  expect(wait(problem({ retryAfterMs: 5 * minute + 1 }))).toBeUndefined();
  expect(wait(problem({ retryAfterMs: 5 * minute + 1, isUnasked: true }))).toBeUndefined();
  // However few attempts there are: each of these waits costs none.
  expect(wait(problem({ retryAfterMs: 6 * minute, isUnasked: true }), 1, 0)).toBeUndefined();
});

test('who was not asked for comes again without having used up an attempt', async () => {
  const unwell = problem({ code: 'host_unwell', retryAfterMs: 30_000, isUnasked: true });
  expect(wait(unwell, 4)).toBe(30_000);
  const calls: string[] = [];
  const lease = {
    retry: async (ms: number) => void calls.push(`retry ${ms}`),
    defer: async (ms: number) => void calls.push(`defer ${ms}`),
  };
  await comeAgain(lease as never, unwell, 30_000);
  await comeAgain(lease as never, problem(), 1000);
  expect(calls).toEqual(['defer 30000', 'retry 1000']);
});
