import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJsonLd } from '../../../src/crawler/page/json-ld.ts';

const read = (value: unknown) => readJsonLd(typeof value === 'string' ? value : JSON.stringify(value));
const urls = (value: unknown) => read(value).finds.map(({ candidates }) => candidates[0]?.url);

describe('pictures', () => {
  test.each([
    ['a string', { '@type': 'Article', image: 'a.jpg' }, ['a.jpg']],
    ['several', { '@type': 'Product', image: ['a.jpg', 'b.jpg'] }, ['a.jpg', 'b.jpg']],
    [
      'objects',
      { image: [{ '@type': 'ImageObject', url: 'https://x/a' }, { url: 'b.jpg' }] },
      ['https://x/a', 'b.jpg'],
    ],
    [
      'in a graph, once by its own',
      {
        '@graph': [
          { '@type': 'WebPage', primaryImageOfPage: { '@id': '#p' } },
          { '@type': 'ImageObject', '@id': '#p', contentUrl: 'a.jpg', url: 'page.html' },
        ],
      },
      ['a.jpg'],
    ],
    ['of a video', { '@type': 'VideoObject', thumbnailUrl: ['a.jpg'], contentUrl: 'v.mp4' }, ['a.jpg']],
    ['deep down', { mainEntity: { author: { image: { contentUrl: 'a.jpg' } } } }, ['a.jpg']],
    [
      'none that are addresses of pages',
      { '@type': 'Article', url: 'a.jpg', image: { '@type': 'ImageObject', name: 'x' } },
      [],
    ],
    ['none that are templates or drawings', { image: ['{{image}}', 'data:image/png,x', ''] }, []],
  ])('%s', (_, value, expected) => {
    expect(urls(value)).toEqual(expected);
  });

  test('a thumbnail is a file of it, and what is said of it is its words', () => {
    const [find] = read({
      '@type': 'ImageObject',
      contentUrl: 'a.jpg',
      thumbnailUrl: 'small.jpg',
      caption: 'A cat',
      license: 'https://example.org/licence',
      creator: [{ '@type': 'Person', name: 'Ada' }, { name: 'Ben' }],
      uploadDate: '2024-03-01',
    }).finds;
    expect(find?.others.map(({ url }) => url)).toEqual(['small.jpg']);
    expect(find?.draft).toEqual({
      caption: 'A cat',
      licence: 'https://example.org/licence',
      credit: 'Ada, Ben',
      publishedAt: '2024-03-01T00:00:00.000Z',
    });
  });

  test('what is said of the page is said of all that it shows', () => {
    const { facts } = read({
      '@graph': [
        {
          '@type': 'Article',
          datePublished: '2024-01-02T03:04:05Z',
          author: { name: 'Ada' },
          license: 'CC BY 4.0',
          inLanguage: 'de',
        },
      ],
    });
    expect(facts).toEqual({
      publishedAt: '2024-01-02T03:04:05.000Z',
      credit: 'Ada',
      licence: 'CC BY 4.0',
      language: 'de',
    });
  });
});

describe('what scripts get wrong', () => {
  test.each([
    ['line breaks in strings', '{"image": "a.jpg", "name": "two\nlines"}', ['a.jpg']],
    ['comments around it', '<!-- {"image": "a.jpg"} -->', ['a.jpg']],
    ['a semicolon at its end', '{"image": "a.jpg"};', ['a.jpg']],
    ['no JSON at all', '{"image": "a.jpg"', []],
  ])('%s', (_, text, expected) => {
    expect(urls(text)).toEqual(expected);
  });

  test('whatever it is, it never throws', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 8 }),
        (value) => void read(JSON.stringify({ image: value, '@graph': [value] })),
      ),
    );
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => void readJsonLd(text)));
    const words = fc.constantFrom(
      'image',
      '@type',
      'ImageObject',
      'url',
      'contentUrl',
      '@graph',
      'a.jpg',
      '__proto__',
      'constructor',
      'author',
      'name',
    );
    const tree = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 6 },
        words,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(words, tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    fc.assert(fc.property(tree, (value) => void read(JSON.stringify(value) ?? '')));
  });

  test.each([
    ['depth', `${'['.repeat(200_000)}"a.jpg"${']'.repeat(200_000)}`],
    ['objects in objects', `${'{"image":'.repeat(50_000)}"a.jpg"${'}'.repeat(50_000)}`],
    ['pictures', JSON.stringify({ image: Array.from({ length: 60_000 }, (_, n) => `${n}.jpg`) })],
  ])('%s is bounded', (_, text) => {
    expect(read(text).finds.length).toBeLessThanOrEqual(1000);
  });
});
