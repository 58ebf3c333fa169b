import { describe, expect, it } from 'vitest';
import {
  conceptNumber,
  featureOf,
  labelled,
  labelledRange,
  wordNetConcept,
} from '../../../../src/indexer/stores/opensearch/labels.ts';

describe('labels as numbers', () => {
  it('takes the digits of a WordNet id, and gives them back', () => {
    expect(conceptNumber('n02084071')).toBe(2_084_071);
    expect(wordNetConcept(2_084_071)).toBe('n02084071');
    expect(featureOf('n00001740')).toBe('1740');
  });

  it.each(['dog', 'n2084071', 'N02084071', 'n020840711', 'a.b c', '', '犬'])(
    'keeps %j apart from all of them',
    (id) => {
      expect(wordNetConcept(conceptNumber(id))).toBe(undefined);
      expect(featureOf(id)).toMatch(/^\d+$/);
    },
  );

  it('gives many other ids numbers of their own', () => {
    const numbers = Array.from({ length: 50_000 }, (_, at) => conceptNumber(`class-${at}`));
    expect(new Set(numbers).size).toBe(50_000);
  });

  it('stays exact as a double, with whatever confidence, and no concept reaches into another', () => {
    const ids = ['n00000000', 'n99999999', ...Array.from({ length: 20_000 }, (_, at) => `class-${at}`)];
    const sorted = ids.map((id) => labelled(id, 0)).sort((a, b) => a - b);
    expect(sorted.every((number) => Number.isSafeInteger(number + 511))).toBe(true);
    for (const [at, number] of sorted.slice(1).entries())
      expect(number - sorted[at]!).toBeGreaterThanOrEqual(512);
    expect(labelledRange(conceptNumber('dog'), 74)).toEqual({
      gte: labelled('dog', 74),
      lte: labelled('dog', 200),
    });
  });
});
