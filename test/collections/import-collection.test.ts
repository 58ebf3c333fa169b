// A collection goes out and comes in again: the same answers, nothing fetched, nothing classified; whatever the file has wrong.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { exportLines, importLines } from '../../src/app/move-collection.ts';
import { thumbnailKey } from '../../src/blobs/blobs.ts';
import { block } from '../../src/collections/blocks.ts';
import { deleteCollection } from '../../src/collections/delete-collection.ts';
import { formatVersion } from '../../src/collections/export-format.ts';
import type { ImportReport } from '../../src/collections/import-collection.ts';
import type { ImageDocument } from '../../src/indexer/image-index.ts';
import { amend, amendment, listAll } from '../../src/ledger.ts';
import { openOwner } from '../../src/owner.ts';
import { appearanceId, now } from '../../src/record.ts';
import { picture, pictureFolder } from '../pictures.ts';
import { projectRoot } from '../source-files.ts';
import { openWebServer, type WebServer } from '../web-server.ts';
import { addsUp, documents, openWorld, type World } from '../world.ts';
import { madeUpLines } from './made-up-lines.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
const world = async (flags: Record<string, unknown> = {}): Promise<World> => {
  const opened = await openWorld({ hostDelayMs: 0, ...flags });
  open.push(opened);
  return opened;
};

async function exported(from: World, collection = 'default', thumbnails = true): Promise<string[]> {
  const lines: string[] = [];
  const signal = new AbortController().signal;
  for await (const line of exportLines(from.parts, { collection, thumbnails }, signal)) lines.push(line);
  return lines;
}

interface Read extends ImportReport {
  readonly bad: readonly string[];
}
async function read(into: World, lines: readonly string[], collection: string | null = null): Promise<Read> {
  const bad: string[] = [];
  const report = await importLines(
    into.parts,
    Readable.from(lines.map((line) => Buffer.from(line))),
    collection,
    {
      signal: new AbortController().signal,
      onBadLine: (number, reason) => void bad.push(`${number} ${reason}`),
    },
  );
  return { ...report, bad };
}

/** What people see: not the revision, which counts how often a document was written. */
const seen = (all: readonly ImageDocument[]) =>
  all.map(({ revision: _, ...document }) => document).sort((a, b) => (a.id < b.id ? -1 : 1));

async function openSite(): Promise<WebServer> {
  const server = await openWebServer({
    '/': '<title>Home</title><a href="/1.html">1</a><a href="/2.html">2</a><img src="/logo.svg" alt="logo">',
    '/1.html':
      '<title>First</title><img src="/one.jpg" alt="one alone"><img src="/both.jpg" alt="both here">',
    '/2.html':
      '<title>Second</title><img src="/two.jpg" alt="two alone"><img src="/both.jpg" alt="both there">',
    '/one.jpg': await picture(10),
    '/two.jpg': await picture(100),
    '/both.jpg': await picture(200),
    '/logo.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  });
  open.push(server);
  return server;
}
const onSite = (server: WebServer) => ({ allowPrivateHosts: [server.host] });

test('a site: the same documents and thumbnails, and a crawl that finds nothing changed', async () => {
  const site = await openSite();
  const from = await world(onSite(site));
  addsUp(await from.crawl(site.url));
  const into = await world(onSite(site));
  site.forget();
  const report = await read(into, await exported(from));
  expect(report).toMatchObject({ new: 3, changed: 0, same: 0, badLines: 0, isCutOff: false });
  expect(site.asked).toEqual([]);
  expect(seen(await documents(into))).toEqual(seen(await documents(from)));
  for (const { sha256 } of await documents(from)) {
    const key = thumbnailKey(sha256);
    expect(await into.parts.blobs.get(key)).toEqual(await from.parts.blobs.get(key));
  }
  const again = await into.crawl(site.url);
  addsUp(again);
  expect(again).toMatchObject({ unchanged: 3, inferences: 0, gone: 0, skipped: 1 });
  expect(again.pages).toBe(3);
  // Just what is asked where the first crawl was: pages and images are 304. Of what is no image an export says nothing.
  const asked = () => {
    const told = site.asked.filter(({ path }) => path !== '/logo.svg');
    const all = told.map(({ path, status }) => `${status} ${path}`).sort();
    site.forget();
    return all;
  };
  const here = asked();
  await from.crawl(site.url);
  expect(here).toEqual(asked());
  for (const path of ['/1.html', '/2.html', '/one.jpg', '/both.jpg']) expect(here).toContain(`304 ${path}`);
  expect(seen(await documents(into))).toEqual(seen(await documents(from)));
});

test('a folder: the same once more, under another name too, and twice changes nothing', async () => {
  const from = await world();
  const pictures = await pictureFolder(join(from.folder, 'pictures'), 5);
  await from.crawl(pictures);
  const lines = await exported(from);
  const into = await world();
  expect(await read(into, lines)).toMatchObject({ collection: 'default', new: 5 });
  const before = seen(await documents(into));
  expect(await read(into, lines)).toMatchObject({ new: 0, changed: 0, same: 5 });
  // A newer export of the same says nothing new either.
  expect(await read(into, await exported(from))).toMatchObject({ new: 0, changed: 0, same: 5 });
  expect(seen(await documents(into))).toEqual(before);
  expect(await into.crawl(pictures)).toMatchObject({ unchanged: 5, inferences: 0 });
  expect(await read(into, lines)).toMatchObject({ new: 0, changed: 0, same: 5 });
  expect(await read(into, lines, 'other')).toMatchObject({ collection: 'other', new: 5 });
  const { hits } = await into.parts.index.search({
    collection: 'other',
    filter: {},
    orderBy: { field: 'DATE', direction: 'DESC' },
    first: 10,
  });
  expect(hits.map(({ document }) => document.sha256).sort()).toEqual(
    before.map(({ sha256 }) => sha256).sort(),
  );
});

test('what a place itself says of an image comes along', async () => {
  const from = await world();
  const pictures = await pictureFolder(join(from.folder, 'pictures'), 1);
  await from.crawl(pictures);
  const { ledger } = from.parts;
  const [location] = await ledger.list('location', {}, { limit: 1 });
  const { id, record } = location!;
  const said = { collection: 'default', locationId: id, pageId: id, pageUrl: record.url, seenAt: now() };
  await amend(ledger, [
    amendment('appearance', appearanceId(id, id), () => ({
      ...said,
      context: { alt: 'said in its metadata' },
    })),
  ]);
  const lines = await exported(from);
  expect(lines[1]).not.toContain('"page":');
  const into = await world();
  await read(into, lines, 'other');
  const found = await into.app.search({ collection: 'other', words: 'metadata', labels: [], first: 1 });
  expect(found.hits.map(({ document }) => document.appearances[0]!.context.alt)).toEqual([
    'said in its metadata',
  ]);
  expect(await read(into, lines, 'other')).toMatchObject({ new: 0, changed: 0, same: 1 });
});

test('what was exported and read and exported again is the same', async () => {
  const site = await openSite();
  site.set('/2.html', '<title>Second</title><img src="/two.jpg"><img src="/a.gif" width="1" height="1">');
  const from = await world(onSite(site));
  await from.crawl(site.url);
  const into = await world();
  const lines = await exported(from);
  expect(lines.join('')).toContain('"skip":"tracking_pixel"');
  await read(into, lines);
  expect((await exported(into)).slice(1).map((line) => JSON.parse(line))).toEqual(
    lines.slice(1).map((line) => JSON.parse(line)),
  );
});

test('an image with many locations and appearances is spread over lines, and comes in whole', async () => {
  const content = await picture(1);
  const pages = Array.from({ length: 120 }, (_, at) => `/${at}.html`);
  const all = Array.from({ length: 45 }, (_, at) => `<img src="/${at}.jpg">`).join('');
  const site = await openWebServer({
    '/': pages.map((path) => `<a href="${path}">.</a>`).join('') + all,
    ...Object.fromEntries(
      pages.map((path) => [path, `<title>${path}</title><img src="/0.jpg" alt="on ${path}">`]),
    ),
    ...Object.fromEntries(Array.from({ length: 45 }, (_, at) => [`/${at}.jpg`, content])),
  });
  open.push(site);
  const from = await world(onSite(site));
  addsUp(await from.crawl(site.url));
  const lines = await exported(from);
  const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
  expect(types.filter((type) => type === 'location')).toHaveLength(25);
  expect(types).toContain('appearances');
  const into = await world();
  expect(await read(into, lines)).toMatchObject({ new: 1, badLines: 0, isCutOff: false });
  const [document] = await documents(into);
  expect(document).toMatchObject({ appearanceCount: 165 });
  const [original] = await documents(from);
  const parts = ({ locations, appearances, labels, hosts }: ImageDocument) => ({
    locations: locations.map(({ id }) => id).sort(),
    appearances: appearances.map(({ pageUrl, context }) => `${pageUrl} ${context.alt}`).sort(),
    labels,
    hosts,
  });
  expect(parts(document!)).toEqual(parts(original!));
});

test('merging: what is newer wins, and what is here stays', async () => {
  const from = await world();
  const pictures = await pictureFolder(join(from.folder, 'pictures'), 3);
  await from.crawl(pictures);
  const old = await exported(from);
  await writeFile(join(pictures, '0.jpg'), await picture(50));
  await from.crawl(pictures);
  const newer = await exported(from);
  const into = await world();
  const own = await pictureFolder(join(into.folder, 'own'), 1);
  await into.crawl(own);
  expect(await read(into, old)).toMatchObject({ new: 2, changed: 1 });
  expect(await read(into, newer)).toMatchObject({ new: 1, changed: 0, same: 2 });
  const after = await documents(into);
  expect(after).toHaveLength(4);
  // The picture of the own folder lay in the other, too, until that changed.
  expect(
    after.flatMap(({ locations }) => locations.map(({ url }) => url.split('/').slice(-2).join('/'))).sort(),
  ).toEqual(['own/0.jpg', 'pictures/0.jpg', 'pictures/1.jpg', 'pictures/2.jpg']);
  expect(await read(into, old)).toMatchObject({ new: 0, changed: 0, same: 3 });
  expect(seen(await documents(into))).toEqual(seen(after));
  const collection = await into.parts.ledger.get('collection', ['default']);
  expect(collection[0]!.record.sources).toHaveLength(1);
  expect(collection[0]!.record.importedSources).toHaveLength(1);
});

test.each(['old, newer', 'newer, old', 'newer, old, newer, old'])(
  'pages: whatever the order (%s), the newest reading is what shows',
  async (order) => {
    const site = await openSite();
    const from = await world(onSite(site));
    await from.crawl(site.url);
    const old = await exported(from);
    site.set('/2.html', '<title>Second</title><img src="/both.jpg" alt="both anew">');
    await from.crawl(site.url);
    const newer = await exported(from);
    const into = await world();
    for (const name of order.split(', ')) await read(into, name === 'old' ? old : newer);
    const alts = (all: readonly ImageDocument[]) =>
      all.flatMap(({ appearances }) => appearances.map(({ context }) => context.alt)).sort();
    expect(alts(await documents(from))).toEqual(['both anew', 'both here', 'one alone']);
    expect(alts(await documents(into))).toEqual(['both anew', 'both here', 'one alone']);
    expect(await into.parts.ledger.tally('image', { dirty: true }, [])).toMatchObject([{ count: 0 }]);
  },
);

test('a file that is cut off is read as far as it goes, and says so', async () => {
  const from = await world();
  await from.crawl(await pictureFolder(join(from.folder, 'pictures'), 4));
  const lines = await exported(from);
  const into = await world();
  const half = [...lines.slice(0, 3), lines[3]!.slice(0, 200)];
  const report = await read(into, half);
  expect(report).toMatchObject({ new: 2, badLines: 1, isCutOff: true, bad: ['4 expected JSON'] });
  expect(await documents(into)).toHaveLength(2);
  expect(await read(into, lines.slice(0, -1))).toMatchObject({
    new: 2,
    same: 2,
    badLines: 0,
    isCutOff: true,
  });
  expect(await read(into, [...lines.slice(0, 2), ...lines.slice(3)])).toMatchObject({
    isCutOff: true,
    bad: [`${lines.length - 1} expected ${lines.length} lines, came ${lines.length - 1}`],
  });
});

type Tampering = readonly [name: string, change: (line: Record<string, unknown>) => unknown, reason: RegExp];
const tampered: readonly Tampering[] = [
  ['another hash', (line) => ({ ...line, sha256: 'a'.repeat(64) }), /description.key: does not belong/],
  ['a hash that is none', (line) => ({ ...line, sha256: '../../etc' }), /sha256: expected 64 hexadecimal/],
  ['no locations', (line) => ({ ...line, locations: [] }), /locations/],
  ['no description', ({ description: _, ...line }) => line, /description/],
  [
    'a thumbnail that is no JPEG',
    (line) => ({ ...line, thumbnail: btoa('<script>') }),
    /thumbnail: expected a JPEG/,
  ],
  ['another type', (line) => ({ ...line, type: 'crawl' }), /expected a type of page, image/],
  ['no object', () => [1, 2], /expected a type of/],
  ['null', () => null, /expected a type of/],
  [
    'an address that runs',
    ({ locations, ...line }) => ({
      ...line,
      locations: (locations as object[]).map((location) => ({ ...location, url: 'javascript:alert(1)' })),
    }),
    /locations.0.url: expected an address/,
  ],
  [
    'a link that runs',
    ({ locations, ...line }) => ({
      ...line,
      locations: (locations as object[]).map((location) => ({
        ...location,
        appearances: [
          {
            pageUrl: 'https://a.example/',
            context: { link: 'javascript:alert(1)' },
            seenAt: '2026-01-01T00:00:00.000Z',
          },
        ],
      })),
    }),
    /locations.0.appearances.0.context.link: expected an address/,
  ],
  [
    'a score too many',
    ({ description, ...line }) => ({
      ...line,
      description: { ...(description as object), scores: [['n02084071', 70_000]] },
    }),
    /description.scores.0.1/,
  ],
];
test.each(tampered)(
  'a line with %s is told with its number, and the rest is read',
  async (_, change, reason) => {
    const from = await world();
    await from.crawl(await pictureFolder(join(from.folder, 'pictures'), 3));
    const lines = await exported(from);
    lines[2] = `${JSON.stringify(change(JSON.parse(lines[2]!)))}\n`;
    const into = await world();
    const report = await read(into, lines);
    expect(report).toMatchObject({ new: 2, badLines: 1, isCutOff: false });
    expect(report.bad[0]).toMatch(/^3 /);
    expect(report.bad[0]).toMatch(reason);
    expect(await documents(into)).toHaveLength(2);
  },
);

test.each([
  ['nothing', [], /expected a file that `imagedex export` wrote/],
  ['another file', ['hello\n'], /expected a file that `imagedex export` wrote/],
  ['JSON of something else', ['{"type":"header"}\n'], /expected a file that `imagedex export` wrote/],
  [
    'a newer format',
    [`{"type":"header","format":"imagedex-collection","version":${formatVersion + 1}}\n`],
    /written by a newer imagedex: expected format version 1 or older, found 2/,
  ],
  [
    'a header with half of it missing',
    ['{"type":"header","format":"imagedex-collection","version":1}\n'],
    /line 1, the header: id/,
  ],
])('%s is refused', async (_, lines, message) => {
  const into = await world();
  await expect(read(into, lines)).rejects.toMatchObject({ code: 'import_invalid' });
  await expect(read(into, lines)).rejects.toThrow(message);
  expect(await into.parts.ledger.list('collection', {}, { limit: 1 })).toEqual([]);
});

test('sources that a file names are crawled by nobody who has not named them, too', async () => {
  const from = await world();
  const pictures = await pictureFolder(join(from.folder, 'pictures'), 2);
  await from.crawl(pictures);
  const lines = await exported(from);
  const into = await world();
  const named = [`folder:${pictures}`];
  expect((await read(into, lines)).sources).toEqual(named);
  const signal = new AbortController().signal;
  const own = { sources: [], collection: 'default', maxImages: null, fresh: false };
  await expect(into.app.crawl(own, signal)).rejects.toMatchObject({ code: 'not_found' });
  await expect(into.app.schedules.set({ collection: 'default', cron: '0 3 * * *' })).rejects.toMatchObject({
    code: 'not_found',
  });
  expect(JSON.parse((await exported(into))[0]!).sources).toEqual(named);
  const other = await pictureFolder(join(into.folder, 'own'), 1);
  await into.crawl(other);
  expect(await into.app.crawl(own, signal)).toMatchObject({ indexed: 1, unchanged: 1 });
  expect(await into.crawl(pictures)).toMatchObject({ unchanged: 2, inferences: 0 });
  expect(await read(into, lines)).toMatchObject({ sources: [], same: 2 });
  const [collection] = await into.parts.ledger.get('collection', ['default']);
  expect(collection!.record.sources).toEqual([`folder:${other}`, ...named]);
});

/** The only picture, of which the file says something else than is true, and shows another thumbnail. */
async function strangeLines(from: World): Promise<{ lines: string[]; pictures: string; thumbnail: Buffer }> {
  const pictures = await pictureFolder(join(from.folder, 'pictures'), 1);
  await from.crawl(pictures);
  const thumbnail = await picture(222);
  const lines = (await exported(from)).map((text) => {
    const line = JSON.parse(text);
    if (line.type !== 'image') return text;
    line.description.scores = [['n02123045', 65_535]];
    line.thumbnail = thumbnail.toString('base64');
    return `${JSON.stringify(line)}\n`;
  });
  return { lines, pictures, thumbnail };
}
const strangeLabel = 'n02123045';
const labelsIn = async ({ parts }: World, collection: string): Promise<string> => {
  const orderBy = { field: 'DATE', direction: 'DESC' } as const;
  const { hits } = await parts.index.search({ collection, filter: {}, orderBy, first: 9 });
  return JSON.stringify(hits.map(({ document }) => document.labels));
};

test('what a file says of bytes stands until they are seen here, and for its collection alone', async () => {
  const from = await world();
  const { lines, pictures, thumbnail } = await strangeLines(from);
  const [{ sha256 }] = (await documents(from)) as [ImageDocument];
  const into = await world();
  const key = thumbnailKey(sha256);
  await read(into, lines, 'strange');
  expect(await labelsIn(into, 'strange')).toContain(strangeLabel);
  expect(await into.parts.blobs.get(key)).toEqual(thumbnail);
  // Another import of the same bytes is not misled, either.
  await read(into, await exported(from), 'trusted');
  expect(await labelsIn(into, 'trusted')).toEqual(await labelsIn(from, 'default'));
  // Nor a crawl: it describes them, and all who imported them are told.
  expect(await into.crawl(pictures)).toMatchObject({ inferences: 1 });
  for (const collection of ['default', 'strange', 'trusted'])
    expect(await labelsIn(into, collection)).toEqual(await labelsIn(from, 'default'));
  expect(await into.parts.blobs.get(key)).toEqual(await from.parts.blobs.get(key));
  expect(await into.parts.ledger.tally('image', { dirty: true }, [])).toMatchObject([{ count: 0 }]);
  expect(await into.parts.ledger.tally('description', {}, [])).toMatchObject([{ count: 1 }]);
});

test('what a file says goes with its collection, though another has the same bytes', async () => {
  const from = await world();
  const { lines } = await strangeLines(from);
  const into = await world();
  await read(into, lines, 'one');
  await read(into, lines, 'two');
  const openQueue = () => into.parts.openQueue();
  await deleteCollection({ ...into.parts, openQueue }, 'one');
  const left = await into.parts.ledger.list('description', {}, { limit: 9 });
  expect(left.map(({ record }) => record.importedInto)).toEqual(['two']);
  expect(await labelsIn(into, 'two')).toContain(strangeLabel);
});

test('what was seen here is what it is, whatever a file says of it later', async () => {
  const from = await world();
  const { lines, pictures } = await strangeLines(from);
  const [{ sha256 }] = (await documents(from)) as [ImageDocument];
  const into = await world();
  await into.crawl(pictures);
  await into.parts.blobs.remove(thumbnailKey(sha256));
  await read(into, lines, 'strange');
  expect(await labelsIn(into, 'strange')).toEqual(await labelsIn(into, 'default'));
  expect(await into.parts.blobs.get(thumbnailKey(sha256))).toBeNull();
  // Nothing of the file is left to be exported, and nothing of how it is kept.
  expect(JSON.parse((await exported(into, 'strange'))[1]!).description).toEqual(
    JSON.parse((await exported(into))[1]!).description,
  );
});

test('what a file says of the future is taken as of now', async () => {
  const from = await world();
  const pictures = await pictureFolder(join(from.folder, 'pictures'), 1);
  await from.crawl(pictures);
  const lines = (await exported(from)).map((line) => line.replace(/"fetchedAt":"2/g, '"fetchedAt":"9'));
  const into = await world();
  expect(await read(into, lines)).toMatchObject({ new: 1, badLines: 0 });
  const [{ fetchedAt }] = (await documents(into)) as [ImageDocument];
  expect(fetchedAt <= now()).toBe(true);
});

test('what was taken down stays down', async () => {
  const site = await openSite();
  const from = await world(onSite(site));
  await from.crawl(site.url);
  const lines = await exported(from);
  const one = (await documents(from)).find(({ locations }) => locations[0]!.url.endsWith('/one.jpg'))!;
  const into = await world();
  await block(into.parts.ledger, [
    { subject: 'content', value: one.sha256 },
    { subject: 'address', value: `${site.url}/two.jpg` },
    { subject: 'address', value: `${site.url}/1.html` },
  ]);
  expect(await read(into, lines)).toMatchObject({ new: 1, takenDown: 2, badLines: 0, isCutOff: false });
  const [both, ...others] = await documents(into);
  expect(others).toEqual([]);
  expect(both!.appearances.map(({ context }) => context.alt)).toEqual(['both there']);
  expect(await into.parts.blobs.get(thumbnailKey(one.sha256))).toBeNull();
  const site2 = await world();
  await block(site2.parts.ledger, [{ subject: 'site', value: site.host }]);
  expect(await read(site2, lines)).toMatchObject({ new: 0, takenDown: 3 });
  for (const kind of ['location', 'page', 'appearance', 'image', 'description'] as const)
    expect(await site2.parts.ledger.list(kind, {}, { limit: 10 })).toEqual([]);
});

test('while a crawl of the collection runs it is refused; one that is only unfinished is in nobody’s way', async () => {
  const from = await world();
  const pictures = await pictureFolder(join(from.folder, 'pictures'), 2);
  await from.crawl(pictures);
  const lines = await exported(from);
  const into = await world();
  await into.crawl(await pictureFolder(join(into.folder, 'own'), 1));
  const [crawl] = await into.parts.ledger.list('crawl', {}, { limit: 1 });
  const owner = await openOwner(into.parts.ledger);
  open.push(owner);
  await amend(into.parts.ledger, [
    amendment('crawl', crawl!.id, (old) => ({ ...old!, state: 'running', owner: owner.id })),
    amendment('collection', 'default', (old) => ({ ...old!, unfinished: { [old!.sources[0]!]: crawl!.id } })),
  ]);
  await expect(read(into, lines)).rejects.toMatchObject({ code: 'crawl_running' });
  expect(await read(into, lines, 'other')).toMatchObject({ new: 2 });
  await amend(into.parts.ledger, [amendment('crawl', crawl!.id, (old) => ({ ...old!, owner: null }))]);
  expect(await read(into, lines)).toMatchObject({ new: 1, changed: 1 });
});

test('without thumbnails: all but these', async () => {
  const from = await world();
  await from.crawl(await pictureFolder(join(from.folder, 'pictures'), 2));
  const lines = await exported(from, 'default', false);
  expect(lines.join('')).not.toContain('"thumbnail"');
  const into = await world();
  expect(await read(into, lines)).toMatchObject({ new: 2, badLines: 0 });
  for (const { sha256 } of await documents(into))
    expect(await into.parts.blobs.get(thumbnailKey(sha256))).toBeNull();
});

test('cut off by a kill, the same import again completes it', async () => {
  const from = await world();
  await from.crawl(await pictureFolder(join(from.folder, 'pictures'), 3));
  const lines = await exported(from);
  const into = await world();
  await read(into, lines.slice(0, 3));
  // Killed after the ledger was written and before the index was.
  for await (const { id, record } of listAll(into.parts.ledger, 'image', {})) {
    await into.parts.index.forget([id]);
    await amend(into.parts.ledger, [amendment('image', id, () => ({ ...record, indexedRevision: 0 }))]);
  }
  expect(await documents(into)).toEqual([]);
  expect(await read(into, lines)).toMatchObject({ new: 1, same: 2, isCutOff: false });
  expect(seen(await documents(into))).toEqual(seen(await documents(from)));
});

test('the example in the documents is one', async () => {
  const page = await readFile(join(projectRoot, 'docs', 'export-format.md'), 'utf8');
  const example = /```jsonl\n(.*?)```/s.exec(page)![1]!;
  const into = await world();
  expect(await read(into, [example])).toMatchObject({ new: 1, lines: 5, badLines: 0, isCutOff: false });
  const [barn] = await documents(into);
  expect(barn!.labels.map(({ name }) => name)).toContain('barn');
  expect(barn!.appearances).toMatchObject([{ context: { caption: 'Built in 1890' } }]);
});

test('kill -9 in the middle: the same import again completes it', { timeout: 60_000 }, async () => {
  const into = await world();
  const lines = [...madeUpLines(600)];
  const dataDir = join(into.folder, 'data');
  const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
  const child = spawn(process.execPath, [cli, 'import', '-', '--data-dir', dataDir], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  // It waits for the rest when it is killed, whatever it has done of these.
  child.stdin.on('error', () => {});
  for (const line of lines.slice(0, 1000)) child.stdin.write(line);
  const written = async () => (await into.parts.ledger.tally('image', {}, []))[0]?.count ?? 0;
  while ((await written()) === 0) await sleep(5);
  child.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
  const before = await written();
  expect(before).toBeLessThan(600);
  const report = await read(into, lines);
  expect(report).toMatchObject({ new: 600 - before, same: before, badLines: 0, isCutOff: false });
  const query = {
    collection: 'many',
    filter: {},
    orderBy: { field: 'DATE', direction: 'DESC' },
    first: 1,
  } as const;
  expect((await into.parts.index.search(query)).totalCount.value).toBe(600);
  expect(await into.parts.ledger.tally('image', { dirty: true }, [])).toMatchObject([{ count: 0 }]);
});
