import { expect, it } from 'vitest';
import { editDistance, suggest } from '../src/suggest.ts';

it.each([
  ['', '', 0],
  ['crawl', 'crwal', 1],
  ['crawl', 'crawls', 1],
  ['crawl', 'craul', 1],
  ['kitten', 'sitting', 3],
  ['', 'abc', 3],
])('counts the edits from %j to %j: %i', (a, b, edits) => {
  expect(editDistance(a, b)).toBe(edits);
  expect(editDistance(b, a)).toBe(edits);
});

it('suggests what is near, however it is spelt, and nothing else', () => {
  const known = ['dataDir', 'port', 'retries'];
  expect(suggest('data_dir', known)).toBe('dataDir');
  expect(suggest('prot', known)).toBe('port');
  expect(suggest('retry', known)).toBe(undefined);
  expect(suggest('elephant', known)).toBe(undefined);
});
