// A content that goes while a crawl of another collection is writing an image of it: the next crawl puts that right.
import { afterEach, expect, test } from 'vitest';
import type { Parts } from '../../src/app/parts.ts';
import { thumbnailKey } from '../../src/blobs/blobs.ts';
import { deleteCollection } from '../../src/collections/delete-collection.ts';
import { forget } from '../../src/collections/forget.ts';
import { mendTakeDowns } from '../../src/collections/keep-down.ts';
import { amend, amendment, listAll } from '../../src/ledger.ts';
import { imageId, sha256Of } from '../../src/record.ts';
import { picture } from '../pictures.ts';
import { openWebServer } from '../web-server.ts';
import { addsUp, openWorld, type World } from '../world.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** Does something just before the first description is deleted: nothing may use it, as was seen before. */
function interleaved(parts: Parts, between: () => Promise<unknown>): Parts {
  let isFirst = true;
  const change: Parts['ledger']['change'] = async (changes) => {
    if (isFirst && changes.some(({ kind, record }) => kind === 'description' && record === null)) {
      isFirst = false;
      await between();
    }
    return parts.ledger.change(changes);
  };
  return { ...parts, ledger: { ...parts.ledger, change } };
}

/** What is left of a crawl that was killed: a thumbnail and a description without an image. */
async function leaveRenditions({ parts: { ledger } }: World): Promise<void> {
  for (const kind of ['image', 'location'] as const) {
    for await (const { id } of listAll(ledger, kind, { collection: 'shop' }))
      await amend(ledger, [amendment(kind, id, () => null)]);
  }
}

const projector = { project: async () => null };
const ways: Readonly<Record<string, (all: World, parts: Parts, shop: string) => Promise<unknown>>> = {
  'a collection that is deleted': (_, parts) => deleteCollection(parts, 'shop'),
  'a site that is taken down': (_, parts, shop) => forget(parts, shop),
  'what a killed crawl has left': async (all, parts) => {
    await leaveRenditions(all);
    await forget(all.parts, 'https://example.org/never.jpg');
    await mendTakeDowns({ ...parts, projector }, 'shop', '');
  },
};

test.each(Object.keys(ways))('%s', async (way) => {
  const all = await openWorld({ allowPrivateHosts: '127.0.0.1' });
  open.push(all);
  const content = await picture(7);
  const [shop, blog] = [
    await openWebServer({ '/': '<img src="/a.jpg">', '/a.jpg': content }),
    await openWebServer({ '/': '<img src="/b.jpg">', '/b.jpg': content }),
  ];
  open.push(shop, blog);
  const crawl = async (source: string, collection: string) => {
    const command = { sources: [source], collection, maxImages: null, fresh: false };
    const report = await all.app.crawl(command, new AbortController().signal);
    addsUp(report);
    return report;
  };
  const sha256 = sha256Of(content);
  const id = imageId('blog', sha256);
  await crawl(`${shop.url}/`, 'shop');
  let isBetween = false;
  const between = async () => {
    isBetween = true;
    // It knows the description, and writes an image of it.
    expect(await crawl(`${blog.url}/`, 'blog')).toMatchObject({ indexed: 1, inferences: 0 });
  };
  await ways[way]!(all, interleaved(all.parts, between), shop.host);
  expect(isBetween).toBe(true);
  const { ledger, blobs, index } = all.parts;
  expect(await ledger.get('image', [id])).toHaveLength(1);
  expect(await blobs.sizeOf(thumbnailKey(sha256))).toBeNull();
  expect(await crawl(`${blog.url}/`, 'blog')).toMatchObject({ indexed: 1, unchanged: 0, inferences: 1 });
  expect(await blobs.sizeOf(thumbnailKey(sha256))).toBeGreaterThan(0);
  expect(await ledger.list('description', { sha256 }, { limit: 9 })).toHaveLength(1);
  const [document] = await index.get([id]);
  expect(document?.labels.length).toBeGreaterThan(0);
});
