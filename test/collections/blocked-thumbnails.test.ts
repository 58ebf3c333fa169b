// Two data directories on one ledger: what is taken down from one leaves the other, too.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { thumbnailKey } from '../../src/blobs/blobs.ts';
import { open as openBlobs } from '../../src/blobs/folder.ts';
import { forget } from '../../src/collections/forget.ts';
import { pictureFolder } from '../pictures.ts';
import { openWorld, testFolder } from '../world.ts';

test('the next crawl removes thumbnails of what was taken down elsewhere, and no others', {
  timeout: 60_000,
}, async () => {
  const home = await testFolder();
  const world = await openWorld({}, home);
  const { ledger, index, blobs } = world.parts;
  const source = await pictureFolder(join(home, 'pictures'), 3);
  await world.crawl(source);
  const elsewhere = await openBlobs({ folder: join(home, 'elsewhere') });
  const images = await ledger.list('image', { collection: 'default' }, { limit: 10 });
  const [down, ...others] = images.map(({ record }) => thumbnailKey(record.sha256));
  await forget({ ...world.parts, blobs: elsewhere }, images[0]!.id);
  expect(await blobs.sizeOf(down!)).not.toBeNull();
  await world.crawl(source);
  expect(await blobs.sizeOf(down!)).toBeNull();
  expect(others.length).toBe(2);
  for (const other of others) expect(await blobs.sizeOf(other)).not.toBeNull();
  await index.refresh();
  await elsewhere.close();
  await world.close();
  await rm(home, { recursive: true, force: true });
});
