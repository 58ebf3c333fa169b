import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Listing, maxEntries, readListing } from '../../../../src/crawler/sources/web/listing.ts';

const site = 'https://a.example';
const read = (body: string | Buffer, contentType?: string): Promise<Listing | string> =>
  readListing({ body: Buffer.from(body as string), url: `${site}/feed/s.xml`, contentType });
async function listingOf(body: string | Buffer, contentType?: string): Promise<Listing> {
  const listing = await read(body, contentType);
  if (typeof listing === 'string') throw new Error(listing);
  return listing;
}
const pagesOf = async (body: string | Buffer, contentType?: string): Promise<string[]> =>
  (await listingOf(body, contentType)).pages.map(({ url }) => url.replace(site, ''));
const urlset = (...entries: string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
${entries.join('\n')}
</urlset>`;
const page = (path: string, more = ''): string => `<url><loc>${site}${path}</loc>${more}</url>`;

describe('a sitemap', () => {
  test('lists pages with the date of their last change', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const { pages, isCut, fault } = await listingOf(
      urlset(
        page('/a', '<lastmod>2026-01-02T03:04:05+01:00</lastmod>'),
        page('/b', '<lastmod>2026-01-02</lastmod>'),
        page('/c', '<lastmod>yesterday</lastmod>'),
        page('/d', `<lastmod>${today}</lastmod>`),
        page('/e', '<lastmod>2099-01-01</lastmod>'),
      ),
    );
    expect([isCut, fault]).toEqual([false, undefined]);
    expect(pages.slice(0, 4)).toEqual([
      { url: `${site}/a`, modifiedAt: '2026-01-02T02:04:05.000Z' },
      // It may have changed until the end of that day.
      { url: `${site}/b`, modifiedAt: '2026-01-02T23:59:59.999Z' },
      { url: `${site}/c` },
      // Also of a day that is not over: the sitemap may stay as it is while the page changes again.
      { url: `${site}/d`, modifiedAt: `${today}T23:59:59.999Z` },
    ]);
    expect(Date.parse(pages[4]?.modifiedAt ?? '')).toBeLessThanOrEqual(Date.now() + 86_400_000);
  });

  test('crawl 18: of images: a thousand of a page, on any host, what is deprecated read as context', async () => {
    const images = Array.from(
      { length: 1001 },
      (_, index) => `<image:image><image:loc>https://cdn.example/${index}.jpg</image:loc></image:image>`,
    );
    const rich = `<image:image><image:loc>https://cdn.example/rich.jpg?a=1&amp;b=2</image:loc>
      <image:caption>A &lt;b&gt;cat</image:caption><image:title>Tom</image:title>
      <image:geo_location>Limerick, Ireland</image:geo_location>
      <image:license>https://a.example/licence</image:license></image:image>`;
    const { images: found } = await listingOf(urlset(page('/many', images.join('')), page('/rich', rich)));
    expect(found.length).toBe(1001);
    expect(found[999]).toEqual({ url: 'https://cdn.example/999.jpg', page: `${site}/many`, context: {} });
    expect(found[1000]).toEqual({
      url: 'https://cdn.example/rich.jpg?a=1&b=2',
      page: `${site}/rich`,
      context: {
        title: 'Tom',
        caption: 'A <b>cat',
        section: 'Limerick, Ireland',
        licence: 'https://a.example/licence',
      },
    });
  });

  test('may be an index of others', async () => {
    const { sitemaps, pages } = await listingOf(
      `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
        <sitemap><loc>${site}/one.xml</loc><lastmod>2026-01-02</lastmod></sitemap>
        <sitemap><loc>${site}/two.xml.gz</loc></sitemap></sitemapindex>`,
    );
    expect(sitemaps.map(({ url }) => url)).toEqual([`${site}/one.xml`, `${site}/two.xml.gz`]);
    expect(pages).toEqual([]);
  });

  test('may be plain text, with whatever ends of lines', async () => {
    expect(await pagesOf(`${site}/a\r\n${site}/b\n\nno address\n  ${site}/c  \r${site}/d`)).toEqual([
      ...['/a', '/b', '/c', '/d'],
    ]);
  });
});

describe('crawl 20: what a sitemap must not do', () => {
  test('50,001 addresses: the last is left out, and it says so', async () => {
    const listing = await listingOf(urlset(...Array.from({ length: 50_001 }, (_, n) => page(`/${n}`))));
    expect([listing.pages.length, listing.isCut]).toEqual([maxEntries, true]);
  }, 30_000);

  test.each([
    ['gzip that unpacks to a gigabyte', true],
    ['60 MB that were cut at 50', false],
  ])(
    '%s: read as far as 50 MB',
    async (_, isPacked) => {
      const start = Buffer.from(urlset(page('/first')).replace('</urlset>', ''));
      const mb = 1024 ** 2;
      // A gzip file may have many parts.
      const part = gzipSync(Buffer.alloc(8 * mb, ' '));
      const whole = isPacked
        ? Buffer.concat([gzipSync(start), ...Array<Buffer>(128).fill(part)])
        : Buffer.concat([start, Buffer.alloc(50 * mb - start.length, ' ')]);
      const before = process.memoryUsage.rss();
      const listing = await listingOf(whole);
      expect([listing.pages.length, listing.isCut]).toEqual([1, true]);
      expect(listing.fault).toMatch(isPacked ? /larger than 52428800 bytes, unpacked/ : /cut off/);
      expect(process.memoryUsage.rss() - before).toBeLessThan(150 * mb);
    },
    60_000,
  );

  test('an entity that grows, or one from outside, is refused with all of it', async () => {
    const laughs = ['<!ENTITY a "ha">'];
    for (let level = 1; level < 30; level++) {
      const [one, next] = [String.fromCharCode(96 + level), String.fromCharCode(97 + level)];
      laughs.push(`<!ENTITY ${next} "&${one};&${one};&${one};&${one};&${one};&${one};&${one};&${one};">`);
    }
    const declared = (text: string) =>
      urlset('<url><loc>https://a.example/&z;</loc></url>').replace(
        '<urlset',
        `<!DOCTYPE urlset [${text}]><urlset`,
      );
    expect(await read(declared(laughs.join('')))).toMatch(/declares entities/);
    expect(await read(declared('<!ENTITY z SYSTEM "file:///etc/passwd">'))).toMatch(/declares entities/);
    // One that refers to a file only is not read either, and does no harm.
    const outside = urlset(page('/a')).replace(
      '<urlset',
      '<!DOCTYPE urlset SYSTEM "http://10.0.0.1/x.dtd"><urlset',
    );
    expect(await pagesOf(outside)).toEqual(['/a']);
  });

  test.each([
    ['a page', '<!DOCTYPE html><html><head><title>Not found</title></head></html>', /root is <html>/],
    ['words', 'Not found', /neither XML nor/],
    ['JSON', '{"urls": []}', /neither XML nor/],
    ['nothing', '', /neither XML nor/],
    ['other XML', '<svg xmlns="http://www.w3.org/2000/svg"/>', /root is <svg>/],
    ['a picture', Buffer.from('ffd8ffe000104a46', 'hex'), /neither XML nor/],
    ['broken XML', '<<<', /no XML|root/],
    ['broken gzip', Buffer.concat([gzipSync('<urlset>').subarray(0, 12), Buffer.from('zz')]), /neither|gzip/],
  ])('%s is refused with a reason', async (_, body, reason) => {
    expect(await read(body)).toMatch(reason);
  });

  test('a wrong namespace, none, or a prefix of its own is read', async () => {
    const right = urlset(
      page('/a', '<image:image><image:loc>https://c.example/i.jpg</image:loc></image:image>'),
    );
    const bodies = [
      right,
      right.replace(
        'http://www.sitemaps.org/schemas/sitemap/0.9',
        'http://www.google.com/schemas/sitemap/0.84',
      ),
      right.replace(/ xmlns(:image)?="[^"]*"/g, ''),
      right.replaceAll('image:', 'img:').replace('xmlns:image', 'xmlns:img'),
      right.replace(' xmlns=', ' xmlns:s=').replace(/<(\/?)(urlset|url|loc)/g, '<$1s:$2'),
    ];
    for (const body of bodies) {
      const { pages, images, isCut } = await listingOf(body);
      expect([pages.length, images.length, isCut], body).toEqual([1, 1, false]);
    }
  });

  test('CDATA, byte order marks, blank lines and charsets are read', async () => {
    const cdata = urlset(`<url><loc><![CDATA[ ${site}/x?a=1&b=2 ]]></loc></url>`);
    expect(await pagesOf(cdata)).toEqual(['/x?a=1&b=2']);
    const accented = urlset(page('/é'));
    const latin = accented.replace('UTF-8', 'ISO-8859-1');
    const bodies: (readonly [string | Buffer, string?])[] = [
      [`\ufeff${accented}`],
      [`\n\n  ${accented}`],
      [Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(accented, 'utf16le')])],
      [Buffer.from(latin, 'latin1')],
      [Buffer.from(accented, 'latin1'), 'text/xml; charset=windows-1252'],
    ];
    for (const [body, type] of bodies) expect(await pagesOf(body, type)).toEqual(['/%C3%A9']);
  });

  test('gzip is told by the bytes, whatever the name says', async () => {
    expect(await pagesOf(gzipSync(urlset(page('/a'))), 'text/xml')).toEqual(['/a']);
    expect(await pagesOf(urlset(page('/a')), 'application/gzip')).toEqual(['/a']);
    expect(await pagesOf(gzipSync(`${site}/a\n`))).toEqual(['/a']);
  });

  test('an ampersand that is written as it is costs nothing but its own', async () => {
    const pieces = 'x'.repeat(70_000);
    const body = urlset(
      page('/a?b=1&c=2'),
      page('/d?e=1&amp;f=2&#38;g'),
      `<!-- ${pieces} -->`,
      page('/h&nbsp;i'),
      page('/j'),
    );
    expect(await pagesOf(body)).toEqual(['/a?b=1&c=2', '/d?e=1&f=2&g', '/h&nbsp;i', '/j']);
    // Wherever the pieces of the stream end.
    for (let cut = 0; cut < 12; cut++) {
      const shifted = urlset(
        `<!--${'x'.repeat(65_536 - 200 - cut)}-->`,
        page('/k?l=1&amp;m=2&n'),
        page('/o'),
      );
      expect(await pagesOf(shifted)).toEqual(['/k?l=1&m=2&n', '/o']);
    }
  });

  test('what is cut off keeps what came before, and says so', async () => {
    const listing = await listingOf(urlset(page('/a'), page('/b')).slice(0, -40));
    expect([listing.pages.length, listing.isCut, listing.fault]).toEqual([1, true, 'it is cut off']);
    const packed = gzipSync(urlset(...Array.from({ length: 5000 }, (_, n) => page(`/${n}/${Math.sin(n)}`))));
    const half = await listingOf(packed.subarray(0, packed.length / 2));
    expect(half.isCut).toBe(true);
    expect(half.pages.length).toBeGreaterThan(1000);
  });

  test('depth, elements of an entry and faults have their bounds', async () => {
    const deep = urlset(page('/a'), `<url>${'<a>'.repeat(100_000)}`);
    expect(await listingOf(deep)).toMatchObject({
      isCut: true,
      fault: expect.stringMatching(/nested deeper/),
    });
    const wide = urlset(page('/a'), `<url>${'<a/>'.repeat(100_000)}</url>`);
    expect(await listingOf(wide)).toMatchObject({ isCut: true, fault: expect.stringMatching(/elements/) });
    const bad = urlset(page('/a'), '<url></x></url>'.repeat(5_000));
    expect(await listingOf(bad)).toMatchObject({ isCut: true, fault: expect.stringMatching(/no XML/) });
    expect((await listingOf(urlset(page(`/${'x'.repeat(100_000)}`)))).pages).toEqual([]);
  });

  test('addresses that are none of the web are left out', async () => {
    const bad = ['file:///etc/passwd', 'javascript:alert(1)', 'ftp://a.example/', '//[', '', 'data:,x'];
    expect(await pagesOf(urlset(...bad.map((loc) => `<url><loc>${loc}</loc></url>`), page('/a')))).toEqual([
      '/a',
    ]);
  });
});

describe('a feed', () => {
  const rss = (...items: string[]): string =>
    `<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
    <title>News</title><link>${site}/</link><atom:link href="${site}/feed" rel="self"/>${items.join('')}</channel></rss>`;

  test('RSS: enclosures and Media RSS, thumbnails as other files of the picture', async () => {
    const { pages, images } = await listingOf(
      rss(
        `<item><title>Cats &amp;amp; dogs</title><link>${site}/1</link><pubDate>Sat, 07 Sep 2002 00:00:01 GMT</pubDate>
         <enclosure url="https://cdn.example/e.jpg" type="image/jpeg" length="1"/>
         <media:content url="https://cdn.example/e.jpg" medium="image"/><media:thumbnail url="/t.jpg" width="75"/></item>`,
        `<item><guid>${site}/2</guid><media:group><media:content url="/s.jpg" width="100"/>
         <media:content url="/l.jpg" width="900"><media:title>Big</media:title><media:credit>Ann</media:credit></media:content></media:group></item>`,
        `<item><guid isPermaLink="false">xyz</guid><enclosure url="/song.mp3" type="audio/mpeg"/><media:thumbnail url="/only.jpg"/></item>`,
      ),
    );
    expect(pages.map(({ url }) => url)).toEqual([`${site}/1`, `${site}/2`]);
    expect(images).toEqual([
      {
        url: 'https://cdn.example/e.jpg',
        page: `${site}/1`,
        context: { title: 'Cats & dogs', publishedAt: '2002-09-07T00:00:01.000Z' },
        variants: [{ url: `${site}/t.jpg`, width: 75 }],
      },
      {
        url: `${site}/l.jpg`,
        page: `${site}/2`,
        context: { heading: 'Big', credit: 'Ann' },
        variants: [{ url: `${site}/s.jpg`, width: 100 }],
      },
      { url: `${site}/only.jpg`, context: {} },
    ]);
  });

  test('Atom and RSS 1.0', async () => {
    const atom = await listingOf(`<feed xmlns="http://www.w3.org/2005/Atom"><link href="${site}/"/>
      <entry><title>x</title><link rel="enclosure" type="image/png" href="/i"/><link href="/q"/>
      <updated>2026-01-01T00:00:00Z</updated><published>2025-01-01T00:00:00Z</published></entry></feed>`);
    expect(atom.pages).toEqual([{ url: `${site}/q`, modifiedAt: '2026-01-01T00:00:00.000Z' }]);
    expect(atom.images).toEqual([
      {
        url: `${site}/i`,
        page: `${site}/q`,
        context: { title: 'x', publishedAt: '2025-01-01T00:00:00.000Z' },
      },
    ]);
    const rdf = await listingOf(`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
      xmlns="http://purl.org/rss/1.0/"><channel/><item><title>y</title><link>${site}/r</link></item></rdf:RDF>`);
    expect(rdf.pages).toEqual([{ url: `${site}/r` }]);
  });
});
