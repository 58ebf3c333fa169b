import { describe, expect, test } from 'vitest';
import { nameWords, tokens } from '../src/text.ts';

describe('tokens', () => {
  test.each([
    ['', []],
    [' ,.!?—🐕 ', []],
    ['The quick brown FOX', ['the', 'quick', 'brown', 'fox']],
    ['a cat, 2 dogs & 3.5 horses', ['a', 'cat', '2', 'dog', '3', '5', 'hors']],
    ['snake_case kebab-case img_0042.jpg', ['snake', 'case', 'kebab', 'case', 'img', '0042', 'jpg']],
    ['Crème brûlée à Zürich, Łódź, Ærø', ['creme', 'brule', 'a', 'zurich', 'lodz', 'aero']],
    ['ｆｕｌｌ ﬁgure Ⅷ', ['full', 'figur', 'viii']],
    ['the dog’s bowl', ['the', 'dog', 'bowl']],
    ['Собаки и чай', ['собаки', 'и', 'чай']],
    ['हिन्दी', ['हिन्दी']],
    ['ガラス', ['ガラス']],
    ['n02084071', ['n02084071']],
  ])('%s', (words, expected) => {
    expect(tokens(words)).toEqual(expected);
  });

  test('text without spaces is cut into words', () => {
    expect(tokens('我的小狗').length).toBeGreaterThan(1);
  });

  test.each(
    `dog dogs|puppy puppies|butterfly butterflies|bus buses|wolf wolves|mouse mice|strawberry strawberries|fox foxes
     |church churches|horse horses|sheep sheep|leaf leaves|lens lenses|glass glasses|child children|TV TVs|axe axes
     |beach beaches|knife knives|potato potatoes|walrus walruses|watch watches|person people|canvas canvases`
      .split(/\s*\|/)
      .map((pair) => pair.split(' ')),
  )('%s and %s are the same', (one, many) => {
    expect(tokens(many!)).toEqual(tokens(one!));
  });

  test.each(['wolf wolverine', 'car card', 'cat cattle', 'mouse mousse', 'bus busy'])(
    '%s are not',
    (pair) => {
      const [one, other] = tokens(pair);
      expect(one).not.toBe(other);
    },
  );

  test('composed and decomposed letters are the same', () => {
    for (const word of ['café', 'Ångström', 'й', '한글', 'が']) {
      expect(tokens(word.normalize('NFD'))).toEqual(tokens(word.normalize('NFC')));
    }
  });

  test('what is far too long is cut', () => {
    expect(tokens('x'.repeat(1000))[0]).toHaveLength(64);
    expect(tokens('dog '.repeat(100_000)).length).toBeLessThan(3000);
  });
});

describe('words of a name', () => {
  test.each([
    ['GoldenRetriever_puppy-03', 'golden retriever puppy 03'],
    ['holidays/2024/redCar', 'holidays 2024 red car'],
    ['HTMLParser', 'html parser'],
    ['IMG1234', 'img 1234'],
    ['ÄrgerÖl', 'arger ol'],
  ])('%s', (name, words) => {
    expect(tokens(nameWords(name))).toEqual(tokens(words));
  });
});
