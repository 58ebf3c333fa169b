// A backup taken while a crawl runs is whole and consistent, and carries on by itself; onto a full disk there is none.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { makeBackup } from '../../src/app/make-backup.ts';
import { thumbnailKey } from '../../src/blobs/blobs.ts';
import { listAll } from '../../src/ledger.ts';
import { openOwner } from '../../src/owner.ts';
import { picture, pictureFolder } from '../pictures.ts';
import { openWebServer, type WebServer } from '../web-server.ts';
import { addsUp, documents, openWorld, stopAfter, testFolder, type World } from '../world.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
const world = async (flags: Record<string, unknown> = {}, folder?: string): Promise<World> => {
  const opened = await openWorld({ hostDelayMs: 0, ...flags }, folder);
  open.push(opened);
  return opened;
};
const never = new AbortController().signal;

const images = 120;
/** Ten pages of twelve pictures; each answer takes a little, so that the crawl is under way for a while. */
async function openSite(): Promise<WebServer> {
  const pages: Record<string, string | Buffer> = {
    '/': Array.from({ length: 10 }, (_, page) => `<a href="/${page}.html">.</a>`).join(''),
  };
  for (let number = 0; number < images; number++) {
    const page = `/${number % 10}.html`;
    pages[page] = `${pages[page] ?? ''}<img src="/${number}.jpg" alt="picture ${number}">`;
    pages[`/${number}.jpg`] = await picture(number);
  }
  const server = await openWebServer(pages, { delayMs: 10 });
  open.push(server);
  return server;
}

/** What must hold of any state of the data, whenever it was copied. */
async function isConsistent({ parts }: World): Promise<number> {
  const { ledger, index, blobs } = parts;
  let indexed = 0;
  for await (const { record } of listAll(ledger, 'location', { collection: 'default', state: 'indexed' })) {
    indexed++;
    const [image] = await ledger.get('image', [record.imageId!]);
    const [description] = await ledger.get('description', [record.descriptionKey!]);
    const [document] = await index.get([record.imageId!]);
    expect(image, record.url).toBeDefined();
    expect(description?.record.sha256).toBe(record.sha256);
    expect(document?.locations.map(({ url }) => url)).toContain(record.url);
    expect((await blobs.get(thumbnailKey(record.sha256!)))?.length).toBeGreaterThan(0);
  }
  for await (const { id, record } of listAll(ledger, 'appearance', {})) {
    expect(await ledger.get('page', [record.pageId]), id).toHaveLength(1);
    expect(await ledger.get('location', [record.locationId]), id).toHaveLength(1);
  }
  return indexed;
}

/** Resolves when the server has been asked so often. */
const askedSoOften = async (server: WebServer, requests: number): Promise<void> => {
  const signal = stopAfter(server, requests);
  if (!signal.aborted) await new Promise((done) => signal.addEventListener('abort', done, { once: true }));
};

describe('a backup during a crawl', { timeout: 120_000 }, () => {
  test('opens, is consistent, and carries on at once, while the first crawl goes on to its end', async () => {
    const site = await openSite();
    const flags = { allowPrivateHosts: [site.host], concurrency: 4 };
    const here = await world(flags);
    const crawling = here.crawl(site.url);
    const folder = await testFolder();
    open.push({ close: () => rm(folder, { recursive: true, force: true }) });
    const copied: { folder: string; indexed: number }[] = [];
    for (const requests of [20, 60, 100]) {
      await askedSoOften(site, requests);
      const backup = join(folder, String(requests), 'data');
      await makeBackup(here.parts, backup, never);
      expect(await readdir(backup)).not.toContain('imagedex.db-wal');
      const there = await openWorld({ ...flags }, join(folder, String(requests)));
      copied.push({ folder: join(folder, String(requests)), indexed: await isConsistent(there) });
      await there.close();
    }
    const report = await crawling;
    addsUp(report);
    expect(report).toMatchObject({ found: images, indexed: images });
    expect(copied.map(({ indexed }) => indexed)).toEqual(
      [...copied.map(({ indexed }) => indexed)].sort((a, b) => a - b),
    );
    expect(copied.at(-1)!.indexed).toBeLessThan(images);

    const middle = await world(flags, copied[1]!.folder);
    // The living process is no owner here, and of what it had leased nothing is held back.
    expect(await middle.parts.ledger.list('owner', {}, { limit: 10 })).toEqual([]);
    const [before] = await middle.parts.ledger.list('crawl', { state: 'running' }, { limit: 10 });
    site.forget();
    const carriedOn = await middle.crawl(site.url);
    expect(carriedOn.crawlId).toBe(before!.id);
    addsUp(carriedOn);
    expect(carriedOn).toMatchObject({ found: images, indexed: images });
    expect(site.asked.filter(({ path }) => path.endsWith('.jpg')).length).toBeLessThan(images);
    expect(await documents(middle)).toHaveLength((await documents(here)).length);
    await isConsistent(middle);
    // Here nothing has changed by that.
    const [crawl] = await here.parts.ledger.get('crawl', [report.crawlId]);
    expect(crawl!.record.state).toBe('complete');
  });

  test('nobody waits for it who writes meanwhile', async () => {
    const here = await world();
    await here.crawl(await pictureFolder(join(here.folder, 'pictures'), 3));
    const owner = await openOwner(here.parts.ledger);
    const [backup, other] = await Promise.all([
      makeBackup(here.parts, join(here.folder, 'copy'), never),
      here.crawl(await pictureFolder(join(here.folder, 'more'), 6)),
    ]);
    await owner.close();
    expect(backup.thumbnails).toBeGreaterThanOrEqual(3);
    expect(other).toMatchObject({ indexed: 6 });
  });
});

describe('where a backup goes', () => {
  test('a new folder or an empty one; models come along, links in them are followed', async () => {
    const here = await world();
    await here.crawl(await pictureFolder(join(here.folder, 'pictures'), 2));
    await mkdir(join(here.folder, 'data', 'models', 'own'), { recursive: true });
    await writeFile(join(here.folder, 'elsewhere.json'), '{}');
    await symlink(
      join(here.folder, 'elsewhere.json'),
      join(here.folder, 'data', 'models', 'own', 'config.json'),
    );
    await mkdir(join(here.folder, 'empty'));
    for (const name of ['empty', 'new/deep']) {
      const folder = join(here.folder, name);
      const report = await makeBackup(here.parts, folder, never);
      expect(report).toMatchObject({ folder, thumbnails: 2 });
      expect((await stat(join(folder, 'models', 'own', 'config.json'))).isFile()).toBe(true);
      await expect(makeBackup(here.parts, folder, never)).rejects.toMatchObject({ code: 'file_exists' });
    }
    expect((await readdir(here.folder)).filter((name) => name.includes('partial'))).toEqual([]);
  });

  test('what is dropped and replaced here later stays in the backup', async () => {
    const here = await world();
    await here.crawl(await pictureFolder(join(here.folder, 'pictures'), 1));
    const [document] = await documents(here);
    const key = thumbnailKey(document!.sha256);
    const thumbnail = await here.parts.blobs.get(key);
    await makeBackup(here.parts, join(here.folder, 'copy', 'data'), never);
    await here.parts.blobs.put(key, new Uint8Array());
    const there = await world({}, join(here.folder, 'copy'));
    expect(await there.parts.blobs.get(key)).toEqual(thumbnail);
  });

  test('stopped, or in a place that cannot be written to, it leaves nothing', async () => {
    const here = await world();
    await here.crawl(await pictureFolder(join(here.folder, 'pictures'), 2));
    const stop = new AbortController();
    stop.abort();
    await expect(makeBackup(here.parts, join(here.folder, 'copy'), stop.signal)).rejects.toThrow();
    await writeFile(join(here.folder, 'file'), '');
    await expect(makeBackup(here.parts, join(here.folder, 'file', 'copy'), never)).rejects.toMatchObject({
      code: 'data_unavailable',
    });
    await expect(makeBackup(here.parts, join(here.folder, 'file'), never)).rejects.toMatchObject({
      code: 'file_exists',
    });
    expect((await readdir(here.folder)).sort()).toEqual(['data', 'file', 'pictures']);
  });
});

// A disk of a size that we choose needs the right to mount one.
const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

test.skipIf(!mayMount)(
  'onto a full disk: a clear word, and nothing half done',
  { timeout: 120_000 },
  async () => {
    const here = await world();
    await here.crawl(await pictureFolder(join(here.folder, 'pictures'), 40));
    const databaseBytes = (await makeBackup(here.parts, join(here.folder, 'first'), never)).databaseBytes;
    const disk = join(here.folder, 'disk');
    mkdirSync(disk);
    // Too small for the database; then for the thumbnails that come after it.
    for (const size of [Math.floor(databaseBytes / 2), databaseBytes + 64 * 1024]) {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk]);
      try {
        const folder = join(disk, 'copy');
        await expect(makeBackup(here.parts, folder, never)).rejects.toMatchObject({
          code: 'data_unavailable',
          message: expect.stringMatching(/^no backup was made.*the disk is full/s),
        });
        expect(readdirSync(disk)).toEqual([]);
      } finally {
        execFileSync('umount', ['-l', disk]);
      }
    }
    expect(existsSync(join(here.folder, 'first', 'imagedex.db'))).toBe(true);
  },
);
