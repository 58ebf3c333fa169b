import { expect, test } from 'vitest';
import { normaliseUrl } from '../../src/crawler/normalise-url.ts';

test.each([
  ['HTTP://Example.ORG', 'http://example.org/'],
  ['http://example.org:80/a', 'http://example.org/a'],
  ['https://example.org:443/', 'https://example.org/'],
  ['https://example.org:8443/', 'https://example.org:8443/'],
  ['http://example.org/a/./b/../c', 'http://example.org/a/c'],
  ['http://example.org/%7ejoe/%c3%bc?q=%2f%41', 'http://example.org/~joe/%C3%BC?q=%2FA'],
  ['http://example.org/100%', 'http://example.org/100%25'],
  ['http://example.org/a b', 'http://example.org/a%20b'],
  ['http://example.org/a?b=1&a=2#part', 'http://example.org/a?b=1&a=2'],
  ['http://example.org/a?', 'http://example.org/a'],
  ['http://joe:secret@example.org/', 'http://example.org/'],
  ['http://bücher.example/', 'http://xn--bcher-kva.example/'],
  ['http://127.1/', 'http://127.0.0.1/'],
  ['  http://example.org/a\n', 'http://example.org/a'],
])('%s is %s', (address, normalised) => {
  expect(normaliseUrl(address)).toBe(normalised);
  expect(normaliseUrl(normalised)).toBe(normalised);
});

test.each([
  '',
  'folder/a',
  'mailto:a@b.c',
  'ftp://example.org/',
  'http://',
  'http://[::',
  `http://x/${'a'.repeat(5000)}`,
])('%s is no address of a page or image', (address) => {
  expect(normaliseUrl(address)).toBeUndefined();
});

test('an address is resolved against its page', () => {
  expect(normaliseUrl('../c.jpg', 'http://example.org/a/b/')).toBe('http://example.org/a/c.jpg');
  expect(normaliseUrl('//cdn.example/c.jpg', 'https://example.org/')).toBe('https://cdn.example/c.jpg');
  expect(normaliseUrl('?page=2', 'http://example.org/a?page=1')).toBe('http://example.org/a?page=2');
});
