// Servers under names of their own log every request of two crawls at once: what they see of us is what we promise.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CrawlReport } from '../../src/crawl-report.ts';
import { picture } from '../pictures.ts';
import { type Asked, openWebServer, type Page, type WebServer } from '../web-server.ts';
import { openWorld, stopAfter, type World } from '../world.ts';

const hostDelayMs = 300;
const crawlDelayMs = 2000;
const pages = 14;

let servers: Record<'gallery' | 'news' | 'cdn' | 'closed', WebServer>;
let world: World;
let reports: CrawlReport[];

const html = { 'content-type': 'text/html' };
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const connectTo = (): string[] =>
  Object.entries(servers).map(([name, { host }]) => `${name}.example:80=${host}`);

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
/** The first answer, and then the other for ever. */
const once = (first: Page, then: Page): Page => {
  let times = 0;
  return async (request, response) => {
    const page = times++ === 0 ? first : then;
    return typeof page === 'function'
      ? page(request, response)
      : typeof page === 'string' || page instanceof Uint8Array
        ? { body: page }
        : page;
  };
};

/** A gallery that asks for two seconds: 1 robots.txt, 1 start, 14 pages and 14 images are 30 requests. */
async function openGallery(): Promise<WebServer> {
  const shown = (n: number) =>
    `<img src="/${n}.jpg" alt="own ${n}"><img src="http://cdn.example/shared/${n % 4}.jpg" alt="shared">`;
  return openWebServer({
    '/robots.txt': `User-agent: *\nCrawl-delay: ${crawlDelayMs / 1000}\nDisallow: /secret`,
    '/': `${numbers(pages).map((n) => `<a href="/${n}.html">${n}</a>`)}<a href=/secret.html>s</a><img src=/secret.jpg>`,
    '/secret.html': 'nobody is to see this',
    '/secret.jpg': await picture(250),
    ...Object.fromEntries(numbers(pages).map((n) => [`/${n}.html`, shown(n)])),
    ...Object.fromEntries(
      await Promise.all(numbers(pages).map(async (n) => [`/${n}.jpg`, await picture(n)])),
    ),
  });
}

/** News that redirect, fail once, and show pictures of hosts that forbid them or say nothing. */
const openNews = (): Promise<WebServer> =>
  openWebServer({
    '/robots.txt': { status: 404 },
    '/': '<a href=/moved>m</a><a href=/broken>b</a><a href=/opted-out>o</a><a href=/no-images>n</a>',
    '/moved': { status: 301, headers: { location: '/arrived' } },
    '/arrived': numbers(4)
      .map(
        (n) =>
          `<img src="http://cdn.example/shared/${n}.jpg"><img src="http://cdn.example/private/${n}.jpg">`,
      )
      .join(''),
    '/broken': once(
      { status: 503 },
      '<img src="http://cdn.example/busy.jpg"><img src="http://closed.example/a.jpg">',
    ),
    '/opted-out': {
      headers: { 'x-robots-tag': ['otherbot: all', 'NOAI, NoFollow'] },
      body: '<img src=/x.jpg>',
    },
    '/no-images': '<meta name=robots content=noimageindex><img src=/y.jpg><a href=/last>l</a>',
    '/last': '<img src="http://cdn.example/tagged.jpg">',
  });

const openCdn = async (): Promise<WebServer> =>
  openWebServer({
    '/robots.txt': 'User-agent: *\nDisallow: /\n\nUser-agent: imagedex\nDisallow: /private/',
    '/busy.jpg': once({ status: 429, headers: { 'retry-after': '2' } }, await picture(60)),
    '/tagged.jpg': {
      headers: {
        'x-robots-tag': 'noindex, unavailable_after: 25 Jun 2027 15:00:00 PST',
        'content-type': 'image/jpeg',
      },
      body: Buffer.alloc(20_000_000),
    },
    ...Object.fromEntries(
      await Promise.all(numbers(4).map(async (n) => [`/shared/${n}.jpg`, await picture(100 + n)])),
    ),
  });

beforeAll(async () => {
  const [gallery, news, cdn] = await Promise.all([openGallery(), openNews(), openCdn()]);
  servers = { gallery, news, cdn, closed: await openWebServer({ '/robots.txt': { status: 503 } }) };
  world = await openWorld({
    describers: 1,
    concurrency: 3,
    hostDelayMs,
    retries: 1,
    connectTo: connectTo(),
  });
  const crawl = (name: string) =>
    world.app.crawl(
      { sources: [`http://${name}.example/`], collection: name, fresh: false, maxImages: null },
      new AbortController().signal,
    );
  reports = await Promise.all([crawl('gallery'), crawl('news')]);
}, 150_000);

afterAll(async () => {
  await world?.close();
  await Promise.all(Object.values(servers ?? {}).map((server) => server.close()));
});

const pathsOf = (server: WebServer): string[] => server.asked.map(({ path }) => path);
const leastGapMs = (asked: readonly Asked[]): number =>
  Math.min(...asked.slice(1).map(({ at }, n) => at - asked[n]!.at));

describe('two crawls at once', () => {
  test('come to their end, and say what they left out and why', () => {
    const [gallery, news] = reports as [CrawlReport, CrawlReport];
    expect([gallery.state, news.state]).toEqual(['complete', 'complete']);
    // Fourteen of its own, four of the other host, and the secret one.
    expect([gallery.found, gallery.indexed]).toEqual([19, 18]);
    expect(gallery.skips).toEqual([{ code: 'robots_denied', count: 1 }]);
    expect(gallery.pageSkips).toEqual([{ code: 'robots_denied', count: 1 }]);
    expect([news.found, news.indexed]).toEqual([11, 5]);
    expect(news.skips).toEqual([
      { code: 'robots_denied', count: 4 },
      { code: 'opted_out', count: 1 },
    ]);
    expect(news.pageSkips).toEqual([{ code: 'opted_out', count: 2 }]);
    expect(news.failures).toEqual([{ code: 'robots_unreachable', count: 1 }]);
  });

  test('crawl 9: keep the crawl delay over 30 requests, with three workers', () => {
    expect(servers.gallery.asked.length).toBeGreaterThanOrEqual(30);
    expect(leastGapMs(servers.gallery.asked)).toBeGreaterThanOrEqual(crawlDelayMs - 2);
  });

  test('keep the delay to every host: pages, images, robots.txt, redirects and further attempts', () => {
    for (const name of ['news', 'cdn'] as const) {
      expect(servers[name].asked.length).toBeGreaterThan(6);
      expect(leastGapMs(servers[name].asked)).toBeGreaterThanOrEqual(hostDelayMs - 2);
    }
  });

  test('never ask a host for two things at a time', () => {
    for (const { asked } of Object.values(servers)) {
      for (const [n, { at }] of asked.slice(1).entries())
        expect(at).toBeGreaterThanOrEqual(asked[n]!.answeredAt);
    }
  });

  test('crawl 7: ask for robots.txt once, before anything else', () => {
    for (const name of ['gallery', 'news', 'cdn'] as const) {
      expect(servers[name].count('/robots.txt')).toBe(1);
      expect(pathsOf(servers[name])[0]).toBe('/robots.txt');
    }
  });

  test('crawl 8: obey the robots.txt of the host where an image lies, by our name', () => {
    expect(pathsOf(servers.cdn).filter((path) => path.startsWith('/private'))).toEqual([]);
    expect(new Set(pathsOf(servers.cdn))).toEqual(
      new Set(['/robots.txt', ...numbers(4).map((n) => `/shared/${n}.jpg`), '/busy.jpg', '/tagged.jpg']),
    );
    expect(pathsOf(servers.gallery).filter((path) => path.startsWith('/secret'))).toEqual([]);
  });

  test('crawl 3: ask nothing of a host whose robots.txt cannot be had, but for it again', () => {
    expect(new Set(pathsOf(servers.closed))).toEqual(new Set(['/robots.txt']));
    expect(servers.closed.asked.length).toBe(2);
    expect(leastGapMs(servers.closed.asked)).toBeGreaterThan(9000);
  });

  test('crawl 10: wait as long as the host asks for, and try again then', () => {
    const asked = servers.cdn.asked;
    const first = asked.findIndex(({ path }) => path === '/busy.jpg');
    expect(asked[first + 1]!.at - asked[first]!.at).toBeGreaterThanOrEqual(1998);
    expect(servers.cdn.count('/busy.jpg')).toBe(2);
  });

  test('crawl 13: take nothing of what asks not to be indexed', () => {
    expect(pathsOf(servers.news)).not.toContain('/x.jpg');
    expect(pathsOf(servers.news)).not.toContain('/y.jpg');
    expect(pathsOf(servers.news)).toContain('/last');
    expect(servers.cdn.count('/tagged.jpg')).toBe(1);
  });
});

test('crawl 7: a process that comes later within the day does not ask for robots.txt again', async () => {
  for (const server of Object.values(servers)) server.forget();
  const args = [
    ...['crawl', 'http://news.example/', '--collection', 'news', '--data-dir', join(world.folder, 'data')],
    ...['--delay', String(hostDelayMs), '--retries', '0', '--json'],
    ...connectTo().flatMap((entry) => ['--connect-to', entry]),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args]);
  expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({ state: 'complete' });
  expect(servers.news.asked.length).toBeGreaterThan(3);
  expect(servers.news.count('/robots.txt')).toBe(0);
  expect(servers.cdn.count('/robots.txt')).toBe(0);
  expect(leastGapMs(servers.news.asked)).toBeGreaterThanOrEqual(hostDelayMs - 2);
});

test('crawl 11: hosts that take ten seconds an answer do not slow another by more than a tenth', async () => {
  const count = 25;
  const slow = numbers(4).map((n) => `http://slow${n}.example/a.jpg`);
  const site = (folder: string, images: readonly string[]): Record<string, Page> => ({
    [`/${folder}/`]:
      images.map((url) => `<img src="${url}">`).join('') +
      numbers(count)
        .map((n) => `<a href="/${folder}/${n}">${n}</a>`)
        .join(''),
    ...Object.fromEntries(numbers(count).map((n) => [`/${folder}/${n}`, { headers: html, body: 'a page' }])),
  });
  const fast = await openWebServer({ ...site('alone', []), ...site('beside', slow) });
  const slowOne = await openWebServer({}, { delayMs: 10_000 });
  const names = [
    `fast.example:80=${fast.host}`,
    ...numbers(4).map((n) => `slow${n}.example:80=${slowOne.host}`),
  ];
  const other = await openWorld({ describers: 1, concurrency: 3, hostDelayMs: 500, connectTo: names });
  try {
    const served = async (folder: string, signal: AbortSignal): Promise<number> => {
      fast.forget();
      await other.app.crawl(
        { sources: [`http://fast.example/${folder}/`], collection: folder, fresh: false, maxImages: null },
        signal,
      );
      const asked = fast.asked.filter(({ path }) => path.startsWith(`/${folder}/`));
      expect(asked.length).toBeGreaterThanOrEqual(count);
      return (asked.length - 1) / (asked.at(-1)!.at - asked[0]!.at);
    };
    const alone = await served('alone', new AbortController().signal);
    const beside = await served('beside', stopAfter(fast, count + 1));
    expect(new Set(slowOne.asked.map(({ headers }) => headers.host)).size).toBe(4);
    expect(beside).toBeGreaterThanOrEqual(alone * 0.9);
  } finally {
    await other.close();
    await Promise.all([fast.close(), slowOne.close()]);
  }
}, 90_000);
