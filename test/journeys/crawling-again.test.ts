// A site is crawled again and again: what has not changed costs next to nothing, and what is not due nothing at all.
import { afterEach, expect, test } from 'vitest';
import type { CrawlReport } from '../../src/crawl-report.ts';
import { listAll, type PageRecord } from '../../src/ledger.ts';
import { picture } from '../pictures.ts';
import { openWebServer, type Page, type WebServer } from '../web-server.ts';
import { addsUp, openWorld, type World } from '../world.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
async function serve(pages: Record<string, Page>): Promise<WebServer> {
  const server = await openWebServer(pages);
  closing.push(server.close);
  return server;
}
async function world(flags: Record<string, unknown> = {}): Promise<World> {
  const opened = await openWorld({ describers: 2, ...flags });
  closing.push(opened.close);
  return opened;
}
const again = (
  { app }: World,
  site: WebServer,
  {
    onlyDue = false,
    onProgress,
  }: { onlyDue?: boolean; onProgress?: Parameters<World['app']['crawl']>[2] } = {},
): Promise<CrawlReport> =>
  app.crawl(
    { sources: [`${site.url}/`], collection: 'default', fresh: false, maxImages: null, onlyDue },
    new AbortController().signal,
    onProgress,
  );
const paths = ({ asked }: WebServer): string[] => asked.map(({ path }) => path).sort();
const statusOf = ({ asked }: WebServer, path: string) => asked.find((one) => one.path === path)?.status;

const pages = 200;
const images = 500;

async function openSite(): Promise<WebServer> {
  const site = await serve({});
  const different = await Promise.all(Array.from({ length: 250 }, (_, number) => picture(number)));
  for (let number = 0; number < images; number++)
    site.set(`/i${number}.jpg`, different[number % 250] as Buffer);
  for (let number = 0; number < pages; number++) {
    const links = [number * 2 + 1, number * 2 + 2]
      .filter((next) => next < pages)
      .map((next) => `<a href="/p${next}">next</a>`);
    const shown = [0, 1, 2]
      .map((one) => number * 3 + one)
      .filter((image) => image < images)
      .map((image) => `<img src="/i${image}.jpg" alt="picture ${image}" width=60 height=60>`);
    site.set(
      number === 0 ? '/' : `/p${number}`,
      `<title>Page ${number}</title>${links.join('')}${shown.join('')}`,
    );
  }
  site.set('/robots.txt', `User-agent: *\nDisallow:\nSitemap: ${site.url}/sitemap.xml`);
  const urls = Array.from(
    { length: pages - 1 },
    (_, number) => `<url><loc>${site.url}/p${number + 1}</loc></url>`,
  );
  site.set('/sitemap.xml', `<urlset>${urls.join('')}</urlset>`);
  return site;
}

test('a site of 200 pages and 500 images that has not changed: 304, no decode, no inference', async () => {
  const site = await openSite();
  const one = await world();
  const first = await again(one, site);
  addsUp(first);
  expect(first).toMatchObject({ pages, found: images, indexed: images, new: images, inferences: 250 });
  expect(first.pageChanges).toMatchObject({ new: pages, changed: 0, failed: 0 });
  site.forget();
  let [fetched, described] = [0, 0];
  const second = await again(one, site, {
    onProgress: (progress) => {
      [fetched, described] = [progress.fetched, progress.described];
    },
  });
  addsUp(second);
  expect(second).toMatchObject({ pages, found: images, unchanged: images, inferences: 0, gone: 0 });
  expect(second.pageChanges).toMatchObject({ unchanged: pages, new: 0, changed: 0 });
  expect([fetched, described]).toEqual([0, 0]);
  // Every page, every image and the sitemap, each once.
  expect(site.asked.length).toBeLessThanOrEqual(pages + images + 2);
  const unchanged = site.asked.filter(({ status }) => status === 304).length;
  expect(unchanged / site.asked.length).toBeGreaterThanOrEqual(0.99);
  expect(unchanged).toBe(pages + images + 1);

  site.forget();
  // Nothing is due: a crawl that asks only for that asks where it begins.
  const third = await again(one, site, { onlyDue: true });
  addsUp(third);
  expect(third).toMatchObject({ pages, found: images, unchanged: images, inferences: 0, gone: 0 });
  expect(third.pageChanges).toMatchObject({ unchanged: 1, rested: pages - 1 });
  expect(paths(site).filter((path) => path !== '/robots.txt')).toEqual([
    ...['/', '/i0.jpg', '/i1.jpg', '/i2.jpg', '/sitemap.xml'],
  ]);
}, 240_000);

test('what is not due is not asked for; what a sitemap says has changed is', async () => {
  const site = await serve({
    '/': '<a href=/old>old</a><a href=/listed>listed</a>',
    '/old': '<img src=/1.jpg>',
    '/listed': '<img src=/2.jpg>',
    '/1.jpg': await picture(1),
    '/2.jpg': await picture(2),
    '/3.jpg': await picture(3),
  });
  const list = (lastmod: string) =>
    site.set(
      '/sitemap.xml',
      `<urlset><url><loc>${site.url}/listed</loc><lastmod>${lastmod}</lastmod></url></urlset>`,
    );
  list('2026-01-01T00:00:00Z');
  const one = await world();
  // Twice, for after one visit nobody knows how often it changes.
  for (let visit = 0; visit < 2; visit++) await again(one, site);
  for (const path of ['/old', '/listed']) site.set(path, '<img src=/3.jpg>');
  site.forget();
  const rested = await again(one, site, { onlyDue: true });
  addsUp(rested);
  expect(rested).toMatchObject({ pages: 3, found: 2, unchanged: 2, gone: 0 });
  expect(rested.pageChanges).toMatchObject({ unchanged: 1, rested: 2 });
  expect(paths(site).filter((path) => path !== '/robots.txt')).toEqual(['/', '/sitemap.xml']);

  list(new Date().toISOString());
  site.forget();
  const listed = await again(one, site, { onlyDue: true });
  addsUp(listed);
  expect(listed.pageChanges).toMatchObject({ changed: 1, rested: 1 });
  expect(listed).toMatchObject({ found: 2, new: 1, unchanged: 1, gone: 1 });
  expect(site.count('/old')).toBe(0);

  // Who types a crawl means all of it.
  const all = await again(one, site);
  expect(all.pageChanges).toMatchObject({ changed: 1, unchanged: 2, rested: 0 });
  expect(all).toMatchObject({ found: 1, gone: 1 });
}, 60_000);

test('an image that a resting page and one that is due show is asked for, once, whichever comes first', async () => {
  const site = await serve({
    '/': '<a href=/old>old</a>',
    '/old': '<img src=/shared.jpg><img src=/own.jpg>',
    '/shared.jpg': await picture(1),
    '/own.jpg': await picture(2),
  });
  const one = await world();
  for (let visit = 0; visit < 2; visit++) await again(one, site);
  site.set('/shared.jpg', await picture(3));
  // New, and answered when the resting one is done with.
  const links = ['<a href=/old>old</a>', '<a href=/new>new</a>'];
  site.set('/new', '<img src=/shared.jpg>');
  site.delay('/new', 1500);
  site.set('/', links.join(''));
  site.forget();
  const late = await again(one, site, { onlyDue: true });
  addsUp(late);
  expect(late).toMatchObject({ found: 2, changed: 1, unchanged: 1 });
  expect(late.pageChanges).toMatchObject({ rested: 1 });
  expect([site.count('/shared.jpg'), site.count('/own.jpg')]).toEqual([1, 0]);

  site.set('/shared.jpg', { status: 500 });
  site.set('/', links.reverse().join(''));
  site.set('/new', '<title>again</title><img src=/shared.jpg>');
  site.delay('/new', 0);
  site.forget();
  const early = await again(one, site, { onlyDue: true });
  addsUp(early);
  expect(early).toMatchObject({ found: 2, failed: 1, unchanged: 1 });
  expect(early.pageChanges).toMatchObject({ rested: 1 });
  expect(await one.app.failures('default')).toMatchObject([{ code: 'server_error' }]);

  // What failed does not rest, though all pages that show it do.
  site.set('/shared.jpg', await picture(4));
  site.forget();
  const mended = await again(one, site, { onlyDue: true });
  expect(mended.pageChanges).toMatchObject({ rested: 2 });
  expect(mended).toMatchObject({ changed: 1, unchanged: 1 });
  expect([site.count('/shared.jpg'), site.count('/own.jpg')]).toEqual([1, 0]);
  expect(await one.app.failures('default')).toEqual([]);
}, 60_000);

test('rules that have changed reach what is not due', async () => {
  const site = await serve({
    '/': '<a href=/a>a</a>',
    '/a': '<img src=/1.jpg><img src=/2.jpg width=60 height=60>',
    '/1.jpg': await picture(1),
    '/2.jpg': await picture(2),
  });
  const one = await world();
  for (let visit = 0; visit < 2; visit++) await again(one, site);
  const under = async (flags: Record<string, unknown>): Promise<CrawlReport> => {
    const other = await openWorld({ describers: 1, ...flags }, one.folder);
    site.forget();
    const report = await again(other, site, { onlyDue: true });
    addsUp(report);
    await other.close();
    return report;
  };
  const excluded = await under({ exclude: ['1.jpg'] });
  expect(excluded).toMatchObject({ found: 2, unchanged: 1, gone: 0 });
  expect(excluded.skips).toMatchObject([{ code: 'excluded', count: 1 }]);
  expect(excluded.pageChanges).toMatchObject({ rested: 1 });
  expect([site.count('/a'), site.count('/1.jpg'), site.count('/2.jpg')]).toEqual([0, 0, 0]);
  // How a page is read: it is read anew, once.
  expect((await under({ minImagePixels: 5000 })).pageChanges).toMatchObject({ rested: 0 });
  expect(site.count('/a')).toBe(1);
  expect((await under({ minImagePixels: 5000 })).pageChanges).toMatchObject({ rested: 1 });
}, 60_000);

test('what is left out for its bytes is loaded once, and rests with its page', async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>';
  const site = await serve({
    '/': '<a href=/a>a</a>',
    '/a': '<img src=/1.svg><img src=/2.jpg><img src=/3.jpg>',
    '/1.svg': svg,
    '/2.jpg': await picture(2),
    '/3.jpg': { body: svg, validators: false },
  });
  const one = await world({ minImagePixels: 5000 });
  const skips = [
    { code: 'unsupported_format', count: 2 },
    { code: 'too_small', count: 1 },
  ];
  const statuses = () => ['/1.svg', '/2.jpg', '/3.jpg'].map((path) => statusOf(site, path));
  expect(await again(one, site)).toMatchObject({ found: 3, skipped: 3, skips });
  site.forget();
  expect(await again(one, site)).toMatchObject({ found: 3, skipped: 3, unchanged: 0, skips });
  expect(statuses()).toEqual([304, 304, 200]);
  site.forget();
  const rested = await again(one, site, { onlyDue: true });
  addsUp(rested);
  expect(rested).toMatchObject({ found: 3, skipped: 3, skips, pageChanges: { rested: 1 } });
  expect(statuses()).toEqual([undefined, undefined, undefined]);

  // What is not there any more was no image: it is believed at once.
  site.set('/1.svg', null);
  site.forget();
  expect(await again(one, site)).toMatchObject({ skipped: 2, failed: 1, gone: 0, missing: 0 });
  expect(site.count('/1.svg')).toBe(1);
  site.set('/1.svg', await picture(1));
  site.set('/3.jpg', await picture(3));
  // Another rule, and other bytes.
  const other = await openWorld({ describers: 1, minImagePixels: 1 }, one.folder);
  closing.push(other.close);
  expect(await again(other, site)).toMatchObject({ skipped: 0, indexed: 3, new: 3 });
}, 60_000);

test('what is gone though it is still linked stays gone, and is asked for once', async () => {
  const site = await serve({
    '/': '<a href=/a>a</a><img src=/2.jpg>',
    '/a': '<img src=/1.jpg>',
    '/1.jpg': await picture(1),
    '/2.jpg': await picture(2),
  });
  const one = await world();
  for (let visit = 0; visit < 2; visit++) await again(one, site);
  for (const path of ['/a', '/2.jpg']) site.set(path, null);
  expect(await again(one, site)).toMatchObject({ missing: 1, pageChanges: { missing: 1 } });
  expect(await again(one, site)).toMatchObject({ gone: 2, pageChanges: { gone: 1 } });
  for (let visit = 0; visit < 3; visit++) {
    site.forget();
    const still = await again(one, site);
    addsUp(still);
    expect(still).toMatchObject({ gone: 0, missing: 0, failed: 1, found: 1 });
    expect(still.pageChanges).toMatchObject({ gone: 0, missing: 0, unchanged: 2 });
    expect([site.count('/a'), site.count('/2.jpg')]).toEqual([1, 1]);
  }
  site.set('/a', '<img src=/1.jpg>');
  const back = await again(one, site);
  expect(back.pageChanges).toMatchObject({ new: 1, unchanged: 1 });
  expect(back).toMatchObject({ found: 2, new: 1 });
}, 60_000);

test('an image that was never had, and a page that failed, do not rest', async () => {
  const site = await serve({
    '/': '<a href=/a>a</a><a href=/b>b</a>',
    '/a': '<img src=/1.jpg>',
    '/b': 'b',
    '/1.jpg': { status: 500 },
  });
  const one = await world({ retries: 0 });
  for (let visit = 0; visit < 2; visit++) await again(one, site);
  site.set('/b', { status: 500 });
  await again(one, site);
  site.set('/1.jpg', await picture(1));
  site.set('/b', 'b');
  site.forget();
  const report = await again(one, site, { onlyDue: true });
  addsUp(report);
  // The page of the image rests, but the image has never been had.
  expect(report).toMatchObject({ found: 1, new: 1 });
  expect(report.pageChanges).toMatchObject({ rested: 1, unchanged: 2 });
  expect([site.count('/a'), site.count('/b'), site.count('/1.jpg')]).toEqual([0, 1, 1]);
}, 60_000);

test('revisit: always asks for every page, and bounds bring a visit forward', async () => {
  const site = await serve({ '/': '<a href=/a>a</a>', '/a': 'a' });
  for (const flags of [{ revisit: 'always' }, { revisitMinHours: 0, revisitMaxHours: 0 }]) {
    const one = await world(flags);
    for (let visit = 0; visit < 2; visit++) await again(one, site);
    site.forget();
    expect((await again(one, site, { onlyDue: true })).pageChanges).toMatchObject({
      unchanged: 2,
      rested: 0,
    });
    expect(site.count('/a')).toBe(1);
  }
});

test('a page is remembered with how often it has changed', async () => {
  const site = await serve({ '/': '<a href=/a>a</a>', '/a': 'zero' });
  const one = await world();
  const pageOf = async (): Promise<PageRecord> => {
    for await (const { record } of listAll(one.parts.ledger, 'page', {}))
      if (record.address.endsWith('/a')) return record;
    throw new Error('not there');
  };
  await again(one, site);
  expect(await pageOf()).toMatchObject({ change: 'new' });
  expect((await pageOf()).visits).toBeUndefined();
  // Other bytes, but nothing else to see: no change.
  site.set('/a', '<!-- made at noon --><p>zero');
  await again(one, site);
  const same = await pageOf();
  expect(same).toMatchObject({ change: 'same', visits: { intervalSeconds: 120_960 } });
  site.set('/a', '<a href=/>home</a>');
  await again(one, site);
  const changed = await pageOf();
  expect(changed).toMatchObject({
    change: 'changed',
    visits: { intervalSeconds: Math.round(24 * 3600 * 1.4 * 0.8) },
  });
  expect(changed.visits?.changedAt).toBe(changed.visits?.visitedAt);
});
