import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelInput } from '../../src/inference/model.ts';
import { openPrepare, type Prepare, type Prepared } from '../../src/inference/preprocess.ts';

const input: ModelInput = {
  name: 'image',
  elementType: 'float32',
  layout: 'NCHW',
  channels: 'RGB',
  size: 64,
  mean: [0, 0, 0],
  std: [1, 1, 1],
  resize: 'shortSide',
  resizeTo: 64,
  kernel: 'linear',
};
const limits = { maxPixels: 1_000_000, keepPositions: false, describeTimeoutMs: 60_000 };
let prepare: Prepare;
beforeAll(async () => {
  prepare = await openPrepare(input, limits);
});

async function prepared(content: Uint8Array, by: Prepare = prepare): Promise<Prepared> {
  const preparation = await by(content);
  if (preparation.outcome !== 'prepared') throw new Error(JSON.stringify(preparation));
  return preparation;
}

/** Red to the right, green downward, blue in one corner: any turn or mirror shows. */
const width = 120;
const height = 90;
const scene = Buffer.from(
  Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    return [2 * x, 2 * y, x < 60 && y < 45 ? 200 : 40];
  }).flat(),
);
const picture = (): Sharp => sharp(scene, { raw: { width, height, channels: 3 } });

const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] as number)), 0) / a.length;

describe('pixels', () => {
  it.each(['png', 'jpeg', 'webp', 'gif', 'avif', 'tiff'] as const)(
    'are the picture’s in %s',
    async (format) => {
      const expected = await prepared(await picture().png().toBuffer());
      const { pixels, size } = await prepared(await picture().toFormat(format, { quality: 95 }).toBuffer());
      expect(size).toEqual({ width, height });
      expect(pixels).toHaveLength(64 * 64 * 3);
      expect(difference(pixels, expected.pixels)).toBeLessThan(4);
    },
  );

  it('crawl 46: are upright for every EXIF orientation', async () => {
    const upright = await prepared(await picture().png().toBuffer());
    const [right, bottom] = [width - 1, height - 1];
    // Where a stored pixel lies in the upright picture, by the EXIF standard.
    const places: readonly ((x: number, y: number) => readonly [number, number])[] = [
      (x, y) => [x, y],
      (x, y) => [right - x, y],
      (x, y) => [right - x, bottom - y],
      (x, y) => [x, bottom - y],
      (x, y) => [y, x],
      (x, y) => [right - y, x],
      (x, y) => [right - y, bottom - x],
      (x, y) => [y, bottom - x],
    ];
    for (const [index, place] of places.entries()) {
      const [across, down] = index < 4 ? [width, height] : [height, width];
      const stored = Array.from({ length: across * down }, (_, at) => {
        const [x, y] = place(at % across, Math.floor(at / across));
        return [...scene.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
      });
      const file = await sharp(Buffer.from(stored.flat()), {
        raw: { width: across, height: down, channels: 3 },
      })
        .withMetadata({ orientation: index + 1 })
        .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
        .toBuffer();
      const { pixels, size, thumbnail, looks } = await prepared(file);
      expect({ orientation: index + 1, ...size }).toEqual({ orientation: index + 1, width, height });
      expect(difference(pixels, upright.pixels)).toBeLessThan(3);
      expect(await sharp(thumbnail).metadata()).toMatchObject({ width, height });
      expect(looks.perceptualHash).toBe(upright.looks.perceptualHash);
    }
  });

  it('crawl 47: of grey, 16-bit, CMYK and palette pictures are 8-bit RGB', async () => {
    const grey = await prepared(await picture().greyscale().png().toBuffer());
    expect(grey.pixels[0]).toBe(grey.pixels[1]);
    const deep = await prepared(await picture().toColourspace('rgb16').png().toBuffer());
    const plain = await prepared(await picture().png().toBuffer());
    expect(difference(deep.pixels, plain.pixels)).toBeLessThan(1.5);
    const palette = await prepared(await picture().png({ palette: true }).toBuffer());
    expect(difference(palette.pixels, plain.pixels)).toBeLessThan(4);
    const ink = await prepared(await picture().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer());
    // Ink has fewer colours: only not inverted, not shifted.
    expect(difference(ink.pixels, plain.pixels)).toBeLessThan(40);
  });

  it('that are transparent are white', async () => {
    const clear = {
      width: 80,
      height: 80,
      channels: 4,
      background: { r: 255, g: 0, b: 0, alpha: 0 },
    } as const;
    const { pixels } = await prepared(await sharp({ create: clear }).png().toBuffer());
    expect(new Set(pixels)).toEqual(new Set([255]));
  });

  it('crawl 45: are those of the first frame', async () => {
    const frames = [255, 0].map((level) => Buffer.alloc(70 * 70 * 3, level));
    const raw = { width: 70, height: 140, channels: 3, pageHeight: 70 } as const;
    const file = await sharp(Buffer.concat(frames), { raw })
      .gif({ loop: 0, delay: [100, 100] })
      .toBuffer();
    expect((await sharp(file).metadata()).pages).toBe(2);
    const { pixels, size } = await prepared(file);
    expect(size).toEqual({ width: 70, height: 70 });
    expect(new Set(pixels)).toEqual(new Set([255]));
  });

  it.each([
    [1, 1],
    [1, 9000],
    [9000, 1],
    [63, 5000],
  ])('of a picture of %i × %i are there', async (across, down) => {
    const create = { width: across, height: down, channels: 3, background: '#102030' } as const;
    const { pixels, size } = await prepared(await sharp({ create }).png().toBuffer());
    expect(size).toEqual({ width: across, height: down });
    expect([...pixels.subarray(0, 3)]).toEqual([16, 32, 48]);
    expect(pixels).toHaveLength(64 * 64 * 3);
  });

  it('of a large picture are those of a small one of the same scene', async () => {
    const roomy = await openPrepare(input, { ...limits, maxPixels: 50_000_000 });
    const small = await prepared(await picture().png().toBuffer());
    const enlarged = picture().resize(width * 50, height * 50, { kernel: 'linear' });
    const large = await prepared(await enlarged.jpeg({ quality: 95 }).toBuffer(), roomy);
    expect(large.size).toEqual({ width: width * 50, height: height * 50 });
    expect(difference(large.pixels, small.pixels)).toBeLessThan(3);
  });
});

describe('what is refused', () => {
  it.each(['png', 'jpeg', 'webp', 'gif', 'avif', 'tiff'] as const)(
    'crawl 49: a %s that is cut off',
    async (format) => {
      const noise = {
        width: 300,
        height: 200,
        channels: 3,
        background: '#fff',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      } as const;
      const whole = await sharp({ create: noise }).toFormat(format).toBuffer();
      await prepared(whole);
      const cut = await prepare(whole.subarray(0, Math.floor(whole.length * 0.7)));
      expect(cut).toMatchObject({
        outcome: 'failed',
        failure: { stage: 'describe', code: 'undecodable', retry: 'never' },
      });
    },
  );

  it('crawl 49: a progressive JPEG that is cut off', async () => {
    const whole = await picture().jpeg({ progressive: true, quality: 95 }).toBuffer();
    expect((await prepare(whole.subarray(0, whole.length - 200))).outcome).toBe('failed');
  });

  it('crawl 44: more pixels than allowed, before they are decoded', async () => {
    const create = { width: 1001, height: 1000, channels: 3, background: '#fff' } as const;
    const skipped = await prepare(await sharp({ create }).png().toBuffer());
    expect(skipped).toMatchObject({
      outcome: 'skipped',
      code: 'too_many_pixels',
      reason: expect.stringContaining('1001 × 1000'),
    });
  });

  it('crawl 48: SVG, for it may name other files, and nothing at all', async () => {
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="70" height="70"><rect width="70" height="70"/></svg>',
    );
    expect((await prepare(svg)).outcome).toBe('failed');
    expect((await prepare(new Uint8Array())).outcome).toBe('failed');
  });

  it('a JPEG with stray bytes is not: it is complete', async () => {
    const whole = await picture().jpeg().toBuffer();
    const scan = whole.indexOf(Buffer.from([0xff, 0xda]));
    const odd = Buffer.concat([whole.subarray(0, scan), Buffer.from([1, 2, 3]), whole.subarray(scan)]);
    expect((await prepare(odd)).outcome).toBe('prepared');
  });
});

describe('EXIF', () => {
  const tagged = () =>
    picture()
      .withExif({
        IFD0: { Make: 'NIKON CORPORATION', Model: 'NIKON D70' },
        IFD2: { DateTimeOriginal: '2024:05:06 07:08:09' },
        IFD3: {
          GPSLatitudeRef: 'S',
          GPSLatitude: '10/1 30/1 0/1',
          GPSLongitudeRef: 'E',
          GPSLongitude: '20/1 15/1 0/1',
        },
      })
      .jpeg()
      .toBuffer();

  it('gives date and camera, and drops the place', async () => {
    expect((await prepared(await tagged())).exif).toEqual({
      takenAt: '2024-05-06T07:08:09.000Z',
      camera: 'NIKON D70',
    });
  });

  it('gives the place where it is asked for', async () => {
    const keeping = await openPrepare(input, { ...limits, keepPositions: true });
    expect((await prepared(await tagged(), keeping)).exif.position).toEqual({
      latitude: -10.5,
      longitude: 20.25,
    });
  });

  it('is not in the thumbnail', async () => {
    const { thumbnail } = await prepared(await tagged());
    expect((await sharp(thumbnail).metadata()).exif).toBeUndefined();
  });

  it('that is broken is none', async () => {
    const file = await tagged();
    const at = file.indexOf('Exif\0\0') + 6;
    file.fill(0xff, at, at + 12);
    expect((await prepared(file)).exif).toEqual({});
  });
});
