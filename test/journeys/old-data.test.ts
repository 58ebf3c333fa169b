// A data directory that version 0.1.0 wrote: today's program opens it, has all that was in it, and works on in it.
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeBackup } from '../../src/app/make-backup.ts';
import { exportLines, importLines } from '../../src/app/move-collection.ts';
import { thumbnailKey } from '../../src/blobs/blobs.ts';
import { crawlReport } from '../../src/crawl-report.ts';
import { cancelCrawl } from '../../src/crawls/claim.ts';
import { sha256Of } from '../../src/record.ts';
import { openConnection } from '../../src/sqlite/binding.ts';
import { imagedex } from '../commands/surroundings.ts';
import { pictureFolder } from '../pictures.ts';
import { projectRoot } from '../source-files.ts';
import { addsUp, documents, openWorld, testFolder, type World } from '../world.ts';

// Eight images of folder:/srv/pictures in `default` with one failure; in `other` an unfinished crawl of folder:/srv/many
// that was killed.
const fixture = fileURLToPath(new URL('../fixtures/data-0.1.0.tar.gz', import.meta.url));
/** Where the fixture's pictures are from. */
const pictures = join(projectRoot, 'demo', 'pictures');
const never = new AbortController().signal;

let folder: string;
let open: World[];
beforeEach(async () => {
  folder = await testFolder();
  open = [];
  await mkdir(join(folder, 'data'));
  execFileSync('tar', ['xzf', fixture, '-C', join(folder, 'data')]);
});
afterEach(async () => {
  for (const world of open) await world.close();
  await rm(folder, { recursive: true, force: true });
});
const world = async (within = folder): Promise<World> => {
  const opened = await openWorld({}, within);
  open.push(opened);
  return opened;
};

function versions(): Record<string, number> {
  const connection = openConnection(join(folder, 'data', 'imagedex.db'));
  const rows = connection.all<{ module: string; version: number }>(
    'SELECT module, version FROM schema_versions',
  );
  connection.close();
  return Object.fromEntries(rows.map(({ module, version }) => [module, version]));
}

test('all that was in it is there: images, labels, thumbnails, failures, crawls', async () => {
  expect(versions()).toEqual({ ledger: 1, queue: 1, image_index: 1 });
  const here = await world();
  const all = await documents(here);
  const names = all.map(({ locations }) => locations[0]!.url.split('/').at(-1)).sort();
  expect(names).toEqual(
    ['abacus', 'alp', 'banana', 'barn', 'barrel', 'chain', 'hourglass', 'keyboard'].map(
      (name) => `${name}.jpg`,
    ),
  );
  for (const { sha256, labels } of all) {
    expect(labels.length).toBeGreaterThan(0);
    const thumbnail = await here.parts.blobs.get(thumbnailKey(sha256));
    expect(thumbnail!.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
  }
  const { hits } = await here.app.search({ collection: 'default', words: 'hourglass', labels: [], first: 5 });
  expect(hits.map(({ document }) => document.locations[0]!.url)).toEqual([
    'file:///srv/pictures/hourglass.jpg',
  ]);
  expect(await here.app.failures('default')).toMatchObject([{ code: 'undecodable', stage: 'describe' }]);
  const crawls = await here.parts.ledger.list('crawl', {}, { limit: 10 });
  expect(crawls.map(({ record }) => `${record.collection} ${record.state}`)).toEqual([
    'default complete',
    'other running',
  ]);
  expect(await crawlReport(here.parts.ledger, crawls[0]!.id)).toMatchObject({
    found: 9,
    indexed: 8,
    failed: 1,
  });
  const [description] = await here.parts.ledger.list('description', { sha256: all[0]!.sha256 }, { limit: 2 });
  expect(description!.record.sha256).toBe(all[0]!.sha256);
  await here.close();
  open = [];
  expect(versions()['ledger']).toBeGreaterThanOrEqual(2);
});

test('names of files are found by us, and not from pages of other origins', async () => {
  const here = await world();
  const search = (words: readonly string[], onWeb?: true) =>
    here.parts.index.search({
      collection: 'default',
      filter: { text: [{ concepts: [], tokens: words, ...(onWeb && { onWeb }) }] },
      orderBy: { field: 'RELEVANCE', direction: 'DESC' },
      first: 10,
    });
  for (const { id, tokens, localTokens } of await documents(here)) {
    expect(Object.values(tokens).flat()).toEqual([]);
    const words = localTokens!.section.filter((word) => word !== '|');
    expect(words.length).toBeGreaterThan(0);
    expect((await search(words)).hits).toMatchObject([{ document: { id }, relevance: 0.142857 }]);
    expect((await search(words, true)).hits).toEqual([]);
  }
});

test('the command line, word for word', async () => {
  const dataDir = ['--data-dir', join(folder, 'data')];
  const search = await imagedex(['search', 'banana', ...dataDir, '--json']);
  expect(search).toMatchObject({ code: 0, err: '' });
  expect(search.out).toContain('file:///srv/pictures/banana.jpg');
  expect((await imagedex(['failures', ...dataDir])).out).toContain('cut-off.jpg');
  expect((await imagedex(['crawls', 'list', ...dataDir])).out).toMatch(/complete\s+command/);
  expect((await imagedex(['crawls', 'list', '--collection', 'other', ...dataDir])).out).toMatch(
    /running\s+command/,
  );
});

test('the crawl that was killed keeps nobody from working, and can be cancelled', async () => {
  const here = await world();
  const { ledger } = here.parts;
  const [unfinished] = await ledger.list('crawl', { state: 'running' }, { limit: 2 });
  addsUp(await here.crawl(await pictureFolder(join(folder, 'pictures'), 3)));
  expect(await documents(here)).toHaveLength(11);
  expect(await cancelCrawl(ledger, unfinished!.id)).toBe(true);
  expect(await crawlReport(ledger, unfinished!.id)).toMatchObject({
    state: 'cancelled',
    found: 12,
    indexed: 3,
  });
  const [other] = await ledger.get('collection', ['other']);
  expect(other!.record.unfinished).toEqual({});
  const more = await pictureFolder(join(folder, 'more'), 2);
  const request = { sources: [more], collection: 'other', maxImages: null, fresh: false };
  addsUp(await here.app.crawl(request, never));
});

test('export, import and backup work on it', async () => {
  const here = await world();
  const lines: string[] = [];
  for await (const line of exportLines(here.parts, { collection: 'default', thumbnails: true }, never))
    lines.push(line);
  const bytes = Readable.from(lines.map((line) => Buffer.from(line)));
  expect(await importLines(here.parts, bytes, 'copy', { signal: never })).toMatchObject({
    new: 8,
    badLines: 0,
    isCutOff: false,
  });
  const backup = join(folder, 'backup', 'data');
  expect(await makeBackup(here.parts, backup, never)).toMatchObject({ thumbnails: 11 });
  const there = await world(join(folder, 'backup'));
  expect(await documents(there)).toEqual(await documents(here));
});

test('equal images are not classified again', async () => {
  const here = await world();
  const known = new Set((await documents(here)).map(({ sha256 }) => sha256));
  const again = join(folder, 'again');
  await mkdir(again);
  for (const name of await readdir(pictures)) {
    const file = join(pictures, name);
    if (known.has(sha256Of(await readFile(file)))) await copyFile(file, join(again, name));
  }
  expect(await readdir(again)).toHaveLength(known.size);
  expect(await here.crawl(again)).toMatchObject({ found: 8, indexed: 8, inferences: 0 });
  expect(await documents(here)).toHaveLength(8);
});

test('what a newer version wrote is refused, and left as it is', async () => {
  const here = await world();
  await here.close();
  open = [];
  const file = join(folder, 'data', 'imagedex.db');
  const connection = openConnection(file);
  connection.run('UPDATE schema_versions SET version = version + 1');
  connection.close();
  const before = versions();
  await expect(openWorld({}, folder)).rejects.toMatchObject({ code: 'data_newer' });
  await expect(openWorld({}, folder)).rejects.toThrow(/written by a newer imagedex: .* update imagedex/s);
  expect(versions()).toEqual(before);
});
