import { expect, test } from 'vitest';
import { plainLink } from '../../src/crawler/plain-link.ts';

const plain = (path: string): string =>
  plainLink(`https://shop.example${path}`).replace('https://shop.example', '');

test.each([
  ['/a;jsessionid=0A1B2C3D.node1', '/a'],
  ['/a;jsessionid=0A1B2C3D/b?x=1', '/a/b?x=1'],
  ['/(S(lit3py55t21z5v55vlm25s55))/list.aspx', '/list.aspx'],
  ['/a?PHPSESSID=u5pn0h8t3a&id=7', '/a?id=7'],
  ['/a?id=7&phpsessid=u5pn0h8t3a', '/a?id=7'],
  ['/a?sid=0123456789abcdef0123456789abcdef', '/a'],
  ['/a?s=0123456789abcdef0123456789abcdef&t=3', '/a?t=3'],
  ['/a?ASPSESSIONIDQQABCDEF=XYZ', '/a'],
  ['/a?utm_source=news&utm_medium=mail&id=7', '/a?id=7'],
  ['/a?gclid=abc&fbclid=def', '/a'],
])('%s is %s without its visitor', (path, expected) => {
  expect(plain(path)).toBe(expected);
});

test.each([
  '/a?sid=42',
  '/a?s=red+shoes',
  '/a?session=morning',
  '/a?pk_id=5',
  '/a;v=2/b',
  '/a?b=%2F&c=+&&d',
  '/a?id=0123456789abcdef0123456789abcdef',
  '/(S(x))/a',
])('%s stays as it is', (path) => {
  expect(plain(path)).toBe(path);
});
