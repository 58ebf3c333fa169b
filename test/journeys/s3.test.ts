// A user crawls photographs from an S3 server, and again when they have changed; ten thousand that have not cost listings.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ImageDocument } from '../../src/indexer/image-index.ts';
import { locationId, sha256Of } from '../../src/record.ts';
import { nameOf } from '../photo-site.ts';
import { picture } from '../pictures.ts';
import { hasS3Server, openS3Server, type S3Server, s3Environment } from '../s3-server.ts';
import { photosPath } from '../shared.ts';
import { addsUp, documents, openWorld, type World } from '../world.ts';

const photos = photosPath();

describe.skipIf(!hasS3Server)('an S3 server', { timeout: 300_000 }, () => {
  const worlds: World[] = [];
  let server: S3Server;
  beforeAll(async () => {
    for (const [name, value] of Object.entries(s3Environment)) vi.stubEnv(name, value);
    server = await openS3Server(['photos', 'mixed', 'stopping', 'many']);
  });
  afterAll(async () => {
    for (const world of worlds) await world.close();
    await server.close();
    vi.unstubAllEnvs();
  });
  const open = async (flags: Record<string, unknown> = {}): Promise<World> => {
    const world = await openWorld({ s3Endpoint: server.endpoint, ...flags });
    worlds.push(world);
    return world;
  };
  const keysOf = (all: readonly ImageDocument[]): string[] =>
    all
      .flatMap(({ locations }) =>
        locations.map(({ url }) => decodeURIComponent(url.slice('s3://photos/'.length))),
      )
      .sort();
  const bySha = (all: readonly ImageDocument[]) => new Map(all.map(({ sha256, labels }) => [sha256, labels]));
  const findsWords = async (world: World, words: string): Promise<string[]> => {
    const found = await world.app.search({ collection: 'default', words, labels: [], first: 100 });
    return keysOf(found.hits.map(({ document }) => document));
  };

  describe.skipIf(photos === null)('with photographs', () => {
    const key = (name: string) => `summer trip/day_1/${name}`;
    let names: string[];
    let world: World;
    beforeAll(async () => {
      names = (await readdir(photos!)).filter((name) => /\.jpe?g$/i.test(name)).sort();
      for (const name of names)
        await server.put('photos', key(name), await readFile(join(photos!, name)), {
          Metadata: {
            title: nameOf(name),
            description: `=?UTF-8?Q?Caf=C3=A9_number?= ${names.indexOf(name)}`,
          },
        });
      const TagSet = [{ Key: 'season', Value: 'midsummer' }];
      await server.client.send(
        new PutObjectTaggingCommand({ Bucket: 'photos', Key: key(names[0]!), Tagging: { TagSet } }),
      );
      world = await open();
    });

    test('the same contents get the same labels as from the folder', async () => {
      const folder = await open();
      addsUp(await folder.crawl(photos!));
      const report = await world.crawl('s3://photos/summer trip/');
      addsUp(report);
      expect(report).toMatchObject({ found: names.length, indexed: names.length, failed: 0, skipped: 0 });
      const fromS3 = await documents(world);
      expect(bySha(fromS3)).toEqual(bySha(await documents(folder)));
      expect(keysOf(fromS3)).toEqual(names.map(key).sort());
    });

    test('what metadata, tags and folders say is found', async () => {
      const [name] = names;
      expect(await findsWords(world, nameOf(name!))).toContain(key(name!));
      expect(await findsWords(world, 'midsummer')).toEqual([key(name!)]);
      expect(await findsWords(world, 'café number 7')).toContain(key(names[7]!));
      const [document] = await documents(world);
      expect(document!.appearances[0]!.context.section).toMatch(/^summer trip \/ day 1/);
    });

    test('a changed, a deleted and a renamed object are seen, and nothing else is asked for', async () => {
      const [changed, deleted, renamed] = names.map(key) as [string, string, string];
      const content = await picture(1);
      await server.put('photos', changed, content);
      await server.remove('photos', deleted);
      await server.put('photos', `${renamed}.new.jpg`, await readFile(join(photos!, names[2]!)));
      await server.remove('photos', renamed);
      await server.asked();
      const report = await world.crawl('s3://photos/summer trip/');
      addsUp(report);
      expect(report).toMatchObject({ found: names.length - 1, unchanged: names.length - 3, gone: 2 });
      // The renamed one has the same bytes, so there is nothing new to describe.
      expect(report.inferences).toBe(1);
      const asked = await server.asked();
      expect(asked.filter((one) => one === 'GetObject')).toHaveLength(2);
      expect(asked.filter((one) => one === 'ListObjectsV2')).toHaveLength(1);
      const after = await documents(world);
      expect(keysOf(after)).toEqual([...names.slice(3).map(key), changed, `${renamed}.new.jpg`].sort());
      const atChanged = after.find(({ locations }) =>
        locations.some(({ url }) => url.endsWith(encodeURI(changed))),
      );
      expect(atChanged!.sha256).toBe(sha256Of(content));
    });
  });

  test('what is no image is asked for once, and again when it has changed or everything is looked at anew', async () => {
    await server.put('mixed', 'a.jpg', await picture(1));
    await server.put('mixed', 'notes.jpg', Buffer.from('some notes'));
    const world = await open();
    const counts = { found: 2, indexed: 1, skipped: 1, skips: [{ code: 'not_an_image', count: 1 }] };
    expect(await world.crawl('s3://mixed')).toMatchObject(counts);
    await server.asked();
    for (let again = 0; again < 2; again++)
      expect(await world.crawl('s3://mixed')).toMatchObject({ ...counts, unchanged: 1 });
    expect(await server.asked()).toEqual(Array(2).fill('ListObjectsV2'));
    expect(await world.crawl('s3://mixed', { fresh: true })).toMatchObject({ ...counts, unchanged: 0 });
    expect(await server.asked()).toEqual(['ListObjectsV2', 'GetObject', 'GetObject']);
    await server.put('mixed', 'notes.jpg', await picture(2));
    expect(await world.crawl('s3://mixed')).toMatchObject({ indexed: 2, skipped: 0, new: 1 });
  });

  test('a server that stops in the middle of a crawl takes nothing out of the search', async () => {
    const count = 200;
    for (let number = 0; number < count; number++)
      await server.put('stopping', `${number}.jpg`, await picture(number));
    const world = await open({ retries: 0, fetchTimeoutMs: 5_000 });
    addsUp(await world.crawl('s3://stopping'));
    const before = await documents(world);
    await server.asked();
    const crawling = world.crawl('s3://stopping', { fresh: true });
    while (!(await server.asked()).includes('GetObject')) await sleep(5);
    await server.kill();
    const report = await crawling;
    addsUp(report);
    expect(report).toMatchObject({ found: count, gone: 0 });
    expect(report.failed).toBeGreaterThan(0);
    expect(await documents(world)).toHaveLength(before.length);
    await server.start();
    const after = await world.crawl('s3://stopping');
    addsUp(after);
    expect(after).toMatchObject({ found: count, indexed: count, failed: 0, inferences: 0 });
  });

  test('ten thousand unchanged objects cost nothing but listings', async () => {
    const count = 10_000;
    const keyOf = (number: number): string => `${Math.floor(number / 100)}/${number}.jpg`;
    await server.put('many', keyOf(0), await picture(0));
    const keys = Array.from({ length: count }, (_, number) => keyOf(number));
    await server.copy('many', keyOf(0), keys.slice(1));
    const world = await open();
    expect(await world.crawl('s3://many', { maxImages: 1 })).toMatchObject({ found: 1, indexed: 1 });
    await likeTheFirst(world, keys);
    await server.asked();
    const report = await world.crawl('s3://many');
    addsUp(report);
    expect(report).toMatchObject({ found: count, unchanged: count, failed: 0, gone: 0, inferences: 0 });
    expect(await server.asked()).toEqual(Array(count / 1000).fill('ListObjectsV2'));
    await server.put('many', keyOf(77), await picture(77));
    expect(await world.crawl('s3://many')).toMatchObject({ unchanged: count - 1, changed: 1, inferences: 1 });
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
