import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Parser } from 'htmlparser2';
import { describe, expect, it, test } from 'vitest';
import { type PageSigns, reasonToRender, SignReader } from '../../src/crawler/page-signs.ts';
import { sharedPath } from '../shared.ts';

function signsOf(html: string): PageSigns {
  const reader = new SignReader();
  const parser = new Parser({
    onopentag: (name, attributes) => reader.open(name, attributes),
    ontext: (text) => reader.text(text),
    onclosetag: (name) => reader.close(name),
  });
  parser.end(html);
  return reader.view();
}
const reason = (html: string) => reasonToRender(signsOf(html));
const script = '<script src="/app.js"></script>';
const words = '<p>A harbour at dawn, with boats and gulls and a man who mends his nets.</p>'.repeat(8);
const pictures = '<img src="/a.jpg"><img src="/b.jpg"><img src="/c.jpg">';

describe('what a browser has to open', () => {
  it.each([
    ['the place of a framework, with a spinner', `${words}<div id="root"><i class="spinner"></i></div>`],
    ['a place in the words of Next', `<div id="__next"></div>${words}`],
    ['an element of its own kind', `${words}<photo-gallery album="7"></photo-gallery>`],
    ['a place for pictures', `${words}<ul class="photo-grid"></ul>`],
    ['next to nothing', '<p>Hello</p>'],
    ['a wish for scripts', `${words}<noscript>Please enable JavaScript to see our photos.</noscript>`],
    ['lists that a script repeats', `${words}${pictures}<li v-for="one in list"><img :src="one.src"></li>`],
    ['pictures without addresses', `${words}${'<img src="data:image/gif;base64,R0">'.repeat(4)}`],
    ['addresses that are templates', `${words}${'<img src="{{ one.src }}">'.repeat(4)}`],
    ['a page that goes on', `${words}${pictures}<div class="infinite-scroll-sentinel"></div>`],
    ['data with pictures', `${words}<script>var list = ["/1.jpg", "/2.jpg", "/3.jpg", "/4.jpg"]</script>`],
    ['data of its own', `${words}<script type="application/json">["1.jpg","2.jpg","3.jpg"]</script>`],
    ['a page that waits', `${words}<div aria-busy="true"></div>`],
  ])('%s', (_, body) => {
    expect(reason(`<body>${body}${script}</body>`)).toBeTypeOf('string');
    // Without scripts nothing comes that is not there.
    if (!body.includes('<script')) expect(reason(`<body>${body}</body>`)).toBe(undefined);
  });

  it.each([
    ['text and pictures', words + pictures],
    ['text alone', words],
    ['pictures alone', pictures],
    ['a lazy gallery', `${words}${'<img src="data:image/gif;base64,R0" data-src="/a.jpg">'.repeat(9)}`],
    ['a framework’s page that the server made', `<div id="root"><main>${words}${pictures}</main></div>`],
    [
      'custom elements with contents',
      `<photo-card>${words}</photo-card>${pictures}<share-button></share-button>`,
    ],
    ['a template', `${words}${pictures}<template><li v-for="x in y"><img :src="x"></li></template>`],
    ['JSON-LD', `${words}<script type="application/ld+json">{"image": ["1.jpg","2.jpg","3.jpg"]}</script>`],
    ['backgrounds', '<div class="lazy" data-bg="/a.jpg"></div><div style="background: url(b.png)"></div>'],
    ['a noscript of a counter', `${words}${pictures}<noscript><img src="/count.gif"></noscript>`],
  ])('not %s', (_, body) => {
    expect(reason(`<body>${body}${script}</body>`)).toBe(undefined);
  });

  test('a page of repetitions comes to an end', () => {
    const large = `<script>${'"a.jpg",'.repeat(200_000)}</script>${'<div class="gallery"></div>'.repeat(50_000)}`;
    const signs = signsOf(`<noscript>${'enable '.repeat(100_000)}</noscript>${large}`);
    expect(signs.scriptedImages).toBe(25_000);
    expect(signs.emptyContainers).toBe(50_000);
  });
});

const htmlFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.html?$/.test(name));

/** Two demonstrations whose pictures only a script has: they lie in arrays. */
const madeByScripts = ['demos/dynamic_content.html', 'demos/dynamic_content_nodeset.html'];

describe('crawl 23: a static site never starts a browser', () => {
  test.each([
    ['sites/marinebon', 600, []],
    ['sites/lazyload', 40, madeByScripts],
  ])('%s', (name, atLeast, expected) => {
    const folder = sharedPath(name);
    if (folder === null) return;
    const files = htmlFiles(folder);
    expect(files.length).toBeGreaterThan(atLeast);
    const wanted = files.filter((file) => reason(readFileSync(join(folder, file), 'utf8')) !== undefined);
    expect(wanted.sort()).toEqual(expected);
  });
});
