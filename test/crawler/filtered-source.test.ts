// Globs in real crawls: what they leave out is not asked for, and leaves the search.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { filteredSource } from '../../src/crawler/filtered-source.ts';
import { openSource } from '../../src/drivers.ts';
import { listAll } from '../../src/ledger.ts';
import { picture } from '../pictures.ts';
import { openWebServer } from '../web-server.ts';
import { addsUp, documents, openWorld, type World } from '../world.ts';
import { webSettings } from './sources/web-settings.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
async function world(flags: Record<string, unknown> = {}, folder?: string): Promise<World> {
  const made = await openWorld({ describers: 1, ...flags }, folder);
  open.push(made);
  return made;
}
const found = async (here: World): Promise<string[]> =>
  (await documents(here))
    .flatMap(({ locations }) => locations.map(({ url }) => new URL(url).pathname))
    .sort();
async function codes({ parts }: World): Promise<Record<string, string | null>> {
  const all: Record<string, string | null> = {};
  for await (const { record } of listAll(parts.ledger, 'location', {})) all[record.address] = record.code;
  return all;
}

async function site() {
  const server = await openWebServer({
    '/': '<a href="/open/">1</a><a href="/private/">2</a><img src="/logo.png"><img src="/a.jpg">',
    '/open/':
      '<a href="/">back</a><a href="/private/">2</a><img src="/open/b.jpg"><img src="/open/b-small.jpg">',
    '/private/': '<img src="/private/c.jpg"><a href="/private/more.html">3</a>',
    '/private/more.html': '<img src="/d.jpg">',
    '/logo.png': await picture(1),
    '/a.jpg': await picture(20),
    '/open/b.jpg': await picture(40),
    '/open/b-small.jpg': await picture(60),
    '/private/c.jpg': await picture(80),
    '/d.jpg': await picture(100),
  });
  open.push(server);
  return server;
}

test('a page that is left out is not asked for, nor is an image', async () => {
  const server = await site();
  const here = await world({ exclude: ['private', '*-small.*'], include: ['*.jpg'] });
  const report = await here.crawl(`${server.url}/`);
  addsUp(report);
  expect(report).toMatchObject({ pages: 2, indexed: 2, skipped: 2, skips: [{ code: 'excluded', count: 2 }] });
  expect(await found(here)).toEqual(['/a.jpg', '/open/b.jpg']);
  expect(server.asked.map(({ path }) => path).sort()).toEqual([
    '/',
    '/a.jpg',
    '/open/',
    '/open/b.jpg',
    '/robots.txt',
    '/sitemap.xml',
  ]);
});

test('what was indexed leaves the search when it is left out, and comes back when it is not', async () => {
  const server = await site();
  const all = ['/a.jpg', '/d.jpg', '/logo.png', '/open/b-small.jpg', '/open/b.jpg', '/private/c.jpg'];
  const first = await world();
  addsUp(await first.crawl(`${server.url}/`));
  expect(await found(first)).toEqual(all);

  const second = await world({ exclude: ['private', '*-small.*'] }, first.folder);
  server.forget();
  addsUp(await second.crawl(`${server.url}/`));
  // /d.jpg is left out by no glob, but no page shows it any more.
  expect(await found(second)).toEqual(['/a.jpg', '/logo.png', '/open/b.jpg']);
  // The first page says that it has not changed: its links are older than the globs.
  expect(server.asked.filter(({ path }) => /private|small/.test(path))).toEqual([]);

  const third = await world({}, first.folder);
  addsUp(await third.crawl(`${server.url}/`));
  expect(await found(third)).toEqual(all);
});

test('links beyond maxDepth that are left out keep nothing from being concluded', async () => {
  const server = await site();
  const first = await world();
  addsUp(await first.crawl(`${server.url}/`));
  const second = await world({ exclude: ['private'], maxDepth: 1 }, first.folder);
  addsUp(await second.crawl(`${server.url}/`));
  expect(await found(second)).toEqual(['/a.jpg', '/logo.png', '/open/b-small.jpg', '/open/b.jpg']);
});

test('a folder that is left out is not listed', async () => {
  const here = await world({ exclude: ['private/**', 'b.jpg'], include: ['*.JPG'] });
  const pictures = join(here.folder, 'pictures');
  await mkdir(join(pictures, 'private', 'deep'), { recursive: true });
  await mkdir(join(pictures, 'other'));
  for (const [index, name] of ['a.jpg', 'b.jpg', 'c.png', 'other/d.jpg', 'private/deep/e.jpg'].entries())
    await writeFile(join(pictures, name), await picture(index * 20));
  addsUp(await here.crawl(pictures));
  expect(await codes(here)).toEqual({
    'a.jpg': null,
    'b.jpg': 'excluded',
    'c.png': 'excluded',
    'other/d.jpg': null,
  });
});

test('what people typed is looked into, whatever it is called', async () => {
  const here = await world({ exclude: ['private'] });
  await mkdir(join(here.folder, 'private'));
  await writeFile(join(here.folder, 'private', 'a.jpg'), await picture(1));
  expect(await here.crawl(join(here.folder, 'private'))).toMatchObject({ indexed: 1 });
});

test('images of a list are left out by their addresses, its pages never', async () => {
  const server = await site();
  const page = (paths: string[], next?: string) =>
    JSON.stringify({
      items: paths.map((path) => ({ url: `${server.url}${path}` })),
      ...(next ? { next } : {}),
    });
  server.set('/list/1.json', page(['/a.jpg', '/logo.png'], '/list/2.json'));
  server.set('/list/2.json', page(['/open/b.jpg', '/open/b-small.jpg']));
  const here = await world({ include: ['*.jpg'], exclude: ['list', '*-small.*', `${server.url}/a.*`] });
  addsUp(await here.crawl(`list:${server.url}/list/1.json`));
  expect(await found(here)).toEqual(['/open/b.jpg']);
  expect(server.asked.map(({ path }) => path).filter((path) => !/robots|list/.test(path))).toEqual([
    '/open/b.jpg',
  ]);
});

test('listings of keys and addresses are left out by no glob', async () => {
  const source = await openSource('folder:/', { ...webSettings, exclude: ['**'] });
  const { globPathOf: _, ...listing } = source;
  const filtered = filteredSource(listing, { include: [], exclude: ['**'] });
  expect(filtered.leavesOut?.({ address: 'page two', depth: 1, partition: null })).toBe(false);
  expect(filteredSource(source, { include: [], exclude: [] })).toBe(source);
});

test('a watch neither looks into folders that are left out nor sees such images', async () => {
  const here = await world();
  const folder = join(here.folder, 'pictures');
  await mkdir(join(folder, 'private', 'deep'), { recursive: true });
  await mkdir(join(folder, 'open'));
  for (const name of ['a.jpg', 'a-small.jpg', 'private/b.jpg', 'private/deep/c.jpg', 'open/d.jpg'])
    await writeFile(join(folder, name), await picture(1));
  const settings = { ...webSettings, exclude: ['private', '*-small.*'] };
  const source = await openSource(`folder:${folder}`, settings);
  const lookout = source.lookout!('default', { onChange: () => undefined, onDeaf: () => undefined });
  const [parts, seen]: [string[], string[]] = [[], []];
  for await (const { part, images } of lookout.look(null, new AbortController().signal)) {
    parts.push(part);
    seen.push(...images.map(({ sighting: { location } }) => location.address));
  }
  expect(lookout.isTold).toBe(true);
  lookout.close();
  await source.close();
  expect(parts.sort()).toEqual(['.', 'open']);
  expect(seen.sort()).toEqual(['a.jpg', 'open/d.jpg']);
});
