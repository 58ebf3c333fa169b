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

  test('addresses are resolved and normalised', async () => {
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

  test('a picture is one location: of equals its img, else the best candidate of a type that is described', async () => {
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

  test('meta robots, for all or for us', async () => {
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
  ])('%s', async (_, body, contentType, expected) => {
    expect(await alt(body, contentType)).toBe(expected);
  });
});
