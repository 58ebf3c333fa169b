import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { departureOf } from '../../src/indexer/fold.ts';
import { changePlanned, type Ledger } from '../../src/ledger.ts';
import { documents, onOpenSearch, openWorld, type World } from '../world.ts';
import {
  dice,
  displace,
  flipped,
  folded,
  idOf,
  type MadeUp,
  place,
  projectorOf,
  shown,
} from './alike-images.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const hash = '0123456789abcdef';
const image = (name: string, side: number, bits: readonly number[] = []): MadeUp => ({
  name,
  perceptualHash: flipped(hash, bits),
  width: side,
  height: side,
  sizeBytes: side,
});

test('the largest stands for the others: one document that lists them, with the places of all', async () => {
  const { ledger } = world.parts;
  const [large, middle, small] = [
    image('large', 300),
    image('middle', 200, [1]),
    image('small', 100, [1, 40, 63]),
  ];
  for (const one of [middle, small, large]) await place(ledger, one);
  await projectorOf(world).sweep('default');
  const [document, ...others] = await documents(world);
  expect(others).toEqual([]);
  expect(document).toMatchObject({ id: idOf(large), width: 300, foldedCount: 2 });
  expect(document!.folded).toEqual([
    { id: idOf(middle), sha256: expect.any(String), format: 'JPEG', width: 200, height: 200, sizeBytes: 200 },
    { id: idOf(small), sha256: expect.any(String), format: 'JPEG', width: 100, height: 100, sizeBytes: 100 },
  ]);
  expect(document!.hosts).toEqual(['large.a.example', 'middle.a.example', 'small.a.example']);
  expect(document!.locations.map(({ url }) => url)).toEqual(
    ['large', 'middle', 'small'].map((name) => `https://${name}.a.example/0.jpg`),
  );
});

test('who differs in shape, in colour, in four bits, or is too plain stands for itself', async () => {
  const { ledger } = world.parts;
  const plain = { perceptualHash: '0000000000000000' };
  const all: MadeUp[] = [
    image('large', 300),
    { ...image('wide', 200), height: 150 },
    { ...image('red', 200), meanColour: 'a08080' },
    image('other', 200, [1, 2, 3, 4]),
    { ...image('plain', 200), ...plain },
    { ...image('plainer', 100), ...plain },
  ];
  for (const one of all) await place(ledger, one);
  await projectorOf(world).sweep('default');
  expect((await shown(world)).size).toBe(all.length);
});

test('what changes of a folded image is in the document of the one that stands for it', async () => {
  const { ledger } = world.parts;
  const [large, small] = [image('large', 300), image('small', 100)];
  const projector = projectorOf(world);
  for (const one of [large, small]) await place(ledger, one);
  await projector.sweep('default');
  await place(ledger, small, 1);
  // Whoever waits for the image waits for the document.
  await projector.project(idOf(small));
  expect((await documents(world))[0]!.locations).toHaveLength(3);
  await displace(ledger, large);
  await projector.project(idOf(large));
  expect((await documents(world)).map(({ id, locations }) => [id, locations.length])).toEqual([
    [idOf(small), 2],
  ]);
  await place(ledger, large);
  await projector.project(idOf(large));
  expect(await shown(world)).toEqual(new Map([[idOf(large), [idOf(small)]]]));
});

test('folding can be switched off and on again, cut off on the way, too', async () => {
  const { ledger } = world.parts;
  for (const one of [image('large', 300), image('small', 100)]) await place(ledger, one);
  await projectorOf(world).sweep('default');
  expect((await shown(world)).size).toBe(1);
  await projectorOf(world, dyingAfter(ledger, 1), false)
    .sweep('default')
    .catch(() => {});
  await projectorOf(world, ledger, false).sweep('default');
  expect((await shown(world)).size).toBe(2);
  expect(await ledger.list('likeness', {}, { limit: 10 })).toEqual([]);
  // Who does not say leaves it as it is.
  await projectorOf(world).sweep('default');
  expect((await shown(world)).size).toBe(2);
  await projectorOf(world, ledger, true).sweep('default');
  expect((await shown(world)).size).toBe(1);
});

test('a band that too many share folds nothing, and costs a bounded number of records', async () => {
  const { ledger } = world.parts;
  const most = 256;
  const projector = projectorOf(world);
  // All have the first three bands in common with nobody else, and the last with all.
  for (let number = 0; number < most + 4; number++) {
    const own = number.toString(16).padStart(4, '0').repeat(3);
    await place(ledger, { ...image(`n${number}`, 100), perceptualHash: `${own}abcd` });
  }
  await projector.sweep('default');
  const before = (await shown(world)).size;
  await place(ledger, { ...image('twin', 50), perceptualHash: `${'0007'.repeat(3)}abcd` });
  await projector.sweep('default');
  // By the bands that it shares with its twin alone.
  expect((await shown(world)).size).toBe(before);
});

test('what was folded before too many shared its bands stays so, whatever is projected again', async () => {
  const { ledger } = world.parts;
  const most = 256;
  const projector = projectorOf(world);
  await place(ledger, image('large', 300));
  for (let number = 0; number < 3; number++) await place(ledger, image(`small${number}`, 100 + number));
  await projector.sweep('default');
  expect((await shown(world)).size).toBe(1);
  for (let number = 0; number < most; number++) await place(ledger, image(`late${number}`, 50));
  await projector.sweep('default');
  const before = await shown(world);
  // The last of them came too late.
  expect(before.size).toBeGreaterThan(1);
  const first = [0, 1, 2].map((number) => idOf({ name: `small${number}` }));
  expect(before.get(idOf({ name: 'large' }))).toEqual(expect.arrayContaining(first));
  await place(ledger, image('small1', 101), 1);
  await place(ledger, image('large', 300), 1);
  await projector.sweep('default');
  expect(await shown(world)).toEqual(before);
  // But not when nobody stands for it any more.
  await displace(ledger, image('large', 300), 0);
  await displace(ledger, image('large', 300), 1);
  await projector.sweep('default');
  expect((await shown(world)).size).toBe(3 + most);
});

const dyingAfter = (ledger: Ledger, changes: number): Ledger => {
  let left = changes;
  return {
    ...ledger,
    get: (kind, ids) => (left < 0 ? Promise.reject(new Error('dead')) : ledger.get(kind, ids)),
    change: (some) => (left-- <= 0 ? Promise.reject(new Error('dead')) : ledger.change(some)),
  };
};

/** Families of images that look more or less alike: not who looks like whom is passed on. */
function family(roll: (most: number) => number, count: number): MadeUp[] {
  return Array.from({ length: count }, (_, number) => {
    const bits = Array.from({ length: roll(5) }, () => roll(9) * 7);
    return image(`image${number}`, 100 + 10 * roll(12), bits);
  });
}

async function randomly(
  at: World,
  seed: number,
  events: number,
  ledgerOf = (ledger: Ledger) => ledger,
): Promise<void> {
  const { ledger } = at.parts;
  const roll = dice(seed);
  const all = family(roll, 12);
  const live = new Set<MadeUp>();
  let projectors = [projectorOf(at, ledgerOf(ledger)), projectorOf(at, ledgerOf(ledger))];
  for (let event = 0; event < events; event++) {
    const one = all[roll(all.length)]!;
    if (!live.has(one)) {
      await place(ledger, one);
      live.add(one);
    } else if (roll(3) === 0) {
      await changePlanned(ledger, async () => {
        const [stored] = await ledger.get('image', [idOf(one)]);
        const { changes } = await departureOf(ledger, stored!);
        return [...changes, { kind: 'image', id: idOf(one), expect: stored!.version, record: null }];
      });
      await displace(ledger, one);
      await at.parts.index.forget([idOf(one)]);
      live.delete(one);
    } else if (roll(2) === 0) {
      await displace(ledger, one);
      live.delete(one);
    } else
      await place(ledger, one, 1 + roll(2))
        .then(() => displace(ledger, one, 1))
        .then(() => displace(ledger, one, 2));
    // Two at the same time, or none: what is dirty waits for the sweep.
    const ids = [one, all[roll(all.length)]!].map(idOf);
    const work = projectors.slice(0, roll(3)).flatMap((projector) => ids.map((id) => projector.project(id)));
    const died = (await Promise.allSettled(work)).some(({ status }) => status === 'rejected');
    if (died) projectors = projectors.map(() => projectorOf(at, ledgerOf(ledger)));
  }
  await projectorOf(at).sweep('default');
  expect(await shown(at)).toEqual(folded([...live]));
  const images = await ledger.list('image', { collection: 'default' }, { limit: 100 });
  expect(
    images
      .filter(({ record }) => record.looks !== undefined)
      .map(({ id }) => id)
      .sort(),
  ).toEqual([...live].map(idOf).sort());
  expect(await ledger.list('likeness', {}, { limit: 1000 })).toHaveLength(4 * live.size);
  expect(await ledger.list('image', { dirty: true }, { limit: 10 })).toEqual([]);
}

describe('whatever happens in whatever order, it comes to what the rule says', () => {
  for (const seed of [1, 2, 3, 4, 5, 6])
    test(`by the dice, ${seed}`, async () => {
      await randomly(world, seed, 60);
    }, 60_000);

  for (const seed of [11, 12, 13, 14])
    test(`killed between two writes again and again, ${seed}`, async () => {
      const roll = dice(seed * 7);
      await randomly(world, seed, 60, (ledger) => dyingAfter(ledger, roll(12)));
    }, 60_000);

  test('in OpenSearch as well, by the dice and killed', async () => {
    const there = await openWorld(await onOpenSearch('2'));
    try {
      const roll = dice(5);
      await randomly(there, 21, 10, (ledger) => dyingAfter(ledger, roll(20)));
    } finally {
      await there.close();
    }
  }, 120_000);
});
