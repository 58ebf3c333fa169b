// A user lets `serve` watch a folder: what is put there is found within seconds, what goes is gone, and nothing is read half.
import { copyFile, mkdir, open as openFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CrawlRecord, WatchRecord } from '../../src/ledger.ts';
import { picture } from '../pictures.ts';
import { documents, openWorld, testFolder, type World } from '../world.ts';

/** Looks again and again until it is so. */
async function until(what: () => Promise<boolean>, mostMs = 15_000): Promise<number> {
  const start = performance.now();
  while (!(await what())) {
    if (performance.now() - start > mostMs) throw new Error(`not so after ${mostMs} ms: ${what}`);
    await sleep(100);
  }
  return performance.now() - start;
}

async function crawlsOf({ parts }: World): Promise<CrawlRecord[]> {
  const crawls = await parts.ledger.list('crawl', {}, { limit: 1000 });
  return crawls.map(({ record }) => record).sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
}
const changeCrawls = async (world: World): Promise<CrawlRecord[]> =>
  (await crawlsOf(world)).filter(({ changesOnly }) => changesOnly === true);
async function watchOf({ parts }: World): Promise<WatchRecord | undefined> {
  return (await parts.ledger.list('watch', {}, { limit: 1 }))[0]?.record;
}
const names = async (world: World): Promise<string[]> =>
  (await documents(world))
    .flatMap(({ locations }) =>
      locations.map(({ url }) => decodeURIComponent(url.replace(/.*\/pictures\//, ''))),
    )
    .sort();

describe('a watched folder', { timeout: 120_000 }, () => {
  let folder: string;
  let pictures: string;
  let world: World;
  let isClosed = false;
  const stop = new AbortController();

  beforeAll(async () => {
    folder = await testFolder();
    pictures = join(folder, 'pictures');
    await mkdir(join(pictures, 'old'), { recursive: true });
    await writeFile(join(pictures, 'old', 'first.jpg'), await picture(0));
    await writeFile(
      join(folder, 'imagedex.config.yaml'),
      'collections: { default: { sources: [{ source: pictures, watch: true, watchSettleMs: 1000 }] } }\n',
    );
    world = await openWorld({ describers: 1, logLevel: 'warn' }, folder);
    await world.app.serve(0, stop.signal);
    await until(async () => (await names(world)).length === 1);
    await until(async () => (await crawlsOf(world)).every(({ state }) => state === 'complete'));
  });
  afterAll(async () => {
    if (!isClosed) await world.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('a file that is put there is found within seconds', async () => {
    await copyFile(join(pictures, 'old', 'first.jpg'), join(folder, 'aside.jpg'));
    await writeFile(join(pictures, 'second.jpg'), await picture(1));
    await until(async () => (await names(world)).includes('second.jpg'));
    expect(await watchOf(world)).toMatchObject({ by: 'events', error: null, crawlId: expect.any(String) });
    const [crawl] = (await changeCrawls(world)).slice(-1);
    expect(crawl).toMatchObject({ startedBy: 'watch', sources: [`folder:${pictures}`] });
  });

  test('a renamed file is one move: one crawl, nothing is described anew, and it never leaves the search', async () => {
    const before = (await changeCrawls(world)).length;
    await rename(join(pictures, 'second.jpg'), join(pictures, 'old', 'renamed.jpg'));
    let least = Number.POSITIVE_INFINITY;
    await until(async () => {
      const found = await names(world);
      least = Math.min(least, (await documents(world)).length);
      return found.includes('old/renamed.jpg') && !found.includes('second.jpg');
    });
    expect(least).toBe(2);
    await until(async () => (await crawlsOf(world)).every(({ state }) => state === 'complete'));
    const crawls = await changeCrawls(world);
    expect(crawls).toHaveLength(before + 1);
    expect(crawls.at(-1)).toMatchObject({ gone: 1, counts: { found: 1, inferences: 0 } });
  });

  test('a file that is written slowly is not read half', async () => {
    const before = (await changeCrawls(world)).length;
    const content = await picture(2);
    const file = await openFile(join(pictures, 'slow.jpg'), 'w');
    for (let part = 0; part < 8; part++) {
      const size = Math.ceil(content.length / 8);
      await file.write(content.subarray(part * size, (part + 1) * size));
      await sleep(500);
    }
    await file.close();
    await until(async () => (await names(world)).includes('slow.jpg'));
    expect(await world.parts.ledger.list('failure', {}, { limit: 10 })).toEqual([]);
    expect(await changeCrawls(world)).toHaveLength(before + 1);
  });

  test('a folder that is moved, and a new one with what is in it, are seen', async () => {
    await rename(join(pictures, 'old'), join(pictures, 'moved'));
    await mkdir(join(pictures, 'a', 'b', 'c'), { recursive: true });
    await writeFile(join(pictures, 'a', 'b', 'c', 'deep.jpg'), await picture(3));
    const wanted = ['a/b/c/deep.jpg', 'moved/first.jpg', 'moved/renamed.jpg', 'slow.jpg'];
    await until(async () => (await names(world)).join() === wanted.join());
    // It is watched where it lies now.
    await writeFile(join(pictures, 'moved', 'later.jpg'), await picture(4));
    await until(async () => (await names(world)).includes('moved/later.jpg'));
  });

  test('what is deleted is not found any more, whole folders too, and is no failure', async () => {
    await rm(join(pictures, 'slow.jpg'));
    await rm(join(pictures, 'a'), { recursive: true });
    await until(async () => (await names(world)).every((name) => name.startsWith('moved/')));
    expect(await world.parts.ledger.list('failure', {}, { limit: 10 })).toEqual([]);
    // A folder of the same name is another one.
    await mkdir(join(pictures, 'a'));
    await sleep(1500);
    await writeFile(join(pictures, 'a', 'again.jpg'), await picture(5));
    await until(async () => (await names(world)).includes('a/again.jpg'));
  });

  test('a thousand files at once are one crawl', async () => {
    const before = (await changeCrawls(world)).length;
    await mkdir(join(pictures, 'many'));
    for (let number = 0; number < 1000; number++)
      await copyFile(join(folder, 'aside.jpg'), join(pictures, 'many', `${number}.jpg`));
    const locations = () => world.parts.ledger.tally('location', { state: 'indexed' }, []);
    await until(async () => (await locations())[0]!.count >= 1003, 60_000);
    await until(async () => (await crawlsOf(world)).every(({ state }) => state === 'complete'));
    expect(await changeCrawls(world)).toHaveLength(before + 1);
  });

  test('it stops within a second', async () => {
    const start = performance.now();
    stop.abort();
    await world.app.close();
    isClosed = true;
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
