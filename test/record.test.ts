import { describe, expect, it } from 'vitest';
import { appearanceId, descriptionKey, imageId, locationId, now, pageId, sha256Of } from '../src/record.ts';

describe('ids', () => {
  it('are the same for the same, in every process', () => {
    expect(imageId('default', 'ab')).toBe(imageId('default', 'ab'));
    expect(imageId('default', 'ab')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('differ with each of their parts, and by what they name', () => {
    const ids = [
      imageId('default', 'ab'),
      imageId('defaulta', 'b'),
      imageId('other', 'ab'),
      locationId('default', 'web:a', 'b'),
      locationId('default', 'web:', 'ab'),
      pageId('default', 'web:a', 'b'),
      appearanceId('a', 'b'),
      appearanceId('b', 'a'),
      descriptionKey('ab', 'm@1#d', 'original'),
      descriptionKey('ab', 'm@1#d', 'rendition'),
      descriptionKey('ab', 'm@2#d', 'original'),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('count bytes, not characters', () => {
    expect(imageId('ä', 'b')).not.toBe(imageId('a', '\u0308b'));
  });
});

it('knows SHA-256, and the time in UTC', () => {
  expect(sha256Of(Buffer.from('abc'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  expect(now()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});
