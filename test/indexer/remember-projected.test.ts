import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assembleApp } from '../../src/app.ts';
import type { ImageIndex } from '../../src/indexer/image-index.ts';
import { picture, pictureFolder } from '../pictures.ts';
import { addsUp, documents, openWorld, type World } from '../world.ts';

let world: World;
let photos: string;
/** Whether the store takes a document whose image has so wide a picture. */
let takes: (width: number) => boolean = () => true;
let app: World['app'];
const never = new AbortController().signal;
const crawl = () =>
  app.crawl({ sources: [photos], collection: 'default', maxImages: null, fresh: false }, never);

beforeEach(async () => {
  world = await openWorld({ describers: 1 });
  photos = await pictureFolder(join(world.folder, 'photos'), 3);
  takes = () => true;
  const index: ImageIndex = {
    ...world.parts.index,
    put: async (all) => {
      const rejected = all.filter(({ width }) => !takes(width));
      await world.parts.index.put(all.filter((one) => !rejected.includes(one)));
      return rejected.map(({ id }) => ({ id, reason: 'a field that the template does not know' }));
    },
  };
  app = assembleApp({ ...world.parts, index });
});
afterEach(() => world.close());

test('a document that the store does not take is a failure of its places, and its image is clean', async () => {
  // 1.jpg, at two places.
  await writeFile(join(photos, 'again.jpg'), await picture(1));
  takes = (width) => width !== 61;
  const report = await crawl();
  addsUp(report);
  expect(report).toMatchObject({
    found: 4,
    indexed: 2,
    failed: 2,
    failures: [{ code: 'document_rejected', count: 2 }],
  });
  const failures = await app.failures('default');
  expect(failures.map(({ stage, code, reason }) => ({ stage, code, reason }))).toEqual(
    Array(2).fill({
      stage: 'index',
      code: 'document_rejected',
      reason: 'a field that the template does not know',
    }),
  );
  expect(await documents(world)).toHaveLength(2);
  expect(await world.parts.ledger.list('image', { dirty: true }, { limit: 10 })).toEqual([]);
});

test('later crawls and retries try again, and what is taken then is no failure any more', async () => {
  takes = (width) => width !== 61;
  await crawl();
  const again = await crawl();
  addsUp(again);
  expect(again).toMatchObject({ indexed: 2, unchanged: 2, failed: 1 });
  takes = () => true;
  const retried = await app.retryFailures('default', never);
  expect(retried).toMatchObject({ indexed: 1, failed: 0 });
  expect(await app.failures('default')).toEqual([]);
  expect(await documents(world)).toHaveLength(3);
  expect(await crawl()).toMatchObject({ indexed: 3, unchanged: 3 });
});

test('what was found before stays found as it was', async () => {
  await crawl();
  const before = await documents(world);
  takes = (width) => width !== 61;
  await writeFile(join(photos, 'again.jpg'), await picture(1));
  const report = await crawl();
  addsUp(report);
  // The one place had been settled as unchanged, or was still to come: either way both are told of.
  expect(await app.failures('default')).toHaveLength(2);
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  expect((await documents(world)).sort(byId)).toEqual(before.sort(byId));
  takes = () => true;
  await app.retryFailures('default', never);
  expect(await app.failures('default')).toEqual([]);
  const locations = (await documents(world)).find(({ width }) => width === 61)!.locations;
  expect(locations).toHaveLength(2);
});
