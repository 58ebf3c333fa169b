// Crawls of lists: what they index, what they replay, where they carry on, and what they say of bad entries.
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Preview } from '../../../src/crawls/dry-run.ts';
import { listAll } from '../../../src/ledger.ts';
import { pictureFolder } from '../../pictures.ts';
import { photosPath } from '../../shared.ts';
import { openWebServer, type WebServer } from '../../web-server.ts';
import { addsUp, documents, openWorld, stopAfter, type World } from '../../world.ts';

let world: World;
let server: WebServer;
beforeEach(async () => {
  world = await openWorld();
  server = await openWebServer({}, { folder: world.folder });
});
afterEach(async () => {
  await world.close();
  await server.close();
});

const serve = async (count: number) => {
  await pictureFolder(world.folder, count);
  return Array.from({ length: count }, (_, number) => `${server.url}/${number}.jpg`);
};
const shown = async (of: World = world) =>
  (await documents(of))
    .flatMap(({ appearances, locations }) =>
      appearances.map(({ pageUrl, context }) => ({ url: locations[0]!.url, pageUrl, ...context })),
    )
    .sort((a, b) => (a.url < b.url ? -1 : 1));
const failures = async () => (await world.app.failures('default')).map(({ reason }) => reason).sort();

test('what the list says of an image is what is indexed', async () => {
  const [first, second] = await serve(2);
  server.set(
    '/list.json',
    JSON.stringify([
      { url: first, title: 'A dune', link: 'https://blog.example/dune', date: '2024-05-06' },
      { url: second, alt: 'a wave' },
    ]),
  );
  const report = await world.crawl(`list:${server.url}/list.json`);
  addsUp(report);
  expect(report).toMatchObject({ pages: 1, found: 2, indexed: 2 });
  expect(await shown()).toEqual([
    {
      url: first,
      pageUrl: 'https://blog.example/dune',
      title: 'A dune',
      publishedAt: '2024-05-06T00:00:00.000Z',
    },
    { url: second, pageUrl: `${server.url}/list.json`, alt: 'a wave' },
  ]);
});

test('photos by list, by file, by pages and by folder are the same images with the same labels', async () => {
  const path = photosPath();
  if (path === null) return;
  const photos = (await readdir(path)).filter((name) => /\.jpe?g$/i.test(name)).sort();
  const some = photos.filter((_, index) => index % 10 === 0);
  const folder = join(world.folder, 'photos');
  await mkdir(folder);
  for (const name of some) await copyFile(join(path, name), join(folder, name));
  const found = async (source: string) => {
    const own = await openWorld({ allowPrivateHosts: server.host });
    try {
      addsUp(await own.crawl(source));
      return (await documents(own))
        .map(({ sha256, labels }) => ({ sha256, labels }))
        .sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
    } finally {
      await own.close();
    }
  };
  const urls = some.map((name) => `${server.url}/photos/${encodeURIComponent(name)}`);
  await writeFile(join(world.folder, 'list.csv'), ['url', ...urls].join('\n'));
  server.set('/pages', {
    body: JSON.stringify({ items: urls.slice(0, 9), next: '/rest' }),
    validators: false,
  });
  server.set('/rest', JSON.stringify({ items: urls.slice(9) }));
  const byFolder = await found(folder);
  expect(byFolder.length).toBe(some.length);
  expect(await found(join(world.folder, 'list.csv'))).toEqual(byFolder);
  expect(await found(`list:${server.url}/pages`)).toEqual(byFolder);
});

describe('a list that has not changed', () => {
  test('is not sent again, and shows what it showed', async () => {
    const urls = await serve(3);
    const entries = urls.map((url, number) => ({
      url,
      page: `https://shop.example/${number}`,
      title: `n ${number}`,
    }));
    server.set('/list', JSON.stringify({ items: entries.slice(0, 2), next: '/more' }));
    server.set('/more', JSON.stringify({ items: entries.slice(2) }));
    await world.crawl(`list:${server.url}/list`);
    const before = await shown();
    expect(before.length).toBe(3);
    server.forget();
    const report = await world.crawl(`list:${server.url}/list`);
    addsUp(report);
    expect(report).toMatchObject({ pages: 2, unchanged: 3, gone: 0, inferences: 0 });
    expect(await shown()).toEqual(before);
    expect(server.asked.filter(({ path }) => path === '/more').map(({ status }) => status)).toEqual([304]);
    const pages = await world.parts.ledger.list('page', { collection: 'default' }, { limit: 10 });
    expect(pages.map(({ record }) => record.depth)).toEqual([0, 0]);
  });

  test('is read anew by another mapping, in a file, too', async () => {
    const [url] = await serve(1);
    const path = join(world.folder, 'list.json');
    await writeFile(path, JSON.stringify([{ url, title: 'One', other: 'Two' }]));
    const crawl = async (more: Record<string, unknown>) => {
      const own = await openWorld({ allowPrivateHosts: server.host, ...more }, join(world.folder, 'own'));
      try {
        addsUp(await own.crawl(path));
        return await shown(own);
      } finally {
        await own.close();
      }
    };
    expect(await crawl({})).toMatchObject([{ title: 'One', pageUrl: `file://${path}` }]);
    expect(await crawl({})).toMatchObject([{ title: 'One' }]);
    expect(await crawl({ listMap: 'title=other' })).toMatchObject([{ title: 'Two' }]);
  });
});

test('what the list does not name any more leaves the search, though its file is still there', async () => {
  const urls = await serve(3);
  server.set('/list', urls.join('\n'));
  await world.crawl(`list:${server.url}/list`);
  server.set('/list', urls.slice(1).join('\n'));
  const report = await world.crawl(`list:${server.url}/list`);
  expect(report.gone).toBe(1);
  expect((await documents(world)).length).toBe(2);
});

test('fifty pages are of one depth, and as many as maxPages are read', async () => {
  const [url] = await serve(1);
  for (let number = 1; number <= 50; number++) {
    server.set(
      `/api?page=${number}`,
      JSON.stringify({ items: [url], next: number < 50 ? `?page=${number + 1}` : null }),
    );
  }
  const read = async (flags: Record<string, unknown>) => {
    const own = await openWorld(flags);
    try {
      return (await own.crawl(`list:${server.url}/api?page=1`)).pages;
    } finally {
      await own.close();
    }
  };
  expect(await read({ maxDepth: 1 })).toBe(50);
  expect(await read({ maxPages: 7 })).toBe(7);
});

test('a crawl that is stopped carries on at its part: nothing is lost, nothing done twice', async () => {
  const urls = await serve(30);
  const names = [...urls, ...Array.from({ length: 2300 }, (_, number) => `${urls[number % 30]}#${number}`)];
  server.set('/list', names.map((url) => JSON.stringify({ url })).join('\n'));
  const command = {
    sources: [`list:${server.url}/list`],
    collection: 'default',
    fresh: false,
    maxImages: null,
  };
  const stopped = await world.app.crawl(command, stopAfter(server, 8));
  expect(stopped.state).toBe('running');
  const asked = server.asked.filter(({ path, status }) => path.endsWith('.jpg') && status === 200).length;
  expect(asked).toBeLessThan(30);
  const report = await world.crawl(command.sources[0]!);
  addsUp(report);
  expect(report).toMatchObject({
    crawlId: stopped.crawlId,
    found: 30,
    indexed: 30,
    inferences: 30,
    pages: 3,
  });
  expect((await documents(world)).length).toBe(30);
});

test('bad entries are failures until the list is mended, and can be retried', async () => {
  const [url] = await serve(1);
  const good = JSON.stringify({ url });
  server.set('/list', [good, 'no', ...Array(120).fill('{"url":"ftp://x/a.jpg"}')].join('\n'));
  const source = `list:${server.url}/list`;
  const command = { sources: [source], collection: 'default', fresh: false, maxImages: null };
  const previews: Preview[] = [];
  for await (const one of world.app.dryRun(command, new AbortController().signal)) previews.push(one);
  expect(previews.filter(({ type }) => type === 'problem').length).toBe(101);
  addsUp(await world.crawl(source));
  const told = await failures();
  expect(told.length).toBe(101);
  expect(told).toContain('21 more entries cannot be read');
  expect(told.some((reason) => reason.startsWith('line 2: expected JSON'))).toBe(true);
  // Unchanged: they still stand, also after a retry.
  await world.crawl(source);
  await world.app.retryFailures('default', new AbortController().signal);
  expect(await failures()).toEqual(told);
  server.set('/list', [good, 'no'].join('\n'));
  await world.crawl(source);
  expect((await failures()).length).toBe(1);
  server.set('/list', good);
  await world.crawl(source);
  expect(await failures()).toEqual([]);
});

test('a file that is touched is read again, and changes nothing', async () => {
  const urls = await serve(2);
  const own = await openWorld({ allowPrivateHosts: server.host });
  const path = join(world.folder, 'list.txt');
  await writeFile(path, urls.join('\n'));
  await own.crawl(`list:${path}`);
  const revisions = async () => {
    const images: number[] = [];
    for await (const { record } of listAll(own.parts.ledger, 'image', {})) images.push(record.revision);
    return images;
  };
  const before = await revisions();
  await utimes(path, new Date(), new Date());
  const report = await own.crawl(`list:${path}`);
  expect(report).toMatchObject({ unchanged: 2, gone: 0 });
  expect(await revisions()).toEqual(before);
  await own.close();
});

const walk = async (path: string) => {
  const walker = new URL('../../fixtures/list-walker.mjs', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, ['--max-old-space-size=48', walker, path]);
  return JSON.parse(stdout) as { images: number; parts: number; mostBytes: number };
};

test.each([
  [
    'list.jsonl',
    '',
    (number: number) => JSON.stringify({ url: `https://cdn.example/${number}.jpg`, title: 'x'.repeat(300) }),
  ],
  [
    'list.csv',
    'url,title\n',
    (number: number) => `https://cdn.example/${number}.jpg,${number % 10 === 0 ? '"a\nb"' : 'x'.repeat(330)}`,
  ],
])(
  '200,000 lines are read in little memory: %s',
  async (name, head, line) => {
    const path = join(world.folder, name);
    const text = function* () {
      yield head;
      for (let number = 0; number < 200_000; number += 1000) {
        yield `${Array.from({ length: 1000 }, (_, more) => line(number + more)).join('\n')}\n`;
      }
    };
    await pipeline(Readable.from(text()), createWriteStream(path));
    const few = join(world.folder, `few-${name}`);
    await writeFile(few, `${head}${line(0)}\n`);
    const [short, long] = [await walk(few), await walk(path)];
    expect(short).toMatchObject({ images: 1, parts: 1 });
    expect(long).toMatchObject({ images: 200_000, parts: 200 });
    // Far less than the list itself, of which none may be held beyond its part.
    expect((await stat(path)).size).toBeGreaterThan(60_000_000);
    expect(long.mostBytes - short.mostBytes).toBeLessThan(48_000_000);
  },
  120_000,
);
