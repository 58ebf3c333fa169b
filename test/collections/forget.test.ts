// Take-down: the image is in no answer, blob or table any more but as a hash in the block list, and no crawl brings it back.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { exportLines, importLines } from '../../src/app/move-collection.ts';
import { assembleApp } from '../../src/app.ts';
import { countBlocks } from '../../src/collections/blocks.ts';
import { forget } from '../../src/collections/forget.ts';
import type { CrawlReport } from '../../src/crawl-report.ts';
import { cancelCrawl } from '../../src/crawls/claim.ts';
import { imageId, sha256Of } from '../../src/record.ts';
import { picture, pictureFolder } from '../pictures.ts';
import { openWebServer, type WebServer } from '../web-server.ts';
import { addsUp, openWorld, type World } from '../world.ts';
import { traces } from './traces.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
async function world(flags: Record<string, unknown> = {}): Promise<World> {
  const opened = await openWorld({ allowPrivateHosts: '127.0.0.1', ...flags });
  open.push(opened);
  return opened;
}
async function site(pages: Parameters<typeof openWebServer>[0]): Promise<WebServer> {
  const server = await openWebServer(pages);
  open.push(server);
  return server;
}

const never = new AbortController().signal;
const crawl = ({ app }: World, source: string, collection: string, fresh = false): Promise<CrawlReport> =>
  app.crawl({ sources: [source], collection, maxImages: null, fresh }, never);
const dataDir = ({ folder }: World) => join(folder, 'data');

async function urls({ parts }: World, collection: string): Promise<string[]> {
  const query = {
    collection,
    filter: {},
    orderBy: { field: 'DATE', direction: 'DESC' },
    first: 100,
  } as const;
  const { hits } = await parts.index.search(query);
  return hits.flatMap(({ document }) => document.locations.map(({ url }) => url)).sort();
}

const page = (...images: string[]) =>
  `<title>Gallery</title>${images.map((src) => `<a href="${src}"><img src="${src}" alt="zebrafinch shown"></a>`).join('')}`;

/** One content on a site, at two addresses, and in a folder of another collection. */
async function everywhere(): Promise<{ all: World; server: WebServer; content: Buffer; other: string }> {
  const all = await world();
  const content = await picture(7);
  const server = await site({
    '/': `<title>Home</title><img src="/plain.jpg" alt="plain"><a href="/gallery.html">gallery</a>
      <a href="/secretfile.jpg"><img src="/plain2.jpg" alt="a small one of it"></a>`,
    '/gallery.html': page('/secretfile.jpg', '/copy/secretfile.jpg'),
    '/secretfile.jpg': content,
    '/copy/secretfile.jpg': content,
    '/plain.jpg': await picture(1),
    '/plain2.jpg': await picture(2),
  });
  const folder = await pictureFolder(join(all.folder, 'photos'), 3);
  await writeFile(join(folder, 'secretfile.jpg'), content);
  addsUp(await crawl(all, `${server.url}/`, 'default'));
  addsUp(await crawl(all, folder, 'archive'));
  return { all, server, content, other: folder };
}

const everyTrace = (content: Buffer) => {
  const sha256 = sha256Of(content);
  return [sha256, imageId('default', sha256), imageId('archive', sha256), 'secretfile', 'zebrafinch'];
};

test.each(['image', 'content', 'address', 'node'] as const)(
  'by %s: gone everywhere, and it stays gone',
  async (by) => {
    const { all, server, content, other } = await everywhere();
    const sha256 = sha256Of(content);
    const target = {
      image: imageId('archive', sha256),
      node: `image_${imageId('default', sha256)}`,
      content: sha256,
      address: `${server.url}/copy/secretfile.jpg`,
    }[by];
    const before = await traces(dataDir(all), everyTrace(content));
    expect(before.length).toBeGreaterThan(10);
    const counts = { images: 2, locations: 3, pages: 0, blobs: 1, collections: ['archive', 'default'] };
    expect(await forget(all.parts, target, { isDryRun: true })).toMatchObject({ ...counts, blocked: 0 });
    expect(await traces(dataDir(all), everyTrace(content))).toEqual(before);

    expect(await forget(all.parts, target)).toMatchObject({ ...counts, blocked: 4 });
    expect(await traces(dataDir(all), everyTrace(content))).toEqual([]);
    expect(await countBlocks(all.parts.ledger)).toEqual({ content: 1, address: 3, site: 0 });
    await staysGone(all, server, other, content);
    if (by === 'content' || by === 'address')
      expect(await forget(all.parts, target)).toMatchObject({
        images: 0,
        locations: 0,
        blobs: 0,
        blocked: 0,
      });
  },
);

async function staysGone(all: World, server: WebServer, folder: string, content: Buffer): Promise<void> {
  server.forget();
  for (const fresh of [false, true]) {
    addsUp(await crawl(all, `${server.url}/`, 'default', fresh));
    addsUp(await crawl(all, folder, 'archive', fresh));
    // The same bytes where they never were before.
    const elsewhere = await site({ '/': page('/new-secretfile.jpg'), '/new-secretfile.jpg': content });
    const report = await crawl(all, `${elsewhere.url}/`, `third${fresh}`);
    addsUp(report);
    expect(report.found).toBe(0);
    expect(elsewhere.count('/new-secretfile.jpg')).toBe(1);
    addsUp(await crawl(all, `${elsewhere.url}/`, `third${fresh}`, true));
    expect(elsewhere.count('/new-secretfile.jpg')).toBe(1);
  }
  expect(server.count('/secretfile.jpg') + server.count('/copy/secretfile.jpg')).toBe(0);
  expect(await traces(dataDir(all), everyTrace(content))).toEqual([]);
  // The small one in a link to it is a variant of it, and no picture of its own.
  expect(await urls(all, 'default')).toEqual([`${server.url}/plain.jpg`]);
  expect(await urls(all, 'archive')).toHaveLength(3);
}

test('in no export, and no import brings it back', async () => {
  const { all, content } = await everywhere();
  const lines = async () => {
    const found: string[] = [];
    for await (const line of exportLines(all.parts, { collection: 'default', thumbnails: true }, never))
      found.push(line);
    return found;
  };
  const before = await lines();
  expect(before.join('\n')).toContain('secretfile');
  await forget(all.parts, sha256Of(content));
  const after = (await lines()).join('\n');
  for (const trace of everyTrace(content)) expect(after).not.toContain(trace);
  const bytes = Readable.from(before.map((line) => Buffer.from(line)));
  await importLines(all.parts, bytes, 'default', { signal: never, onBadLine: () => {} });
  expect(await traces(dataDir(all), everyTrace(content))).toEqual([]);
});

test('in no answer of a server that runs', async () => {
  const { all, content } = await everywhere();
  const sha256 = sha256Of(content);
  const server = await all.app.serve(0, never);
  const ask = async (query: string) =>
    JSON.stringify(
      await (
        await fetch(`${server.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query }),
        })
      ).json(),
    );
  const node = `{ node(id: "image_${imageId('default', sha256)}") { id __typename } }`;
  const search = '{ images(collection: "default", filter: { text: "zebrafinch" }) { totalCount { value } } }';
  const thumbnail = async (headers: Record<string, string> = {}) =>
    (await fetch(`${server.url}/thumbnails/${sha256}.jpg`, { headers })).status;
  expect(await ask(node)).toContain('Image');
  expect(await thumbnail()).toBe(200);
  const found = await ask(search);
  await forget(all.parts, sha256);
  expect(await ask(node)).toBe('{"data":{"node":null}}');
  expect(await thumbnail()).toBe(404);
  expect(await thumbnail({ 'if-none-match': `"${sha256}"` })).toBe(404);
  expect(await ask(search)).not.toBe(found);
});

test('a page: all that it shows, and it is not asked any more', async () => {
  const { all, server, content } = await everywhere();
  const forgotten = await forget(all.parts, `${server.url}/gallery.html`);
  expect(forgotten).toMatchObject({ images: 2, locations: 3, pages: 1, blobs: 1 });
  expect(await traces(dataDir(all), [...everyTrace(content), 'gallery.html'])).toEqual([]);
  server.forget();
  addsUp(await crawl(all, `${server.url}/`, 'default', true));
  expect(server.count('/gallery.html')).toBe(0);
  expect(await traces(dataDir(all), [...everyTrace(content), 'gallery.html'])).toEqual([]);
});

test('a site: what lies on it and what only its pages show; what lies elsewhere too stays, with those places', async () => {
  const all = await world();
  const [shared, own, shown] = [await picture(10), await picture(11), await picture(12)];
  const cdn = await site({ '/shown.jpg': shown, '/also.jpg': await picture(13) });
  const down = await site({
    '/': `${page('/shared.jpg', '/own.jpg', `${cdn.url}/shown.jpg`, `${cdn.url}/also.jpg`)}<a href="/more.html">m</a>`,
    '/more.html': page('/own.jpg'),
    '/shared.jpg': shared,
    '/own.jpg': own,
  });
  const stays = await site({
    '/': `<title>Other</title><a href="${down.url}/x"><img src="/shared.jpg" alt="kept words"></a><img src="${down.url}/own.jpg">
      <img src="${cdn.url}/also.jpg">`,
    '/shared.jpg': shared,
  });
  addsUp(await crawl(all, `${down.url}/`, 'default'));
  addsUp(await crawl(all, `${stays.url}/`, 'default'));
  expect(await forget(all.parts, down.host)).toMatchObject({ images: 2, locations: 5, pages: 2, blobs: 2 });
  const left = [`${cdn.url}/also.jpg`, `${stays.url}/shared.jpg`].sort();
  expect(await urls(all, 'default')).toEqual(left);
  const words = [
    sha256Of(own),
    sha256Of(shown),
    imageId('default', sha256Of(own)),
    'zebrafinch',
    `${cdn.url}/shown.jpg`,
  ];
  expect(await traces(dataDir(all), words)).toEqual([]);
  // The operator's own choice of sources stays where it is written.
  const mentions = async () =>
    (await traces(dataDir(all), [down.host])).filter((where) => !/^ledger_(crawl|collection)\./.test(where));
  expect(await mentions()).toEqual([]);
  down.forget();
  addsUp(await crawl(all, `${stays.url}/`, 'default', true));
  expect(down.asked).toEqual([]);
  expect(await urls(all, 'default')).toEqual(left);
  expect(await mentions()).toEqual([]);
  await expect(crawl(all, `${down.url}/`, 'default')).rejects.toMatchObject({ code: 'source_unavailable' });
  await expect(crawl(all, `${down.url}/more.html`, 'new')).rejects.toThrow('taken down');
  expect(down.asked).toEqual([]);
});

test('a list that names pages of the site: their images go, wherever they lie', async () => {
  const all = await world();
  const cdn = await site({ '/a.jpg': await picture(1), '/b.jpg': await picture(2) });
  const list = join(all.folder, 'list.jsonl');
  const line = (image: string, shownAt: string) =>
    JSON.stringify({ image: `${cdn.url}${image}`, page: shownAt });
  await writeFile(
    list,
    `${line('/a.jpg', 'https://down.example/a')}\n${line('/b.jpg', 'https://kept.example/b')}\n`,
  );
  addsUp(await crawl(all, list, 'default'));
  expect(await traces(dataDir(all), ['down.example'])).not.toEqual([]);
  expect(await forget(all.parts, 'down.example')).toMatchObject({ images: 1, locations: 1, blobs: 1 });
  const check = async () => {
    expect(await urls(all, 'default')).toEqual([`${cdn.url}/b.jpg`]);
    expect(await traces(dataDir(all), ['down.example', `${cdn.url}/a.jpg`])).toEqual([]);
  };
  await check();
  addsUp(await crawl(all, list, 'default', true));
  await check();
});

test('what leads to a site that was taken down is not followed', async () => {
  const all = await world();
  const down = await site({ '/': page('/a.jpg'), '/a.jpg': await picture(1) });
  const away = (path: string) => ({ status: 302, headers: { location: `${down.url}${path}` } });
  const server = await site({
    '/': page('/led.jpg', '/b.jpg'),
    '/led.jpg': away('/a.jpg'),
    '/b.jpg': await picture(2),
  });
  const start = await site({ '/': away('/') });
  await forget(all.parts, down.host);
  const report = await crawl(all, `${server.url}/`, 'default');
  addsUp(report);
  expect(report).toMatchObject({ indexed: 1, skips: [{ code: 'taken_down', count: 1 }] });
  await expect(crawl(all, `${start.url}/`, 'default')).rejects.toMatchObject({ code: 'source_unavailable' });
  expect(down.asked).toEqual([]);
});

test('before the first crawl: an address and a site that nobody knows yet', async () => {
  const all = await world();
  const server = await site({
    '/': page('/a.jpg', '/b.jpg'),
    '/a.jpg': await picture(1),
    '/b.jpg': await picture(2),
  });
  const nothing = { images: 0, locations: 0, pages: 0, blobs: 0, collections: [] };
  expect(await forget(all.parts, `${server.url}/a.jpg#top`)).toEqual({
    target: 'address',
    blocked: 1,
    ...nothing,
  });
  addsUp(await crawl(all, `${server.url}/`, 'default'));
  expect(await urls(all, 'default')).toEqual([`${server.url}/b.jpg`]);
  expect(server.count('/a.jpg')).toBe(0);
  expect(await forget(all.parts, '127.0.0.1')).toMatchObject({
    target: 'site',
    images: 1,
    locations: 1,
    pages: 1,
  });
  await expect(crawl(all, `${server.url}/`, 'default')).rejects.toMatchObject({ code: 'source_unavailable' });
  await expect(forget(all.parts, '0123456789abcdef0123456789abcdef')).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('a failure is not tried again', async () => {
  const all = await world();
  const server = await site({ '/': page('/lost.jpg', '/b.jpg'), '/b.jpg': await picture(2) });
  await crawl(all, `${server.url}/`, 'default');
  expect(await all.app.failures('default')).toHaveLength(1);
  server.set('/lost.jpg', await picture(3));
  await forget(all.parts, `${server.url}/lost.jpg`);
  expect(await all.app.failures('default')).toEqual([]);
  expect(await all.app.retryFailures('default', never)).toBe(null);
  expect(await traces(dataDir(all), ['lost.jpg'])).toEqual([]);
});

test.each(['content', 'image', 'address'] as const)(
  'by %s: also where the address is known without the bytes',
  async (by) => {
    const { all, server, content } = await everywhere();
    const other = await openWorld(
      { allowPrivateHosts: '127.0.0.1', exclude: 'secret*.jpg', dataDir: dataDir(all) },
      all.folder,
    );
    open.push(other);
    expect(await crawl(other, `${server.url}/gallery.html`, 'excluding')).toMatchObject({
      skips: [{ code: 'excluded', count: 2 }],
    });
    const down = { status: 500, headers: {} };
    server.set('/secretfile.jpg', down);
    server.set('/copy/secretfile.jpg', down);
    expect(await crawl(all, `${server.url}/gallery.html`, 'failing')).toMatchObject({ failed: 2 });
    const sha256 = sha256Of(content);
    const target = {
      content: sha256,
      image: imageId('default', sha256),
      address: `${server.url}/copy/secretfile.jpg`,
    }[by];
    expect(await forget(all.parts, target)).toMatchObject({
      images: 2,
      locations: 7,
      collections: ['archive', 'default', 'excluding', 'failing'],
    });
    expect(await traces(dataDir(all), everyTrace(content))).toEqual([]);
  },
);

test('a new address of a blocked content goes where it is known without the bytes, too', async () => {
  const all = await world();
  const content = await picture(7);
  const server = await site({
    '/': page('/secretfile.jpg'),
    '/secretfile.jpg': { status: 500, headers: {} },
  });
  expect(await crawl(all, `${server.url}/`, 'failing')).toMatchObject({ failed: 1 });
  await forget(all.parts, sha256Of(content));
  server.set('/secretfile.jpg', content);
  await crawl(all, `${server.url}/`, 'default');
  expect(await traces(dataDir(all), ['secretfile', 'zebrafinch'])).toEqual([]);
});

/** A crawl that stops when its images have been put. */
async function cutOff(all: World, source: string): Promise<string> {
  const stop = new AbortController();
  const app = assembleApp({
    ...all.parts,
    openWorkshop: async () => {
      const { queue, ...others } = await all.parts.openWorkshop();
      const put: typeof queue.put = async (items) => {
        const answer = await queue.put(items);
        if (items.some(({ body }) => body.type === 'fetch')) stop.abort();
        return answer;
      };
      return { ...others, queue: { ...queue, put } };
    },
  });
  const command = { sources: [source], collection: 'default', maxImages: null, fresh: false };
  const report = await app.crawl(command, stop.signal);
  expect(report.state).toBe('running');
  return report.crawlId;
}

describe('what a crawl that was cut off has in its queue', () => {
  const setUp = async () => {
    const all = await world();
    const server = await site({
      '/': `${page('/secretfile.jpg', '/b.jpg')}<a href="/secretpage.html">more</a>`,
      '/secretpage.html': page('/c.jpg'),
      '/secretfile.jpg': await picture(1),
      '/b.jpg': await picture(2),
      '/c.jpg': await picture(3),
    });
    const crawlId = await cutOff(all, `${server.url}/`);
    const named = async (...words: string[]) =>
      (await traces(dataDir(all), words)).filter((where) => where.startsWith('queue_'));
    expect(await named('secretfile')).not.toEqual([]);
    expect(await named('secretpage')).not.toEqual([]);
    return { all, server, crawlId, named };
  };

  test('an image and a page', async () => {
    const { all, server, crawlId } = await setUp();
    await forget(all.parts, `${server.url}/secretfile.jpg`);
    await forget(all.parts, `${server.url}/secretpage.html`);
    expect(await traces(dataDir(all), ['secretfile', 'secretpage'])).toEqual([]);
    const report = await crawl(all, `${server.url}/`, 'default');
    addsUp(report);
    expect(report).toMatchObject({ crawlId, found: 1 });
    expect(await urls(all, 'default')).toEqual([`${server.url}/b.jpg`]);
  });

  test('a site, with its source', async () => {
    const { all, server, named } = await setUp();
    await forget(all.parts, server.host, { isDryRun: true });
    expect(await named(server.host)).not.toEqual([]);
    await forget(all.parts, server.host);
    expect(await named(server.host)).toEqual([]);
  });

  test('when it was cancelled', async () => {
    const { all, server, crawlId, named } = await setUp();
    await cancelCrawl(all.parts.ledger, crawlId);
    await forget(all.parts, `${server.url}/secretfile.jpg`);
    expect(await named('secretfile', crawlId)).toEqual([]);
    const [stored] = await all.parts.ledger.get('collection', ['default']);
    expect(stored?.record.unpurged).toEqual([]);
  });
});

test('when it is closed, the bytes are not in the files either', async () => {
  const { all, server, content } = await everywhere();
  await forget(all.parts, `${server.url}/secretfile.jpg`);
  open.splice(open.indexOf(all), 1);
  await all.parts.close();
  for (const file of ['imagedex.db', 'imagedex.db-wal']) {
    const bytes = await readFile(join(dataDir(all), file)).catch(() => Buffer.alloc(0));
    for (const word of everyTrace(content)) expect(bytes.includes(word), `${word} in ${file}`).toBe(false);
  }
  await rm(all.folder, { recursive: true, force: true });
});
