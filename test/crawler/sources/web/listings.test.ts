// Sitemaps and feeds in whole crawls, on real servers that log what they are asked.
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { listAll } from '../../../../src/ledger.ts';
import { picture } from '../../../pictures.ts';
import { openWebServer, type Page, type WebServer } from '../../../web-server.ts';
import { addsUp, documents, openWorld, stopAfter, type World } from '../../../world.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
async function serve(pages: Record<string, Page> = {}): Promise<WebServer> {
  const server = await openWebServer(pages);
  closing.push(server.close);
  return server;
}
async function world(flags: Record<string, unknown> = {}): Promise<World> {
  const opened = await openWorld({ describers: 1, ...flags });
  closing.push(opened.close);
  return opened;
}

const urlset = (...entries: string[]): string =>
  `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">${entries.join('')}</urlset>`;
const entry = (url: string, more = ''): string => `<url><loc>${url}</loc>${more}</url>`;
const image = (url: string, more = ''): string =>
  `<image:image><image:loc>${url}</image:loc>${more}</image:image>`;
const index = (...urls: string[]): string =>
  `<sitemapindex>${urls.map((url) => `<sitemap><loc>${url}</loc></sitemap>`).join('')}</sitemapindex>`;
const paths = ({ asked }: WebServer): string[] => asked.map(({ path }) => path);
const shown = async (of: World): Promise<string[]> =>
  (await documents(of)).flatMap(({ locations }) => locations.map(({ url }) => new URL(url).pathname)).sort();
async function failuresOf({ parts }: World): Promise<string[]> {
  const reasons: string[] = [];
  for await (const { record } of listAll(parts.ledger, 'failure', {}))
    reasons.push(`${record.code} ${record.reason}`);
  return reasons;
}

test('crawl 18: an image sitemap gives pages and images, those of another host under its robots.txt', async () => {
  const cdn = await serve({
    '/robots.txt': 'User-agent: *\nDisallow: /private/',
    '/1.jpg': await picture(1),
    '/private/2.jpg': await picture(2),
  });
  const site = await serve({
    '/': '<title>Home</title>',
    '/hidden': '<img src=/3.jpg alt=three>',
    '/3.jpg': await picture(3),
  });
  const images = [
    image(`${cdn.url}/1.jpg`, '<image:caption>a red kite</image:caption>'),
    image(`${cdn.url}/private/2.jpg`),
  ];
  site.set('/map.xml', urlset(entry(`${site.url}/hidden`, images.join(''))));
  site.set('/robots.txt', `User-agent: *\nDisallow:\nSitemap: ${site.url}/map.xml`);
  const rest = await world({ allowPrivateHosts: [cdn.host] });
  const { crawl } = rest;
  const first = await crawl(`${site.url}/`);
  addsUp(first);
  // The sitemap is no page.
  expect(first).toMatchObject({ pages: 2, found: 3, indexed: 2, skipped: 1, refused: 1 });
  expect(paths(cdn)).toEqual(['/robots.txt', '/1.jpg']);
  expect(paths(site)).not.toContain('/sitemap.xml');
  const kite = (await documents(rest)).find(({ locations }) => locations[0]?.url === `${cdn.url}/1.jpg`);
  expect(kite?.appearances).toMatchObject([
    { pageUrl: `${site.url}/hidden`, context: { caption: 'a red kite' } },
  ]);
  const words = await rest.app.search({ collection: 'default', words: 'kite', labels: [], first: 10 });
  expect(words.totalCount.value).toBe(1);

  site.forget();
  cdn.forget();
  const second = await crawl(`${site.url}/`);
  expect(second).toMatchObject({ found: 3, indexed: 2, unchanged: 2, inferences: 0, gone: 0 });
  const statuses = [...site.asked, ...cdn.asked].filter(({ path }) => path !== '/robots.txt');
  expect(new Set(statuses.map(({ status }) => status))).toEqual(new Set([304]));

  // What only the sitemap showed, and it does no more, is shown by nobody.
  site.set('/map.xml', urlset(entry(`${site.url}/hidden`)));
  const third = await crawl(`${site.url}/`);
  addsUp(third);
  expect(third).toMatchObject({ found: 1, gone: 1 });
  expect(await shown(rest)).toEqual(['/3.jpg']);
}, 60_000);

test('crawl 19: an index that leads to itself ends, and so does one of depth ten', async () => {
  const site = await serve({ '/': 'home' });
  site.set('/loop.xml', index(`${site.url}/loop.xml`, `${site.url}/loop2.xml`));
  site.set('/loop2.xml', index(`${site.url}/loop.xml`, `${site.url}/loop2.xml`));
  for (let depth = 1; depth <= 10; depth++) {
    site.set(`/deep${depth}.xml`, index(`${site.url}/deep${depth + 1}.xml`));
  }
  site.set('/robots.txt', `Sitemap: ${site.url}/loop.xml\nSitemap: ${site.url}/deep1.xml`);
  const one = await world();
  const report = await one.crawl(`${site.url}/`);
  expect(report.state).toBe('complete');
  const maps = paths(site).filter((path) => path.endsWith('.xml'));
  expect(maps.sort()).toEqual([
    '/deep1.xml',
    '/deep2.xml',
    '/deep3.xml',
    '/deep4.xml',
    '/loop.xml',
    '/loop2.xml',
  ]);
  expect(await failuresOf(one)).toEqual([
    expect.stringMatching(/^bad_sitemap .*deep4.xml: more than 3 indexes/),
  ]);
}, 30_000);

test('without one that is named the usual place is asked once, and nothing there is no failure', async () => {
  const site = await serve({ '/': '<img src=/1.jpg>', '/1.jpg': await picture(1) });
  const one = await world();
  for (const answer of [null, { status: 500 }, '<html>not found</html>', 'words']) {
    site.set('/sitemap.xml', answer);
    site.forget();
    const report = await one.crawl(`${site.url}/`);
    expect(report).toMatchObject({ pages: 1, indexed: 1, failed: 0, gone: 0, state: 'complete' });
    expect(site.count('/sitemap.xml')).toBe(1);
    expect(await failuresOf(one)).toEqual([]);
  }
  expect(await one.parts.ledger.tally('crawl', {}, ['state'])).toHaveLength(1);
}, 60_000);

test('none is asked for where they are turned off, or where only the start page is wanted', async () => {
  for (const flags of [{ sitemaps: false }, { maxDepth: 0 }]) {
    const site = await serve({ '/': '<link rel=alternate type="application/rss+xml" href=/feed>' });
    await (await world(flags)).crawl(`${site.url}/`);
    expect(paths(site)).toEqual(['/robots.txt', '/']);
  }
});

test('pages are bounded by the host, sitemaps that robots.txt names are not', async () => {
  const other = await serve({ '/page': 'x', '/nested.xml': urlset() });
  const site = await serve({ '/': 'home', '/in': 'x' });
  const elsewhere = await serve({
    '/map.xml': urlset(entry(`${site.url}/in`), entry(`${other.url}/page`), entry(`${site.url}/file.pdf`)),
    '/index.xml': index(`${other.url}/nested.xml`),
  });
  site.set('/robots.txt', `Sitemap: ${elsewhere.url}/map.xml\nSitemap: ${elsewhere.url}/index.xml`);
  const report = await (await world({ allowPrivateHosts: [other.host, elsewhere.host] })).crawl(
    `${site.url}/`,
  );
  expect(report).toMatchObject({ pages: 2, state: 'complete' });
  expect(paths(site).sort()).toEqual(['/', '/in', '/robots.txt']);
  expect(paths(elsewhere).sort()).toEqual(['/index.xml', '/map.xml', '/robots.txt']);
  expect(paths(other)).toEqual([]);
});

test('packed, of plain text, or a feed that the start page names', async () => {
  const site = await serve({
    '/': '<link rel=alternate type="application/rss+xml" href=/feed><a href=/in>in</a>',
    '/in': '<link rel=alternate type="application/atom+xml" href=/in/feed>',
    '/3.jpg': await picture(3),
    '/4.jpg': await picture(4),
    '/5.jpg': await picture(5),
  });
  site.set('/a.xml', gzipSync(urlset(entry(`${site.url}/one`))));
  site.set('/b.xml.gz', urlset(entry(`${site.url}/two`)));
  site.set('/c.txt', `${site.url}/three\n${site.url}/5.jpg`);
  site.set(
    '/feed',
    `<rss><channel><item><link>/four</link><enclosure url="/4.jpg" type="image/jpeg"/></item></channel></rss>`,
  );
  for (const path of ['/one', '/two', '/three', '/four']) site.set(path, `<img src=/3.jpg alt="${path}">`);
  site.set(
    '/robots.txt',
    ['a.xml', 'b.xml.gz', 'c.txt'].map((name) => `Sitemap: ${site.url}/${name}`).join('\n'),
  );
  const one = await world();
  const report = await one.crawl(`${site.url}/`);
  addsUp(report);
  expect(report).toMatchObject({ pages: 6, found: 3, indexed: 3 });
  expect(await shown(one)).toEqual(['/3.jpg', '/4.jpg', '/5.jpg']);
  // Only the start page's feeds: a blog has one for each of its pages.
  expect(site.count('/in/feed')).toBe(0);
}, 30_000);

test('one that cannot be read keeps what it said before; one that is gone shows nothing any more', async () => {
  const site = await serve({ '/': 'home', '/1.jpg': await picture(1) });
  const map = urlset(entry(`${site.url}/x`, image(`${site.url}/1.jpg`)));
  site.set('/sitemap.xml', map);
  const one = await world({ retries: 0 });
  await one.crawl(`${site.url}/`);
  expect(await shown(one)).toEqual(['/1.jpg']);
  for (const answer of [{ status: 500 }, 'no sitemap', map.slice(0, -5), null]) {
    site.set('/sitemap.xml', answer);
    expect(await one.crawl(`${site.url}/`)).toMatchObject({ gone: 0, state: 'complete' });
    expect(await shown(one)).toEqual(['/1.jpg']);
    expect(await failuresOf(one)).toContainEqual(expect.stringMatching(/sitemap\.xml/));
  }
  expect(await one.crawl(`${site.url}/`)).toMatchObject({ gone: 1 });
  expect(await shown(one)).toEqual([]);
}, 60_000);

test('a crawl that was cut off carries on with the sitemaps that are left', async () => {
  const site = await serve({ '/': 'home' });
  const names = [1, 2, 3, 4].map((n) => `${site.url}/map${n}.xml`);
  site.set('/robots.txt', `Sitemap: ${site.url}/index.xml`);
  site.set('/index.xml', index(...names));
  for (const n of [1, 2, 3, 4]) {
    site.set(`/map${n}.xml`, urlset(entry(`${site.url}/p${n}`, image(`${site.url}/i${n}.jpg`))));
    site.set(`/p${n}`, `page ${n}`);
    site.set(`/i${n}.jpg`, await picture(n));
  }
  const one = await world();
  const command = { sources: [`${site.url}/`], collection: 'default', fresh: false, maxImages: null };
  site.delay(null, 30);
  const cut = await one.app.crawl(command, stopAfter(site, 5));
  expect(cut.state).toBe('running');
  const rest = await one.app.crawl(command, new AbortController().signal);
  addsUp(rest);
  expect(rest).toMatchObject({ crawlId: cut.crawlId, found: 4, indexed: 4, pages: 5 });
  // All that had been answered in full is not asked for again.
  for (const n of [1, 2, 3, 4]) expect(site.count(`/map${n}.xml`)).toBeLessThanOrEqual(2);
  expect(names.filter((_, n) => site.count(`/map${n + 1}.xml`) === 2).length).toBeLessThanOrEqual(1);
}, 30_000);
