import { afterEach, expect, test } from 'vitest';
import { makeCrawlParts } from '../../src/app/crawl-parts.ts';
import type { CrawlReport } from '../../src/crawl-report.ts';
import type { Source } from '../../src/crawler/source.ts';
import { runCrawl } from '../../src/crawls/crawls.ts';
import { comeAgain, retryAfterMs } from '../../src/crawls/way.ts';
import { type Failure, failure } from '../../src/errors.ts';
import { picture } from '../pictures.ts';
import { openWebServer } from '../web-server.ts';
import { openWorld, type World } from '../world.ts';

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

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A crawl of three images without any further attempt, at a host that is left alone so often before it is asked. */
async function crawlUnwell(times: number, restMs: number): Promise<CrawlReport & { world: World }> {
  const pictures = await Promise.all([1, 2, 3].map(async (n) => [`/${n}.jpg`, await picture(n)] as const));
  const shown = pictures.map(([path]) => `<img src="${path}">`).join('');
  const server = await openWebServer({ '/': shown, ...Object.fromEntries(pictures) });
  closing.push(server.close);
  const world = await openWorld({ describers: 1, retries: 0 });
  closing.push(world.close);
  const parts = await makeCrawlParts(world.parts);
  let left = times;
  const openSource: typeof parts.openSource = async (...given) => {
    const source = await parts.openSource(...given);
    const unwell = { ...problem({ code: 'host_unwell', retryAfterMs: restMs }), isUnasked: true } as const;
    const ask = source.fetch.bind(source);
    const fetch: Source['fetch'] = async (...of) =>
      left-- > 0 ? { outcome: 'failed', failure: unwell } : ask(...of);
    return Object.assign(source, { fetch });
  };
  const report = await runCrawl(
    { ...parts, openSource },
    {
      collection: 'default',
      sources: [`web:${server.url}/`],
      maxImages: null,
      fresh: false,
      startedBy: 'command',
    },
    { signal: new AbortController().signal },
  );
  return { ...report, world };
}

test('images of a host that is unwell for a while are fetched when it is well, without further attempts', async () => {
  expect(await crawlUnwell(8, 50)).toMatchObject({ state: 'complete', indexed: 3, failed: 0 });
});

test('a crawl ends where a host stays unwell; what was not asked for is listed with when to try again', async () => {
  const { world, ...report } = await crawlUnwell(Number.POSITIVE_INFINITY, 8 * minute);
  expect(report).toMatchObject({
    state: 'complete',
    indexed: 0,
    failures: [{ code: 'host_unwell', count: 3 }],
  });
  const failures = await world.parts.ledger.list('failure', {}, { limit: 10 });
  expect(failures.map(({ record }) => record.attempts)).toEqual([1, 1, 1]);
  for (const { record } of failures)
    expect(Date.parse(record.notBefore!)).toBeGreaterThan(Date.now() + 7 * minute);
});
