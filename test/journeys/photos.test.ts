// A user crawls three hundred photographs: from a folder and a web site twice each, from a bucket and from a list.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { ImageDocument } from '../../src/indexer/image-index.ts';
import { altOf, openPhotoSite } from '../photo-site.ts';
import { hasS3Server, openS3Server, s3Environment } from '../s3-server.ts';
import { photosPath } from '../shared.ts';
import { addsUp, documents, openWorld, type World } from '../world.ts';

const photos = photosPath();

describe.skipIf(photos === null)('three hundred photographs', { timeout: 240_000 }, () => {
  const worlds: World[] = [];
  const sites: { readonly server: { close(): Promise<void> } }[] = [];
  let fromFolder: ImageDocument[] = [];
  afterAll(async () => {
    for (const world of worlds) await world.close();
    for (const { server } of sites) await server.close();
  });
  const open = async (): Promise<World> => {
    const world = await openWorld();
    worlds.push(world);
    return world;
  };

  test('a folder is indexed whole, and a second crawl makes no inference', async () => {
    const world = await open();
    const first = await world.crawl(photos!);
    addsUp(first);
    fromFolder = await documents(world);
    expect(first).toMatchObject({ found: fromFolder.length, skipped: 0, failed: 0, unchanged: 0 });
    expect(first.inferences).toBe(fromFolder.length);
    if (process.env['PHOTOS'] === undefined) expect(first.indexed).toBe(300);
    const second = await world.crawl(photos!);
    addsUp(second);
    expect(second).toMatchObject({
      indexed: first.indexed,
      unchanged: first.indexed,
      inferences: 0,
      gone: 0,
    });
    expect(await documents(world)).toEqual(fromFolder);
  });

  test('over HTTP the same contents get the same labels, and alt texts are found', async () => {
    const world = await open();
    const site = await openPhotoSite(photos!);
    sites.push(site);
    const first = await world.crawl(`${site.server.url}/`);
    addsUp(first);
    const fromWeb = await documents(world);
    const bySha = (all: ImageDocument[]) => new Map(all.map(({ sha256, labels }) => [sha256, labels]));
    expect(bySha(fromWeb)).toEqual(bySha(fromFolder));
    for (const photo of site.photos.filter((_, index) => index % 10 === 0)) {
      const found = await world.app.search({
        collection: 'default',
        words: altOf(photo),
        labels: [],
        first: 50,
      });
      const alts = found.hits.flatMap(({ document }) =>
        document.appearances.map(({ context }) => context.alt),
      );
      expect(alts).toContain(altOf(photo));
    }
    site.server.forget();
    const second = await world.crawl(`${site.server.url}/`);
    addsUp(second);
    expect(second).toMatchObject({ unchanged: first.indexed, inferences: 0, gone: 0 });
    const answers = site.server.asked
      .filter(({ path }) => /\.jpe?g$/i.test(path))
      .map(({ status }) => status);
    expect(answers).toHaveLength(site.photos.length);
    expect(new Set(answers)).toEqual(new Set([304]));
  });

  test.skipIf(!hasS3Server)(
    'from a bucket and from a list the same contents get the same labels',
    async () => {
      for (const [name, value] of Object.entries(s3Environment)) vi.stubEnv(name, value);
      const bySha = (all: ImageDocument[]) => new Map(all.map(({ sha256, labels }) => [sha256, labels]));
      const s3 = await openS3Server(['photos']);
      sites.push({ server: s3 });
      const names = (await readdir(photos!)).filter((name) => /\.jpe?g$/i.test(name));
      for (const name of names) await s3.put('photos', `of/${name}`, await readFile(join(photos!, name)));
      const fromBucket = await openWorld({ s3Endpoint: s3.endpoint });
      worlds.push(fromBucket);
      addsUp(await fromBucket.crawl('s3://photos/of/'));
      expect(bySha(await documents(fromBucket))).toEqual(bySha(fromFolder));

      const site = await openPhotoSite(photos!);
      sites.push(site);
      const list = { photos: names.map((name) => ({ file: encodeURIComponent(name), says: altOf(name) })) };
      site.server.set('/list.json', JSON.stringify(list));
      const fromList = await openWorld({ listMap: ['items=photos', 'url=file', 'title=says'] });
      worlds.push(fromList);
      addsUp(await fromList.crawl(`list:${site.server.url}/list.json`));
      const listed = await documents(fromList);
      expect(bySha(listed)).toEqual(bySha(fromFolder));
      expect(listed.map(({ appearances }) => appearances[0]!.context.title).sort()).toEqual(
        names.map(altOf).sort(),
      );
      vi.unstubAllEnvs();
    },
  );

  test('a crawl of at most twenty images finds twenty and concludes nothing', async () => {
    const world = await open();
    const report = await world.crawl(photos!, { maxImages: 20 });
    addsUp(report);
    expect(report.found).toBe(20);
    const rest = await world.crawl(photos!);
    addsUp(rest);
    expect(rest).toMatchObject({
      found: fromFolder.length,
      unchanged: 20,
      inferences: fromFolder.length - 20,
      gone: 0,
    });
  });

  test('--fresh looks at everything anew, deletes nothing and infers nothing twice', async () => {
    const world = worlds[0]!;
    const report = await world.crawl(photos!, { fresh: true });
    addsUp(report);
    expect(report).toMatchObject({ indexed: fromFolder.length, unchanged: 0, inferences: 0, gone: 0 });
    expect(await documents(world)).toHaveLength(fromFolder.length);
  });
});
