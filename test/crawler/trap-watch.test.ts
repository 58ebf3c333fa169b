// Sites that go on for ever, crawled with hardly a cap: each crawl ends by itself, and has found all that there is.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { CrawlReport } from '../../src/crawl-report.ts';
import type { Expansion } from '../../src/crawler/source.ts';
import { TrapWatch } from '../../src/crawler/trap-watch.ts';
import type { PageRecord } from '../../src/ledger.ts';
import { picture } from '../pictures.ts';
import { addsUp, openWorld, type World } from '../world.ts';

// Hundreds of pages each, and the machine may have other work.
vi.setConfig({ testTimeout: 120_000 });

let jpeg: Buffer;
let world: World;
beforeAll(async () => {
  jpeg = await picture(1);
  world = await openWorld({ describers: 1, maxPages: 100_000, maxDepth: 1000, concurrency: 8 });
});
afterAll(() => world.close());

/** HTML of a page, or where it redirects to; undefined: 404. */
type Site = (url: URL) => string | { readonly to: string } | undefined;

let server: Server | undefined;
let asked: string[];
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});
async function crawl(site: Site, by: World = world): Promise<CrawlReport> {
  asked = [];
  const opened = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://site.example');
    if (url.pathname.endsWith('.jpg')) {
      response.writeHead(200, { 'content-type': 'image/jpeg' }).end(jpeg);
      return;
    }
    const page = /\.(txt|xml)$/.test(url.pathname) ? undefined : site(url);
    if (page !== undefined) asked.push(request.url ?? '');
    if (page === undefined) response.writeHead(404).end();
    else if (typeof page === 'string') response.writeHead(200, { 'content-type': 'text/html' }).end(page);
    else response.writeHead(302, { location: page.to }).end();
  });
  server = opened;
  await new Promise<void>((listening) => {
    opened.listen(0, '127.0.0.1', listening);
  });
  const { port } = opened.address() as AddressInfo;
  const report = await by.crawl(`http://127.0.0.1:${port}/`);
  addsUp(report);
  return report;
}

const traps = ({ pageSkips = [] }: CrawlReport): number =>
  pageSkips.find(({ code }) => code === 'trap')?.count ?? 0;
const links = (...paths: readonly string[]): string =>
  paths.map((path) => `<a href="${path}">.</a>`).join('');
const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

test('a calendar without beginning and end', async () => {
  const report = await crawl(({ pathname, searchParams }) => {
    if (pathname === '/') return links('/calendar?year=2026&month=11', '/events/2026/11');
    const event = /^\/event-(\d+)$/.exec(pathname)?.[1];
    if (event !== undefined) return `<title>Event ${event}</title><img src="/event-${event}.jpg">`;
    const [, inPath] = /^\/events\/(\d+)\//.exec(pathname) ?? [];
    const [year, month] =
      inPath === undefined
        ? [Number(searchParams.get('year')), Number(searchParams.get('month'))]
        : [Number(inPath), Number(pathname.split('/').at(-1))];
    const at = (months: number): string => {
      const [toYear, toMonth] = [Math.floor(months / 12), (months % 12) + 1];
      return inPath === undefined
        ? `/calendar?year=${toYear}&month=${toMonth}`
        : `/events/${toYear}/${toMonth}`;
    };
    const here = year * 12 + month - 1;
    // One a month in the two years before.
    const ago = 2026 * 12 + 11 - 1 - here;
    const events = ago >= 0 && ago < 24 ? links(`/event-${ago + 1}`) : '';
    return `<title>${month}/${year}</title>${links(at(here - 1), at(here + 1), at(here - 12), at(here + 12))}${events}`;
  });
  expect(report.found).toBe(24);
  expect(asked.length).toBeLessThan(700);
  expect(traps(report)).toBeGreaterThan(0);
});

test('session ids in every link, in parameters and in paths', async () => {
  let visit = 0;
  const session = (): string => `${(++visit).toString(16).padStart(8, '0')}`.repeat(4);
  const report = await crawl(({ pathname, search }) => {
    const [path, id] = pathname.split(';jsessionid=');
    const own = numbers(10).flatMap((page) => [
      `/page-${page}?PHPSESSID=${session()}`,
      `/other-${page};jsessionid=${session()}`,
      `/page-${page}?utm_source=visit${visit}`,
    ]);
    const number = /^\/(?:page|other)-(\d+)$/.exec(path ?? '')?.[1];
    // This one insists.
    if (path === '/other-3' && id === undefined) return { to: `/other-3;jsessionid=${session()}` };
    if (path !== '/' && number === undefined) return undefined;
    expect(search).toBe('');
    return `<title>${path}</title>${links(...own)}<img src="${(path ?? '').replace('/', '')}x.jpg">`;
  });
  expect(report.found).toBe(21);
  // The start page, twenty pages, and the redirect of the one.
  expect(asked.length).toBe(22);
});

test('a shop where everything is combined with everything', async () => {
  const facets: Readonly<Record<string, readonly string[]>> = {
    brand: ['a', 'b', 'c', 'd'],
    colour: ['red', 'green', 'blue', 'black'],
    size: ['xs', 's', 'm', 'xl'],
    price: ['10', '20', '50', '1000'],
    sort: ['name', 'price', 'new', 'top'],
  };
  const report = await crawl(({ pathname, searchParams }) => {
    const product = /^\/product-(\d+)$/.exec(pathname)?.[1];
    if (product !== undefined) return `<title>Product ${product}</title><img src="/p${product}.jpg">`;
    if (pathname === '/') return links('/shop', '/shop?page=1');
    const chosen = [...searchParams].reduce((sum, [, value]) => sum + value.length, 0);
    const shown = numbers(60).filter((number) =>
      searchParams.has('page')
        ? Math.ceil(number / 10) === Number(searchParams.get('page'))
        : number % 6 === chosen % 6,
    );
    const next = Number(searchParams.get('page') ?? 0);
    const others = Object.entries(facets).flatMap(([name, values]) =>
      values.map((value) => {
        const all = new URLSearchParams(searchParams);
        all.set(name, value);
        return `/shop?${all}`;
      }),
    );
    return `<title>Shop</title>${links(...shown.map((number) => `/product-${number}`), ...others, ...(next > 0 && next < 6 ? [`/shop?page=${next + 1}`] : []))}`;
  });
  expect(report.found).toBe(60);
  // Of 5^5 combinations.
  expect(asked.length).toBeLessThan(600);
  expect(traps(report)).toBeGreaterThan(100);
});

test('parameters that only count, names that are made up, and paths that grow', async () => {
  let made = 0;
  const report = await crawl(({ pathname, searchParams }) => {
    const photo = /^\/photo\/(\d+)$/.exec(pathname)?.[1];
    if (photo !== undefined) {
      const next = Number(photo) + 1;
      return `<title>Photo</title><img src="/photo/${photo}.jpg">${links(...(next <= 150 ? [`/photo/${next}`] : []))}`;
    }
    if (pathname === '/') return links('/step?n=1', '/made?x1=1', '/deep/', '/photo/1');
    if (pathname === '/step')
      return `<title>Step</title>${links(`/step?n=${Number(searchParams.get('n')) + 1}`)}`;
    if (pathname === '/made')
      return `<title>Made</title>${links(`/made?x${++made}=1`, `/made?x${++made}=2`)}`;
    // A relative link on a server that shows the same page for whatever path.
    if (pathname.startsWith('/deep/')) return `<title>Deep</title>${links('one/two/')}`;
    return undefined;
  });
  expect(report.found).toBe(150);
  expect(asked.filter((path) => path.startsWith('/step')).length).toBeLessThan(80);
  expect(asked.filter((path) => path.startsWith('/made')).length).toBeLessThan(150);
  expect(asked.filter((path) => path.startsWith('/deep')).length).toBeLessThan(5);
  expect(traps(report)).toBeGreaterThan(2);
});

test('what was left out before is left out again, and what was read is read again', async () => {
  const site: Site = ({ pathname, searchParams }) =>
    pathname === '/'
      ? links('/list?n=1')
      : `<title>List</title><img src="/l.jpg">${links(`/list?n=${Number(searchParams.get('n')) + 1}`, `/list?n=${Number(searchParams.get('n')) + 2}`)}`;
  const first = await crawl(site);
  const read = new Set(asked);
  expect(traps(first)).toBeGreaterThan(0);
  const { port } = (server as Server).address() as AddressInfo;
  asked = [];
  const second = await world.crawl(`http://127.0.0.1:${port}/`);
  expect(second.found).toBe(1);
  const again = new Set(asked);
  expect([...read].filter((path) => !again.has(path))).toEqual([]);
  expect(again.size - read.size).toBeLessThanOrEqual(5);
  expect(traps(second)).toBeGreaterThan(0);
});

test('what was left out takes no room of what is worth it: maxPages counts pages that were read', async () => {
  const small = await openWorld({ describers: 1, maxPages: 70 });
  const site: Site = ({ pathname }) =>
    pathname === '/'
      ? `${links(...numbers(200).map((number) => `/r${number}/a/b/a/b/a/b`))}${links(...numbers(60).map((number) => `/p-${number}x`))}`
      : `<title>${pathname}</title><img src="${pathname}.jpg">`;
  const report = await crawl(site, small);
  await small.close();
  expect([report.found, traps(report), asked.length]).toEqual([60, 200, 61]);
});

test('a trap that is met beside the last pages under maxPages keeps none of them out', async () => {
  const small = await openWorld({ describers: 1, maxPages: 21, hostConnections: 8 });
  const paths = numbers(20).flatMap((number) => [
    ...numbers(7).map((trap) => `/r${number}-${trap}/a/b/a/b/a/b`),
    `/p-${number}x`,
  ]);
  const site: Site = ({ pathname }) =>
    pathname === '/' ? links(...paths) : `<title>${pathname}</title><img src="${pathname}.jpg">`;
  const report = await crawl(site, small);
  await small.close();
  expect([report.found, traps(report), asked.length]).toEqual([20, 140, 21]);
});

test('a page that was read once is looked into again, though it failed since and all like it are over', async () => {
  const page = (number: number) => ({
    address: `http://site.example/list?page=${number}`,
    depth: 1,
    partition: null,
  });
  const barren: Expansion = {
    outcome: 'expanded',
    page: { title: 'List', validators: {} },
    further: [],
    images: [],
    isPartial: false,
  };
  const look = async (): Promise<Expansion> => barren;
  const traps = new TrapWatch();
  for (const number of numbers(60)) await traps.around(page(number), undefined, look);
  expect((await traps.around(page(1000), undefined, look)).outcome).toBe('skipped');
  const earlier: PageRecord = {
    ...{ collection: 'default', source: 'web:http://site.example/', address: page(1001).address, depth: 1 },
    ...{ crawlId: 'before', state: 'failed', code: 'server_error', title: 'List', validators: {}, links: [] },
    expandedAt: '2026-11-21T10:00:00.000Z',
  };
  expect((await traps.around(page(1001), earlier, look)).outcome).toBe('expanded');
});
