import { setMaxListeners } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { HostGate } from '../../src/crawler/host-gate.ts';
import { crawlerOptions } from '../../src/crawler/options.ts';
import { openPoliteFetch, type PoliteFetch } from '../../src/crawler/polite-fetch.ts';
import type { Answer, Refused } from '../../src/net/answer.ts';
import type { Values } from '../../src/options.ts';
import { openRawServer } from '../net/raw-server.ts';
import { openWebServer, type Page } from '../web-server.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const close of closing.splice(0).reverse()) await close();
});

const defaults = Object.fromEntries(
  Object.entries(crawlerOptions).map(([name, { default: value }]) => [name, value]),
) as Values<typeof crawlerOptions>;

async function serve(pages: Record<string, Page>) {
  const server = await openWebServer({ '/page': 'a page', ...pages });
  closing.push(server.close);
  return server;
}
async function guest(
  robotsUnreachableForMs = 60_000,
): Promise<PoliteFetch & { get(url: string): Promise<string> }> {
  const web = await openPoliteFetch({
    settings: { ...defaults, fetchTimeoutMs: 2000 },
    allowHosts: ['127.0.0.1'],
    gate: new HostGate(),
    robotsUnreachableForMs,
  });
  closing.push(web.close);
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const get = async (url: string) =>
    told(await web.fetch({ url, stage: 'find', maxBytes: 1000, atCap: 'cut', signal }));
  return { ...web, get };
}
const told = (answer: Answer | Refused): string =>
  answer.outcome === 'answered'
    ? String(answer.status)
    : answer.outcome === 'skipped'
      ? answer.code
      : `${answer.failure.stage} ${answer.failure.code} ${answer.failure.retry}`;

const unreachable = 'find robots_unreachable later';

describe('robots.txt', () => {
  test('crawl 7: is asked before anything else, once, whoever asks at the same time', async () => {
    const server = await serve({ '/robots.txt': 'User-agent: *\nDisallow: /secret' });
    const { get } = await guest();
    const paths = Array.from({ length: 200 }, (_, n) => (n % 2 === 0 ? `/page?${n}` : `/secret?${n}`));
    const codes = await Promise.all(paths.map((path) => get(server.url + path)));
    expect(new Set(codes.filter((_, n) => n % 2 === 0))).toEqual(new Set(['200']));
    expect(new Set(codes.filter((_, n) => n % 2 === 1))).toEqual(new Set(['robots_denied']));
    expect(server.asked[0]?.path).toBe('/robots.txt');
    expect([server.count('/robots.txt'), server.asked.length]).toEqual([1, 101]);
  });

  test.each([400, 401, 403, 404, 410, 451])('crawl 4: that answers %i forbids nothing', async (status) => {
    const server = await serve({ '/robots.txt': { status } });
    expect(await (await guest()).get(`${server.url}/page`)).toBe('200');
  });

  test.each([429, 500, 502, 503])('crawl 4: that answers %i means no, for now', async (status) => {
    const server = await serve({ '/robots.txt': { status } });
    const { get } = await guest();
    expect([await get(`${server.url}/page`), await get(`${server.url}/page`)]).toEqual([
      unreachable,
      unreachable,
    ]);
    expect(server.asked.map(({ path }) => path)).toEqual(['/robots.txt']);
  });

  test('crawl 3: that does not answer properly means no', async () => {
    for (const answer of ['nonsense\r\n\r\n', '']) {
      const server = await openRawServer((socket) => socket.end(answer));
      closing.push(server.close);
      expect(await (await guest()).get(`${server.url}/page`)).toBe(unreachable);
    }
    const silent = await openRawServer(() => undefined);
    closing.push(silent.close);
    expect(await (await guest()).get(`${silent.url}/page`)).toBe(unreachable);
  });

  test('that says 204 has no rules', async () => {
    const server = await serve({ '/robots.txt': { status: 204 } });
    expect(await (await guest()).get(`${server.url}/page`)).toBe('200');
  });

  test('crawl 3: that was broken is asked again later', async () => {
    const server = await serve({ '/robots.txt': { status: 500 } });
    const { get } = await guest(0);
    expect(await get(`${server.url}/page`)).toBe(unreachable);
    server.set('/robots.txt', '');
    expect(await get(`${server.url}/page`)).toBe('200');
  });

  test('crawl 5: counts up to 500 KiB', async () => {
    const rule = (path: string) => `User-agent: *\nDisallow: ${path}\n`;
    const padding = `#${'x'.repeat(98)}\n`;
    const text = [rule('/before'), padding.repeat(5119), ' '.repeat(1024), '\n', rule('/after')].join('');
    const server = await serve({ '/robots.txt': text });
    const { get } = await guest();
    expect(await get(`${server.url}/before`)).toBe('robots_denied');
    expect(await get(`${server.url}/after`)).toBe('404');
  });

  test('crawl 6: that is redirected counts for the host that was asked', async () => {
    const other = await serve({ '/rules.txt': 'User-agent: *\nDisallow: /page' });
    const server = await serve({
      '/robots.txt': { status: 301, headers: { location: `${other.url}/rules.txt` } },
    });
    const { get } = await guest();
    expect([await get(`${server.url}/page`), await get(`${other.url}/page`)]).toEqual([
      'robots_denied',
      '200',
    ]);
  });

  test('crawl 6: that is five redirects away counts, and six forbid nothing', async () => {
    const hops = (count: number): Record<string, Page> =>
      Object.fromEntries(
        Array.from({ length: count }, (_, n) => [
          n === 0 ? '/robots.txt' : `/hop${n}`,
          { status: 302, headers: { location: `/hop${n + 1}` } },
        ]),
      );
    const rules = 'User-agent: *\nDisallow: /page';
    const near = await serve({ ...hops(5), '/hop5': rules });
    expect(await (await guest()).get(`${near.url}/page`)).toBe('robots_denied');
    const far = await serve({ ...hops(6), '/hop6': rules });
    expect(await (await guest()).get(`${far.url}/page`)).toBe('200');
    expect(far.count('/hop6')).toBe(0);
  });

  test('crawl 6: that redirects for ever forbids nothing', async () => {
    const server = await serve({ '/robots.txt': { status: 301, headers: { location: '/robots.txt' } } });
    expect(await (await guest()).get(`${server.url}/page`)).toBe('200');
  });

  test('of the host that a redirect leads to is asked too', async () => {
    const other = await serve({ '/robots.txt': 'User-agent: imagedex\nDisallow: /' });
    const server = await serve({ '/away': { status: 302, headers: { location: `${other.url}/page` } } });
    expect(await (await guest()).get(`${server.url}/away`)).toBe('robots_denied');
    expect(other.asked.map(({ path }) => path)).toEqual(['/robots.txt']);
  });

  test('with a crawl delay sets the rhythm, on loopback too', async () => {
    const server = await serve({ '/robots.txt': 'User-agent: *\nCrawl-delay: 0.2' });
    const { get, restMs } = await guest();
    for (const path of ['/page?1', '/page?2', '/page?3']) await get(server.url + path);
    expect(restMs(server.host)).toBeGreaterThan(0);
    const gaps = server.asked.slice(1).map(({ at }, n) => at - (server.asked[n]?.at ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(198);
    expect(gaps.length).toBe(3);
  });

  test('whose crawl delay is gone a day later sets the rhythm no more', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const server = await serve({ '/robots.txt': 'User-agent: *\nCrawl-delay: 20' });
    const { get, sitemaps, restMs } = await guest();
    const ask = async () => {
      await sitemaps(server.url, new AbortController().signal);
      vi.setSystemTime(Date.now() + 25 * 3_600_000);
    };
    await ask();
    server.set('/robots.txt', 'User-agent: *');
    await ask();
    expect(await get(`${server.url}/page`)).toBe('200');
    expect(restMs(server.host)).toBe(0);
  });
});

test('a host that says Retry-After is left alone, and the failure says for how long', async () => {
  const server = await serve({ '/busy': { status: 503, headers: { 'retry-after': '3600' } } });
  const web = await guest();
  expect(await web.get(`${server.url}/busy`)).toBe('503');
  const { signal } = new AbortController();
  const next = await web.fetch({
    url: `${server.url}/page`,
    stage: 'fetch',
    maxBytes: 1000,
    atCap: 'cut',
    signal,
  });
  expect(next).toMatchObject({ outcome: 'failed', failure: { code: 'server_error', retry: 'later' } });
  const waitMs = next.outcome === 'failed' ? (next.failure.retryAfterMs ?? 0) : 0;
  expect(waitMs > 14 * 60_000 && waitMs <= 15 * 60_000).toBe(true);
  expect(server.count('/page')).toBe(0);
});

test('requests to one host never overlap, redirects and robots.txt included', async () => {
  const server = await serve({ '/a': { status: 302, headers: { location: '/page' } } });
  server.delay(null, 10);
  const { get } = await guest();
  await Promise.all(['/a?1', '/a?2', '/page?3', '/a?4'].map((path) => get(server.url + path)));
  const asked = server.asked.toSorted((one, other) => one.at - other.at);
  expect(asked.length).toBe(8);
  for (const [n, { at }] of asked.slice(1).entries())
    expect(at).toBeGreaterThanOrEqual(asked[n]?.answeredAt ?? 0);
});

test('the user agent names whom to write to', async () => {
  const server = await serve({});
  await (await guest()).get(`${server.url}/page`);
  const web = await openPoliteFetch({
    settings: { ...defaults, contact: 'https://example.org/bot' },
    allowHosts: ['127.0.0.1'],
  });
  closing.push(web.close);
  const { signal } = new AbortController();
  await web.fetch({ url: `${server.url}/page`, stage: 'find', maxBytes: 1000, atCap: 'cut', signal });
  expect(server.asked.at(-1)?.headers['user-agent']).toBe(
    'imagedex (image search; +https://example.org/bot)',
  );
  expect(server.asked[0]?.headers['user-agent']).toContain('imagedex');
});
