// Renditions go by age or above a cap; images stay, and nothing makes a dropped rendition again.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { keepRetention } from '../../src/app/keep-retention.ts';
import type { Parts } from '../../src/app/parts.ts';
import { thumbnailKey } from '../../src/blobs/blobs.ts';
import type { Retention } from '../../src/collections/collection-config.ts';
import { applyRetention, type PruneReport } from '../../src/collections/retention.ts';
import type { ImageDocument } from '../../src/indexer/image-index.ts';
import { amend, amendment, raiseRevision } from '../../src/ledger.ts';
import { imageId, now, sha256Of } from '../../src/record.ts';
import { type MadeUp, place, projectorOf } from '../indexer/alike-images.ts';
import { pictureFolder } from '../pictures.ts';

import { documents, openWorld, type World } from '../world.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
const world = async (flags: Record<string, unknown> = {}): Promise<World> => {
  const opened = await openWorld({ hostDelayMs: 0, ...flags });
  open.push(opened);
  return opened;
};

const none: Retention = { maxAgeDays: null, maxBytes: null };
const dayMs = 24 * 3_600_000;
const later = (days: number) => new Date(Date.now() + days * dayMs);

function prune(
  { parts }: World,
  retentions: Record<string, Partial<Retention>>,
  options: { isDryRun?: boolean; now?: Date } = {},
): Promise<PruneReport[]> {
  const retentionOf = (collection: string) => ({ ...none, ...retentions[collection] });
  return applyRetention(
    { ...parts, retentionOf },
    { isDryRun: false, signal: new AbortController().signal, ...options },
  );
}

const sizeOf = ({ parts }: World, { sha256 }: Pick<ImageDocument, 'sha256'>) =>
  parts.blobs.sizeOf(thumbnailKey(sha256));

/** Images of which the first was fetched last, a day between each and the next. */
async function agedImages(here: World, count: number): Promise<ImageDocument[]> {
  await here.crawl(await pictureFolder(join(here.folder, 'pictures'), count));
  const { ledger, index } = here.parts;
  const all = await documents(here);
  const aged = all.map((document, days) => ({
    ...document,
    revision: document.revision + 1,
    fetchedAt: new Date(Date.now() - days * dayMs).toISOString(),
  }));
  await index.put(aged);
  await amend(
    ledger,
    aged.map(({ id }) => raiseRevision(id)),
  );
  await amend(
    ledger,
    aged.map(({ id, revision }) => amendment('image', id, (old) => ({ ...old!, indexedRevision: revision }))),
  );
  return aged;
}

test('by age: older ones go, the images stay, and the next crawls make none again', async () => {
  const here = await world();
  const images = await agedImages(here, 4);
  const rule = { default: { maxAgeDays: 1.5 } };
  const [dry] = await prune(here, rule, { isDryRun: true });
  expect(dry).toMatchObject({ collection: 'default', dropped: 2 });
  for (const image of images) expect(await sizeOf(here, image)).toBeGreaterThan(0);
  const [report] = await prune(here, rule);
  expect(report).toEqual(dry);
  expect(await Promise.all(images.map(async (image) => (await sizeOf(here, image))! > 0))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(await documents(here)).toHaveLength(4);
  expect(await prune(here, rule)).toMatchObject([{ dropped: 0, bytes: 0 }]);
  const pictures = join(here.folder, 'pictures');
  expect(await here.crawl(pictures)).toMatchObject({ unchanged: 4, inferences: 0 });
  // Fetched again, with equal bytes: known, and its dropped rendition too.
  expect(await here.crawl(pictures, { fresh: true })).toMatchObject({ indexed: 4, inferences: 0 });
  expect(await sizeOf(here, images[3]!)).toBe(0);
});

test('above a cap the oldest go, whatever their size', async () => {
  const here = await world();
  const images = await agedImages(here, 5);
  const sizes = await Promise.all(images.map(async (image) => (await sizeOf(here, image))!));
  const maxBytes = sizes[0]! + sizes[1]! + sizes[2]!;
  expect(await prune(here, { default: { maxBytes } })).toMatchObject([
    { dropped: 2, bytes: sizes[3]! + sizes[4]! },
  ]);
  for (const [at, image] of images.entries()) expect(await sizeOf(here, image)).toBe(at < 3 ? sizes[at] : 0);
  expect(await prune(here, { default: { maxBytes, maxAgeDays: 0.5 } })).toMatchObject([{ dropped: 2 }]);
  expect(await prune(here, { default: { maxBytes: 0 } })).toMatchObject([{ dropped: 1 }]);
});

test('what another collection keeps stays; what both drop goes once', async () => {
  const here = await world();
  const images = await agedImages(here, 3);
  // Both of the same bytes, fetched now and long ago.
  const others = images.map((image) => ({
    ...image,
    id: imageId('other', image.sha256),
    collection: 'other',
  }));
  await here.parts.index.put(others);
  await amend(here.parts.ledger, [
    amendment('collection', 'other', () => ({ name: 'other', sources: [], unfinished: {}, unpurged: [] })),
  ]);
  const rule = { default: { maxAgeDays: 0.5 } };
  expect(await prune(here, rule)).toMatchObject([{ collection: 'default', dropped: 0 }]);
  expect(await prune(here, { ...rule, other: { maxAgeDays: 1.5 } })).toMatchObject([
    { collection: 'default', dropped: 1 },
    { collection: 'other', dropped: 0 },
  ]);
  expect(await sizeOf(here, images[2]!)).toBe(0);
  expect(await sizeOf(here, images[1]!)).toBeGreaterThan(0);
});

describe('what another collection has folded stays', () => {
  const image = (name: string, width: number): MadeUp => ({
    ...{ name, perceptualHash: '0123456789abcdef', width, height: width, sizeBytes: width },
  });
  const sha256 = sha256Of(Buffer.from('small'));

  /** Folded in the first collection; in the other as the test says. */
  async function foldedWorld(): Promise<World> {
    const here = await world();
    const { ledger, blobs } = here.parts;
    await place(ledger, image('large', 300));
    await place(ledger, image('small', 100));
    await projectorOf(here).sweep('default');
    expect(await documents(here)).toMatchObject([{ folded: [{ sha256 }] }]);
    await blobs.put(thumbnailKey(sha256), new Uint8Array([1, 2, 3]));
    await amend(ledger, [
      amendment('collection', 'other', () => ({ name: 'other', sources: [], unfinished: {}, unpurged: [] })),
    ]);
    return here;
  }

  test('where the image lies nowhere any more', async () => {
    const here = await foldedWorld();
    await amend(here.parts.ledger, [
      amendment('image', imageId('other', sha256), () => ({
        ...{ collection: 'other', sha256, descriptionKey: 'key-small', revision: 2, indexedRevision: 2 },
        indexedAt: '2026-01-01T00:00:00.000Z',
      })),
    ]);
    expect(await prune(here, { other: { maxAgeDays: 1000 } })).toMatchObject([{ dropped: 0 }]);
    expect(await sizeOf(here, { sha256 })).toBe(3);
  });

  test('where it is too old, unless both drop it', async () => {
    const here = await foldedWorld();
    const [large] = await documents(here);
    const { folded: _, ...alone } = large!;
    const id = imageId('other', sha256);
    await here.parts.index.put([{ ...alone, id, sha256, collection: 'other' }]);
    const other = { maxAgeDays: 1 };
    expect(await prune(here, { other })).toMatchObject([{ dropped: 0 }]);
    expect(await sizeOf(here, { sha256 })).toBe(3);
    expect(await prune(here, { other, default: { maxAgeDays: 1 } })).toMatchObject([
      { collection: 'default', dropped: 1 },
      { collection: 'other', dropped: 0 },
    ]);
    expect(await sizeOf(here, { sha256 })).toBe(0);
  });
});

test('hundreds of images of one moment are cut in the same place each time', async () => {
  const here = await world();
  const [image] = await agedImages(here, 1);
  const fetchedAt = now();
  const many = Array.from({ length: 450 }, (_, number) => {
    const sha256 = number.toString(16).padStart(64, '0');
    return { ...image!, sha256, id: imageId('default', sha256), fetchedAt, revision: 1 };
  });
  await here.parts.index.put(many);
  for (const { sha256 } of many) await here.parts.blobs.put(thumbnailKey(sha256), new Uint8Array(10));
  await here.parts.index.forget([image!.id]);
  const rule = { default: { maxBytes: 1000 } };
  expect(await prune(here, rule)).toMatchObject([{ dropped: 350, bytes: 3500 }]);
  expect(await prune(here, rule)).toMatchObject([{ dropped: 0 }]);
  const kept = [...many].sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, 100);
  for (const one of kept) expect(await sizeOf(here, one)).toBe(10);
});

test('without a retention nothing goes, however old', async () => {
  const here = await world();
  const images = await agedImages(here, 2);
  expect(await prune(here, {}, { now: later(10_000) })).toEqual([]);
  for (const image of images) expect(await sizeOf(here, image)).toBeGreaterThan(0);
});

test('a dropped thumbnail is answered with 404, and the page is told nothing else', async () => {
  const here = await world();
  const [image] = await agedImages(here, 1);
  const server = await here.app.serve(0, new AbortController().signal);
  const address = new URL(`/thumbnails/${image!.sha256}.jpg`, server.url);
  expect((await fetch(address)).status).toBe(200);
  await prune(here, { default: { maxBytes: 0 } });
  const answer = await fetch(address);
  expect(answer.status).toBe(404);
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

test('serve keeps it: at its start and after a crawl, whichever process ran it', async () => {
  const here = await world();
  const collections = new Map([
    [
      'default',
      {
        name: 'default',
        where: 'test',
        sources: [],
        maxImages: null,
        foldAlike: null,
        origins: [],
        retention: { maxAgeDays: null, maxBytes: 0 },
      },
    ],
  ]);
  const parts: Parts = { ...here.parts, config: { ...here.parts.config, collections } };
  const stop = new AbortController();
  const keeping = keepRetention(parts, stop.signal, 10);
  const pictures = await pictureFolder(join(here.folder, 'pictures'), 2);
  await here.crawl(pictures);
  const [first] = await documents(here);
  while ((await sizeOf(here, first!)) !== 0) await new Promise((resume) => setTimeout(resume, 10));
  stop.abort();
  await keeping;
});

test('of an image that lies nowhere any more it goes a day later, and comes back with it', async () => {
  const here = await world();
  const pictures = await pictureFolder(join(here.folder, 'pictures'), 3);
  await here.crawl(pictures);
  const lost = (await documents(here)).find(({ locations }) => locations[0]!.url.endsWith('/1.jpg'))!;
  const content = await readFile(join(pictures, '1.jpg'));
  await rm(join(pictures, '1.jpg'));
  expect(await here.crawl(pictures)).toMatchObject({ gone: 1 });
  const rule = { default: { maxAgeDays: 1000 } };
  expect(await prune(here, rule)).toMatchObject([{ dropped: 0 }]);
  expect(await prune(here, {}, { now: later(2) })).toEqual([]);
  expect(await prune(here, rule, { now: later(2) })).toMatchObject([{ dropped: 1 }]);
  expect(await sizeOf(here, lost)).toBeNull();
  for (const image of await documents(here)) expect(await sizeOf(here, image)).toBeGreaterThan(0);
  await writeFile(join(pictures, '1.jpg'), content);
  expect(await here.crawl(pictures)).toMatchObject({ indexed: 3, new: 1 });
  expect(await sizeOf(here, lost)).toBeGreaterThan(0);
});
