// A user lets `serve` watch a bucket: uploads are found within seconds, and a look at what has not changed is nothing but listings.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { CrawlRecord, WatchRecord } from '../../src/ledger.ts';
import { locationId } from '../../src/record.ts';
import { picture } from '../pictures.ts';
import { hasS3Server, openS3Server, type S3Server, s3Environment } from '../s3-server.ts';
import { documents, openWorld, testFolder, type World } from '../world.ts';

async function until(what: () => Promise<boolean>, mostMs = 15_000): Promise<void> {
  const start = performance.now();
  while (!(await what())) {
    if (performance.now() - start > mostMs) throw new Error(`not so after ${mostMs} ms: ${what}`);
    await sleep(100);
  }
}
const crawlsOf = async ({ parts }: World): Promise<CrawlRecord[]> =>
  (await parts.ledger.list('crawl', {}, { limit: 1000 })).map(({ record }) => record);
const watchOf = async ({ parts }: World): Promise<WatchRecord | undefined> =>
  (await parts.ledger.list('watch', {}, { limit: 1 }))[0]?.record;
const isAtRest = async (world: World): Promise<boolean> => {
  const crawls = await crawlsOf(world);
  return crawls.length > 0 && crawls.every(({ state }) => state === 'complete');
};

describe.skipIf(!hasS3Server)('a watched bucket', { timeout: 240_000 }, () => {
  const worlds: { world: World; stop: AbortController }[] = [];
  let server: S3Server;
  beforeAll(async () => {
    for (const [name, value] of Object.entries(s3Environment)) vi.stubEnv(name, value);
    server = await openS3Server(['photos', 'many']);
  });
  afterAll(async () => {
    for (const { world, stop } of worlds) {
      stop.abort();
      await world.close();
    }
    await server.close();
    vi.unstubAllEnvs();
  });
  /** With the ledger that an earlier one has left, where a folder is given. */
  const watch = async (source: string, folder?: string): Promise<World> => {
    const own = folder ?? (await testFolder());
    await writeFile(
      join(own, 'imagedex.config.yaml'),
      `collections: { default: { sources: ["${source}"], watch: true, watchPollMs: 1000, s3Endpoint: "${server.endpoint}" } }\n`,
    );
    const world = await openWorld({ describers: 1, logLevel: 'error' }, own);
    const stop = new AbortController();
    worlds.push({ world, stop });
    await world.app.serve(0, stop.signal);
    return world;
  };

  test('an upload is found, what is overwritten is another, what is deleted is gone; a server that was away is looked at again', async () => {
    await server.put('photos', '2026/a.jpg', await picture(0));
    await server.put('photos', 'elsewhere/x.jpg', await picture(9));
    const world = await watch('s3://photos/2026/');
    await until(async () => (await documents(world)).length === 1);
    await until(() => isAtRest(world));
    await server.put('photos', '2026/b.jpg', await picture(1));
    await until(async () => (await documents(world)).length === 2);
    await until(() => isAtRest(world));
    await server.asked();
    await server.put('photos', '2026/b.jpg', await picture(2));
    const sha = (await documents(world)).map(({ sha256 }) => sha256).sort();
    await until(
      async () =>
        (await documents(world))
          .map(({ sha256 }) => sha256)
          .sort()
          .join() !== sha.join(),
    );
    await until(() => isAtRest(world));
    // Of all that there is only what has changed was asked for.
    const asked = await server.asked();
    expect(asked.filter((one) => one === 'GetObject')).toHaveLength(1);
    await server.remove('photos', '2026/a.jpg');
    await until(async () => (await documents(world)).length === 1);
    await server.kill();
    await until(async () => (await watchOf(world))?.error != null);
    expect((await watchOf(world))!.error).toContain('connection was refused');
    await server.start();
    await server.put('photos', '2026/c.jpg', await picture(3));
    await until(async () => (await documents(world)).length === 2, 30_000);
    await until(async () => (await watchOf(world))?.error === null);
    // Nothing left the search because nobody could look.
    expect((await crawlsOf(world)).reduce((sum, { gone }) => sum + gone, 0)).toBe(1);
    expect(await world.parts.ledger.list('failure', {}, { limit: 10 })).toEqual([]);
  });

  test('ten thousand objects that have not changed cost ten listings a look, and one upload among them one request more', async () => {
    const keys = Array.from({ length: 10_000 }, (_, number) => `${Math.floor(number / 100)}/${number}.jpg`);
    await server.put('many', keys[0]!, await picture(0));
    await server.copy('many', keys[0]!, keys.slice(1));
    const first = await openWorld({ describers: 1, s3Endpoint: server.endpoint });
    await first.crawl('s3://many', { maxImages: 1 });
    await likeTheFirst(first, keys);
    const { folder } = first;
    await first.app.close();
    const world = await watch('s3://many', folder);
    // The crawl of everything that a watch begins with.
    await until(async () => (await watchOf(world))?.crawlId != null, 60_000);
    await until(() => isAtRest(world), 120_000);
    await server.asked();
    await until(
      async () => (await server.asked()).filter((one) => one === 'ListObjectsV2').length >= 1,
      60_000,
    );
    await sleep(5_000);
    const crawls = (await crawlsOf(world)).length;
    await server.asked();
    await sleep(12_000);
    const looks = await server.asked();
    expect(new Set(looks)).toEqual(new Set(['ListObjectsV2']));
    expect((await crawlsOf(world)).length).toBe(crawls);
    await server.put('many', '77/new.jpg', await picture(77));
    await until(async () => (await documents(world)).length === 2);
    const after = await server.asked();
    expect(after.filter((one) => one === 'GetObject')).toHaveLength(1);
  });

  /** The ledger as a crawl of all these keys would have left it: what it knows of one object it knows of all. */
  async function likeTheFirst({ parts: { ledger } }: World, keys: readonly string[]): Promise<void> {
    const [known] = await ledger.list('location', { state: 'indexed' }, { limit: 1 });
    const { collection, source } = known!.record;
    const changes = keys
      .filter((address) => address !== known!.record.address)
      .map((address) => ({
        kind: 'location' as const,
        id: locationId(collection, source, address),
        expect: 0,
        record: { ...known!.record, address, url: `s3://many/${address}` },
      }));
    for (let from = 0; from < changes.length; from += 500)
      expect(await ledger.change(changes.slice(from, from + 500))).toEqual({ conflict: false });
  }
});
