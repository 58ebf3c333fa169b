import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';
import { compileGlob, globProblem, splitPath } from '../../src/crawler/glob.ts';

const matches = (pattern: string, path: string, isTree = false): boolean =>
  compileGlob(pattern, isTree)(splitPath(path));

describe('a glob', () => {
  it.each([
    ['*.jpg', 'a.jpg'],
    ['*.JPG', 'A.jpg'],
    ['*', '.hidden'],
    ['a/**/b', 'a/b'],
    ['a/**/b', 'a/x/y/b'],
    ['a/**', 'a'],
    ['**/b', 'b'],
    ['*.{jpg,png}', 'a.png'],
    ['{a,b/{c,d}}/e', 'b/d/e'],
    ['{a,b', '{a,b'],
    ['{a}', '{a}'],
    ['[a-c]x', 'Bx'],
    ['[!a-c]x', 'dx'],
    ['[]]', ']'],
    ['[a', '[a'],
    ['\\*', '*'],
    ['a\\{b,c\\}', 'a{b,c}'],
    ['?.png', '🐕.png'],
    ['caf\u00e9.*', 'cafe\u0301.jpg'],
  ])('%s matches %s', (pattern, path) => {
    expect(matches(pattern, path)).toBe(true);
  });

  it.each([
    ['*.jpg', 'a.jpeg'],
    ['*', 'a/b'],
    ['a/*/b', 'a/b'],
    ['a/*', 'a/b/c'],
    ['?', ''],
    ['?', 'ab'],
    ['[!a]', 'a'],
    ['\\*', 'a'],
    ['a**b', 'a/b'],
  ])('%s does not match %s', (pattern, path) => {
    expect(matches(pattern, path)).toBe(false);
  });

  it('of a tree matches what lies in a folder that it matches', () => {
    expect(matches('private', 'private/a/b.jpg', true)).toBe(true);
    expect(matches('private', 'private/a/b.jpg')).toBe(false);
    expect(matches('private', 'a/private', true)).toBe(false);
  });

  it('agrees with picomatch on what both know', () => {
    const next = numbers();
    const one = <T>(choices: readonly T[]): T => choices[next(choices.length)]!;
    const many = (most: number, make: () => string): string[] => Array.from({ length: 1 + next(most) }, make);
    const parts = [
      '**',
      '*',
      'a',
      'b*',
      '*b',
      'a?',
      '[ab]',
      '[^a]b',
      '{a,b}',
      '{a,*b}c',
      '*a*',
      '.b',
      'a-b*',
    ];
    let agreed = 0;
    for (let round = 0; round < 20_000; round++) {
      const pattern = many(4, () => one(parts)).join('/');
      const path = many(4, () => many(3, () => one(['a', 'b', 'c', '.', '-'])).join('')).join('/');
      // `.` and `..` are no names.
      if (/(^|\/)\.\.?(\/|$)/.test(path)) continue;
      // Whether a folder is among what `**` means in it, picomatch says of `a/**` and `*/**` differently.
      if (/\/\*\*$/.test(pattern) && matches(pattern.replace(/(\/\*\*)+$/, ''), path)) continue;
      const expected = picomatch(pattern, { dot: true, nocase: true, noextglob: true })(path);
      expect([pattern, path, matches(pattern, path)]).toEqual([pattern, path, expected]);
      if (expected) agreed++;
    }
    expect(agreed).toBeGreaterThan(500);
  });

  it('takes no longer for a name that was made to take long', () => {
    // A regular expression is not done with these before the test ends.
    expect(matches('*-*-*-*-*-*-*-x', '-'.repeat(4000))).toBe(false);
    expect(matches(`${'**/a/'.repeat(20)}x`, 'a/'.repeat(2000))).toBe(false);
  });

  it('is refused where it is too long, or means too many', () => {
    expect(globProblem('a'.repeat(201))).toBe('at most 200 characters a glob');
    expect(globProblem('{a,b}'.repeat(7))).toBe('at most 100 alternatives in the braces of a glob');
    expect(globProblem('{a,b}'.repeat(39))).toBe('at most 100 alternatives in the braces of a glob');
    expect(globProblem('{a,b}'.repeat(6))).toBeUndefined();
  });

  it.each([
    ['*.{jpg,png', '{', '}'],
    ['{a,{b}', '{', '}'],
    ['[abc', '[', ']'],
    ['a[', '[', ']'],
    ['x[b/c]d', '[', '] before the next slash'],
    ['{a,b[}/c', '[', ']'],
  ])('%s is refused, for its %s lacks its %s', (pattern, open, close) => {
    expect(globProblem(pattern)).toContain(`the ${open} of ${pattern} lacks its ${close}`);
  });

  it.each([
    '*.{jpg,png}',
    '{a,{b,c}}',
    '[a-c]x',
    '[]]',
    '[!]]',
    '\\[a',
    '\\{a,b',
    'a}b',
    'a]b',
    '[{]x',
    '{a}',
  ])('%s is taken', (pattern) => {
    expect(globProblem(pattern)).toBeUndefined();
  });
});

/** The same numbers each time: whole ones below `most`. */
function numbers(): (most: number) => number {
  let seed = 7;
  return (most) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * most);
  };
}
