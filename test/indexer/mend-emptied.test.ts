import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mendEmptied } from '../../src/indexer/mend-emptied.ts';
import { pictureFolder } from '../pictures.ts';
import { addsUp, documents, openWorld, type World } from '../world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld({ describers: 1 });
});
afterEach(() => world.close());

test('an index that has lost everything is filled again by the next crawl, without inference', async () => {
  const photos = await pictureFolder(join(world.folder, 'photos'), 3);
  await world.crawl(photos);
  const before = await documents(world);
  expect(before).toHaveLength(3);
  await world.parts.index.forget(before.map(({ id }) => id));
  const report = await world.crawl(photos);
  addsUp(report);
  expect(report).toMatchObject({ indexed: 3, unchanged: 3, inferences: 0 });
  expect(await documents(world)).toEqual(before);
});

test('an index that has something is left alone, and so is a collection of which nothing is known', async () => {
  const photos = await pictureFolder(join(world.folder, 'photos'), 2);
  const { ledger, index } = world.parts;
  expect(await mendEmptied(ledger, index, 'default')).toBe(0);
  await world.crawl(photos);
  const [one] = await documents(world);
  await index.forget([one!.id]);
  expect(await mendEmptied(ledger, index, 'default')).toBe(0);
  expect(await ledger.tally('image', { collection: 'default', dirty: true }, [])).toMatchObject([
    { count: 0 },
  ]);
});
