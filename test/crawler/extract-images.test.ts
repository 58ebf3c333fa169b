import { describe, expect, test } from 'vitest';
import { extractImages } from '../../src/crawler/extract-images.ts';
import { pageText } from '../../src/crawler/page/text.ts';

const page = 'https://example.org/folder/page.html';
const reading = { agent: 'imagedex', breathe: async () => undefined };
/** In small pieces: an element may begin in one and end in another. */
function* inPieces(html: string, length = 7): Generator<string> {
  for (let at = 0; at < html.length; at += length) yield html.slice(at, at + length);
}
const read = (html: string, url = page) => extractImages(inPieces(html), url, reading);
const urls = async (html: string): Promise<string[]> =>
  (await read(html)).images.map(({ url }) => url.replace('https://example.org/folder/', ''));
const contextOf = async (html: string) => (await read(html)).images[0]?.context;

describe('which images', () => {
  test('a tag of very many attributes is not read to its end: they would all be worked through at one go', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, at) => `a${at}=b`).join(' ');
    const html = (count: number) => `<img src=a.jpg><img ${many(count)} src=b.jpg><img src=c.jpg>`;
    const { images, isCut } = await extractImages(inPieces(html(100_000), 16 * 1024), page, reading);
    expect([images.map(({ url }) => url.slice(-5)), isCut]).toEqual([['a.jpg'], true]);
    const few = await extractImages(inPieces(html(1000), 16 * 1024), page, reading);
    expect([few.images.length, few.isCut]).toEqual([3, false]);
  });

  test('img, picture, shared images and linked images, each once, in order', async () => {
    const html = `<meta property="og:image" content="/shared.jpg"><meta name="twitter:image" content="//cdn.example/t.png">
      <img src="a.jpg"><IMG SRC='b.png'><a href="big.JPG">the big one</a> <a href="photo.webp?size=big">p</a> <img src=a.jpg>`;
    expect(await urls(html)).toEqual([
      'https://example.org/shared.jpg',
      'https://cdn.example/t.png',
      'a.jpg',
      'b.png',
      'big.JPG',
      'photo.webp?size=big',
    ]);
  });

  test('what cannot be fetched is none; what is written into the page is skipped', async () => {
    const html = `<img src="data:image/png;base64,AAAA"><img src="blob:https://x/1"><img src=""><img><img src="ftp://x/a.png">
      <img src="javascript:1"><img src="page.html"><img src="#top"><img src="http://[bad/a.png"><img srcset="data:image/png,x 1x"><!-- <img src="no.png"> -->
      <script>"<img src='no.png'>"</script><img src="${'x'.repeat(5000)}.png">`;
    const { images } = await read(html);
    expect(images.map(({ url, skip }) => [url.slice(0, 5), skip?.code])).toEqual([
      ['data:', 'embedded'],
      ['blob:', 'embedded'],
      ['data:', 'embedded'],
    ]);
  });

  test('crawl 16: addresses are resolved and normalised', async () => {
    const html = `<base href="/other/"><base href="/wrong/"><img src="a%7eb c.jpg?x=1&amp;y=2#top"><img src="HTTPS://EXAMPLE.org:443/./up/../z.gif"><img src="https://bücher.example/ü.png">`;
    expect(await urls(html)).toEqual([
      'https://example.org/other/a~b%20c.jpg?x=1&y=2',
      'https://example.org/z.gif',
      'https://xn--bcher-kva.example/%C3%BC.png',
    ]);
  });

  test.each([
    ['the largest of at most 1,024', 's.jpg 320w, m.jpg 1024w, l.jpg 1025w, x.jpg 640w', 'm.jpg'],
    ['the smallest when all are larger', 'x.jpg 4000w, l.jpg 1600w, m.jpg 2000w', 'l.jpg'],
    ['the largest of at most 2x', 'a.jpg, b.jpg 1.5x, c.jpg 2x, d.jpg 3x', 'c.jpg'],
    ['the smallest when all are denser', 'c.jpg 4x, b.jpg 3x', 'src.jpg'],
    ['widths before densities', 'a.jpg 2x, b.jpg 500w', 'b.jpg'],
    ['commas in addresses', 'a,1.jpg 1x, b,2.jpg 2x', 'b,2.jpg'],
    ['wrong descriptors left out', 'a.jpg 0w, b.jpg 1q, c.jpg 1x 2x, d.jpg 100w', 'd.jpg'],
    ['no candidate at all', ' , ,', 'src.jpg'],
  ])('of a srcset %s', async (_, srcset, chosen) => {
    expect(await urls(`<img src="src.jpg" srcset="${srcset}">`)).toEqual([chosen]);
  });

  test('without src, the smallest of what is denser than 2x', async () => {
    expect(await urls('<img srcset="c.jpg 4x, b.jpg 3x">')).toEqual(['b.jpg']);
  });

  test('crawl 16: a picture is one location: of equals its img, else the best candidate of a type that is described', async () => {
    const plain = `<picture><source srcset="a.avif" type="image/avif"><source srcset="a.webp" type="image/webp"><img src="a.jpg" alt="x"></picture>`;
    const sized = `<picture><source srcset="b-1600.webp 1600w, b-900.webp 900w" type="image/webp"><img src="b.jpg" srcset="b-400.jpg 400w"></picture>`;
    const strange = `<picture><source srcset="c.jxl 2x" type="image/jxl"><img src="c.jpg"></picture>`;
    const dense = `<picture><source srcset="d.png 1x, d2.png 2x"><img src="d.jpg"></picture>`;
    const imgless = `<picture><source srcset="e.png"></picture>`;
    const open = `<picture><source srcset="f.png 2x"><img src="f.jpg">`;
    expect(await urls(plain + sized + strange + dense + imgless + open)).toEqual([
      'a.jpg',
      'b-900.webp',
      'c.jpg',
      'd2.png',
      'e.png',
      'f.png',
    ]);
  });
});

describe('crawl 16: addresses', () => {
  test.each([
    [
      'the first base counts, also for what comes before it',
      '<img src=a.jpg><base href="/other/"><base href="/wrong/"><img src=b.jpg>',
      ['https://example.org/other/a.jpg', 'https://example.org/other/b.jpg'],
    ],
    [
      'a base without href is none',
      '<base target=_top><base href="https://cdn.example/"><img src=a.jpg>',
      ['https://cdn.example/a.jpg'],
    ],
    [
      'relative, of the root, of the scheme',
      '<img src="../a.jpg"><img src="/b.jpg"><img src="//cdn.example/c.jpg"><img src="?d.jpg">',
      [
        'https://example.org/a.jpg',
        'https://example.org/b.jpg',
        'https://cdn.example/c.jpg',
        'https://example.org/folder/page.html?d.jpg',
      ],
    ],
    [
      'names in other scripts, blanks, entities, fragments',
      '<img src="https://münchen.example/ä b.jpg?a=1&amp;b=2#c"><img src=" c.jpg\n">',
      ['https://xn--mnchen-3ya.example/%C3%A4%20b.jpg?a=1&b=2', 'https://example.org/folder/c.jpg'],
    ],
    [
      'backslashes and line breaks, as browsers read them',
      '<img src="\\\\cdn.example\\a.jpg"><img src="b\n.jpg">',
      ['https://cdn.example/a.jpg', 'https://example.org/folder/b.jpg'],
    ],
    [
      'of the type and media that suit',
      '<picture><source media=print srcset=p.jpg><source media="(prefers-color-scheme: dark)" srcset="n.jpg 2x"><source type="image/jxl" srcset="x.jxl 2x"><source media="(min-width: 9px)" type="image/webp" srcset="w.webp 1.5x"><img src=a.jpg></picture>',
      ['https://example.org/folder/w.webp'],
    ],
  ])('crawl 16: %s', async (_, html, expected) => {
    expect((await read(html)).images.map(({ url }) => url)).toEqual(expected);
  });
});

describe('crawl 17: what comes only when it is seen', () => {
  const placeholder = 'src="data:image/gif;base64,R0lGODlhAQABAAAAACw="';
  test.each([
    ['data-src', `<img ${placeholder} data-src="a.jpg">`, ['a.jpg']],
    ['data-srcset', `<img ${placeholder} data-srcset="a.jpg 400w, b.jpg 800w" data-src="c.jpg">`, ['b.jpg']],
    [
      'other names',
      '<img data-lazy="a.jpg"><img data-lazy-src="b.jpg"><img data-original="c.jpg"><img data-cfsrc="d.jpg">',
      ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'],
    ],
    ['a srcset in the wrong attribute', '<img data-src="a.jpg 400w, b.jpg 900w">', ['b.jpg']],
    [
      'noscript',
      `<img class=lazy ${placeholder} data-src="a.jpg"><noscript><img src="a.jpg" alt=x></noscript><noscript><img src="b.jpg"></noscript>`,
      ['a.jpg', 'b.jpg'],
    ],
    [
      'sources of a picture',
      `<picture><source data-srcset="a.webp 2x" type="image/webp"><img ${placeholder} data-src="a.jpg"></picture>`,
      ['a.webp'],
    ],
    ['native', '<img loading=lazy src=a.jpg>', ['a.jpg']],
    [
      'other elements',
      '<div data-src="a.jpg"></div><div data-src="page.html"></div><li data-thumb="b.jpg"></li>',
      ['a.jpg'],
    ],
    [
      'no templates and no data',
      '<img data-src="{{ image }}"><img data-src="a_{width}x.jpg"><img data-src=\'{"a":1}\'><img src="<%= x %>.jpg">',
      [],
    ],
    [
      'backgrounds',
      `<div data-bg="a.jpg" data-bg-hidpi="b.jpg"></div><div data-bg="url('c.jpg')"></div><div data-bg-multi="url(d.jpg), url(e.jpg)"></div><div data-bgset="f.jpg 400w, g.jpg 800w"></div><div data-bg-set="url(h.jpg) 1x, url(i.jpg) 2x | url(j.jpg) 1x"></div>`,
      ['b.jpg', 'c.jpg', 'd.jpg', 'e.jpg', 'g.jpg', 'i.jpg', 'j.jpg'],
    ],
  ])('crawl 17: %s', async (_, html, expected) => {
    expect(await urls(html)).toEqual(expected);
  });
});

describe('other places that name pictures', () => {
  test.each([
    [
      'the head',
      '<link rel=image_src href=a.jpg><link rel=preload as=image href=b.jpg imagesrcset="b2.jpg 800w"><link rel=preload as=font href=c.jpg><meta itemprop=image content=d.jpg><meta name=image content=e.jpg><link rel=icon href=f.png>',
      ['a.jpg', 'b2.jpg', 'd.jpg'],
    ],
    [
      'drawings, videos, buttons, objects',
      '<svg><image href=a.jpg /><image xlink:href=b.jpg /></svg><video poster=c.jpg src=v.mp4></video><input type=image src=d.jpg><input type=text src=x.jpg><object data=e.svg type=image/svg+xml></object><embed src=f.png><object data=x.pdf></object>',
      ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg', 'e.svg', 'f.png'],
    ],
    [
      'inline styles, old attributes and sheets of the page',
      '<style>body{background:url(a.jpg)} .none{background:url(x.jpg)}</style><body background=b.jpg><p style="background-image:url(&quot;c.jpg&quot;)">',
      ['b.jpg', 'c.jpg', 'a.jpg'],
    ],
    [
      'JSON-LD',
      '<script type="application/ld+json">{"image":["a.jpg","https://x.example/b"]}</script>',
      ['a.jpg', 'https://x.example/b'],
    ],
    ['no pages about pictures', '<a href="/wiki/File:Cat.jpg"><img src=cat.jpg></a>', ['cat.jpg']],
  ])('%s', async (_, html, expected) => {
    expect(await urls(html)).toEqual(expected);
  });

  test('sheets that a page links and imports paint it', async () => {
    const asked: string[] = [];
    const sheetOf = async (url: string) => {
      asked.push(url);
      if (url.endsWith('away.css')) return 'missed';
      const candidates = [{ url: `${url}.png`, width: null, density: 1 }];
      return {
        painted: [
          { candidates, needs: [['.hero']] },
          { candidates: [], needs: [] },
        ],
        imports: [],
      };
    };
    const html = `<link rel=stylesheet href=a.css><link rel="alternate stylesheet" href=no.css><link rel=stylesheet media=print href=no.css><link rel=preload as=style href=b.css>
      <style>@import "c.css";</style><p class="hero big">`;
    const { images, isCut } = await extractImages([html], page, { ...reading, sheetOf });
    expect(asked.map((url) => url.split('/').at(-1))).toEqual(['a.css', 'b.css', 'c.css']);
    expect(images.map(({ url, context }) => [url.split('/').at(-1), context.isBackground])).toEqual([
      ['a.css.png', true],
      ['b.css.png', true],
      ['c.css.png', true],
    ]);
    expect(isCut).toBe(false);
    // What could not be had this time must be asked for again.
    const cut = await extractImages(['<link rel=stylesheet href=away.css>'], page, { ...reading, sheetOf });
    expect(cut.isCut).toBe(true);
  });
});

describe('files of one picture', () => {
  const files = async (html: string) =>
    (await read(html)).images.map(({ url, variants = [] }) =>
      [url, ...variants.map((one) => one.url)].map((one) => one.split('/').at(-1)).join(' '),
    );
  test.each([
    ['a srcset', '<img src=s.jpg srcset="s.jpg 100w, m.jpg 800w, l.jpg 2000w">', ['m.jpg s.jpg l.jpg']],
    [
      'a picture, with types that nobody describes',
      '<picture><source srcset="a.jxl" type="image/jxl"><source srcset="a.webp" type="image/webp"><img src=a.jpg></picture>',
      ['a.jpg a.webp a.jxl'],
    ],
    [
      'what a script will load, and what is there until then',
      '<img src=tiny.jpg data-src=a.jpg>',
      ['a.jpg tiny.jpg'],
    ],
    [
      'what stands for several is none of them',
      '<img src=grey.gif data-src=a.jpg><img src=grey.gif data-src=b.jpg>',
      ['a.jpg', 'b.jpg'],
    ],
    [
      'a thumbnail',
      '<a href=big.jpg><img src=small.jpg srcset="small.jpg 100w, mid.jpg 500w"></a>',
      ['big.jpg small.jpg mid.jpg'],
    ],
    [
      'a thumbnail that comes late, and again without scripts',
      '<a href=big.jpg><img data-src=small.jpg><noscript><img src=small.jpg></noscript></a>',
      ['big.jpg small.jpg'],
    ],
    [
      'a button is no thumbnail',
      '<a href=a.jpg><img src=zoom.png></a><a href=b.jpg><img src=zoom.png></a>',
      ['zoom.png', 'a.jpg', 'b.jpg'],
    ],
    [
      'of several pictures in a link none is',
      '<a href=a.jpg><img src=b.jpg><img src=c.jpg></a>',
      ['b.jpg', 'c.jpg', 'a.jpg'],
    ],
    [
      'a file that is shown elsewhere',
      '<img src=s.jpg alt=x><img srcset="s.jpg 100w, m.jpg 800w">',
      ['m.jpg s.jpg'],
    ],
    [
      'files that shops and blogs name',
      '<img src=a.jpg data-large_image=a-full.jpg data-orig-file="https://x.example/a-orig.jpg" data-id=5>',
      ['a.jpg a-full.jpg a-orig.jpg'],
    ],
    [
      'og:image by https',
      '<meta property="og:image" content="http://x.example/a.jpg"><meta property="og:image:secure_url" content="https://x.example/b.jpg">',
      ['a.jpg b.jpg'],
    ],
  ])('%s', async (_, html, expected) => {
    expect(await files(html)).toEqual(expected);
  });

  test('their widths are kept where the page says them, and there is an end to them', async () => {
    const srcset = Array.from({ length: 100 }, (_, n) => `${n + 1}.jpg ${n + 1}w`).join(', ');
    const [image] = (await read(`<img srcset="${srcset}">`)).images;
    expect(image?.variants?.[0]).toEqual({ url: 'https://example.org/folder/1.jpg', width: 1 });
    expect(image?.variants?.length).toBe(20);
  });
});

describe('what is not fetched', () => {
  const skips = async (html: string, rules = { minImagePixels: 1, skipDecoration: false }) =>
    (await extractImages([html], page, { ...reading, rules })).images.map(({ url, skip }) =>
      `${url.split('/').at(-1)?.slice(0, 5)} ${skip?.code ?? ''}`.trim(),
    );

  test('pixels that count visits', async () => {
    const html = `<img src=a.gif width=1 height=1><img src=b.gif style="width:1px; height: 1px !important"><img src=c.gif width=0 height=0>
      <img src=d.gif width=1 height=100><img src=e.gif width="100%" height=1><noscript><img height="1" width="1" style="display:none" src="f.gif"></noscript>`;
    expect(await skips(html)).toEqual([
      'a.gif tracking_pixel',
      'b.gif tracking_pixel',
      'c.gif tracking_pixel',
      'd.gif',
      'e.gif',
      'f.gif tracking_pixel',
    ]);
  });

  test('what is too small, where it is not also shown larger or has larger files', async () => {
    const html = `<img src=a.gif width=16 height=400><img src=b.gif width=16><img src=c.gif><img src=d.gif width=16 srcset="d.gif 16w, d2.gif 600w">
      <img src=e.gif width=16><img src=e.gif width=300 height=300>`;
    expect(await skips(html, { minImagePixels: 32, skipDecoration: false })).toEqual([
      'a.gif too_small',
      'b.gif too_small',
      'c.gif',
      'd2.gi',
      'e.gif',
    ]);
  });

  test('logos and icons, if so wished', async () => {
    const html = `<link rel=icon href=f.png><img src=f.png><img src=a.png class="site-logo"><img src=b.png id=userAvatar><img src="/icons/c.png"><img src=x-sprite.png>
      <img src=catalogue.png><img src=iconic-cats.png><script type="application/ld+json">{"logo":"g.png"}</script>`;
    const expected = ['f.png', 'a.png', 'b.png', 'c.png', 'x-spr', 'catal', 'iconi', 'g.png'];
    expect(await skips(html)).toEqual(expected);
    expect(await skips(html, { minImagePixels: 1, skipDecoration: true })).toEqual(
      expected.map((name) => (/^(catal|iconi)/.test(name) ? name : `${name} decoration`)),
    );
  });

  test('pictures in the page itself: each once, a hundred a page', async () => {
    const many = Array.from({ length: 300 }, (_, n) => `<img src="data:image/png;base64,${n}">`).join('');
    expect(await skips('<img src="data:image/gif,a"><img src="data:image/gif,a">')).toEqual([
      'data: embedded',
    ]);
    expect((await skips(many)).length).toBe(100);
    // Drawings in styles are no pictures that anybody would look for.
    expect(await skips('<p style="background:url(data:image/png,x)"><img src="data:text/html,x">')).toEqual(
      [],
    );
  });
});

describe('the words around an image', () => {
  test('alt, caption, nearest heading before it, title, section and link', async () => {
    const html = `<title> Dogs &amp; cats </title><h1>Animals</h1><h2>Dogs</h2>
      <section aria-label="Gallery"><h3>Our <em>beagle</em></h3>
      <figure><a href="/beagle"><img src="a.jpg" alt=" A  beagle
      asleep "></a><figcaption>Sleeping, <b>2024</b></figcaption></figure></section><h2>Cats</h2>`;
    expect(await contextOf(html)).toEqual({
      alt: 'A beagle asleep',
      caption: 'Sleeping, 2024',
      heading: 'Our beagle',
      section: 'Gallery',
      title: 'Dogs & cats',
      link: 'https://example.org/beagle',
    });
  });

  test('without a label the section is the headings above', async () => {
    const html = '<h1>Animals</h1><h2>Cats</h2><h2>Dogs</h2><h3>Beagle</h3><img src=a.jpg>';
    expect(await contextOf(html)).toEqual({ heading: 'Beagle', section: 'Animals › Dogs' });
    expect(await contextOf('<nav aria-label="Menu"><i></i></nav><h1>Top</h1><img src=a.jpg>')).toEqual({
      heading: 'Top',
    });
  });

  test('what is empty is absent, and what is long is cut', async () => {
    expect(await contextOf('<title> </title><h1></h1><img src=a.jpg alt="">')).toEqual({});
    const long = await contextOf(
      `<title>${'t'.repeat(9999)}</title><img src=a.jpg alt="${'a '.repeat(9999)}">`,
    );
    expect([long?.title?.length, (long?.alt?.length ?? 0) <= 500]).toEqual([300, true]);
  });

  test('figures within figures keep their captions apart', async () => {
    const html = `<figure><img src=outer.jpg><figure><img src=inner.jpg><figcaption>inner</figcaption></figure>
      <figcaption>outer</figcaption></figure><img src=after.jpg>`;
    const { images } = await read(html);
    expect(images.map(({ context }) => context.caption)).toEqual(['outer', 'inner', undefined]);
  });

  test('a linked image has the words of its link', async () => {
    const { images } = await read(
      '<a href=big.jpg><img src=small.jpg alt="A cat"></a><a href=dog.jpg>A dog</a>',
    );
    expect(images.map(({ url, context }) => [url.split('/').at(-1), context.alt, context.caption])).toEqual([
      ['big.jpg', 'A cat', undefined],
      ['dog.jpg', undefined, 'A dog'],
    ]);
  });

  test('an image that is shown twice has the words of both places, those of where it is shown first', async () => {
    const html = `<meta property="og:image" content="a.jpg"><meta property="og:image:alt" content="shared">
      <h1>Top</h1><img src=a.jpg alt="shown">`;
    expect(await contextOf(html)).toEqual({ alt: 'shown', heading: 'Top' });
  });

  test('without alt its title, and a language, a date, a licence and a credit from near or far', async () => {
    const html = `<html lang=de><meta property="article:published_time" content="2024-01-02"><meta name=author content="Ada"><link rel=license href=/cc>
      <img src=a.jpg title="Ein Bild"><div lang="en_GB"><img src=b.jpg></div>
      <article><time datetime="2023-05-06T07:08:09Z">May</time><figure><img src=c.jpg><a rel=license href="https://x.example/by">by</a></figure></article>
      <script type="application/ld+json">{"@type":"ImageObject","contentUrl":"c.jpg","creditText":"Ben"}</script>`;
    const { images } = await read(html);
    const general = {
      publishedAt: '2024-01-02T00:00:00.000Z',
      credit: 'Ada',
      licence: 'https://example.org/cc',
    };
    expect(images.map(({ context }) => context)).toEqual([
      { alt: 'Ein Bild', language: 'de', ...general },
      { language: 'en-GB', ...general },
      {
        language: 'de',
        publishedAt: '2023-05-06T07:08:09.000Z',
        licence: 'https://x.example/by',
        credit: 'Ben',
      },
    ]);
  });

  test('what is known of the page besides comes last', async () => {
    const facts = { language: 'fr', publishedAt: '2020-01-01T00:00:00.000Z' };
    const { images } = await extractImages(['<img src=a.jpg><p lang=it><img src=b.jpg>'], page, {
      ...reading,
      facts,
    });
    expect(images.map(({ context }) => context)).toEqual([facts, { ...facts, language: 'it' }]);
  });

  test('no words come from scripts, styles and drawings', async () => {
    const html =
      '<title>One</title><svg><title>Two</title></svg><h1>Top<style>x{}</style><script>y</script></h1><img src=a.jpg>';
    expect(await contextOf(html)).toEqual({ title: 'One', heading: 'Top' });
  });
});

describe('links and wishes', () => {
  test('links of a page, none that say nofollow, none to images', async () => {
    const { links } =
      await read(`<a href="b.html#x">b</a><a href="b.html">b</a><a rel="nofollow noopener" href="c.html">c</a>
      <a href="mailto:a@b.c">m</a><a href="d.jpg">d</a><area href="/e"><a>none</a><a href="//other.example/f">f</a>
      <meta http-equiv="refresh" content="3; URL='g.html'">`);
    expect(links).toEqual([
      'https://example.org/folder/b.html',
      'https://example.org/e',
      'https://other.example/f',
      'https://example.org/folder/g.html',
    ]);
  });

  test('crawl 14: meta robots, for all or for us', async () => {
    const wishes = async (html: string) => (await read(html)).directives;
    expect(await wishes('<meta name="ROBOTS" content="NOINDEX, nofollow">')).toEqual({
      noImages: 'noindex',
      noFollow: true,
    });
    expect(await wishes('<meta name="imagedex" content="noimageai">')).toEqual({
      noImages: 'noimageai',
      noFollow: false,
    });
    expect(await wishes('<meta name="googlebot" content="noindex">')).toEqual({
      noImages: null,
      noFollow: false,
    });
    expect(await wishes('<meta name="robots" content="index, follow">')).toEqual({
      noImages: null,
      noFollow: false,
    });
  });
});

describe('what nobody should write', () => {
  test('broken markup is read as far as it goes', async () => {
    expect(await urls('<div><p><img src=a.jpg<b><img src="b.jpg"><h1><a href=x><img src=c.jpg')).toContain(
      'b.jpg',
    );
    expect(await urls('</figure></picture></a></h1></section><img src=a.jpg>')).toEqual(['a.jpg']);
    expect(await urls('<img src="never closed')).toEqual([]);
  });

  test('a page of nothing but images or depth ends, and is bounded', async () => {
    const many = Array.from({ length: 12_000 }, (_, n) => `<img src=${n}.jpg>`).join('');
    expect((await extractImages([many], page, reading)).images.length).toBe(10_000);
    const deep = ['<img src=a.jpg>', '<div>'.repeat(2000), '<img src=b.jpg>'];
    const view = await extractImages(deep, page, reading);
    expect([view.images.length, view.isCut]).toEqual([1, true]);
    expect((await read('<img src=a.jpg>')).isCut).toBe(false);
  });
});

describe('hostile pages', () => {
  const many = (count: number, piece: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => piece(n)).join('');
  const set = many(200, (n) => `${n}.jpg ${n}w, `);
  test.each([
    ['attributes', `<img ${many(50_000, (n) => `data-x${n}=${n}.jpg `)}>`],
    ['candidates in every picture', many(2000, (n) => `<img srcset="${n}${set}">`)],
    [
      'sources of a picture',
      `<picture>${many(20_000, (n) => `<source srcset="${n}.jpg ${n}w">`)}<img></picture>`,
    ],
    [
      'pictures in a link',
      `<a href=a.jpg>${many(20_000, (n) => `<img src=${n}.jpg data-src=${n}.png>`)}</a>`,
    ],
    [
      'layers of a background',
      `<p data-bg-set="${many(50_000, (n) => `url(${n}.jpg) 1x | `)}" style="background:${many(50_000, (n) => `url(${n}.jpg),`)}">`,
    ],
    ['classes', many(30_000, (n) => `<p class="a${n} b${n}">`)],
    ['languages', many(20_000, () => '<b lang=de></b>')],
    [
      'names of built-in things',
      '<constructor data-src=a.jpg></constructor><__proto__ data-src=b.jpg></__proto__><img __proto__=x constructor=y src=c.jpg>',
    ],
  ])('%s are read to an end', async (_, html) => {
    const { images } = await read(html);
    expect(images.length).toBeLessThanOrEqual(10_000);
    for (const { variants = [] } of images) expect(variants.length).toBeLessThanOrEqual(20);
  });
});

describe('the characters of a page', () => {
  const alt = async (body: Buffer, contentType?: string) =>
    (await extractImages(pageText(body, contentType), page, reading)).images[0]?.context.alt;
  const html = (text: string, meta = '') => `${meta}<img src=a.jpg alt="${text}">`;

  test.each<[string, Buffer, string | undefined, string]>([
    ['UTF-8 without any word about it', Buffer.from(html('Grüße')), undefined, 'Grüße'],
    ['the header', Buffer.from(html('Gr\xfc\xdfe'), 'latin1'), 'text/html; charset=ISO-8859-1', 'Grüße'],
    [
      'the meta tag',
      Buffer.from(html('\xcf\xf0\xe8', '<meta charset="windows-1251">'), 'latin1'),
      'text/html',
      'При',
    ],
    [
      'the older meta tag',
      Buffer.from(
        html('\x93\xfa', '<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">'),
        'latin1',
      ),
      undefined,
      '日',
    ],
    [
      'a byte order mark before the header',
      Buffer.from(`\ufeff${html('Grüße')}`),
      'text/html; charset=windows-1252',
      'Grüße',
    ],
    ['UTF-16 with its mark', Buffer.from(`\ufeff${html('Grüße')}`, 'utf16le'), undefined, 'Grüße'],
    ['bytes that are no UTF-8', Buffer.from(html('Gr\xfc\xdfe'), 'latin1'), undefined, 'Grüße'],
    ['a charset that there is not', Buffer.from(html('Grüße')), 'text/html; charset=nonsense', 'Grüße'],
    [
      'windows-1251 by the header',
      Buffer.from(html('\xcf\xf0\xe8'), 'latin1'),
      'text/html; charset="windows-1251"',
      'При',
    ],
    [
      'Shift_JIS by the header',
      Buffer.from(html('\x93\xfa\x96\x7b'), 'latin1'),
      'text/html;charset=shift_jis',
      '日本',
    ],
    [
      'the header before the meta tag',
      Buffer.from(html('Gr\xfc\xdfe', '<meta charset=utf-8>'), 'latin1'),
      'text/html; charset=windows-1252',
      'Grüße',
    ],
    ['UTF-16 by the header', Buffer.from(html('Grüße'), 'utf16le'), 'text/html; charset=utf-16le', 'Grüße'],
    [
      'UTF-16 with the other mark',
      Buffer.from(`\ufeff${html('Grüße')}`, 'utf16le').swap16(),
      undefined,
      'Grüße',
    ],
  ])('crawl 21: %s', async (_, body, contentType, expected) => {
    expect(await alt(body, contentType)).toBe(expected);
  });
});

describe('a page that is cut off', () => {
  const whole = `<html lang="de"><head><title>t</title><base href="/folder/"></head><body class="a b"><h1 lang=en>x</h1>
    <figure><a href="big.jpg"><img src='a.jpg' alt="A"></a><figcaption lang="fr">c</figcaption></figure><picture>
    <source srcset="b.webp 1x"><img src="b.jpg"></picture><noscript><img src="n.jpg"></noscript><svg><image href="s.png"/></svg>
    <script type="application/ld+json">{"image": "j.jpg"}</script><style>p { background: url(k.png) }</style>
    <template><p></p></template><table><tr><td>x</table><p style="background: url(l.png)">end</p></body></html>`;

  test('at each of its characters is read to there', async () => {
    let most = 0;
    for (let length = 0; length <= whole.length; length++) {
      const { images } = await extractImages(inPieces(whole.slice(0, length), 1000), page, reading);
      most = Math.max(most, images.length);
    }
    expect(most).toBeGreaterThanOrEqual(6);
  });

  test.each([
    '<div a="b',
    '<img src=a.jpg><p>hello <a href="x',
    '</p',
    '</',
    '<',
    '<!--',
    '<script>',
    '</html></html>',
  ])('%s', async (html) => {
    expect((await read(html)).images.length).toBeLessThanOrEqual(1);
  });
});
