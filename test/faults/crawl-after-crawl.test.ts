// What one crawl leaves behind must not mislead the next: caps, failures, stops and takings-over, and then another crawl.
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { assembleApp } from '../../src/app.ts';
import { crawlReport } from '../../src/crawl-report.ts';
import { amend, amendment, type Change } from '../../src/ledger.ts';
import { picture, pictureFolder } from '../pictures.ts';
import { realModelsFolder } from '../real-models.ts';
import { sharedPath } from '../shared.ts';
import { openWebServer, type WebServer } from '../web-server.ts';
import { addsUp, documents, openWorld, stopAfter, testFolder, type World } from '../world.ts';

const never = new AbortController().signal;
const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
async function world(flags: Record<string, unknown> = {}, folder?: string): Promise<World> {
  // What answers 404 is gone at once, and nothing but pages and pictures is asked for.
  const made = await openWorld({ describers: 1, goneAfter: 1, sitemaps: false, ...flags }, folder);
  open.push(made);
  return made;
}
async function folder(): Promise<string> {
  const path = await testFolder();
  open.push({ close: () => rm(path, { recursive: true, force: true }) });
  return path;
}
const figures = (numbers: readonly number[]): string =>
  numbers.map((number) => `<img src="/${number}.jpg" alt="picture ${number}">`).join('');
const upTo = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index);

/** A page with ten pictures, two pages that it links to with five each, delayed where a crawl is to be stopped. */
async function site(delayMs = 0): Promise<WebServer> {
  const pages: Record<string, string | Buffer> = {
    '/': `<a href="/1.html">1</a><a href="/2.html">2</a>${figures(upTo(10))}`,
    '/1.html': figures(upTo(5, 10)),
    '/2.html': figures(upTo(5, 15)),
  };
  for (const number of upTo(20)) pages[`/${number}.jpg`] = await picture(number);
  const server = await openWebServer(pages, { delayMs });
  open.push(server);
  return server;
}
const command = (sources: readonly string[], more = {}) => ({
  sources,
  collection: 'default',
  maxImages: null,
  fresh: false,
  ...more,
});
const altCount = async (here: World): Promise<number> =>
  (await documents(here)).filter(({ appearances }) => appearances.length > 0).length;

/** Stops when the server has been asked so often since it was started or told to forget. */
async function stopped(here: World, server: WebServer, sources: readonly string[], requests: number) {
  const report = await here.app.crawl(command(sources), stopAfter(server, requests));
  expect(report.state).toBe('running');
  return report;
}

describe('a crawl with a cap, and then one without', { timeout: 60_000 }, () => {
  test('of images: the next finds the rest, though the page answers that it has not changed', async () => {
    const [here, server] = [await world(), await site()];
    addsUp(await here.crawl(`${server.url}/`, { maxImages: 3 }));
    const second = await here.crawl(`${server.url}/`);
    addsUp(second);
    expect(second).toMatchObject({ found: 20, gone: 0 });
    expect(await altCount(here)).toBe(20);
  });

  test('of images after a whole one: nothing leaves the search, and no alt text is lost', async () => {
    const [here, server] = [await world(), await site()];
    await here.crawl(`${server.url}/`);
    expect(await here.crawl(`${server.url}/`, { maxImages: 3 })).toMatchObject({ found: 3, gone: 0 });
    expect(await altCount(here)).toBe(20);
    expect(await here.crawl(`${server.url}/`)).toMatchObject({ found: 20, gone: 0, inferences: 0 });
    expect(await altCount(here)).toBe(20);
  });

  test('of pages and depth: the cap holds for replayed pages, too, and nothing is concluded', async () => {
    const [place, server] = [await folder(), await site()];
    const whole = await world({}, place);
    await whole.crawl(`${server.url}/`);
    for (const cap of [{ maxPages: 2 }, { maxDepth: 0 }]) {
      const capped = await world(cap, place);
      const report = await capped.crawl(`${server.url}/`);
      addsUp(report);
      expect(report.pages).toBe('maxPages' in cap ? 2 : 1);
      expect(report.gone).toBe(0);
    }
    expect(await altCount(whole)).toBe(20);
  });

  test('of pages: it holds over stops, and for whoever carries on', async () => {
    const [place, server] = [await folder(), await site(40)];
    const capped = await world({ maxPages: 2 }, place);
    const first = await stopped(capped, server, [`${server.url}/`], 7);
    const other = await world({}, place);
    await other.app.serve(0, never);
    const report = async () => (await crawlReport(other.parts.ledger, first.crawlId))!;
    while ((await report()).state !== 'complete') await new Promise((later) => setTimeout(later, 30));
    expect((await report()).pages).toBe(2);
  });
});

describe('a crawl that stops between two steps', { timeout: 60_000 }, () => {
  test('under a page cap: the page that was remembered and not yet put is looked into again', async () => {
    const [here, server] = [await world({ maxPages: 1 }), await site()];
    const stop = new AbortController();
    const { ledger } = here.parts;
    const stopping = {
      ...ledger,
      change: async (changes: readonly Change[]) => {
        const answer = await ledger.change(changes);
        if (changes.some(({ kind }) => kind === 'page')) stop.abort();
        return answer;
      },
    };
    const app = assembleApp({ ...here.parts, ledger: stopping });
    expect(await app.crawl(command([`${server.url}/`]), stop.signal)).toMatchObject({ pages: 1, indexed: 0 });
    const whole = await here.crawl(`${server.url}/`);
    addsUp(whole);
    expect(whole).toMatchObject({ pages: 1, found: 10, indexed: 10 });
  });
});

test('a queue that a crash left unpurged is purged by the next crawl', { timeout: 60_000 }, async () => {
  const [here, server] = [await world(), await site()];
  const app = assembleApp({
    ...here.parts,
    openWorkshop: async () => {
      const { owner, queue, describers } = await here.parts.openWorkshop();
      return { owner, describers, queue: { ...queue, purge: () => Promise.reject(new Error('a crash')) } };
    },
  });
  await expect(app.crawl(command([`${server.url}/`]), never)).rejects.toThrow('a crash');
  const [first] = await here.parts.ledger.list('crawl', {}, { limit: 1 });
  expect(first?.record.state).toBe('complete');
  const { queue } = await here.parts.openWorkshop();
  expect((await queue.counts(first!.id)).done).toBe(23);
  await here.crawl(`${server.url}/`);
  expect(await queue.counts(first!.id)).toEqual({ pending: 0, leased: 0, delayed: 0, done: 0 });
  expect((await here.parts.ledger.get('collection', ['default']))[0]?.record.unpurged).toEqual([]);
});

describe('a depth cap', { timeout: 60_000 }, () => {
  test('concludes, where all that lies too deep was come to by another way', async () => {
    const [here, server] = [await world({ maxDepth: 1 }), await site()];
    server.set('/1.html', `<a href="/">home</a><a href="/2.html">next</a>${figures(upTo(5, 10))}`);
    await here.crawl(`${server.url}/`);
    server.set('/', `<a href="/1.html">1</a><a href="/2.html">2</a>${figures(upTo(9))}`);
    expect(await here.crawl(`${server.url}/`)).toMatchObject({ found: 19, gone: 1 });
  });

  test('concludes nothing, where something lies deeper', async () => {
    const [here, server] = [await world({ maxDepth: 1 }), await site()];
    server.set('/1.html', `<a href="/deep.html">deep</a>${figures(upTo(5, 10))}`);
    await here.crawl(`${server.url}/`);
    server.set('/', `<a href="/1.html">1</a><a href="/2.html">2</a>${figures(upTo(9))}`);
    expect(await here.crawl(`${server.url}/`)).toMatchObject({ found: 19, gone: 0 });
  });
});

describe('failures, and then another crawl', { timeout: 60_000 }, () => {
  test('a page that broke and then vanished: what only it showed is unlinked', async () => {
    const [here, server] = [await world(), await site()];
    await here.crawl(`${server.url}/`);
    server.set('/1.html', { status: 500, body: '' });
    expect(await here.crawl(`${server.url}/`)).toMatchObject({ found: 20, gone: 0 });
    server.set('/1.html', null);
    expect(await here.crawl(`${server.url}/`)).toMatchObject({ found: 15, gone: 5 });
    expect(await documents(here)).toHaveLength(15);
  });

  test.skipIf(sharedPath('models') === null)(
    'an image that vanished while the model changed is gone',
    async () => {
      const models = (await realModelsFolder())!;
      open.push({ close: () => models.remove() });
      const [place, server] = [await folder(), await site()];
      await mkdir(join(place, 'data'));
      await symlink(models.path, join(place, 'data', 'models'));
      const one = await world({}, place);
      await one.crawl(`${server.url}/`);
      server.set('/3.jpg', null);
      const two = await world({ model: 'efficientnet-lite0-int8' }, place);
      expect(await two.crawl(`${server.url}/`)).toMatchObject({
        found: 20,
        indexed: 19,
        gone: 1,
        inferences: 19,
      });
      expect(await documents(two)).toHaveLength(19);
    },
  );

  test('--fresh sees what vanished, too', async () => {
    const [here, server] = [await world(), await site()];
    await here.crawl(`${server.url}/`);
    server.set('/3.jpg', null);
    expect(await here.crawl(`${server.url}/`, { fresh: true })).toMatchObject({ indexed: 19, gone: 1 });
  });

  test('the report of a crawl stays what it was when the next one has begun', async () => {
    const [here, server] = [await world(), await site()];
    const first = await here.crawl(`${server.url}/`);
    await here.crawl(`${server.url}/`);
    expect(await crawlReport(here.parts.ledger, first.crawlId)).toEqual(first);
  });
});

describe('one source, one unfinished crawl', { timeout: 60_000 }, () => {
  test('of two that begin together one gets the source', async () => {
    const [place, server] = [await folder(), await site(20)];
    const [one, two] = [await world({}, place), await world({}, place)];
    const both = await Promise.allSettled([one, two].map((here) => here.crawl(`${server.url}/`)));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find((one) => one.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 'crawl_running' });
    expect(await documents(one)).toHaveLength(20);
  });

  test('a stopped crawl of two sources gives way to one of the first: nothing is gone, and both are whole again', async () => {
    const here = await world();
    const server = await site(40);
    const pictures = await pictureFolder(join(here.folder, 'pictures'), 8);
    const first = await stopped(here, server, [`${server.url}/`, pictures], 10);
    const alone = await here.app.crawl(command([pictures]), never);
    addsUp(alone);
    expect(alone).toMatchObject({ found: 8, gone: 0 });
    expect((await crawlReport(here.parts.ledger, first.crawlId))?.state).toBe('abandoned');
    const both = await here.app.crawl(command([`${server.url}/`, pictures]), never);
    addsUp(both);
    expect(both).toMatchObject({ found: 28, gone: 0 });
  });

  test('failures are retried when the crawl is at its end, and a stopped retry is carried on', async () => {
    const [here, server] = [await world({ retries: 0 }), await site(40)];
    for (const number of upTo(4)) server.set(`/${number}.jpg`, { status: 500, body: '' });
    await stopped(here, server, [`${server.url}/`], 12);
    await expect(here.app.retryFailures('default', never)).rejects.toMatchObject({ code: 'crawl_running' });
    const whole = await here.crawl(`${server.url}/`);
    addsUp(whole);
    expect(whole).toMatchObject({ found: 20, failed: 4, gone: 0 });
    for (const number of upTo(4)) server.set(`/${number}.jpg`, await picture(number));
    const stop = new AbortController();
    stop.abort();
    const begun = await here.app.retryFailures('default', stop.signal);
    const retried = await here.app.retryFailures('default', never);
    expect(retried).toMatchObject({
      crawlId: begun!.crawlId,
      state: 'complete',
      found: 4,
      indexed: 4,
      pending: 0,
    });
    expect(await documents(here)).toHaveLength(20);
  });

  test('a stopped retry keeps what it has settled, and leaves the failures of other sources alone', async () => {
    const [here, server] = [await world({ retries: 0 }), await site(30)];
    const other = await site();
    for (const number of upTo(6)) server.set(`/${number}.jpg`, { status: 500, body: '' });
    other.set('/3.jpg', { status: 500, body: '' });
    await here.crawl(`${server.url}/`);
    const stop = new AbortController();
    const begun = here.app.retryFailures('default', stop.signal);
    while (server.count('/1.jpg') + server.count('/0.jpg') < 3)
      await new Promise((later) => setTimeout(later, 5));
    stop.abort();
    expect((await begun)?.state).toBe('running');
    const elsewhere = await here.crawl(`${other.url}/`);
    expect(elsewhere).toMatchObject({ found: 20, failed: 1 });
    await here.app.serve(0, never);
    const report = async () => (await crawlReport(here.parts.ledger, (await begun)!.crawlId))!;
    while ((await report()).state !== 'complete') await new Promise((later) => setTimeout(later, 30));
    addsUp(await report());
    expect(await report()).toMatchObject({ found: 6, failed: 6 });
    expect(await crawlReport(here.parts.ledger, elsewhere.crawlId)).toEqual(elsewhere);
  });

  test('a crawl that another process has taken over stops, and concludes nothing', async () => {
    const [here, server] = [await world(), await site(40)];
    await here.crawl(`${server.url}/`);
    server.set('/1.html', '');
    let id = '';
    const crawl = here.app.crawl(command([`${server.url}/`]), never, ({ crawlId }) => {
      id = crawlId;
    });
    while (id === '') await new Promise((later) => setTimeout(later, 10));
    await amend(here.parts.ledger, [amendment('crawl', id, (old) => old && { ...old, owner: 'another' })]);
    await expect(crawl).rejects.toMatchObject({ code: 'crawl_running' });
    expect((await crawlReport(here.parts.ledger, id))?.state).toBe('running');
    expect(await documents(here)).toHaveLength(20);
  });
});
