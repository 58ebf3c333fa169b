// The web changes between two crawls; one row a change: what is done to the site, and what searches answer then.
import { afterEach, describe, expect, test } from 'vitest';
import { picture } from '../pictures.ts';
import { openWebServer, type WebServer } from '../web-server.ts';
import { addsUp, documents, openWorld, type World } from '../world.ts';

/** The site before: two pages; page one shows one and both, page two shows two and both. */
async function openSite(): Promise<WebServer> {
  return openWebServer({
    '/': '<title>Home</title><a href="/1.html">1</a><a href="/2.html">2</a>',
    '/1.html':
      '<title>First</title><img src="/one.jpg" alt="one alone"><img src="/both.jpg" alt="both here">',
    '/2.html':
      '<title>Second</title><img src="/two.jpg" alt="two alone"><img src="/both.jpg" alt="both there">',
    '/one.jpg': await picture(10),
    '/two.jpg': await picture(100),
    '/both.jpg': await picture(200),
  });
}

interface Found {
  readonly [file: string]: { readonly locations: readonly string[]; readonly alts: readonly string[] };
}

/** By the first letter of the address that stands first. */
async function answer(world: World, server: WebServer): Promise<Found> {
  const found = (await documents(world)).map((document) => ({
    locations: document.locations.map(({ url }) => url.replace(server.url, '')).sort(),
    alts: document.appearances.map(({ context }) => context.alt ?? '').sort(),
  }));
  return Object.fromEntries(found.map((one) => [one.locations[0], one]));
}

const before: Found = {
  '/both.jpg': { locations: ['/both.jpg'], alts: ['both here', 'both there'] },
  '/one.jpg': { locations: ['/one.jpg'], alts: ['one alone'] },
  '/two.jpg': { locations: ['/two.jpg'], alts: ['two alone'] },
};
const without = (...names: string[]): Found =>
  Object.fromEntries(Object.entries(before).filter(([name]) => !names.includes(name)));

interface Row {
  readonly change: string;
  readonly make: (site: WebServer) => void | Promise<void>;
  readonly after: Found;
  readonly report: Record<string, unknown>;
}

const rows: readonly Row[] = [
  {
    change: 'nothing changes',
    make: () => {},
    after: before,
    report: { unchanged: 3, inferences: 0, gone: 0 },
  },
  {
    change:
      "an image's bytes change at the same address: the old content leaves, the new one has its appearances",
    make: async (site) => site.set('/one.jpg', await picture(60)),
    after: before,
    report: { unchanged: 2, inferences: 1, gone: 0 },
  },
  {
    change: 'a page stops showing an image that no other page shows: it is unlinked',
    make: (site) => site.set('/1.html', '<title>First</title><img src="/both.jpg" alt="both here">'),
    after: without('/one.jpg'),
    report: { unchanged: 2, inferences: 0, gone: 1 },
  },
  {
    change: 'a page stops showing an image that another page shows: it stays with that one',
    make: (site) => site.set('/1.html', '<title>First</title><img src="/one.jpg" alt="one alone">'),
    after: { ...before, '/both.jpg': { locations: ['/both.jpg'], alts: ['both there'] } },
    report: { unchanged: 3, inferences: 0, gone: 0 },
  },
  {
    change:
      'the same bytes appear at a second address on a second page: one image, two locations, both appearances',
    make: async (site) => {
      site.set('/copy.jpg', await picture(10));
      site.set(
        '/2.html',
        '<title>Second</title><img src="/copy.jpg" alt="a copy"><img src="/two.jpg" alt="two alone"><img src="/both.jpg" alt="both there">',
      );
    },
    after: {
      '/both.jpg': before['/both.jpg']!,
      '/two.jpg': before['/two.jpg']!,
      '/copy.jpg': { locations: ['/copy.jpg', '/one.jpg'], alts: ['a copy', 'one alone'] },
    },
    report: { unchanged: 3, inferences: 0, gone: 0, indexed: 4 },
  },
  {
    change: 'an alt text changes: searches answer with the new one',
    make: (site) =>
      site.set(
        '/1.html',
        '<title>First</title><img src="/one.jpg" alt="number one"><img src="/both.jpg" alt="both here">',
      ),
    after: { ...before, '/one.jpg': { locations: ['/one.jpg'], alts: ['number one'] } },
    report: { unchanged: 3, inferences: 0, gone: 0 },
  },
  {
    change: 'a page vanishes (404): what only it showed is unlinked',
    make: (site) => site.set('/1.html', null),
    after: {
      '/both.jpg': { locations: ['/both.jpg'], alts: ['both there'] },
      '/two.jpg': before['/two.jpg']!,
    },
    report: { unchanged: 2, inferences: 0, gone: 1 },
  },
  {
    change: 'a page breaks (500): what it showed stays as it was',
    make: (site) => site.set('/1.html', { status: 500, body: 'broken' }),
    after: before,
    report: { unchanged: 3, inferences: 0, gone: 0 },
  },
  {
    change: 'an image asks not to be indexed (X-Robots-Tag), even where it has not changed: it leaves',
    make: async (site) =>
      site.set('/two.jpg', { headers: { 'x-robots-tag': 'noimageindex' }, body: await picture(100) }),
    after: without('/two.jpg'),
    report: { skipped: 1, inferences: 0 },
  },
  {
    change: 'a page asks not to be indexed (meta robots): what only it showed leaves',
    make: (site) =>
      site.set('/2.html', '<meta name="robots" content="NoAI"><img src="/two.jpg"><img src="/both.jpg">'),
    after: {
      '/both.jpg': { locations: ['/both.jpg'], alts: ['both here'] },
      '/one.jpg': before['/one.jpg']!,
    },
    report: { pages: 3, inferences: 0, gone: 1, pageSkips: [{ code: 'opted_out', count: 1 }] },
  },
  {
    change: 'robots.txt forbids an image and a page: they leave',
    make: (site) => site.set('/robots.txt', 'User-agent: imagedex\nDisallow: /1.html\nDisallow: /two.jpg'),
    after: { '/both.jpg': { locations: ['/both.jpg'], alts: ['both there'] } },
    report: {
      skips: [{ code: 'robots_denied', count: 1 }],
      pageSkips: [{ code: 'robots_denied', count: 1 }],
    },
  },
  {
    change: 'a host asks to be left alone for an hour (503, Retry-After): all stays as it was',
    make: (site) => site.set('/1.html', { status: 503, headers: { 'retry-after': '3600' } }),
    after: before,
    report: { gone: 0, failed: 3 },
  },
  {
    change: 'a page is not linked to any more: what only it showed is unlinked',
    make: (site) => site.set('/', '<title>Home</title><a href="/2.html">2</a>'),
    after: {
      '/both.jpg': { locations: ['/both.jpg'], alts: ['both there'] },
      '/two.jpg': before['/two.jpg']!,
    },
    report: { unchanged: 2, inferences: 0, gone: 1 },
  },
  {
    change: 'an image vanishes (404): it is gone',
    make: (site) => site.set('/two.jpg', null),
    after: without('/two.jpg'),
    report: { unchanged: 2, inferences: 0, gone: 1, failed: 1 },
  },
  {
    change: 'an image breaks (500): it stays as it was',
    make: (site) => site.set('/two.jpg', { status: 500, body: 'broken' }),
    after: before,
    report: { unchanged: 2, inferences: 0, gone: 0, failed: 1 },
  },
  {
    change: 'an image is replaced by a broken one: its old content leaves',
    make: async (site) => site.set('/two.jpg', (await picture(100)).subarray(0, 200)),
    after: without('/two.jpg'),
    report: { unchanged: 2, inferences: 0, failed: 1 },
  },
];

describe('the web changes between two crawls', { timeout: 60_000 }, () => {
  let world: World | undefined;
  let site: WebServer | undefined;
  afterEach(async () => {
    await world?.close();
    await site?.close();
  });

  test.each(rows)('$change', async ({ make, after, report }) => {
    world = await openWorld({ describers: 1, goneAfter: 1 });
    site = await openSite();
    addsUp(await world.crawl(`${site.url}/`));
    expect(await answer(world, site)).toEqual(before);
    await make(site);
    const second = await world.crawl(`${site.url}/`);
    addsUp(second);
    expect(await answer(world, site)).toEqual(after);
    expect(second).toMatchObject(report);
    expect(await world.parts.ledger.list('image', { dirty: true }, { limit: 10 })).toEqual([]);
    // What is no document any more is found by no word either.
    const words = await world.app.search({ collection: 'default', words: 'alone', labels: [], first: 10 });
    const alone = Object.values(after).filter(({ alts }) => alts.some((alt) => alt.includes('alone')));
    expect(words.totalCount).toEqual({ value: alone.length, relation: 'EQ' });
  });

  test('what was unlinked comes back when a page shows it again', async () => {
    world = await openWorld({ describers: 1, goneAfter: 1 });
    site = await openSite();
    await world.crawl(`${site.url}/`);
    const page =
      '<title>First</title><img src="/one.jpg" alt="one alone"><img src="/both.jpg" alt="both here">';
    site.set('/1.html', null);
    await world.crawl(`${site.url}/`);
    site.set('/1.html', page);
    const third = await world.crawl(`${site.url}/`);
    addsUp(third);
    expect(third).toMatchObject({ inferences: 0 });
    expect(await answer(world, site)).toEqual(before);
  });

  test('what answers 404 is missing, and gone only when the next crawl finds it missing, too', async () => {
    world = await openWorld({ describers: 1 });
    site = await openSite();
    await world.crawl(`${site.url}/`);
    site.set('/1.html', null);
    site.set('/two.jpg', null);
    const second = await world.crawl(`${site.url}/`);
    addsUp(second);
    expect(second).toMatchObject({ unchanged: 2, failed: 1, missing: 1, gone: 0, pages: 3 });
    expect(second.pageChanges).toMatchObject({ unchanged: 2, missing: 1, gone: 0 });
    expect(await answer(world, site)).toEqual(before);
    // Confirmed within the crawl, each by a second request.
    expect([site.count('/1.html'), site.count('/two.jpg')]).toEqual([3, 3]);
    const third = await world.crawl(`${site.url}/`);
    addsUp(third);
    expect(third).toMatchObject({ failed: 1, missing: 0, gone: 2 });
    expect(third.pageChanges).toMatchObject({ unchanged: 2, missing: 0, gone: 1 });
    expect(Object.keys(await answer(world, site))).toEqual(['/both.jpg']);
  });

  test('what comes back between two 404s is counted anew', async () => {
    world = await openWorld({ describers: 1 });
    site = await openSite();
    const two = await picture(100);
    await world.crawl(`${site.url}/`);
    for (const isThere of [false, true, false]) {
      site.set('/two.jpg', isThere ? two : null);
      const report = await world.crawl(`${site.url}/`);
      addsUp(report);
      expect(report).toMatchObject({ gone: 0, missing: isThere ? 0 : 1, inferences: 0 });
      expect(await answer(world, site)).toEqual(before);
    }
  });

  test('a server error between two 404s neither counts nor begins anew', async () => {
    world = await openWorld({ describers: 1, retries: 0 });
    site = await openSite();
    await world.crawl(`${site.url}/`);
    for (const page of [null, { status: 500 }]) {
      site.set('/two.jpg', page);
      expect(await world.crawl(`${site.url}/`)).toMatchObject({ gone: 0, failed: 1 });
      expect(await answer(world, site)).toEqual(before);
    }
    site.set('/two.jpg', null);
    expect(await world.crawl(`${site.url}/`)).toMatchObject({ gone: 1, failed: 1 });
    expect(await answer(world, site)).toEqual(without('/two.jpg'));
  });

  test('what answers 410 is gone at once', async () => {
    world = await openWorld({ describers: 1 });
    site = await openSite();
    await world.crawl(`${site.url}/`);
    site.set('/two.jpg', { status: 410 });
    expect(await world.crawl(`${site.url}/`)).toMatchObject({ gone: 1, missing: 0 });
    expect(await answer(world, site)).toEqual(without('/two.jpg'));
  });

  test('the same bytes with other validators are not described again', async () => {
    world = await openWorld({ describers: 1 });
    site = await openSite();
    await world.crawl(`${site.url}/`);
    const bytes = await picture(100);
    const page =
      '<title>Second</title><img src="/two.jpg" alt="two alone"><img src="/both.jpg" alt="both there">';
    for (const etag of ['"a"', '"b"']) {
      site.set('/two.jpg', { body: bytes, headers: { etag }, validators: false });
      site.set('/2.html', { body: page, headers: { etag }, validators: false });
      const report = await world.crawl(`${site.url}/`);
      addsUp(report);
      expect(report).toMatchObject({ unchanged: 3, changed: 0, inferences: 0 });
      expect(report.pageChanges).toMatchObject({ unchanged: 3, changed: 0 });
    }
    // The new validators are those that are asked with.
    const asked = site.asked.filter(({ path }) => path === '/two.jpg').at(-1);
    expect(asked?.headers['if-none-match']).toBe('"a"');
    expect(await answer(world, site)).toEqual(before);
  });
});
