import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { makeCrawlParts } from '../../src/app/crawl-parts.ts';
import { thumbnailKey } from '../../src/blobs/blobs.ts';
import { crawlReport } from '../../src/crawl-report.ts';
import type { Source } from '../../src/crawler/source.ts';
import { cancelCrawl } from '../../src/crawls/claim.ts';
import { compareCrawl } from '../../src/crawls/crawl-history.ts';
import { type CrawlParts, runCrawl } from '../../src/crawls/crawls.ts';
import { amend, amendment, type Stored } from '../../src/ledger.ts';
import { picture, pictureFolder } from '../pictures.ts';
import { openWebServer, type WebServer } from '../web-server.ts';
import { addsUp, documents, openWorld, stopAfter, testFolder, type World } from '../world.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const never = new AbortController().signal;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
async function world(flags: Record<string, unknown> = {}, folder?: string): Promise<World> {
  const made = await openWorld({ describers: 1, ...flags }, folder);
  open.push(made);
  return made;
}
async function folder(): Promise<string> {
  const path = await testFolder();
  open.push({ close: () => rm(path, { recursive: true, force: true }) });
  return path;
}
/** A page with `count` pictures. */
async function site(count: number, delayMs = 0): Promise<WebServer> {
  const numbers = Array.from({ length: count }, (_, number) => number);
  const pages: Record<string, string | Buffer> = {
    '/': numbers.map((number) => `<img src="/${number}.jpg" alt="picture ${number}">`).join(''),
  };
  for (const number of numbers) pages[`/${number}.jpg`] = await picture(number);
  const server = await openWebServer(pages, { delayMs });
  open.push(server);
  return server;
}
const command = (source: string, more = {}) => ({
  sources: [source],
  collection: 'default',
  maxImages: null,
  fresh: false,
  ...more,
});

test('a crawl that was stopped carries on under its id and fetches nothing twice', async () => {
  const [here, server] = [await world(), await site(30, 60)];
  const first = await here.app.crawl(command(`${server.url}/`), stopAfter(server, 10));
  expect(first.state).toBe('running');
  expect(first.pending).toBeGreaterThan(0);
  const second = await here.app.crawl(command(`${server.url}/`), never);
  addsUp(second);
  expect(second).toMatchObject({ crawlId: first.crawlId, found: 30, indexed: 30, inferences: 30 });
  const times = Array.from({ length: 30 }, (_, number) => server.count(`/${number}.jpg`));
  // One request may have been on its way when the first was stopped.
  expect(times.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(31);
});

test('what is indexed is found while the crawl runs', async () => {
  const [here, server] = [await world(), await site(30, 60)];
  const counts: number[] = [];
  const crawl = here.app.crawl(command(`${server.url}/`), never);
  while (counts.at(-1) !== 30) {
    const { totalCount } = await here.app.search({
      collection: 'default',
      words: 'picture',
      labels: [],
      first: 1,
    });
    counts.push(totalCount.value);
    await sleep(10);
  }
  addsUp(await crawl);
  expect(counts.some((count) => count > 0 && count < 30)).toBe(true);
});

test('--fresh abandons what was unfinished', async () => {
  const [here, server] = [await world(), await site(20, 60)];
  const first = await here.app.crawl(command(`${server.url}/`), stopAfter(server, 8));
  const second = await here.app.crawl(command(`${server.url}/`, { fresh: true }), never);
  addsUp(second);
  expect(second.crawlId).not.toBe(first.crawlId);
  expect(second).toMatchObject({ indexed: 20, unchanged: 0 });
  const [abandoned] = await here.parts.ledger.get('crawl', [first.crawlId]);
  expect(abandoned?.record.state).toBe('abandoned');
});

test('a crawl that another process runs is not run twice, and is taken over when that one was killed', async () => {
  const [place, server] = [await folder(), await site(40, 100)];
  const dataDir = join(place, 'data');
  const child = spawn(process.execPath, [cli, 'crawl', `${server.url}/`, '--data-dir', dataDir], {
    stdio: 'ignore',
  });
  const ended = new Promise((end) => child.once('exit', end));
  const here = await world({ dataDir }, place);
  while ((await here.parts.ledger.tally('location', { state: 'indexed' }, []))[0]?.count === 0)
    await sleep(20);
  const asked = server.count('/');
  await expect(here.app.crawl(command(`${server.url}/`), never)).rejects.toMatchObject({
    code: 'crawl_running',
  });
  // Nor is its host asked for anything.
  expect(server.count('/')).toBe(asked);
  child.kill('SIGKILL');
  await ended;
  const report = await here.app.crawl(command(`${server.url}/`), never);
  addsUp(report);
  expect(report).toMatchObject({ found: 40, indexed: 40 });
  expect(await here.parts.ledger.tally('crawl', {}, [])).toEqual([{ values: {}, count: 1 }]);
});

test('a crawl that is cancelled stops whoever runs it, keeps what it has indexed, and frees its sources', async () => {
  const [here, server] = [await world(), await site(40, 100)];
  const crawl = here.app.crawl(command(`${server.url}/`), never);
  const indexed = async () => (await documents(here)).length;
  while ((await indexed()) < 3) await sleep(20);
  const [{ id }] = (await here.parts.ledger.list('crawl', {}, { limit: 1 })) as [Stored<'crawl'>];
  expect(await cancelCrawl(here.parts.ledger, id)).toBe(true);
  const report = await crawl;
  expect(report).toMatchObject({ crawlId: id, state: 'cancelled' });
  expect(report.seconds).toBeGreaterThan(0.1);
  expect(report.pending).toBeGreaterThan(0);
  expect(report.found).toBe(report.indexed + report.skipped + report.failed + report.pending);
  expect(await cancelCrawl(here.parts.ledger, id)).toBe(false);
  expect(await cancelCrawl(here.parts.ledger, 'none')).toBe(undefined);
  const before = await indexed();
  const again = await here.app.crawl(command(`${server.url}/`), never);
  addsUp(again);
  expect(again.crawlId).not.toBe(id);
  expect(again.inferences).toBe(40 - before);
});

test('until a cancelled crawl has stopped no other crawl has its sources', async () => {
  const here = await world();
  const pictures = await pictureFolder(join(await folder(), 'pictures'), 6);
  await here.crawl(pictures);
  const base = await makeCrawlParts(here.parts);
  const stage = new EventEmitter();
  const [held, asked] = [once(stage, 'held'), once(stage, 'asked')];
  const slow: CrawlParts = {
    ...base,
    openSource: async (...given) => {
      const source = await base.openSource(...given);
      const expand: Source['expand'] = async (...more) => {
        stage.emit('asked');
        await held;
        return source.expand(...more);
      };
      return Object.assign(Object.create(source) as Source, { expand });
    },
  };
  const request = {
    collection: 'default',
    sources: [`folder:${pictures}`],
    maxImages: null,
    fresh: false,
    startedBy: 'command',
  } as const;
  const first = runCrawl(slow, request, { signal: never });
  await asked;
  const [{ id }] = (await here.parts.ledger.list('crawl', { state: 'running' }, { limit: 1 })) as [
    Stored<'crawl'>,
  ];
  expect(await cancelCrawl(here.parts.ledger, id)).toBe(true);
  await expect(runCrawl(base, request, { signal: never })).rejects.toMatchObject({
    code: 'crawl_running',
    message: expect.stringContaining('is being cancelled'),
  });
  stage.emit('held');
  expect(await first).toMatchObject({ state: 'cancelled' });
  const next = await runCrawl(base, request, { signal: never });
  addsUp(next);
  expect(next).toMatchObject({ found: 6, indexed: 6, gone: 0 });
  expect(await documents(here)).toHaveLength(6);
});

test('what a crawl was cut off with under other settings concludes nothing', async () => {
  const deep = await site(12, 60);
  const pages: Record<string, string> = {
    '/': '<a href="/a">a</a>',
    '/a': '<img src="/0.jpg"><a href="/b">b</a>',
    '/b': Array.from({ length: 11 }, (_, number) => `<img src="/${number + 1}.jpg">`).join(''),
  };
  for (const [path, body] of Object.entries(pages)) deep.set(path, body);
  const place = await folder();
  const all = await world({}, place);
  expect(await all.crawl(`${deep.url}/`)).toMatchObject({ indexed: 12 });
  await all.app.close();
  open.splice(open.indexOf(all), 1);
  const shallow = await world({ maxDepth: 1 }, place);
  deep.forget();
  const cut = await shallow.app.crawl(command(`${deep.url}/`), stopAfter(deep, 4));
  expect(cut.state).toBe('running');
  await shallow.app.close();
  open.splice(open.indexOf(shallow), 1);
  const again = await world({}, place);
  const report = await again.crawl(`${deep.url}/`);
  expect(report).toMatchObject({ state: 'complete', gone: 0 });
  expect(await documents(again)).toHaveLength(12);
});

test('what was read from standard input is no source of crawls that nobody types', async () => {
  const here = await world();
  const pictures = await pictureFolder(join(await folder(), 'pictures'), 2);
  await here.crawl(pictures);
  await amend(here.parts.ledger, [
    amendment('collection', 'default', (old) => old && { ...old, sources: ['list:-', ...old.sources] }),
  ]);
  const own = { ...command(''), sources: [] };
  expect(await here.app.crawl(own, never)).toMatchObject({ found: 2, unavailable: [] });
});

test('says what is new, changed, fetched for nothing, unchanged and gone', async () => {
  const [here, server] = [await world(), await site(6)];
  const first = await here.crawl(`${server.url}/`);
  expect(first).toMatchObject({ new: 6, changed: 0, gone: 0, unchanged: 0 });
  server.set('/2.jpg', await picture(50));
  server.set('/3.jpg', await picture(51));
  server.set('/', [0, 1, 2, 3, 4, 6].map((number) => `<img src="/${number}.jpg">`).join(''));
  server.set('/6.jpg', await picture(6));
  const second = await here.crawl(`${server.url}/`);
  addsUp(second);
  expect(second).toMatchObject({ found: 6, new: 1, changed: 2, gone: 1, unchanged: 3 });
  const fresh = await here.crawl(`${server.url}/`, { fresh: true });
  expect(fresh).toMatchObject({ found: 6, new: 0, changed: 0, gone: 0, unchanged: 0, inferences: 0 });
  // Counted at its end: what later crawls find does not change it.
  expect(await crawlReport(here.parts.ledger, second.crawlId)).toMatchObject({ new: 1, changed: 2 });
  const comparison = (await compareCrawl(here.parts.ledger, second.crawlId))!;
  expect(comparison.before).toMatchObject({ crawlId: first.crawlId, found: 6, new: 6 });
  expect((await compareCrawl(here.parts.ledger, first.crawlId))!.before).toBe(null);
});

test('a source that cannot be opened is left out and told of, and concludes nothing for the others', async () => {
  const [here, server] = [await world(), await site(3)];
  const pictures = await pictureFolder(join(await folder(), 'pictures'), 4);
  const sources = [`${server.url}/`, pictures];
  expect(await here.app.crawl({ ...command(''), sources }, never)).toMatchObject({
    indexed: 7,
    unavailable: [],
  });
  server.set('/', { status: 503, body: '' });
  await rm(join(pictures, '0.jpg'));
  const report = await here.app.crawl({ ...command(''), sources }, never);
  addsUp(report);
  expect(report).toMatchObject({ found: 3, gone: 1, unavailable: [{ source: `web:${server.url}/` }] });
  expect(report.unavailable[0]!.reason).toContain('503');
  // The site's images are as they were.
  expect(await here.parts.ledger.tally('location', { state: 'unlinked' }, [])).toEqual([
    { values: {}, count: 0 },
  ]);
  expect(await here.parts.ledger.tally('location', { state: 'indexed' }, [])).toEqual([
    { values: {}, count: 6 },
  ]);
  await rm(pictures, { recursive: true });
  await expect(here.app.crawl({ ...command(''), sources }, never)).rejects.toMatchObject({
    code: 'source_unavailable',
  });
});

test('a stop while sources are opened is no sign that one is away: what was cut off stays to be carried on', async () => {
  const [here, server] = [await world(), await site(10, 60)];
  const pictures = await pictureFolder(join(await folder(), 'pictures'), 2);
  const both = { ...command(''), sources: [`${server.url}/`, pictures] };
  const first = await here.app.crawl(both, stopAfter(server, 5));
  expect(first.state).toBe('running');
  await expect(here.app.crawl(both, AbortSignal.abort())).rejects.toMatchObject({
    code: 'source_unavailable',
  });
  const again = await here.app.crawl(both, never);
  addsUp(again);
  expect(again).toMatchObject({ crawlId: first.crawlId, found: 12 });
});

test('a cap or a failed page of one source lets the others be concluded from', async () => {
  const [here, server] = [await world(), await site(3)];
  const pictures = await pictureFolder(join(await folder(), 'pictures'), 4);
  const sources = [`${server.url}/`, pictures];
  await here.app.crawl({ ...command(''), sources }, never);
  server.set('/', '<img src="/0.jpg"><a href="/new">new</a>');
  server.set('/new', { status: 500, body: '' });
  await rm(join(pictures, '0.jpg'));
  const report = await here.app.crawl({ ...command(''), sources }, never);
  // Of the folder one is gone; the site, of which a page was not read, keeps what no page shows any more.
  expect(report).toMatchObject({ gone: 1 });
  expect(await here.parts.ledger.tally('location', { state: 'indexed' }, [])).toEqual([
    { values: {}, count: 6 },
  ]);
  const [{ record }] = (await here.parts.ledger.get('crawl', [report.crawlId])) as [Stored<'crawl'>];
  expect(record).toMatchObject({ partial: true, partialSources: [`web:${server.url}/`] });
});

test('serve carries on a crawl that was cut off', async () => {
  const [here, server] = [await world(), await site(20, 60)];
  const first = await here.app.crawl(command(`${server.url}/`), stopAfter(server, 8));
  await here.app.serve(0, never);
  const state = async () => (await here.parts.ledger.get('crawl', [first.crawlId]))[0]?.record.state;
  while ((await state()) !== 'complete') await sleep(20);
  expect(await documents(here)).toHaveLength(20);
});

test('a source that cannot be opened is an error, and leaves no crawl behind', async () => {
  const here = await world();
  await expect(here.crawl('/no/such/folder')).rejects.toMatchObject({ code: 'source_unavailable' });
  await expect(here.crawl('http://127.0.0.1:1/')).rejects.toMatchObject({ code: 'source_unavailable' });
  await expect(here.crawl('ftp://example.org/')).rejects.toMatchObject({ code: 'usage' });
  expect(await here.parts.ledger.list('crawl', {}, { limit: 1 })).toEqual([]);
});

test('failures are listed, and a retry indexes what has been mended meanwhile', async () => {
  const [here, server] = [await world({ retries: 1 }), await site(5)];
  server.set('/3.jpg', { status: 503, body: '' });
  const first = await here.crawl(`${server.url}/`);
  addsUp(first);
  expect(first).toMatchObject({ indexed: 4, failed: 1, failures: [{ code: 'server_error', count: 1 }] });
  expect(server.count('/3.jpg')).toBe(2);
  const failures = await here.app.failures('default');
  expect(failures).toMatchObject([
    { stage: 'fetch', code: 'server_error', attempts: 2, url: `${server.url}/3.jpg` },
  ]);
  server.set('/3.jpg', await picture(3));
  server.forget();
  const retry = await here.app.retryFailures('default', never);
  addsUp(retry!);
  expect(retry).toMatchObject({ found: 1, indexed: 1, gone: 0 });
  expect(server.asked.map(({ path }) => path).filter((path) => path.endsWith('.jpg'))).toEqual(['/3.jpg']);
  expect(await here.app.failures('default')).toEqual([]);
  expect(await here.app.retryFailures('default', never)).toBeNull();
  expect(await documents(here)).toHaveLength(5);
});

test('a page that failed is retried with all that it leads to', async () => {
  const here = await world({ retries: 0 });
  const server = await openWebServer({
    '/': '<a href="/later.html">later</a>',
    '/later.html': { status: 500, body: '' },
    '/a.jpg': await picture(1),
  });
  open.push(server);
  expect(await here.crawl(`${server.url}/`)).toMatchObject({ found: 0 });
  expect(await here.app.failures('default')).toMatchObject([{ stage: 'find', code: 'server_error' }]);
  server.set('/later.html', '<img src="/a.jpg" alt="late">');
  expect(await here.app.retryFailures('default', never)).toMatchObject({ found: 1, indexed: 1 });
  expect(await here.app.failures('default')).toEqual([]);
});

test('a retry follows what nobody has read before, and asks for no page that was', async () => {
  const here = await world({ retries: 0 });
  const links = '<a href="/p1.html">1</a><a href="/p2.html">2</a><a href="/lost.html">lost</a>';
  const server = await openWebServer({
    '/': links,
    '/p1.html': links,
    '/p2.html': links,
    '/lost.html': { status: 403, body: '' },
    '/new.html': '<img src="/a.jpg" alt="new">',
    '/a.jpg': await picture(1),
  });
  open.push(server);
  await here.crawl(`${server.url}/`);
  server.set('/lost.html', `${links}<a href="/new.html">new</a>`);
  server.forget();
  expect(await here.app.retryFailures('default', never)).toMatchObject({ found: 1, indexed: 1 });
  const asked = server.asked.map(({ path }) => path).filter((path) => path !== '/robots.txt');
  expect(asked).toEqual(['/lost.html', '/new.html', '/a.jpg']);
});

test('a file that is deleted, renamed or changed is seen by the next crawl', async () => {
  const here = await world();
  const pictures = await pictureFolder(join(here.folder, 'pictures'), 4);
  await here.crawl(pictures);
  await rm(join(pictures, '0.jpg'));
  await rm(join(pictures, '1.jpg'));
  await writeFile(join(pictures, 'renamed.jpg'), await picture(1));
  await writeFile(join(pictures, '2.jpg'), await picture(200));
  const second = await here.crawl(pictures);
  addsUp(second);
  expect(second).toMatchObject({ found: 3, unchanged: 1, gone: 2, inferences: 1 });
  const urls = (await documents(here)).flatMap(({ locations }) =>
    locations.map(({ url }) => url.split('/').at(-1)),
  );
  expect(urls.sort()).toEqual(['2.jpg', '3.jpg', 'renamed.jpg']);
});

test('two sources of one collection do not take each other for gone', async () => {
  const here = await world();
  const one = await pictureFolder(join(here.folder, 'one'), 2);
  const two = join(here.folder, 'two');
  await pictureFolder(two, 3);
  await here.crawl(one);
  const second = await here.crawl(two);
  expect(second).toMatchObject({ found: 3, inferences: 1, gone: 0 });
  const all = await documents(here);
  expect(all).toHaveLength(3);
  expect(all.filter(({ locations }) => locations.length === 2)).toHaveLength(2);
});

test('thumbnails that were lost are made again by a fresh crawl', async () => {
  const here = await world();
  const pictures = await pictureFolder(join(here.folder, 'pictures'), 3);
  await here.crawl(pictures);
  await rm(join(here.folder, 'data', 'blobs', 'thumbnails'), { recursive: true });
  expect(await here.crawl(pictures, { fresh: true })).toMatchObject({ indexed: 3 });
  for (const { sha256 } of await documents(here)) {
    expect(await here.parts.blobs.get(thumbnailKey(sha256))).not.toBeNull();
  }
});
