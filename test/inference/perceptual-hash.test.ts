import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import { differentBits } from '../../src/indexer/likeness.ts';
import { type Looks, looksOf } from '../../src/inference/perceptual-hash.ts';
import { flatHash } from '../../src/record.ts';
import { scene } from '../scenes.ts';
import { photosPath } from '../shared.ts';

/** As a describer sees it: shrunk for the thumbnail. */
async function looks(picture: Sharp): Promise<Looks> {
  const raw = await sharp(await picture.png({ compressionLevel: 1 }).toBuffer())
    .resize(360, 360, { fit: 'inside', withoutEnlargement: true, kernel: 'linear' })
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return looksOf({ data: raw.data, size: { width: raw.info.width, height: raw.info.height } });
}

const again = async (picture: Sharp): Promise<Looks> => looks(sharp(await picture.toBuffer()));

const distance = (a: Looks, b: Looks): number => differentBits(a.perceptualHash, b.perceptualHash);

test('one picture in other sizes and encodings is alike, other pictures are not', async () => {
  const first = await looks(scene(1, 640, 480));
  expect(first.perceptualHash).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
  expect(first.meanColour).toMatch(/^[0-9a-f]{6}$/);
  expect(distance(first, await again(scene(1, 320, 240).jpeg({ quality: 50 })))).toBeLessThanOrEqual(3);
  expect(distance(first, await again(scene(1, 160, 120).webp()))).toBeLessThanOrEqual(3);
  expect(distance(first, await looks(scene(2, 640, 480)))).toBeGreaterThan(12);
});

test('pictures with too little on them are like no other', async () => {
  const fill = (red: number) =>
    ({ create: { width: 300, height: 200, channels: 3, background: { r: red, g: 9, b: 9 } } }) as const;
  const ramp = Buffer.from(Array.from({ length: 256 * 64 }, (_, at) => at % 256));
  const gradient = sharp(ramp, { raw: { width: 256, height: 64, channels: 1 } }).toColourspace('srgb');
  for (const plain of [sharp(fill(0)), sharp(fill(200)), gradient, scene(1, 2, 2)])
    expect((await looks(plain)).perceptualHash).toBe(flatHash);
});

const photos = photosPath();
describe.skipIf(photos === null)('photographs', { timeout: 120_000 }, () => {
  const ways: readonly ((photo: Sharp, width: number) => Sharp)[] = [
    (photo) => photo.jpeg({ quality: 50 }),
    (photo) => photo.webp({ quality: 75, effort: 1 }),
    (photo, width) => photo.resize(Math.round(width / 2)).jpeg(),
    (photo, width) => photo.resize(Math.round(width / 4)).jpeg(),
  ];

  test('every file of one is within 3 bits of it, and no other is within 12', async () => {
    const files = (await readdir(photos!)).filter((_, number) => number % 5 === 0);
    const all: Looks[] = [];
    let plain = 0;
    for (const file of files) {
      const content = await readFile(join(photos!, file));
      const { width } = await sharp(content).metadata();
      const own = await looks(sharp(content));
      if (own.perceptualHash === flatHash) {
        plain++;
        continue;
      }
      all.push(own);
      for (const way of ways) {
        const other = await again(way(sharp(content), width));
        expect({ file, isAlike: distance(own, other) <= 3 }).toEqual({ file, isAlike: true });
      }
    }
    expect(plain).toBeLessThan(files.length / 20);
    for (const [number, one] of all.entries())
      for (const other of all.slice(0, number)) expect(distance(one, other)).toBeGreaterThan(12);
  });
});
