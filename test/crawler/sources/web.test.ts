import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { HostGate } from '../../../src/crawler/host-gate.ts';
import type { CrawlerSettings } from '../../../src/crawler/options.ts';
import type { Expandable, Expansion, Source } from '../../../src/crawler/source.ts';
import { open, type WebSourceOptions } from '../../../src/crawler/sources/web.ts';
import type { PageRecord } from '../../../src/ledger.ts';
import type { Location, Validators } from '../../../src/record.ts';
import { countingBudget, gif, indexedRecord, walk } from '../../contracts/source.ts';
import { photosPath } from '../../shared.ts';
import { openWebServer, type Page, type WebServer, type WebServerOptions } from '../../web-server.ts';
import { webSettings } from './web-settings.ts';

const { signal } = new AbortController();
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(pages: Record<string, Page>, options: WebServerOptions = {}): Promise<WebServer> {
  const server = await openWebServer(pages, options);
  closing.push(server.close);
  return server;
}
async function openWeb(
  address: string,
  settings: Partial<CrawlerSettings> = {},
  options: Partial<WebSourceOptions> = {},
): Promise<Source> {
  const source = await open({
    address,
    settings: { ...webSettings, ...settings },
    gate: new HostGate(),
    ...options,
  });
  closing.push(source.close.bind(source));
  return source;
}
type Expanded = Extract<Expansion, { outcome: 'expanded' }>;
const root = async (source: Source): Promise<Expandable> =>
  (await source.start('default', signal))[0] as Expandable;
const look = (source: Source, item: Expandable, earlier?: PageRecord) =>
  source.expand(item, 'default', earlier, signal);
async function lookAtRoot(source: Source): Promise<Expanded> {
  const expansion = await look(source, await root(source));
  if (expansion.outcome !== 'expanded') throw new Error(JSON.stringify(expansion));
  return expansion;
}
const pathsOf = (items: readonly { address: string }[]) =>
  items.map(({ address }) => address.replace(/^https?:\/\/[^/]+/, ''));
const imagePaths = ({ images }: Expanded) => pathsOf(images.map(({ location }) => location));
const fetch = (source: Source, location: Location, earlier?: Validators) =>
  source.fetch(location, earlier && indexedRecord(source, location, earlier), countingBudget(), signal);
const earlierPage = (source: Source, address: string, validators: Validators): PageRecord => ({
  collection: 'default',
  source: source.id,
  address,
  title: null,
  validators,
  links: [],
  depth: 0,
  state: 'expanded',
  code: null,
  crawlId: 'an earlier crawl',
  expandedAt: '2026-01-01T00:00:00.000Z',
});
const problemOf = async (
  address: string,
  options?: Partial<WebSourceOptions>,
  settings?: Partial<CrawlerSettings>,
) => {
  const source = await openWeb(address, settings, options);
  return source.start('default', signal).then(
    () => 'it started',
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );
};
const redirect = (location: string): Page => ({ status: 302, headers: { location } });

describe('the start', () => {
  test('gives the normalised page, which is fetched once', async () => {
    const server = await serve({ '/start': '<img src=a.gif>' });
    const source = await openWeb(`HTTP://127.1:${server.port}/x/../start#top`);
    expect(source.id).toBe(`web:${server.url}/start`);
    const expansion = await lookAtRoot(source);
    expect(imagePaths(expansion)).toEqual(['/a.gif']);
    expect(server.asked.map(({ path }) => path)).toEqual(['/robots.txt', '/start']);
  });

  test('says what is wrong where it cannot be opened', async () => {
    const server = await serve({
      '/down': { status: 503 },
      '/loop': redirect('/loop'),
      '/private': redirect('http://10.0.0.1/'),
    });
    expect(await problemOf(`${server.url}/none`)).toMatch(/^source_unavailable: .*\/none.* 404/);
    expect(await problemOf(`${server.url}/down`)).toMatch(/^source_unavailable: .* 503/);
    expect(await problemOf(`${server.url}/loop`)).toMatch(
      /^source_unavailable: .*five redirects|^source_unavailable: .*5 redirects/,
    );
    expect(await problemOf(`${server.url}/private`)).toMatch(/^source_unavailable: .*not a public address/);
    server.set('/robots.txt', 'User-agent: *\nDisallow: /');
    expect(await problemOf(`${server.url}/none`)).toMatch(/^source_unavailable: .*robots\.txt/);
    server.set('/robots.txt', { status: 500 });
    expect(await problemOf(`${server.url}/none`)).toMatch(/^source_unavailable: .*robots\.txt.* 500/);
    await server.close();
    expect(await problemOf(server.url)).toMatch(/^source_unavailable: .*refused/);
    expect(await problemOf('http://no-such-host.invalid/')).toMatch(/^source_unavailable: /);
  });

  test('what is no address is a mistake of use', async () => {
    await expect(openWeb('http://[bad')).rejects.toMatchObject({ code: 'usage' });
  });

  test('that is redirected to another host is bounded by that host', async () => {
    const other = await serve({ '/': '<a href=/more>more</a>' });
    const server = await serve({ '/': redirect(`${other.url}/`) });
    const source = await openWeb(server.url, { allowPrivateHosts: [other.host] });
    const start = await root(source);
    expect(start).toEqual({ address: `${other.url}/`, depth: 0, partition: other.host });
    const expansion = await look(source, start);
    expect(expansion.outcome === 'expanded' && expansion.further.map(({ address }) => address)).toEqual([
      `${other.url}/more`,
    ]);
    expect(other.count('/')).toBe(1);
  });

  test('that is an image is one image', async () => {
    const server = await serve({ '/photo.gif': gif(), '/unnamed': gif() });
    for (const path of ['/photo.gif', '/unnamed']) {
      const { images, expanded } = await walk(await openWeb(server.url + path));
      expect([images.length, expanded.length, images[0]?.context]).toEqual([1, 1, null]);
      const source = await openWeb(server.url + path);
      expect(await fetch(source, images[0]?.location as Location)).toMatchObject({
        outcome: 'fetched',
        format: 'GIF',
      });
    }
  });
});

describe('pages', () => {
  test('stay on the host, images do not', async () => {
    const other = await serve({ '/b.gif': gif(), '/page': '<img src=c.gif>' });
    const server = await serve({
      '/': `<img src=a.gif><img src="${other.url}/b.gif"><a href="${other.url}/page">out</a><a href=away>away</a><a href=paper.pdf>p</a>`,
      '/away': redirect(`${other.url}/page`),
    });
    const source = await openWeb(server.url, { allowPrivateHosts: [other.host] });
    const { images, expanded } = await walk(source);
    expect(images.map(({ location, partition }) => [location.host, partition])).toEqual([
      [server.host, server.host],
      [other.host, other.host],
    ]);
    expect(pathsOf(expanded)).toEqual(['/', '/away']);
    expect(other.asked).toEqual([]);
  });

  test('that redirect lead to the page where the images are', async () => {
    const server = await serve({
      '/': '<a href=old>o</a><a href=older>o</a>',
      '/old': redirect('/new'),
      '/older': redirect('/old'),
      '/new': '<img src=a.gif>',
    });
    const source = await openWeb(server.url);
    const { expanded, images } = await walk(source);
    expect([pathsOf(expanded), images.length]).toEqual([['/', '/old', '/older', '/new'], 1]);
    expect(server.count('/new')).toBe(1);
  });

  test('that are neither HTML nor image are skipped, and not read', async () => {
    const server = await serve({
      '/': '<a href=feed>f</a><a href=text>t</a><a href=photo>p</a>',
      '/feed': { headers: { 'content-type': 'application/rss+xml' }, body: '<rss/>' },
      '/text': { headers: { 'content-type': 'text/plain' }, body: 'hello' },
      '/photo': { headers: { 'content-type': 'image/gif' }, body: gif() },
    });
    const source = await openWeb(server.url);
    const { further } = await lookAtRoot(source);
    const outcomes = [];
    for (const item of further) outcomes.push(await look(source, item));
    expect(outcomes).toMatchObject([
      { outcome: 'skipped', code: 'not_html' },
      { outcome: 'skipped', code: 'not_html' },
      { outcome: 'expanded', page: null, images: [{ context: null }] },
    ]);
  });

  test('that say so keep their images, their links, or both', async () => {
    const page = (wish: string) => `<meta name=robots content="${wish}"><img src=a.gif><a href=/b>b</a>`;
    const header = (wish: string): Page => ({ headers: { 'x-robots-tag': wish }, body: page('all') });
    const server = await serve({
      '/': '',
      '/noindex': page('noindex'),
      '/nofollow': page('nofollow'),
      '/none': page('none'),
      '/h/noai': header('noai'),
      '/h/none': header('none'),
      '/h/other': header('otherbot: none'),
    });
    const source = await openWeb(server.url);
    await root(source);
    const told: Record<string, unknown> = {};
    for (const name of ['noindex', 'nofollow', 'none', 'h/noai', 'h/none', 'h/other']) {
      const expansion = await look(source, source.further(`${server.url}/${name}`, 1));
      told[name] =
        expansion.outcome === 'expanded'
          ? [expansion.images.length, expansion.further.length]
          : expansion.outcome === 'skipped' && expansion.code;
    }
    expect(told).toEqual({
      noindex: [0, 1],
      nofollow: [1, 0],
      none: 'opted_out',
      'h/noai': [0, 1],
      'h/none': 'opted_out',
      'h/other': [1, 1],
    });
  });

  test('lead to all that they link to, and say so where they were not read to their end', async () => {
    const server = await serve({
      '/': '<a href=/>self</a><a href=/1>1</a><a href=/2>2</a><a href=/3>3</a>',
      '/1': '<a href=/2>2</a><a href=/1>1</a>',
      '/2': '<a href=/2/deep>deep</a>',
      '/big': `<img src=a.gif>${' '.repeat(5000)}<img src=b.gif>`,
    });
    const web = await openWeb(server.url);
    const top = await lookAtRoot(web);
    expect([pathsOf(top.further), top.isPartial]).toEqual([['/', '/1', '/2', '/3'], false]);
    expect(top.further.map(({ depth }) => depth)).toEqual([1, 1, 1, 1]);
    const below = (await look(web, top.further[2] as Expandable)) as Expanded;
    expect([pathsOf(below.further), below.isPartial]).toEqual([['/2/deep'], false]);

    const small = await openWeb(`${server.url}/big`, { maxPageBytes: 1000 });
    const cut = await lookAtRoot(small);
    expect([imagePaths(cut), cut.isPartial]).toEqual([['/a.gif'], true]);
  });

  test('that did not change answer so, also the start page', async () => {
    const server = await serve({ '/': '<a href=/b>b</a>', '/b': '<img src=a.gif>' });
    const source = await openWeb(server.url);
    const first = await lookAtRoot(source);
    const [b] = first.further as [Expandable];
    const second = (await look(source, b)) as Expanded;
    expect(second.page?.validators).toMatchObject({
      etag: expect.any(String),
      lastModified: expect.any(String),
    });
    server.forget();
    const again = await openWeb(server.url);
    const earlierStart = earlierPage(again, `${server.url}/`, first.page?.validators ?? {});
    const [start] = (await again.start('default', signal, async () => earlierStart)) as [Expandable];
    expect(await look(again, start, earlierStart)).toEqual({ outcome: 'unchanged' });
    expect(await look(again, b, earlierPage(again, b.address, second.page?.validators ?? {}))).toEqual({
      outcome: 'unchanged',
    });
    expect(server.asked.map(({ path, status }) => [path, status])).toEqual([
      ['/robots.txt', 404],
      ['/', 304],
      ['/b', 304],
    ]);
    // What the start page was asked with says nothing to whoever has forgotten it.
    const other = await openWeb(server.url);
    const [forgotten] = (await other.start('default', signal, async () => earlierStart)) as [Expandable];
    expect(await look(other, forgotten)).toMatchObject({ outcome: 'expanded' });
    server.set('/b', '<img src=z.gif>');
    expect(await look(again, b, earlierPage(again, b.address, second.page?.validators ?? {}))).toMatchObject({
      outcome: 'expanded',
    });
  });

  test('that ask with a 304 to be left alone are read as that asks, once', async () => {
    const server = await serve({
      '/': '<a href=/a>a</a><img src=1.gif>',
      '/a': '<a href=/>home</a><img src=2.gif>',
    });
    const known = new Map<string, PageRecord>();
    const source = await openWeb(server.url);
    for (const path of ['/', '/a']) {
      const { page } = (await look(source, source.further(server.url + path, 1))) as Expanded;
      const record = earlierPage(source, server.url + path, page?.validators ?? {});
      known.set(path, { ...record, links: [`${server.url}/`] });
    }
    const answers =
      (words: string): Page =>
      (request) =>
        request.headers['if-none-match'] === undefined
          ? { headers: { 'x-robots-tag': words }, body: '<a href=/>home</a><img src=2.gif>' }
          : { status: 304, headers: { 'x-robots-tag': words } };
    const lookAgain = (more: Partial<PageRecord> = {}) => {
      server.forget();
      const [item, record] = [source.further(`${server.url}/a`, 1), known.get('/a') as PageRecord];
      return look(source, item, { ...record, ...more });
    };
    server.set('/a', answers('noimageindex'));
    expect(await lookAgain()).toMatchObject({ outcome: 'expanded', page: { code: 'opted_out' }, images: [] });
    expect(server.asked.map(({ status }) => status)).toEqual([304, 200]);
    expect(await lookAgain({ code: 'opted_out' })).toEqual({ outcome: 'unchanged' });
    server.set('/a', answers('nofollow'));
    expect(await lookAgain()).toMatchObject({ outcome: 'expanded', further: [] });
    expect(await lookAgain({ links: [] })).toEqual({ outcome: 'unchanged' });
    server.set('/a', answers('noindex, nofollow'));
    expect(await lookAgain()).toMatchObject({ outcome: 'skipped', code: 'opted_out' });
    expect(await lookAgain({ code: 'opted_out', links: [] })).toEqual({ outcome: 'unchanged' });
    // The start page is asked for before it is looked at.
    server.set('/', answers('noindex'));
    const start = known.get('/') as PageRecord;
    const again = await openWeb(server.url);
    const [item] = (await again.start('default', signal, async () => start)) as [Expandable];
    expect(await look(again, item, start)).toMatchObject({ outcome: 'expanded', images: [] });
  });

  test('that are missing are gone when they are missing twice and were there before', async () => {
    let answers = 0;
    const server = await serve({
      '/': '',
      '/back': () => (++answers === 1 ? { status: 404 } : { body: '<p>back' }),
      '/gone': { status: 410 },
      '/down': { status: 500 },
    });
    const source = await openWeb(server.url);
    await root(source);
    const item = (path: string) => source.further(`${server.url}${path}`, 1);
    const known = (path: string) => earlierPage(source, `${server.url}${path}`, { etag: '"old"' });
    expect(await look(source, item('/back'), known('/back'))).toMatchObject({ outcome: 'expanded' });
    expect(await look(source, item('/none'), known('/none'))).toMatchObject({
      outcome: 'gone',
      failure: { code: 'not_found', stage: 'find' },
    });
    expect(await look(source, item('/gone'), known('/gone'))).toMatchObject({ outcome: 'gone' });
    expect(await look(source, item('/gone'))).toMatchObject({
      outcome: 'failed',
      failure: { code: 'not_found', retry: 'never' },
    });
    expect(await look(source, item('/down'), known('/down'))).toMatchObject({
      outcome: 'failed',
      failure: { code: 'server_error', retry: 'later' },
    });
    expect([
      server.count('/back'),
      server.count('/none'),
      server.count('/gone'),
      server.count('/down'),
    ]).toEqual([2, 2, 3, 1]);
  });
});

describe('images', () => {
  async function imageAt(page: Page, settings: Partial<CrawlerSettings> = {}) {
    const server = await serve({ '/': '<img src=/a.gif>', '/a.gif': page });
    const source = await openWeb(server.url, settings);
    const { images } = await lookAtRoot(source);
    return { server, source, location: images[0]?.location as Location };
  }

  test('are taken under the robots.txt of their own host', async () => {
    const cdn = await serve({
      '/robots.txt': 'User-agent: imagedex\nDisallow: /no',
      '/no.gif': gif(),
      '/yes.gif': gif(),
    });
    const down = await serve({ '/robots.txt': { status: 503 }, '/a.gif': gif() });
    const server = await serve({
      '/': `<img src="${cdn.url}/no.gif"><img src="${cdn.url}/yes.gif"><img src="${down.url}/a.gif">`,
    });
    const source = await openWeb(server.url, { allowPrivateHosts: [cdn.host, down.host] });
    const { images } = await lookAtRoot(source);
    const told = [];
    for (const { location } of images) told.push(await fetch(source, location));
    expect(told).toMatchObject([
      { outcome: 'skipped', code: 'robots_denied' },
      { outcome: 'fetched' },
      { outcome: 'failed', failure: { code: 'robots_unreachable', stage: 'fetch', retry: 'later' } },
    ]);
    expect([cdn.count('/no.gif'), down.count('/a.gif')]).toEqual([0, 0]);
  });

  test('on hosts that are private and not allowed are never asked for', async () => {
    const inside = await serve({ '/a.gif': gif() });
    const server = await serve({
      '/': `<img src="${inside.url}/a.gif"><img src="http://localhost:${inside.port}/a.gif"><img src=/to-inside.gif>`,
      '/to-inside.gif': redirect(`${inside.url}/a.gif`),
    });
    const source = await openWeb(server.url);
    const { images } = await lookAtRoot(source);
    expect(images.length).toBe(3);
    for (const { location } of images)
      expect(await fetch(source, location)).toMatchObject({ outcome: 'skipped', code: 'private_address' });
    expect(inside.asked).toEqual([]);
  });

  test('that say so are opted out, for all or for us', async () => {
    for (const [wish, outcome] of [
      ['noindex', 'skipped'],
      ['imagedex: noimageai', 'skipped'],
      ['otherbot: noindex', 'fetched'],
    ] as const) {
      const { source, location } = await imageAt({ headers: { 'x-robots-tag': wish }, body: gif() });
      const told = await fetch(source, location);
      expect(told.outcome).toBe(outcome);
      if (told.outcome === 'skipped') expect(told.code).toBe('opted_out');
    }
  });

  test('are known again by ETag, or by date where there is no ETag', async () => {
    const { server, source, location } = await imageAt(gif());
    const fetched = await fetch(source, location);
    const validators = fetched.outcome === 'fetched' ? fetched.validators : {};
    server.forget();
    expect(await fetch(source, location, validators)).toEqual({ outcome: 'unchanged' });
    const { lastModified } = validators;
    expect(await fetch(source, location, lastModified === undefined ? {} : { lastModified })).toEqual({
      outcome: 'unchanged',
    });
    expect(server.asked.map(({ status }) => status)).toEqual([304, 304]);
    expect(await fetch(source, location, {})).toMatchObject({ outcome: 'fetched' });
  });

  test.each<[string, Page, object]>([
    [
      'HTML in its place',
      { headers: { 'content-type': 'image/gif' }, body: '<!doctype html><p>Not found' },
      { outcome: 'skipped', code: 'not_an_image' },
    ],
    [
      'an image that says it is HTML',
      { headers: { 'content-type': 'text/html' }, body: gif() },
      { outcome: 'fetched', format: 'GIF' },
    ],
    [
      'an image that was compressed',
      { headers: { 'content-encoding': 'gzip' }, body: gzipSync(gif()) },
      { outcome: 'fetched', format: 'GIF' },
    ],
    ['nothing', { status: 204 }, { outcome: 'failed', failure: { code: 'bad_response' } }],
    ['304 without any reason', { status: 304 }, { outcome: 'failed', failure: { code: 'bad_response' } }],
    ['a part', { status: 206, body: 'GIF8' }, { outcome: 'failed', failure: { code: 'bad_response' } }],
    ['not found', { status: 404 }, { outcome: 'failed', failure: { code: 'not_found', retry: 'never' } }],
    ['forbidden', { status: 403 }, { outcome: 'failed', failure: { code: 'http_error', retry: 'never' } }],
    ['an error', { status: 500 }, { outcome: 'failed', failure: { code: 'server_error', retry: 'later' } }],
    [
      'too many requests',
      { status: 429, headers: { 'retry-after': '7' } },
      { outcome: 'failed', failure: { code: 'server_error', retryAfterMs: 7000 } },
    ],
    ['too much', 'x'.repeat(2000), { outcome: 'skipped', code: 'too_many_bytes' }],
  ])('answered with %s', async (_, page, told) => {
    const { source, location } = await imageAt(page, { maxImageBytes: 1000 });
    expect(await fetch(source, location)).toMatchObject(told);
  });

  test('that are missing only once are not gone', async () => {
    let asked = 0;
    const { source, location } = await imageAt(() =>
      ++asked === 2 ? { status: 404 } : { body: gif(), validators: false },
    );
    await fetch(source, location);
    expect(await fetch(source, location, { etag: '"x"' })).toMatchObject({ outcome: 'fetched' });
    expect(asked).toBe(3);
  });
});

test('a host is asked once a second by default, but not on loopback', async () => {
  const server = await serve({ '/': '<img src=a.gif>', '/a.gif': gif() });
  const source = await openWeb(server.url);
  await lookAtRoot(source);
  expect(source.restMs(server.host)).toBe(0);
  const lookup: WebSourceOptions['lookup'] = (_host, _options, callback) =>
    callback(null, [{ address: '127.0.0.1', family: 4 }]);
  const named = await openWeb(`http://site.example:${server.port}/`, {}, { lookup });
  await named.start('default', signal);
  expect(named.restMs(`site.example:${server.port}`)).toBeGreaterThan(500);
});

test('a stopped source ends with a value', async () => {
  const server = await serve({ '/': '', '/slow': () => new Promise<undefined>(() => undefined) });
  const source = await openWeb(server.url);
  await root(source);
  const controller = new AbortController();
  const answer = source.expand(
    source.further(`${server.url}/slow`, 1),
    'default',
    undefined,
    controller.signal,
  );
  setTimeout(() => controller.abort(), 50);
  expect(await answer).toMatchObject({ outcome: 'failed' });
});

const photos = photosPath();
test.skipIf(photos === null)('real photos come over HTTP as they are, and are known again', async () => {
  const names = readdirSync(photos as string)
    .filter((name) => /\.jpe?g$/i.test(name))
    .slice(0, 40);
  const server = await serve(
    { '/': names.map((name) => `<img src="${name}" alt="${name}">`).join('') },
    { folder: photos as string },
  );
  const source = await openWeb(server.url);
  const { images } = await lookAtRoot(source);
  expect(images.map(({ context }) => context?.alt)).toEqual(names);
  for (const { location } of images) {
    const fetched = await fetch(source, location);
    expect(fetched).toMatchObject({ outcome: 'fetched', format: 'JPEG' });
    if (fetched.outcome === 'fetched')
      expect(await fetch(source, location, fetched.validators)).toEqual({ outcome: 'unchanged' });
  }
});
