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
])('%j means %s', (values, meant) => {
  expect(wishes(...values)).toBe(meant);
});
