// What passes for a whole JPEG without being decoded.
import sharp, { type JpegOptions } from 'sharp';
import { expect, test } from 'vitest';
import { isJpeg } from '../../src/collections/jpeg.ts';
import { picture } from '../pictures.ts';

const whole = async (options: JpegOptions = {}) =>
  sharp(await picture(3))
    .jpeg(options)
    .toBuffer();

test('what encoders write is one: baseline, progressive, grey, with metadata', async () => {
  expect(isJpeg(await whole(), 2048)).toBe(true);
  expect(isJpeg(await whole({ progressive: true }), 2048)).toBe(true);
  expect(isJpeg(await whole({ mozjpeg: true }), 2048)).toBe(true);
  expect(
    isJpeg(
      await sharp(await picture(3))
        .grayscale()
        .jpeg()
        .toBuffer(),
      2048,
    ),
  ).toBe(true);
  const named = await sharp(await picture(3))
    .withExif({ IFD0: { Copyright: 'x' } })
    .jpeg()
    .toBuffer();
  expect(isJpeg(named, 2048)).toBe(true);
});

test('what is cut off, too large, or only begins and ends like one is none', async () => {
  const bytes = await whole();
  expect(isJpeg(bytes, 20)).toBe(false);
  expect(isJpeg(bytes.subarray(0, -10), 2048)).toBe(false);
  for (let length = 0; length < 40; length++) expect(isJpeg(bytes.subarray(0, length), 2048)).toBe(false);
  for (const hex of [
    '',
    'ff',
    'ffd8',
    'ffd8ffd9',
    'ffd8ffe0ffffffd9',
    'ffd8ffe00002ffd9',
    'ffd8ffda0008010100003f00ffd9',
  ])
    expect(isJpeg(Buffer.from(hex, 'hex'), 2048)).toBe(false);
  const script = Buffer.concat([
    Buffer.from('ffd8ff', 'hex'),
    Buffer.from('<script>alert(1)</script>'),
    Buffer.from('ffd9', 'hex'),
  ]);
  expect(isJpeg(script, 2048)).toBe(false);
});
