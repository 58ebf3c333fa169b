import { expect, test } from 'vitest';
import { openImageBounds } from '../../src/crawler/image-hosts.ts';

const isTaken = (patterns: string[], url: string): boolean =>
  openImageBounds(patterns, (host) => host === 'www.example.org')(new URL(url)) === undefined;

test.each<[string[], string, boolean]>([
  [[], 'https://anywhere.example/a.jpg', true],
  [['cdn.example.org'], 'https://cdn.example.org/a.jpg', true],
  [['cdn.example.org'], 'https://CDN.example.org:8443/a.jpg', true],
  [['cdn.example.org:8443'], 'https://cdn.example.org:8443/a.jpg', true],
  [['cdn.example.org:8443'], 'https://cdn.example.org/a.jpg', false],
  [['cdn.example.org'], 'https://www.example.org/a.jpg', true],
  [['cdn.example.org'], 'https://cdn.example.org.evil.example/a.jpg', false],
  [['*.example.org'], 'https://a.b.example.org/a.jpg', true],
  [['*.example.org'], 'https://example.org/a.jpg', false],
  [['img{1,2}.example.net'], 'https://img2.example.net/a.jpg', true],
  [['img{1,2}.example.net'], 'https://img3.example.net/a.jpg', false],
])('of %j %s: %s', (patterns, url, taken) => {
  expect(isTaken(patterns, url)).toBe(taken);
});

test('says which image lies elsewhere', () => {
  expect(openImageBounds(['a.example'], () => false)(new URL('https://b.example/x.jpg'))).toEqual({
    outcome: 'skipped',
    code: 'excluded',
    reason: 'https://b.example/x.jpg lies on none of the hosts of imageHosts',
  });
});
