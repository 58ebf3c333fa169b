// Pictures that are made to break a decoder, and those that only look so: what becomes of each is fixed here.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ModelInput } from '../../src/inference/model.ts';
import { openPrepare, type Prepare, type Prepared } from '../../src/inference/preprocess.ts';
import { readPng } from '../plain-png.ts';
import { scene } from '../scenes.ts';
import { sharedPath } from '../shared.ts';

const input: ModelInput = {
  ...{ name: 'image', elementType: 'float32', layout: 'NCHW', channels: 'RGB', size: 64, mean: [0, 0, 0] },
  ...{ std: [1, 1, 1], resize: 'shortSide', resizeTo: 64, kernel: 'linear' },
};
const limits = { maxPixels: 50_000_000, keepPositions: false, describeTimeoutMs: 60_000 };
let prepare: Prepare;
beforeAll(async () => {
  prepare = await openPrepare(input, limits);
});

async function prepared(content: Uint8Array, by: Prepare = prepare): Promise<Prepared> {
  const preparation = await by(content);
  if (preparation.outcome !== 'prepared') throw new Error(JSON.stringify(preparation));
  return preparation;
}

const mostDifferent = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0);

describe('PngSuite', () => {
  const folder = sharedPath('images-odd/pngsuite');
  const files = async (isCorrupt: boolean): Promise<string[]> =>
    (await readdir(folder!)).filter((file) => file.startsWith('x') === isCorrupt);

  test.skipIf(folder === null)('crawl 43: its 14 corrupt files are refused', async () => {
    const corrupt = await files(true);
    expect(corrupt).toHaveLength(14);
    for (const file of corrupt) {
      const { outcome } = await prepare(await readFile(join(folder!, file)));
      expect({ file, outcome }).toEqual({ file, outcome: 'failed' });
    }
  });

  test.skipIf(folder === null)(
    'crawl 43: its 161 good files are decoded to what another reader reads',
    async () => {
      const good = await files(false);
      expect(good).toHaveLength(161);
      for (const file of good) {
        const content = await readFile(join(folder!, file));
        const expected = readPng(content);
        const whole = await openPrepare({ ...input, resize: 'stretch', size: expected.width }, limits);
        const { pixels, size } = await prepared(content, whole);
        expect({ file, ...size }).toEqual({ file, width: expected.width, height: expected.height });
        if (expected.width !== expected.height) continue;
        expect({ file, isEqual: mostDifferent(pixels, expected.pixels) <= 2 }).toEqual({
          file,
          isEqual: true,
        });
      }
    },
  );
});

/** A PNG of one bit a pixel, all black: as small as a file of so many pixels can be. */
function blackPng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))), { level: 9 });
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

test('crawl 44: a bomb of 30,000 × 30,000 pixels is refused by its header, without memory for it', async () => {
  const bomb = blackPng(30_000, 30_000);
  expect(bomb.length).toBeLessThan(120_000);
  const before = process.memoryUsage.rss();
  expect(await prepare(bomb)).toMatchObject({
    outcome: 'skipped',
    code: 'too_many_pixels',
    reason: expect.stringContaining('30000 × 30000'),
  });
  // Its pixels would take 900 MB.
  expect(process.memoryUsage.rss() - before).toBeLessThan(100_000_000);
});

/** A GIF of one pixel a frame but the first, which is `side` each way. */
function gifOf(frames: number, side: number): Buffer {
  const size = Buffer.from([side & 255, side >> 8, side & 255, side >> 8]);
  const table = Buffer.from([255, 255, 255, 0, 0, 0]);
  const frame = (across: Buffer, data: string) =>
    Buffer.concat([Buffer.from([0x2c, 0, 0, 0, 0]), across, Buffer.from(`00${data}`, 'hex')]);
  const one = frame(Buffer.from([1, 0, 1, 0]), '0202440100');
  return Buffer.concat([
    Buffer.from('GIF89a'),
    size,
    Buffer.from([0x80, 0, 0]),
    table,
    ...Array.from({ length: frames }, () => one),
    Buffer.from([0x3b]),
  ]);
}

test('crawl 45: of 10,000 frames the first alone is decoded', async () => {
  const gif = gifOf(10_000, 2000);
  expect((await sharp(gif, { pages: -1, limitInputPixels: false }).metadata()).pages).toBe(10_000);
  const before = process.memoryUsage.rss();
  const { size } = await prepared(gif);
  expect(size).toEqual({ width: 2000, height: 2000 });
  // All frames would come to 40,000 megapixels.
  expect(process.memoryUsage.rss() - before).toBeLessThan(200_000_000);
});

test('crawl 45: of a TIFF with several pages the first alone is decoded', async () => {
  const frames = [255, 0].map((level) => Buffer.alloc(70 * 70 * 3, level));
  const raw = { width: 70, height: 140, channels: 3, pageHeight: 70 } as const;
  const file = await sharp(Buffer.concat(frames), { raw }).tiff().toBuffer();
  const { pixels, size } = await prepared(file);
  expect(size).toEqual({ width: 70, height: 70 });
  expect(new Set(pixels)).toEqual(new Set([255]));
});

const kinds: Readonly<Record<string, { readonly make: (picture: Sharp) => Sharp; readonly within: number }>> =
  {
    'CMYK with Adobe’s mark': { make: (one) => one.toColourspace('cmyk').jpeg({ quality: 95 }), within: 40 },
    '16 bits': { make: (one) => one.toColourspace('rgb16').png(), within: 2 },
    'a palette': { make: (one) => one.png({ palette: true, quality: 100, dither: 0 }), within: 12 },
    'an ICC profile': { make: (one) => one.withIccProfile('p3').jpeg({ quality: 95 }), within: 30 },
    'a progressive JPEG': { make: (one) => one.jpeg({ progressive: true, quality: 95 }), within: 4 },
    'an interlaced PNG': { make: (one) => one.png({ progressive: true }), within: 0.01 },
    'alpha of its own': { make: (one) => one.ensureAlpha().webp({ lossless: true }), within: 0.01 },
  };

describe('crawl 47: whatever a file has, three channels of 8 bits come out', () => {
  test.each(Object.entries(kinds))('crawl 47: %s', async (_, { make, within }) => {
    const plain = await prepared(await scene(3, 120, 90).png().toBuffer());
    const { pixels, size } = await prepared(await make(scene(3, 120, 90)).toBuffer());
    expect(size).toEqual({ width: 120, height: 90 });
    expect(pixels).toHaveLength(64 * 64 * 3);
    const mean =
      pixels.reduce((sum, value, at) => sum + Math.abs(value - plain.pixels[at]!), 0) / pixels.length;
    expect(mean).toBeLessThan(within);
  });

  test('crawl 47: grey with alpha', async () => {
    const grey = await scene(3, 120, 90).greyscale().raw().toBuffer();
    const both = Buffer.from([...grey].flatMap((value, at) => [value, at < 120 * 45 ? 0 : 255]));
    const file = await sharp(both, { raw: { width: 120, height: 90, channels: 2 } })
      .png()
      .toBuffer();
    const { pixels } = await prepared(file);
    expect([...pixels.subarray(0, 3)]).toEqual([255, 255, 255]);
    const last = [...pixels.subarray(-3)];
    expect(new Set(last).size).toBe(1);
    expect(last[0]).not.toBe(255);
  });
});

const says = (content: Uint8Array) => prepare(content);

test('crawl 51: no bytes, one byte, one pixel, and a line of 50,000', async () => {
  expect(await says(new Uint8Array())).toMatchObject({ outcome: 'failed', failure: { code: 'undecodable' } });
  expect(await says(Uint8Array.of(0xff))).toMatchObject({
    outcome: 'failed',
    failure: { code: 'undecodable' },
  });
  for (const [width, height] of [
    [1, 1],
    [1, 50_000],
    [50_000, 1],
  ] as const) {
    const create = { width, height, channels: 3, background: '#102030' } as const;
    const { size, pixels, looks } = await prepared(await sharp({ create }).png().toBuffer());
    expect(size).toEqual({ width, height });
    expect([...pixels.subarray(0, 3)]).toEqual([16, 32, 48]);
    expect(looks).toEqual({ perceptualHash: '0'.repeat(16), meanColour: '102030' });
  }
});

test('what is smaller than it may be is skipped with its size, and not decoded', async () => {
  const small = await scene(3, 120, 90).png().toBuffer();
  expect((await prepare(small, 90)).outcome).toBe('prepared');
  expect(await prepare(small, 91)).toEqual({
    outcome: 'skipped',
    code: 'too_small',
    reason: 'expected at least 91 pixels on the shorter side, came 120 × 90',
  });
});
