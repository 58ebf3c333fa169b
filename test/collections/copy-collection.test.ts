// A collection as two crawls, a take-down and a schedule leave it, copied from one store into another.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Parts } from '../../src/app/parts.ts';
import { thumbnailKey } from '../../src/blobs/blobs.ts';
import { block } from '../../src/collections/blocks.ts';
import { type CopyReport, copyCollection } from '../../src/collections/copy-collection.ts';
import type { CopySide, OnCopied } from '../../src/collections/copy-pass.ts';
import { forget } from '../../src/collections/forget.ts';
import { amend, amendment, type Ledger } from '../../src/ledger.ts';
import { openWorld, type World } from '../world.ts';
import { copiedWorld, everything, tombstones } from './copied-world.ts';

let source: World;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ world: source, close } = await copiedWorld());
}, 120_000);
afterAll(() => close());

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});
const openTarget = async (): Promise<World> => {
  const world = await openWorld();
  worlds.push(world);
  return world;
};

const never = new AbortController().signal;
const sideOf = ({ ledger, index, blobs }: Parts, name: string): CopySide => ({ name, ledger, index, blobs });
const copy = (
  to: CopySide,
  { from = sideOf(source.parts, 'sqlite'), signal = never, onProgress = () => {} }: CopyOptions = {},
): Promise<CopyReport> =>
  copyCollection({ collection: 'default', from, to, withBlobs: true }, signal, onProgress);
interface CopyOptions {
  readonly from?: CopySide;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnCopied;
}

test('everything is there, and equal', async () => {
  const target = await openTarget();
  const seen: string[] = [];
  const onProgress: OnCopied = (what, done, total) => void seen.push(`${what} ${done}/${total}`);
  const report = await copy(sideOf(target.parts, 'other'), { onProgress });
  const [had, has] = [await everything(source.parts), await everything(target.parts)];
  expect(has).toEqual(had);
  expect(report).toMatchObject({
    collection: 'default',
    pages: had.page!.size,
    locations: had.location!.size,
    appearances: had.appearance!.size,
    images: had.image!.size,
    documents: had.documents.size,
    crawls: had.crawl!.size,
    failures: had.failure!.size,
    blocks: had.block!.size,
    blobs: had.blobs.size,
    rejected: [],
  });
  for (const count of [report.blocks, report.failures, report.crawls - 1, report.images - report.documents])
    expect(count).toBeGreaterThan(0);
  expect(report.questions).toBeGreaterThan(5);
  expect(report.written).toBeGreaterThan(report.locations + report.documents + report.blobs);
  expect(seen).toContain(`locations ${report.locations}/${report.locations}`);
  const [document] = [...had.documents.values()];
  expect(await tombstones(target.parts, document!)).toBe(report.images - report.documents);
});

test('a second copy finds it there, and one that differs is refused', async () => {
  const target = await openTarget();
  const to = sideOf(target.parts, 'other');
  const { written, ...report } = await copy(to);
  expect(written).toBeGreaterThan(0);
  expect(await copy(to)).toEqual({ ...report, written: 0 });

  const [location] = await target.parts.ledger.list('location', { collection: 'default' }, { limit: 1 });
  await amend(target.parts.ledger, [
    amendment('location', location!.id, (old) => ({ ...old!, words: 'written there' })),
  ]);
  const before = await everything(target.parts);
  const refused = copy(to);
  await expect(refused).rejects.toMatchObject({ code: 'file_exists' });
  await expect(refused).rejects.toThrow(
    'other has a collection default already, and it is not the same as in sqlite',
  );
  await expect(refused).rejects.toThrow(/`imagedex collections delete default --yes --store other`$/);
  const same = { collection: 'default', from: sideOf(source.parts, 'sqlite'), to, withBlobs: false };
  await expect(copyCollection(same, never)).rejects.toThrow(
    /`imagedex collections delete default --yes --keep-thumbnails --store other`$/,
  );
  const unknown = copyCollection({ ...same, collection: 'defualt' }, never);
  await expect(unknown).rejects.toThrow('there is no collection defualt in sqlite; did you mean default?');
  expect(await everything(target.parts)).toEqual(before);
});

test('says how many thumbnails are not where the copy looks for them', async () => {
  const target = await openTarget();
  const to = sideOf(target.parts, 'other');
  const request = { collection: 'default', from: sideOf(source.parts, 'sqlite'), to };
  const report = await copyCollection({ ...request, withBlobs: false }, never);
  expect(report).toMatchObject({ blobs: 0, missingBlobs: report.images });
  const blobs = source.parts.blobs;
  const shared = await copyCollection({ ...request, to: { ...to, blobs }, withBlobs: false }, never);
  expect(shared.missingBlobs).toBeLessThan(report.images);
});

/** Breaks off before the `calls`th change of records. */
function breaking({ ledger, ...side }: CopySide, calls: number): CopySide {
  let left = calls;
  const change: Ledger['change'] = async (changes) => {
    if (left-- === 0) throw new Error('broken off');
    return ledger.change(changes);
  };
  return { ...side, ledger: { ...ledger, change } };
}

test('one that breaks off anywhere is carried on', { timeout: 60_000 }, async () => {
  const target = await openTarget();
  const to = sideOf(target.parts, 'other');
  const had = await everything(source.parts);
  let breaks = 0;
  for (let calls = 0; ; calls++) {
    // Also half of what a try before has written is gone again.
    const [image] = await target.parts.ledger.list('image', { collection: 'default' }, { limit: 1 });
    if (image !== undefined) await target.parts.index.forget([image.id]);
    const error = await copy(breaking(to, calls)).then(
      () => null,
      (reason: unknown) => reason as Error,
    );
    if (error === null) break;
    expect(error.message).toBe('broken off');
    expect(await target.parts.ledger.get('collection', ['default'])).toEqual([]);
    breaks++;
  }
  expect(breaks).toBeGreaterThan(1);
  expect(await everything(target.parts)).toEqual(had);
});

test('stopped, it ends at once, and what changed in the source meanwhile is followed', async () => {
  const [target, changing] = [await openTarget(), await openTarget()];
  await copy(sideOf(changing.parts, 'source'));
  const from = sideOf(changing.parts, 'source');
  const to = sideOf(target.parts, 'other');
  const stop = new AbortController();
  const onProgress: OnCopied = (what) => what === 'crawls' && stop.abort(new Error('stopped'));
  await expect(copy(to, { from, signal: stop.signal, onProgress })).rejects.toThrow('stopped');
  const [document] = (await everything(changing.parts)).documents.values();
  await forget(changing.parts, document!.sha256);
  await copy(to, { from });
  expect(await target.parts.blobs.get(thumbnailKey(document!.sha256))).toBeNull();
  expect(await target.parts.index.get([document!.id])).toEqual([]);
  expect(await everything(target.parts)).toEqual(await everything(changing.parts));
});

test('what was taken down there does not come back', async () => {
  const target = await openTarget();
  const { ledger } = target.parts;
  const to = sideOf(target.parts, 'other');
  const [document] = (await everything(source.parts)).documents.values();
  await block(ledger, [{ subject: 'content', value: document!.sha256 }]);
  await expect(copy(to)).rejects.toThrow(`content sha256:${document!.sha256} was taken down in other`);
  await expect(copy(to)).rejects.toThrow(`imagedex forget sha256:${document!.sha256} --yes --store sqlite`);
  const second = await openTarget();
  await block(second.parts.ledger, [{ subject: 'site', value: document!.hosts[0]! }]);
  await expect(copy(sideOf(second.parts, 'other'))).rejects.toThrow('was taken down in other');
});

test('a crawl that is not finished stands against it, in the source and in the target', async () => {
  const [unfinished, target] = [await openTarget(), await openTarget()];
  const from = sideOf(unfinished.parts, 'source');
  const to = sideOf(target.parts, 'other');
  await expect(copy(to, { from })).rejects.toMatchObject({ code: 'not_found' });
  await copy(from);
  const setUnfinished = (crawls: Record<string, string>) =>
    amend(unfinished.parts.ledger, [
      amendment('collection', 'default', (old) => ({ ...old!, unfinished: crawls })),
    ]);
  await setUnfinished({ 'web:http://example.org/': '20261121T093000-4f21c8' });
  const refused = copy(to, { from });
  await expect(refused).rejects.toMatchObject({ code: 'crawl_running' });
  await expect(refused).rejects.toThrow('imagedex crawls cancel 20261121T093000-4f21c8 --store source');
  await setUnfinished({});
  // A crawl begins there while the copy is under way.
  let begun = false;
  const onProgress: OnCopied = (what) => {
    if (what !== 'images' || begun) return;
    begun = true;
    void amend(target.parts.ledger, [
      amendment('collection', 'default', () => ({
        name: 'default',
        sources: [],
        unfinished: {},
        unpurged: [],
      })),
    ]);
  };
  await expect(copy(to, { from, onProgress })).rejects.toMatchObject({ code: 'file_exists' });
});

test('a document that is not taken is told, and its image is dirty there', async () => {
  const target = await openTarget();
  const side = sideOf(target.parts, 'other');
  const [bad] = (await everything(source.parts)).documents.keys();
  const put: CopySide['index']['put'] = async (documents) => {
    await side.index.put(documents.filter(({ id }) => id !== bad));
    return documents.some(({ id }) => id === bad) ? [{ id: bad!, reason: 'too long' }] : [];
  };
  const report = await copy({ ...side, index: { ...side.index, put } });
  expect(report.rejected).toEqual([{ id: bad, reason: 'too long' }]);
  const where = { collection: 'default', dirty: true } as const;
  const dirty = await target.parts.ledger.list('image', where, { limit: 10 });
  expect(dirty.map(({ id }) => id)).toEqual([bad]);
  expect((await everything(target.parts)).documents.size).toBe(report.documents - 1);
});
