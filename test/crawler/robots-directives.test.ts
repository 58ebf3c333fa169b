import { expect, test } from 'vitest';
import { robotsDirectives } from '../../src/crawler/robots-directives.ts';

const now = Date.parse('2026-06-01T00:00:00Z');
const wishes = (...values: string[]) => {
  const { noImages, noFollow } = robotsDirectives(values, 'imagedex', now);
  return `${noImages ?? '-'} ${noFollow ? 'nofollow' : '-'}`;
};

test.each<[string[], string]>([
  [[], '- -'],
  [['all'], '- -'],
  [['noindex'], 'noindex -'],
  [['NoIndex, NoFollow'], 'noindex nofollow'],
  [['none'], 'none nofollow'],
  [['noimageindex'], 'noimageindex -'],
  [['noai'], 'noai -'],
  [['noimageai, nofollow'], 'noimageai nofollow'],
  [['max-image-preview: none, max-snippet:-1'], '- -'],
  [['googlebot: noindex, nofollow'], '- -'],
  [['imagedex: noindex, nofollow'], 'noindex nofollow'],
  [['noai, otherbot: noindex, nofollow'], 'noai -'],
  [['otherbot: noindex, imagedex: noimageai'], 'noimageai -'],
  [['otherbot: noindex', 'nofollow'], '- nofollow'],
  [['unavailable_after: 25 Jun 2027 15:00:00 PST'], '- -'],
  [['noindex, unavailable_after: 25 Jun 2027 15:00:00 PST'], 'noindex -'],
  [['unavailable_after: 25 Jun 2025 15:00:00 PST'], 'noindex -'],
  [['unavailable_after: Wednesday, 25 Jun 2025 15:00:00 GMT'], 'noindex -'],
  [['unavailable_after: nonsense'], '- -'],
  [['unavailable_after: Saturday, 25-Jun-25 15:00:00 GMT'], 'noindex -'],
  [['unavailable_after: Saturday, 25-Jun-27 15:00:00 GMT, noai'], 'noai -'],
  [['unavailable_after: 2025-06-25T15:00:00Z'], 'noindex -'],
  [['unavailable_after: 2027-06-25T15:00:00+02:00'], '- -'],
  [['unavailable_after: 25 Jun 2025 15:00:00 CEST'], 'noindex -'],
  [['UNAVAILABLE_AFTER: 25 JUN 2025 15:00:00 PST'], 'noindex -'],
  [['imagedex: unavailable_after: 25 Jun 2025 15:00:00 PST'], 'noindex -'],
  [['otherbot: unavailable_after: 25 Jun 2025 15:00:00 PST'], '- -'],
  [['otherbot: noindex, unavailable_after: 25 Jun 2025 15:00:00 PST'], '- -'],
  [['IMAGEDEX: NOIMAGEAI'], 'noimageai -'],
  [['*: noai'], 'noai -'],
  [['robots : noindex'], 'noindex -'],
  [['noindex nofollow'], 'noindex nofollow'],
  [['noindex;nofollow'], 'noindex nofollow'],
  [['all', 'googlebot: noindex', 'imagedex: noai', 'nofollow'], 'noai nofollow'],
  [['max-image-preview: none'], '- -'],
  [['', ',,', 'noindexed'], '- -'],
])('crawl 13: %j means %s', (values, meant) => {
  expect(wishes(...values)).toBe(meant);
});

test('crawl 13: what is endless is read to a bound', () => {
  expect(wishes(`${'a '.repeat(500_000)}: noindex`)).toBe('- -');
  expect(wishes(`noai, ${'imagedex: '.repeat(100_000)}`)).toBe('noai -');
});
