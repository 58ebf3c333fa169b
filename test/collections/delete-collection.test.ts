// A deleted collection leaves nothing behind, and takes nothing from the others.
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { countBlocks } from '../../src/collections/blocks.ts';
import { deleteCollection } from '../../src/collections/delete-collection.ts';
import { forget } from '../../src/collections/forget.ts';
import { cancelCrawl } from '../../src/crawls/claim.ts';
import { amend, amendment } from '../../src/ledger.ts';
import { openOwner } from '../../src/owner.ts';
import { picture } from '../pictures.ts';
import { openWebServer, type WebServer } from '../web-server.ts';
import { addsUp, openWorld, stopAfter, type World } from '../world.ts';
import { traces } from './traces.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
const never = new AbortController().signal;

async function twoSites(): Promise<{ all: World; shop: WebServer; blog: WebServer }> {
  const all = await openWorld({ allowPrivateHosts: '127.0.0.1' });
  open.push(all);
  const shared = await picture(9);
  const shop = await openWebServer({
    '/': '<title>Shop</title><img src="/shared.jpg" alt="both"><img src="/zebrafinch.jpg" alt="zebrafinch">',
    '/shared.jpg': shared,
    '/zebrafinch.jpg': await picture(1),
  });
  const blog = await openWebServer({ '/': '<img src="/kept.jpg" alt="both">', '/kept.jpg': shared });
  open.push(shop, blog);
  return { all, shop, blog };
}

const partsOf = ({ parts }: World) => ({
  ...parts,
  openQueue: async () => (await parts.openWorkshop()).queue,
});
const crawl = ({ app }: World, source: string, collection: string, signal = never) =>
  app.crawl({ sources: [source], collection, maxImages: null, fresh: false }, signal);

test('nothing of it is left, and what another collection has too stays', async () => {
  const { all, shop, blog } = await twoSites();
  addsUp(await crawl(all, `${shop.url}/`, 'shop'));
  addsUp(await crawl(all, `${blog.url}/`, 'blog'));
  const { ledger, index, blobs } = all.parts;
  await forget(all.parts, 'https://example.org/never.jpg');
  const schedule = {
    collection: 'shop',
    cron: '0 4 * * *',
    timeZone: 'UTC',
    createdAt: '',
    handledAt: '',
    last: null,
  };
  await amend(ledger, [amendment('schedule', 'shop', () => schedule)]);
  const seen: number[] = [];
  const deleted = await deleteCollection(partsOf(all), 'shop', (images) => void seen.push(images));
  expect(deleted).toEqual({ images: 2, locations: 2, pages: 1, crawls: 1 });
  expect(seen).toEqual([2]);
  expect(await traces(join(all.folder, 'data'), [shop.host, 'zebrafinch', '"shop"'])).toEqual([]);
  expect(await countBlocks(ledger)).toEqual({ content: 0, address: 1, site: 0 });
  const query = {
    collection: 'blog',
    filter: {},
    orderBy: { field: 'DATE', direction: 'DESC' },
    first: 9,
  } as const;
  const { hits } = await index.search(query);
  expect(hits.map(({ document }) => document.locations[0]!.url)).toEqual([`${blog.url}/kept.jpg`]);
  expect(await blobs.get(`thumbnails/${hits[0]!.document.sha256}.jpg`)).not.toBeNull();
  await expect(deleteCollection(partsOf(all), 'shop')).rejects.toMatchObject({ code: 'not_found' });
  addsUp(await crawl(all, `${shop.url}/`, 'shop'));
  const again = await index.search({ ...query, collection: 'shop' });
  expect(again.totalCount.value).toBe(2);
});

test('not while a crawl of it runs; a crawl that was cut off goes with it, its items too', async () => {
  const { all, shop } = await twoSites();
  const { ledger } = all.parts;
  await crawl(all, `${shop.url}/`, 'shop', stopAfter(shop, 3));
  const [stored] = await ledger.list('crawl', { collection: 'shop' }, { limit: 1 });
  expect(stored!.record.state).toBe('running');
  const owner = await openOwner(ledger);
  await amend(ledger, [amendment('crawl', stored!.id, (old) => old && { ...old, owner: owner.id })]);
  await expect(deleteCollection(partsOf(all), 'shop')).rejects.toMatchObject({ code: 'crawl_running' });
  expect((await ledger.get('collection', ['shop'])).length).toBe(1);
  await owner.close();
  await deleteCollection(partsOf(all), 'shop');
  expect(await cancelCrawl(ledger, stored!.id)).toBe(undefined);
  expect(await traces(join(all.folder, 'data'), [shop.host, 'zebrafinch', stored!.id])).toEqual([]);
});

test('not while a crawl that was cancelled has not let go; one of a dead process goes with it', async () => {
  const { all, shop } = await twoSites();
  const { ledger } = all.parts;
  await crawl(all, `${shop.url}/`, 'shop', stopAfter(shop, 3));
  const [stored] = await ledger.list('crawl', { collection: 'shop' }, { limit: 1 });
  const owner = await openOwner(ledger);
  await amend(ledger, [
    amendment('crawl', stored!.id, (old) => old && { ...old, owner: owner.id, state: 'cancelled' }),
  ]);
  await expect(deleteCollection(partsOf(all), 'shop')).rejects.toMatchObject({
    code: 'crawl_running',
    message: `crawl ${stored!.id} of collection shop is being cancelled; try again in a moment`,
  });
  expect((await ledger.get('collection', ['shop'])).length).toBe(1);
  await owner.close();
  await deleteCollection(partsOf(all), 'shop');
  expect(await traces(join(all.folder, 'data'), [shop.host, 'zebrafinch', stored!.id])).toEqual([]);
});

test('cut off before any of its writes, the same call finishes it', { timeout: 120_000 }, async () => {
  const { all, shop } = await twoSites();
  const { ledger } = all.parts;
  let cuts = 0;
  for (let isCut = true; isCut; ) {
    addsUp(await crawl(all, `${shop.url}/`, 'shop'));
    let writes = 0;
    const change: typeof ledger.change = async (changes) => {
      if (changes.some(({ kind }) => kind !== 'owner') && ++writes > cuts) throw new Error('cut');
      return ledger.change(changes);
    };
    const parts = { ...partsOf(all), ledger: { ...ledger, change } };
    isCut = await deleteCollection(parts, 'shop').then(
      () => false,
      () => true,
    );
    if (isCut) {
      cuts++;
      await deleteCollection(partsOf(all), 'shop');
    }
    expect(await traces(join(all.folder, 'data'), [shop.host, 'zebrafinch'])).toEqual([]);
  }
  expect(cuts).toBeGreaterThan(5);
});
