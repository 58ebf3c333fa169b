import { describe, expect, test } from 'vitest';
import type { ImageQuery } from '../../src/indexer/image-index.ts';
import { confidenceOf, decodeCursor, encodeCursor, textUnits } from '../../src/indexer/query.ts';
import { wordnet } from '../../src/labels/taxonomy.ts';

const units = (words: string): string[] =>
  textUnits(words, wordnet()).map(
    ({ concepts, tokens }) =>
      `${tokens.join(' ')}${concepts.length === 0 ? '' : `: ${concepts.map((id) => wordnet().get(id)!.names[0]).join(', ')}`}`,
  );

describe('text units', () => {
  test.each([
    ['', []],
    ['  ?! ', []],
    ['dog', ['dog: dog']],
    ['Golden Retrievers playing', ['golden retriev: golden retriever', 'play']],
    ['a dog on the beach', ['dog: dog', 'beach: seashore']],
    ['pictures of cranes', ['crane: crane, crane']],
    ['golden gate bridge', ['golden', 'gate: gate', 'bridg: bridge']],
    ['dog Dogs dog', ['dog: dog']],
    ['the', ['the']],
    ['can', ['can: can']],
    ['Eiffelturm bei Nacht', ['eiffelturm', 'bei', 'nacht']],
  ])('%j', (words, expected) => {
    expect(units(words)).toEqual(expected);
  });

  test('a phrase begins as far left as it can', () => {
    const resolve = (tokens: readonly string[]) => (['a b', 'b c d'].includes(tokens.join(' ')) ? ['x'] : []);
    expect(textUnits('a1 b c d', { resolve, longestName: 3 }).map(({ tokens }) => tokens)).toEqual([
      ['a1'],
      ['b', 'c', 'd'],
    ]);
  });

  test('a page full of words is no query', () => {
    const words = Array.from({ length: 5000 }, (_, i) => `word${i}`).join(' ');
    expect(textUnits(words, wordnet())).toHaveLength(32);
  });
});

describe('confidences', () => {
  test('every label that shows at least as much is found, and no other', () => {
    for (let confidence = 0; confidence <= 200; confidence++) {
      expect(confidenceOf(confidence / 200)).toBe(confidence);
      // What people type has few decimals.
      expect(confidenceOf(Number((confidence / 200).toFixed(3)))).toBe(confidence);
    }
    expect(confidenceOf(0.701)).toBe(141);
    expect(confidenceOf(0.0001)).toBe(1);
  });

  test.each([-0.1, 1.01, Number.NaN, 70])('%d is none', (fraction) => {
    expect(() => confidenceOf(fraction)).toThrow('expected a confidence from 0 to 1');
  });
});

describe('cursors', () => {
  const query: ImageQuery = {
    collection: 'default',
    filter: { text: [{ concepts: ['n02084071'], tokens: ['dog'] }], formats: ['JPEG'] },
    orderBy: { field: 'RELEVANCE', direction: 'DESC' },
    first: 10,
  };

  test.each([0.1 + 0.2, 5e-324, -1, '2026-11-21T10:00:00.000Z', '', 'ä"'])(
    '%j comes back as it was',
    (value) => {
      const cursor = encodeCursor(query, { value, id: 'abc' });
      expect(cursor).toMatch(/^[\w-]+$/);
      expect(decodeCursor(query, cursor)).toEqual({ value, id: 'abc' });
    },
  );

  const cursor = encodeCursor(query, { value: 1, id: 'abc' });
  test('another page size, an earlier cursor and the order of properties change nothing', () => {
    const { formats, text } = query.filter;
    const same = {
      ...query,
      first: 50,
      after: { value: 2, id: 'x' },
      filter: { formats, text },
    } as ImageQuery;
    expect(decodeCursor(same, cursor)).toEqual({ value: 1, id: 'abc' });
  });

  test.each([
    ['collection', { ...query, collection: 'other' }],
    ['filter', { ...query, filter: { formats: ['JPEG'] } }],
    ['order', { ...query, orderBy: { field: 'DATE', direction: 'DESC' } }],
    ['direction', { ...query, orderBy: { field: 'RELEVANCE', direction: 'ASC' } }],
    ['least confidence', { ...query, minConfidence: 100 }],
  ] satisfies [string, ImageQuery][])('another %s is another query', (_, other) => {
    expect(() => decodeCursor(other, cursor)).toThrow('belongs to another query');
  });

  test.each([
    ['empty', ''],
    ['no base64', '§§§'],
    ['half', cursor.slice(0, -10)],
    ['no list', Buffer.from('{}').toString('base64url')],
    ['of another version', Buffer.from('[2,"x",1,"abc"]').toString('base64url')],
    ['with too little', Buffer.from('[1,"x",1]').toString('base64url')],
  ])('one that is %s is refused', (_, broken) => {
    expect(() => decodeCursor(query, broken)).toThrowError(
      expect.objectContaining({ code: 'invalid_cursor' }),
    );
  });
});
