import { expect, it } from 'vitest';
import { tokensOf, tokenText } from '../../../../src/indexer/stores/opensearch/token-text.ts';

it.each([
  [['my', 'dog']],
  [['x y', 'a\tb', 'a\u001fb', 'a\u00a0b', 'a\u2028b', '\u3000']],
  [['', '%', '%%', '%+', '%-', '%0020', '100%']],
  [['\ud800', 'a\udc00b', '😀']],
  [['é'.repeat(201), 'x', '😀'.repeat(150), ' '.repeat(120)]],
])('gives back %j', (tokens) => {
  const text = tokenText(tokens);
  expect(tokensOf(text)).toEqual(tokens);
  for (const word of text.split(' ')) {
    expect(word.length).toBeLessThanOrEqual(255);
    expect(word).toMatch(/^\P{Cs}+$/u);
  }
});

it('gives nothing for nothing', () => {
  expect(tokensOf(undefined)).toEqual([]);
});
