import { describe, expect, it } from 'vitest';
import { openGlobFilter, placeOf } from '../../src/crawler/glob-filter.ts';

const web = (url: string) => placeOf(url, url);
const file = (path: string) => placeOf(path, `file:///pictures/${path}`);

describe('include', () => {
  it.each([
    ['*.jpg', web('https://example.org/a/b/c.jpg?w=100')],
    ['*.JPG', file('a/b/c.jpg')],
    ['a/*.jpg', file('a/c.jpg')],
    ['/a/*.jpg', web('https://example.org/a/c.jpg')],
    ['./a/*.jpg', file('a/c.jpg')],
    ['a/', file('a/b/c.jpg')],
    ['https://cdn.example/**', web('https://cdn.example/x/y.jpg')],
    ['https://cdn.example/*.jpg', web('https://cdn.example/y.jpg?v=1')],
    ['*://*/my photos/*', web('https://a.example/my%20photos/y.jpg')],
    ['my photos/*', web('https://a.example/my%20photos/y.jpg')],
    ['100%.jpg', web('https://a.example/100%25.jpg')],
  ])('%s lets it in', (pattern, place) => {
    expect(openGlobFilter([pattern], []).isIncluded(place)).toBe(true);
  });

  it.each([
    ['*.jpg', file('c.png')],
    ['a/*.jpg', file('b/a/c.jpg')],
    ['a', file('a/c.jpg')],
    ['https://cdn.example/**', web('http://cdn.example/y.jpg')],
    ['https://cdn.example/**', web('https://cdn.example.evil/y.jpg')],
  ])('%s does not let it in', (pattern, place) => {
    expect(openGlobFilter([pattern], []).isIncluded(place)).toBe(false);
  });

  it('lets everything in where it is empty', () => {
    expect(openGlobFilter([], []).isIncluded(file('x'))).toBe(true);
  });
});

describe('exclude', () => {
  it.each([
    ['private', file('private')],
    ['private', file('a/private/b/c.jpg')],
    ['private/**', file('private')],
    ['private/', file('private/a.jpg')],
    ['a/private', file('a/private/b.jpg')],
    ['*-small.*', web('https://example.org/a/b-small.jpg')],
    ['login*', web('https://example.org/login.php?next=/')],
    ['https://example.org/shop', web('https://example.org/shop/a.html')],
    ['*.thumb', file('.thumb/a.jpg')],
  ])('%s leaves it out', (pattern, place) => {
    expect(openGlobFilter([], ['none', pattern]).excludedBy(place)).toBe(pattern);
  });

  it.each([
    ['private/**', file('a/private/b.jpg')],
    ['private', file('private.jpg')],
    ['https://example.org/shop', web('https://example.org/shopping')],
  ])('%s does not leave it out', (pattern, place) => {
    expect(openGlobFilter([], [pattern]).excludedBy(place)).toBeUndefined();
  });
});
