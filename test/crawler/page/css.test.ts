import { describe, expect, test } from 'vitest';
import { applies, paintedBy, readSheet } from '../../../src/crawler/page/css.ts';

const read = (css: string) => readSheet(css, async () => undefined);
const addresses = async (css: string) =>
  (await read(css)).painted.map(({ candidates }) => candidates.map(({ url }) => url).join(' '));

describe('what a sheet paints with', () => {
  test.each([
    [
      'quoted and bare addresses',
      `a{background:url(a.png)} b{background:url("b c.png")} i{background:url( 'd.png' )}`,
      ['a.png', 'b c.png', 'd.png'],
    ],
    [
      'escapes',
      String.raw`a{background:url(a\29 .png)} b{background-image:url("\62 .png")}`,
      ['a).png', 'b.png'],
    ],
    ['several layers', 'a{background:linear-gradient(red,blue), url(a.png), url(b.png)}', ['a.png', 'b.png']],
    [
      'files of one picture',
      'a{background-image:image-set("a.png" 1x, url(b.png) 2x, "c.avif" type("image/avif"))}',
      ['a.png b.png c.avif'],
    ],
    [
      'rules in rules',
      '@media (min-width: 1px){ @supports (x:y){ .a{ & b{background:url(a.png)} background:url(b.png) } } }',
      ['a.png', 'b.png'],
    ],
    ['properties of its own', ':root{--hero:url(a.png)}', ['a.png']],
    [
      'no fonts, sheets, cursors, drawings and references',
      `@import url(x.css);@font-face{src:url(a.woff)} a{cursor:url(c.png),auto;filter:url(#f);background:url(data:image/png;base64,AA);mask:url("#m")}`,
      [],
    ],
    ['no comments and strings', `/* a{background:url(a.png)} */ a::before{content:"url(b.png)"}`, []],
    [
      'no steps of animations',
      '@keyframes k{from{background:url(a.png)}} a{background:url(b.png)}',
      ['b.png'],
    ],
    ['sheets that break off', 'a{background:url(a.png);} b{background:url("b.png', ['a.png', 'b.png']],
    ['what is no sheet', '<html>{{{}}}}}; background: url(', []],
  ])('%s', async (_, css, expected) => {
    expect(await addresses(css)).toEqual(expected);
  });

  test('imports, in whichever way they are written', async () => {
    const { imports } = await read(
      `@charset "utf-8"; @import "a.css"; @import url(b.css) screen; @import url('c.css'); a{} `,
    );
    expect(imports).toEqual(['a.css', 'b.css', 'c.css']);
  });

  test('an inline style is read as a sheet is', () => {
    expect(
      paintedBy('color:red; background : URL(a.png) no-repeat').map(({ candidates }) => candidates[0]?.url),
    ).toEqual(['a.png']);
    expect(paintedBy('color: red')).toEqual([]);
  });
});

describe('whether a rule applies to a page', () => {
  const names = new Set(['div', '.hero', '.big', '#top', 'body']);
  test.each([
    ['.hero', true],
    ['.hero.big > div#top', true],
    ['.hero .other', false],
    ['.other, .hero', true],
    ['DIV:hover::before', true],
    ['div:not(.other)', true],
    ['div[data-x=".other"]', true],
    ['*', true],
    ['span', false],
    ['#top.none', false],
  ])('%s: %s', async (selector, expected) => {
    const { painted } = await read(`${selector}{background:url(a.png)}`);
    expect(applies(painted[0]!, names)).toBe(expected);
    // Of a page with too many names nobody knows.
    expect(applies(painted[0]!, null)).toBe(true);
  });
});

test.each([
  ['open blocks', 'a{'.repeat(200_000)],
  ['closed blocks', '}'.repeat(500_000)],
  ['open brackets', `a{background:${'url('.repeat(100_000)}`],
  ['open strings', `a{background:url("${'\\'.repeat(300_000)}`],
  ['commas', `a${','.repeat(300_000)}b{background:url(a.png)}`],
  ['colons', `a{background${':'.repeat(300_000)}}`],
])('a very long sheet of %s is read in time', async (_, css) => {
  const end = performance.now() + 20_000;
  await read(css);
  expect(performance.now()).toBeLessThan(end);
});
