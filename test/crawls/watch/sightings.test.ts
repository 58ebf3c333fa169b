import { expect, test } from 'vitest';
import type { ImageSighting, LookedPart } from '../../../src/crawler/source.ts';
import { Sightings } from '../../../src/crawls/watch/sightings.ts';
import { locationId } from '../../../src/record.ts';

const sighting = (address: string): ImageSighting => ({
  location: {
    id: locationId('c', 'folder:/x', address),
    address,
    url: `file:///x/${address}`,
    host: '',
    words: '',
  },
  partition: null,
  context: null,
});
async function* look(...parts: [part: string, files: Record<string, string>][]): AsyncGenerator<LookedPart> {
  for (const [part, files] of parts)
    yield {
      part,
      images: Object.entries(files).map(([name, mark]) => ({ sighting: sighting(name), mark })),
    };
}
async function begun(settleMs: number, files: Record<string, string>, maxChanges = 100) {
  const clock = { ms: 0 };
  const sightings = new Sightings({ settleMs, now: () => clock.ms, maxChanges });
  await sightings.take(look(['.', files]));
  return { sightings, clock };
}
const taken = (sightings: Sightings) => {
  const { found, gone, isOverfull } = sightings.takeChanges();
  return { found: found.map(({ location }) => location.address).sort(), gone, isOverfull };
};
const idOf = (address: string): string => sighting(address).location.id;

test('what the first look sees is no change; a move is one of two sides in one', async () => {
  const { sightings } = await begun(0, { 'a.jpg': '1', 'b.jpg': '1' });
  expect(sightings.changedMs).toBe(null);
  await sightings.take(look(['.', { 'b.jpg': '2', 'c.jpg': '1' }]));
  expect(taken(sightings)).toEqual({ found: ['b.jpg', 'c.jpg'], gone: [idOf('a.jpg')], isOverfull: false });
  await sightings.take(look(['.', { 'b.jpg': '2', 'c.jpg': '1' }]));
  expect(sightings.changedMs).toBe(null);
});

test('a file that grows is taken when nobody has touched it for a while, and not taken for gone meanwhile', async () => {
  const { sightings, clock } = await begun(2000, { 'a.jpg': '1' });
  await sightings.take(look(['.', { 'a.jpg': '2', 'new.jpg': '10 bytes' }]));
  expect(sightings.growing).toEqual({ parts: ['.'], dueMs: 2000 });
  clock.ms = 1500;
  await sightings.take(look(['.', { 'a.jpg': '2', 'new.jpg': '20 bytes' }]));
  expect(sightings.changedMs).toBe(null);
  clock.ms = 2000;
  await sightings.take(look(['.', { 'a.jpg': '2', 'new.jpg': '20 bytes' }]));
  expect(taken(sightings)).toEqual({ found: ['a.jpg'], gone: [], isOverfull: false });
  clock.ms = 3500;
  await sightings.take(look(['.', { 'a.jpg': '2', 'new.jpg': '20 bytes' }]));
  expect(taken(sightings)).toEqual({ found: ['new.jpg'], gone: [], isOverfull: false });
  expect(sightings.growing).toBe(null);
});

test('a file that came and went before it was taken is none', async () => {
  const { sightings } = await begun(2000, {});
  await sightings.take(look(['.', { 'upload.tmp.jpg': '1' }]));
  await sightings.take(look(['.', {}]));
  expect(sightings.growing).toBe(null);
  expect(sightings.changedMs).toBe(null);
});

test('parts that were not looked at keep what they had', async () => {
  const { sightings } = await begun(0, {});
  await sightings.take(look(['sub', { 'sub/a.jpg': '1' }]));
  sightings.takeChanges();
  await sightings.take(look(['.', { 'b.jpg': '1' }]));
  expect(taken(sightings)).toEqual({ found: ['b.jpg'], gone: [], isOverfull: false });
  await sightings.take(look(['sub', {}]));
  expect(taken(sightings)).toEqual({ found: [], gone: [idOf('sub/a.jpg')], isOverfull: false });
});

test('a look that breaks off takes nothing for gone', async () => {
  const { sightings } = await begun(0, { 'a.jpg': '1' });
  const broken = (async function* (): AsyncGenerator<LookedPart> {
    yield* look(['.', { 'b.jpg': '1' }]);
    throw new Error('away');
  })();
  await expect(sightings.take(broken)).rejects.toThrow('away');
  expect(taken(sightings)).toEqual({ found: ['b.jpg'], gone: [], isOverfull: false });
});

test('what is given back is there again, less what has changed since', async () => {
  const { sightings } = await begun(0, { 'a.jpg': '1', 'b.jpg': '1' });
  await sightings.take(look(['.', { 'c.jpg': '1', 'd.jpg': '1' }]));
  const changes = sightings.takeChanges();
  await sightings.take(look(['.', { 'b.jpg': '9', 'c.jpg': '1' }]));
  sightings.giveBack(changes);
  expect(taken(sightings)).toEqual({
    found: ['b.jpg', 'c.jpg'],
    gone: [idOf('d.jpg'), idOf('a.jpg')],
    isOverfull: false,
  });
});

test('so many changes that a crawl of everything is cheaper are not kept', async () => {
  const { sightings } = await begun(0, {}, 3);
  await sightings.take(look(['.', { a: '1', b: '1', c: '1', d: '1' }]));
  const changes = sightings.takeChanges();
  expect(changes).toMatchObject({ found: [], isOverfull: true });
  sightings.giveBack(changes);
  expect(sightings.isOverfull).toBe(true);
});
