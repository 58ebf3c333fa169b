import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { imageFormat } from '../../src/crawler/image-format.ts';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const ftyp = (major: string, ...compatible: string[]): Buffer => {
  const box = Buffer.alloc(16 + 4 * compatible.length);
  box.writeUInt32BE(box.length, 0);
  box.write(`ftyp${major}\0\0\0\0${compatible.join('')}`, 4, 'latin1');
  return Buffer.concat([box, Buffer.alloc(32)]);
};

describe('formats that are described', () => {
  test.each(['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const)(
    '%s as sharp writes it',
    async (format) => {
      const content = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
        .toFormat(format)
        .toBuffer();
      expect(imageFormat(content)).toEqual({ format: format.toUpperCase() });
    },
  );

  test.each([
    ['GIF87a', latin1('GIF87a\x01\0\x01\0'), 'GIF'],
    ['big-endian TIFF', latin1('MM\0*\0\0\0\x08'), 'TIFF'],
    ['BigTIFF', latin1('II+\0\x08\0\0\0'), 'TIFF'],
    ['big-endian BigTIFF', latin1('MM\0+\0\x08\0\0'), 'TIFF'],
    ['an AVIF sequence', ftyp('avis', 'msf1'), 'AVIF'],
    ['AVIF behind a general brand', ftyp('mif1', 'miaf', 'avif'), 'AVIF'],
  ])('%s', (_, content, format) => {
    expect(imageFormat(content)).toEqual({ format });
  });
});

describe('formats that are not described are named', () => {
  test.each([
    ['SVG', latin1('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    [
      'SVG',
      latin1('\n<?xml version="1.0"?>\n<!-- a > b -->\n<!DOCTYPE svg [<!ENTITY a "<b>">]>\n<svg:svg/>'),
    ],
    ['SVG', Buffer.from('\ufeff<svg/>', 'utf16le')],
    ['SVG', Buffer.from('\ufeff<svg/>', 'utf8')],
    ['BMP', Buffer.concat([latin1('BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0'), Buffer.alloc(40)])],
    ['ICO', latin1('\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0\x68\x04\0\0\x16\0\0\0')],
    ['Photoshop', latin1('8BPS\0\x01')],
    ['JPEG 2000', latin1('\0\0\0\x0cjP  \r\n\x87\n')],
    ['JPEG XL', latin1('\xff\x0a\xfa\x7f')],
    ['HEIC', ftyp('heic', 'mif1')],
    ['HEIC', ftyp('mif1', 'heic')],
    ['PDF', latin1('%PDF-1.7\n')],
    ['QOI', latin1('qoif\0\0')],
    ['PNM', latin1('P6\n1 1\n255\n')],
  ])('%s', (name, content) => {
    expect(imageFormat(content)).toMatchObject({
      skip: 'unsupported_format',
      reason: expect.stringMatching(`^${name} `),
    });
  });
});

describe('what is no image', () => {
  test.each([
    ['nothing', Buffer.alloc(0), 'empty'],
    ['HTML with a drawing in it', latin1('<!DOCTYPE html><html><svg></svg></html>'), 'HTML'],
    ['an XML feed', latin1('<?xml version="1.0"?><rss/>'), 'XML'],
    ['an unfinished comment', latin1('<!-- <svg>'), 'HTML'],
    ['text', latin1('BM, the initials of a poet'), 'text'],
    ['a letter that begins with P', latin1('P. S. I love you'), 'text'],
    ['zeroes', Buffer.alloc(100), 'no known kind'],
    ['a sound in the container that WebP uses', latin1('RIFF\x24\0\0\0WAVEfmt '), 'no known kind'],
    ['a video', ftyp('isom', 'mp42'), 'video'],
    ['a PNG that lost its carriage returns', latin1('\x89PNG\n\x1a\n'), 'no known kind'],
    ['a JPEG of two bytes', latin1('\xff\xd8'), 'no known kind'],
  ])('%s', (_, content, words) => {
    expect(imageFormat(content)).toMatchObject({
      skip: 'not_an_image',
      reason: expect.stringContaining(words),
    });
  });
});

test('a view into a larger buffer is read where it lies', () => {
  const whole = latin1('xxxxGIF89axxxx');
  expect(imageFormat(new Uint8Array(whole.buffer, whole.byteOffset + 4, 6))).toEqual({ format: 'GIF' });
});
