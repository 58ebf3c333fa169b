import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readDate } from '../../../src/crawler/read-date.ts';
import { linked, nextPage } from '../../../src/crawler/sources/list/next-page.ts';
import { cutRecords } from '../../../src/crawler/sources/list/records.ts';
import { typedSource } from '../../../src/drivers.ts';
import { openWebServer, type WebServer } from '../../web-server.ts';
import { openList, readAll, readText, told } from './list-world.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imagedex-list-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const { signal } = new AbortController();
const [a, b] = ['https://cdn.example/a.jpg', 'https://cdn.example/b.jpg'];
const two = [
  { url: a, title: 'One' },
  { url: b, title: 'Two' },
];

describe('what is typed', () => {
  it.each([
    ['-', 'list:-'],
    ['list:-', 'list:-'],
    ['list:https://shop.example/products.json', 'list:https://shop.example/products.json'],
    ['products.csv', 'list:products.csv'],
    ['./a/b.JSONL', 'list:./a/b.JSONL'],
    ['list:catalogue', 'list:catalogue'],
    ['photos', 'folder:photos'],
    ['https://shop.example/products.json', 'web:https://shop.example/products.json'],
  ])('%s is %s', (typed, id) => {
    expect(typedSource(typed)).toBe(id);
  });

  it('is one source however it is spelled', async () => {
    const path = join(folder, 'spelled.json');
    await writeFile(path, '[]');
    const ids = [path, `${folder}/./spelled.json`, `file://${path}`].map(async (address) => {
      const source = await openList(address);
      await source.close();
      return source.id;
    });
    expect(new Set(await Promise.all(ids)).size).toBe(1);
    const source = await openList('HTTPS://Shop.Example:443/a/../list.json#x');
    expect(source.id).toBe('list:https://shop.example/list.json');
    await source.close();
  });

  it.each([
    [['ur=a'], 'expected one of items, next, url'],
    [['url'], 'expected one of items, next, url'],
  ])('refuses the mapping %s', async (listMap, message) => {
    await expect(openList('x.json', { listMap })).rejects.toThrow(message);
  });

  it('refuses other schemes', async () => {
    await expect(openList('ftp://host/list.csv')).rejects.toThrow('expected a file');
  });
});

describe('formats', () => {
  const lines = two.map((entry) => JSON.stringify(entry)).join('\n');
  it.each([
    ['lines.jsonl', lines],
    ['crlf.ndjson', `${lines.replace('\n', '\r\n')}\r\n`],
    ['comments-and-blank-lines', `# mine\n\n${lines}\n\n`],
    ['comments-of-windows.jsonl', `# mine, too\r\n${lines.replace('\n', '\r\n')}`],
    ['lines-called.json', lines],
    ['array.json', JSON.stringify(two)],
    ['pretty.json', JSON.stringify(two, null, 2)],
    ['bom.json', `\ufeff${JSON.stringify({ total: 2, items: two })}`],
    ['deep.json', JSON.stringify({ response: { page: 1, records: two } })],
    ['unusual.json', JSON.stringify({ kinds: ['x', 'y'], things: two })],
    ['comma.csv', `url,title\n${a},One\n${b},Two\n`],
    ['bom-crlf-quotes.csv', `\ufeff"url","title"\r\n"${a}","One"\r\n"${b}","Two"\r\n`],
    ['semicolon.csv', `url;title\n${a};One\n${b};Two`],
    ['tab.tsv', `title\turl\nOne\t${a}\nTwo\t${b}\n`],
    ['pipe.csv', `url|title\n${a}|One\n${b}|Two\n`],
    ['table-without-a-name', `Image URL,Name\n${a},One\n${b},Two\n`],
  ])('reads %s', async (name, text) => {
    const read = await readText(folder, name, text);
    expect(told(read)).toEqual(two);
    expect(read.problems).toEqual([]);
  });

  it.each([
    ['addresses.txt', `# mine\n${a}\n\n  ${b}\r\n`],
    ['strings.json', JSON.stringify([a, b])],
    ['strings.jsonl', `"${a}"\n"${b}"\n`],
    ['one-column.csv', `url\n${a}\n${b}\n`],
    ['of-strings.json', JSON.stringify({ page: 1, images: [a, b] })],
  ])('reads %s', async (name, text) => {
    expect(told(await readText(folder, name, text))).toEqual([{ url: a }, { url: b }]);
  });

  it('reads quotes, line breaks in fields, and what spreadsheets write in Windows-1252', async () => {
    const csv = `url,title\r\n${a},"Say ""cheese"",\r\nplease"\r\n${b},5" screen\r\n`;
    expect(told(await readText(folder, 'quotes.csv', csv)).map(({ title }) => title)).toEqual([
      'Say "cheese", please',
      '5" screen',
    ]);
    const latin = Buffer.from(`url;title\n${a};Käse für €5\n`.replace('€', '\x80'), 'latin1');
    expect(told(await readText(folder, 'latin.csv', latin))[0]?.title).toBe('Käse für €5');
  });

  it('tells by the media type what a name does not say', async () => {
    const server = await openWebServer({
      '/export': { body: `url\n${a}\n`, headers: { 'content-type': 'text/csv; charset=utf-8' } },
      '/feed': { body: JSON.stringify(two[0]), headers: { 'content-type': 'application/x-ndjson' } },
    });
    try {
      expect(told(await readAll(`${server.url}/export`))).toEqual([{ url: a }]);
      expect(told(await readAll(`${server.url}/feed`))).toEqual([two[0]]);
    } finally {
      await server.close();
    }
  });

  it.each([
    ['empty.json', '', 'it is empty'],
    ['page.json', '<!doctype html><title>404</title>', 'it is HTML or XML'],
    ['cut.json', '[{"url": "https://', 'expected JSON'],
    ['text.txt', 'Dear reader', 'neither JSON nor a table'],
    ['utf16.csv', Buffer.from(`\ufeffurl\n${a}`, 'utf16le'), 'UTF-16'],
    ['photo.csv', Buffer.from('ffd8ffe000104a46494600', 'hex'), 'no text'],
    [
      'other.json',
      JSON.stringify([{ id: 1, name: 'x' }]),
      'the first entry has id, name; say with --map url=PATH',
    ],
    ['text.json', '"Dear reader"', 'expected an array of entries, but it is "Dear reader"'],
    ['broken.jsonl', 'this\nis no JSON', 'line 1: expected JSON'],
  ])('says what is wrong with %s', async (name, text, message) => {
    await expect(readText(folder, name, text)).rejects.toMatchObject({
      code: 'source_unavailable',
      message: expect.stringContaining(message),
    });
  });

  it('has nothing to say of a list without entries', async () => {
    expect(told(await readText(folder, 'none.json', '[]'))).toEqual([]);
    expect(told(await readText(folder, 'none.csv', 'url,title\n'))).toEqual([]);
  });

  it('refuses what is no file, and what is not there', async () => {
    await expect(readAll(folder)).rejects.toThrow('is no file');
    await expect(readAll(join(folder, 'missing.csv'))).rejects.toThrow('ENOENT');
  });
});

describe('catalogues as they are', () => {
  const read = async (name: string, document: unknown, listMap: string[] = []) =>
    told(await readText(folder, name, JSON.stringify(document), { listMap }));

  it('a shop’s products: each photo with its own words, and the product’s', async () => {
    const document = {
      products: [
        {
          id: 1,
          title: 'Red shoe',
          handle: 'red-shoe',
          body_html: '<p>Soft &amp; <b>warm</b></p><p>Size 5</p>',
          product_type: 'Shoes',
          published_at: '2024-03-01T10:00:00+01:00',
          images: [
            { src: 'https://cdn.example/1.jpg?v=1', alt: 'from the left' },
            { src: '//cdn.example/2.jpg', alt: null },
          ],
        },
        { id: 2, title: 'Not yet photographed', images: [] },
      ],
    };
    const common = {
      title: 'Red shoe',
      caption: 'Soft & warm Size 5',
      section: 'Shoes',
      publishedAt: '2024-03-01T09:00:00.000Z',
    };
    const found = await readText(folder, 'shop.json', JSON.stringify(document));
    expect(told(found)).toEqual([
      { url: 'https://cdn.example/1.jpg?v=1', ...common, alt: 'from the left' },
      { url: 'https://cdn.example/2.jpg', ...common },
    ]);
    expect(found.problems).toEqual([]);
  });

  it('a blog’s media', async () => {
    const [entry] = await read('media.json', [
      {
        id: 7,
        date: '2023-05-06T09:08:07',
        date_gmt: '2023-05-06T07:08:07',
        link: 'https://blog.example/sea/',
        title: { rendered: 'At the sea &#8211; again' },
        caption: { rendered: '<p>Waves</p>\n' },
        alt_text: 'A wave',
        source_url: 'https://blog.example/wp-content/sea.jpg',
      },
    ]);
    expect(entry).toEqual({
      url: 'https://blog.example/wp-content/sea.jpg',
      title: 'At the sea – again',
      caption: 'Waves',
      alt: 'A wave',
      page: 'https://blog.example/sea/',
      publishedAt: '2023-05-06T07:08:07.000Z',
    });
  });

  it('a feed, where url is the page and image the image', async () => {
    const document = {
      version: 'https://jsonfeed.org/version/1.1',
      items: [
        { url: 'https://blog.example/1', image: a, title: 'One', date_published: '2024-01-02T03:04:05Z' },
        { url: 'https://blog.example/2', image: b, summary: 'Two' },
      ],
    };
    expect(await read('feed.json', document)).toEqual([
      { url: a, title: 'One', page: 'https://blog.example/1', publishedAt: '2024-01-02T03:04:05.000Z' },
      { url: b, caption: 'Two', page: 'https://blog.example/2' },
    ]);
  });

  it('a shop’s products by another API, where photos have names like files', async () => {
    const [entry] = await read('store.json', [
      {
        name: 'Blue shirt',
        permalink: 'https://store.example/blue-shirt/',
        date_created: '2024-02-03T04:05:06',
        categories: [{ name: 'Shirts' }, { name: 'Sale' }],
        short_description: '<p>Cotton</p>',
        images: [{ src: 'https://store.example/t_2.jpg', name: 't_2', alt: '' }],
      },
    ]);
    expect(entry).toEqual({
      url: 'https://store.example/t_2.jpg',
      title: 'Blue shirt',
      caption: 'Cotton',
      section: 'Shirts',
      page: 'https://store.example/blue-shirt/',
      publishedAt: '2024-02-03T04:05:06.000Z',
    });
  });

  it('an image search, where url is the image', async () => {
    const document = {
      page_count: 2,
      results: [
        {
          title: 'Cat',
          url: a,
          thumbnail: 'https://api.example/t/1',
          foreign_landing_url: 'https://x.example/1',
        },
      ],
    };
    expect(await read('search.json', document)).toEqual([
      { url: a, title: 'Cat', page: 'https://x.example/1' },
    ]);
  });

  it('a shop’s table, one row a photo', async () => {
    const csv = `Handle,Title,Image Src,Image Alt Text\nshoe,Shoe,${a},left\nshoe,,${b},\nsock,Sock,,\n`;
    const found = await readText(folder, 'shop.csv', csv);
    expect(told(found)).toEqual([{ url: a, title: 'Shoe', alt: 'left' }, { url: b }]);
    expect(found.problems).toEqual([]);
  });

  it('what a mapping says', async () => {
    const document = {
      query: {
        pages: {
          17: {
            label: 'X',
            files: [
              { big: { u: a }, says: 'one' },
              { big: { u: b }, says: 'two' },
            ],
            at: 1_700_000_000,
          },
        },
      },
    };
    const listMap = [
      'items=query.pages',
      'url=files[].big.u',
      'alt=files[].says',
      'heading=label',
      'date=at',
    ];
    const publishedAt = '2023-11-14T22:13:20.000Z';
    expect(await read('mapped.json', document, listMap)).toEqual([
      { url: a, alt: 'one', heading: 'X', publishedAt },
      { url: b, alt: 'two', heading: 'X', publishedAt },
    ]);
    expect(await read('mapped.json', document, ['items=query.pages', 'url=files[1].big.u'])).toMatchObject([
      { url: b },
    ]);
    const wrong = read('mapped.json', document, ['items=query.pages', 'url=files[].small']);
    await expect(wrong).rejects.toThrow('looked for files[].small; the first entry has label, files, at');
  });

  it('takes the columns of a table by their names, whatever is in these', async () => {
    const csv = `Photo [large].url,What.it.says\n${a},Hello\n`;
    const listMap = ['url=Photo [large].url', 'alt=What.it.says'];
    expect(told(await readText(folder, 'odd.csv', csv, { listMap }))).toEqual([{ url: a, alt: 'Hello' }]);
  });

  it('shows an image once, with the words of both entries', async () => {
    const document = [
      { url: a, title: 'One' },
      { url: `${a}#x`, title: 'Other', alt: 'more' },
    ];
    expect(await read('twice.json', document)).toEqual([{ url: a, title: 'One', alt: 'more' }]);
  });
});

describe('dates', () => {
  it.each([
    ['2024-05-06', '2024-05-06T00:00:00.000Z'],
    ['2024-05-06T07:08:09', '2024-05-06T07:08:09.000Z'],
    ['2024-05-06 07:08', '2024-05-06T07:08:00.000Z'],
    ['2024-05-06T07:08:09.1234+02:00', '2024-05-06T05:08:09.123Z'],
    ['2024-05-06 07:08:09 UTC', '2024-05-06T07:08:09.000Z'],
    ['20240506T070809Z', '2024-05-06T07:08:09.000Z'],
    ['2024:05:06 07:08:09', '2024-05-06T07:08:09.000Z'],
    ['2024-05', '2024-05-01T00:00:00.000Z'],
    [2019, '2019-01-01T00:00:00.000Z'],
    ['Tue, 03 Jun 2008 11:05:30 GMT', '2008-06-03T11:05:30.000Z'],
    ['Tue, 3 Jun 2008 11:05:30 +0200', '2008-06-03T09:05:30.000Z'],
    ['June 3, 2008', '2008-06-03T00:00:00.000Z'],
    [1_700_000_000, '2023-11-14T22:13:20.000Z'],
    ['1700000000', '2023-11-14T22:13:20.000Z'],
    [1_700_000_000_123, '2023-11-14T22:13:20.123Z'],
    ['03/04/2024', undefined],
    ['yesterday', undefined],
    ['2024-13-01', undefined],
    ['2024-02-31', undefined],
    ['0000-00-00 00:00:00', undefined],
    [17, undefined],
    [{}, undefined],
  ])('%s is %s', (said, expected) => {
    expect(readDate(said)).toBe(expected);
  });
});

describe('bad entries', () => {
  it('are told by line and stop nothing', async () => {
    const lines = [
      JSON.stringify({ url: a }),
      '{"url": ',
      JSON.stringify({ title: 'no address' }),
      JSON.stringify({ url: 'pictures/1.jpg' }),
      JSON.stringify({ url: 'file:///etc/passwd' }),
      JSON.stringify({ url: 'data:image/gif;base64,R0lG' }),
      JSON.stringify({ url: 'ftp://host/a.jpg' }),
      JSON.stringify({ url: { deep: 1 } }),
      JSON.stringify({ url: b, date: '03/04/2024' }),
    ];
    const { images, problems } = await readText(folder, 'bad.jsonl', lines.join('\n'));
    expect(images.map(({ location }) => location.url)).toEqual([a, b]);
    expect(problems.every(({ code, stage }) => code === 'bad_entry' && stage === 'find')).toBe(true);
    const expected = [
      /^line 2: expected JSON/,
      /^line 3: no address of an image at url/,
      /^line 4: pictures\/1.jpg is relative/,
      /^line 5: expected an address of http or https, but got file:/,
      /^line 6: .* got data:/,
      /^line 7: .* got ftp:/,
      /^line 8: expected an address, but got {"deep":1}/,
      /^1 dates cannot be read and are left out, the first at line 9: 03\/04\/2024/,
    ];
    expect(problems.length).toBe(expected.length);
    for (const [index, { reason }] of problems.entries()) expect(reason).toMatch(expected[index]!);
  });

  it('beyond a hundred are summed up', async () => {
    const lines = [JSON.stringify({ url: a }), ...Array(150).fill('no'), JSON.stringify({ url: b })];
    const { images, problems } = await readText(folder, 'many-bad.jsonl', lines.join('\n'));
    expect(images.length).toBe(2);
    expect(problems.length).toBe(101);
    expect(problems.at(-1)?.reason).toBe('50 more entries cannot be read');
  });

  it('an open quote spoils its own line only, and lines keep their numbers', async () => {
    const csv = `url,title\n${a},ok\nx,"open\n${b},"two\nlines"\nhttps:,bad\n`;
    const { images, problems } = await readText(folder, 'open-quote.csv', csv);
    expect(images.map(({ location }) => location.url)).toContain(a);
    expect(problems.at(-1)?.reason).toMatch(/^line 6: https: is no address|^line 6:/);
  });
});

describe('pages of a list', () => {
  let server: WebServer;
  afterEach(() => server.close());
  const page = (number: number, next?: unknown) =>
    JSON.stringify({ results: [{ url: `/${number}.jpg` }], ...(next === undefined ? {} : { next }) });
  const names = (read: Awaited<ReturnType<typeof readAll>>) =>
    read.images.map(({ location }) => new URL(location.url).pathname);

  it('follow each other by address, and end at null; relative images are relative to their page', async () => {
    server = await openWebServer();
    server.set('/api?p=1', page(1, '?p=2'));
    server.set('/api?p=2', page(2, `${server.url}/api?p=3`));
    server.set('/api?p=3', page(3, null));
    const read = await readAll(`${server.url}/api?p=1`);
    expect(names(read)).toEqual(['/1.jpg', '/2.jpg', '/3.jpg']);
    expect(read.items.every(({ depth }) => depth === 0)).toBe(true);
    expect(read).toMatchObject({ isPartial: false, problems: [] });
  });

  it('follow each other by a mapped path, or by the Link header', async () => {
    server = await openWebServer();
    server.set('/a', JSON.stringify({ items: [{ url: '/1.jpg' }], more: { at: '/b' } }));
    server.set('/b', JSON.stringify({ items: [{ url: '/2.jpg' }], more: {} }));
    expect(names(await readAll(`${server.url}/a`, { listMap: ['next=more.at'] }))).toEqual([
      '/1.jpg',
      '/2.jpg',
    ]);
    expect(names(await readAll(`${server.url}/a`))).toEqual(['/1.jpg']);
    const link = '</x>; rel="prev", </d>; rel="last next"';
    server.set('/c', { body: JSON.stringify([{ url: '/3.jpg' }]), headers: { link } });
    server.set('/d', JSON.stringify([{ url: '/4.jpg' }]));
    expect(names(await readAll(`${server.url}/c`))).toEqual(['/3.jpg', '/4.jpg']);
  });

  it('end where they lead back', async () => {
    server = await openWebServer();
    server.set('/a', page(1, '/b'));
    server.set('/b', page(2, '/a'));
    expect(names(await readAll(`${server.url}/a`))).toEqual(['/1.jpg', '/2.jpg']);
  });

  it('do not lead to another host, unless that is allowed', async () => {
    server = await openWebServer();
    const other = await openWebServer();
    other.set('/2', page(2));
    server.set('/1', page(1, `${other.url}/2`));
    const refused = await readAll(`${server.url}/1`);
    expect(names(refused)).toEqual(['/1.jpg']);
    expect(refused.isPartial).toBe(true);
    expect(refused.problems[0]?.reason).toContain(`is on another host than ${server.host}`);
    expect(other.asked).toEqual([]);
    const allowed = await readAll(`${server.url}/1`, { allowPrivateHosts: [other.host] });
    expect(names(allowed)).toEqual(['/1.jpg', '/2.jpg']);
    await other.close();
  });

  it('that say something else than an address are told', async () => {
    server = await openWebServer({ '/1': page(1, 2) });
    const read = await readAll(`${server.url}/1`, { listMap: ['next=next'] });
    expect(read.problems[0]?.reason).toBe('expected the address of the next page, but got 2');
    expect((await readAll(`${server.url}/1`)).problems).toEqual([]);
  });

  it('of which a later one is no list fail alone', async () => {
    server = await openWebServer({ '/1': page(1, '/2'), '/2': '<html>sorry' });
    const read = await readAll(`${server.url}/1`);
    expect(read.failures).toMatchObject([{ code: 'bad_entry', stage: 'find' }]);
    expect(names(read)).toEqual(['/1.jpg']);
  });

  it('larger than maxListBytes are not read', async () => {
    server = await openWebServer({ '/1': page(1) });
    await expect(readAll(`${server.url}/1`, { maxListBytes: 10 })).rejects.toThrow('raise maxListBytes');
    const path = join(folder, 'large.json');
    await writeFile(path, JSON.stringify(two));
    await expect(readAll(path, { maxListBytes: 10 })).rejects.toThrow('write it as JSON Lines');
  });

  it('obey robots.txt', async () => {
    server = await openWebServer({ '/robots.txt': 'User-agent: *\nDisallow: /api', '/api': page(1) });
    await expect(readAll(`${server.url}/api`)).rejects.toThrow('robots.txt');
    expect(server.count('/api')).toBe(0);
  });
});

describe('the next page', () => {
  const head = (headers = {}) => ({ url: 'https://api.example/a?p=1', status: 200, headers });
  it.each([
    ['?p=2', [], 'https://api.example/a?p=2'],
    ['http://api.example/a?p=2', [], 'http://api.example/a?p=2'],
    ['https://api.example:8443/a', [], undefined],
    ['https://api.example.evil.example/a', [], undefined],
    ['https://other.example/a', ['other.example'], 'https://other.example/a'],
    ['https://other.example/a', ['other.example:80'], undefined],
    ['file:///etc/passwd', [], undefined],
    ['javascript:alert(1)', [], undefined],
    [{ page: 2 }, [], undefined],
  ])('%s with %s allowed', (said, allowHosts, address) => {
    const next = nextPage({ said, isMapped: true, head: head(), allowHosts });
    expect(next).toEqual(address === undefined ? { fault: expect.any(String) } : { address });
  });

  it.each([
    ['<b>; rel=next', 'b'],
    ['<a>; rel="prev"; title="a, <b>; rel=next", <c>; title="x"; rel="next"', 'c'],
    ['<a>; rel="nexta"', undefined],
    [['<a>; rel="first"', '<b>; REL="NEXT"'], 'b'],
    ['', undefined],
  ])('in a header %s', (link, expected) => {
    expect(linked({ headers: { link } })).toBe(expected);
  });
});

describe('records', () => {
  const cut = async (text: Buffer, size: number, delimiter: number | null) => {
    const chunks = async function* () {
      for (let at = 0; at < text.length; at += size) yield text.subarray(at, at + size);
    };
    const found: [string, number, number, string | undefined][] = [];
    for await (const { bytes, line, next, fault } of cutRecords(
      chunks(),
      { offset: 0, line: 1 },
      delimiter,
    )) {
      found.push([bytes.toString(), line, next.offset, fault]);
    }
    return found;
  };

  it.each([
    ['lines', 'a\n\nbü\r\n  \n"c\nd', null, ['a\n', 'bü\r\n', '"c\n', 'd']],
    ['a table', 'a,"b\n""c"\n\nd,e"\n"f",g', 0x2c, ['a,"b\n""c"\n', 'd,e"\n', '"f",g']],
    ['a table with an open quote', 'a,b\n"c,d\ne,f\n', 0x2c, ['a,b\n', '"c,d\n', 'e,f\n']],
  ])('are the same however they come: %s', async (_, text, delimiter, expected) => {
    const bytes = Buffer.from(text);
    const whole = await cut(bytes, bytes.length, delimiter);
    expect(whole.map(([record]) => record)).toEqual(expected);
    for (let size = 1; size < bytes.length; size++) expect(await cut(bytes, size, delimiter)).toEqual(whole);
    const [, first, end] = whole.at(-1)!;
    expect([first, end]).toEqual([text.trimEnd().split('\n').length, bytes.length]);
  });

  it('that are too long are told and left out, and the next ones keep their lines', async () => {
    const text = Buffer.from(`a\n${'x'.repeat(5 * 1024 ** 2)}\nb\n`);
    const found = await cut(text, 65_536, null);
    expect(found.map(([, line, , fault]) => [line, fault?.slice(0, 11)])).toEqual([
      [1, undefined],
      [2, 'longer than'],
      [3, undefined],
    ]);
  });
});

describe('secrets', () => {
  it('go to the list’s own origin, on every hop, and to no other', async () => {
    const other = await openWebServer({ '/2.jpg': 'x' });
    const server = await openWebServer();
    server.set('/old', { status: 302, headers: { location: '/list' } });
    server.set(
      '/list',
      JSON.stringify({ items: [{ url: '/1.jpg' }, { url: `${other.url}/2.jpg` }], next: '/next' }),
    );
    server.set('/next', JSON.stringify({ items: [{ url: '/1.jpg' }] }));
    server.set('/1.jpg', { status: 302, headers: { location: `${other.url}/2.jpg` } });
    const source = await openList(
      `${server.url}/old`,
      { allowPrivateHosts: [other.host] },
      { headers: { authorization: 'Bearer secret' } },
    );
    const [root] = await source.start('default', signal);
    const expansion = await source.expand(root!, 'default', undefined, signal);
    if (expansion.outcome !== 'expanded') throw new Error(JSON.stringify(expansion));
    for (const item of expansion.further) await source.expand(item, 'default', undefined, signal);
    const budget = { reserve: async () => () => {}, tryReserve: () => true, grow: async () => {} };
    for (const { location } of expansion.images) await source.fetch(location, undefined, budget, signal);
    await source.close();
    const secretsOf = (asked: WebServer['asked']) => asked.map(({ headers }) => headers.authorization);
    expect(server.asked.length).toBeGreaterThanOrEqual(4);
    expect(other.asked.length).toBeGreaterThanOrEqual(2);
    expect(new Set(secretsOf(server.asked))).toEqual(new Set(['Bearer secret']));
    expect(new Set(secretsOf(other.asked))).toEqual(new Set([undefined]));
    await Promise.all([server.close(), other.close()]);
  });
});

describe('images on private hosts', () => {
  it.each([
    ['http://127.0.0.1:1/a.jpg', [], 'private_address'],
    ['http://localhost:1/a.jpg', [], 'private_address'],
    ['http://[::1]:1/a.jpg', [], 'private_address'],
    ['http://10.0.0.1/a.jpg', [], 'private_address'],
    ['http://169.254.169.254/latest/meta-data/', [], 'private_address'],
    ['http://[::ffff:127.0.0.1]:1/a.jpg', [], 'private_address'],
    ['http://0x7f000001:1/a.jpg', [], 'private_address'],
    ['OTHER/a.jpg', [], 'private_address'],
    ['OTHER/a.jpg', ['OTHER'], 'not_an_image'],
    ['OWN/a.jpg', [], 'not_an_image'],
    ['OWN/to-other', [], 'private_address'],
  ])('%s with %s allowed: %s', async (url, allowed, code) => {
    const other = await openWebServer({ '/a.jpg': 'no image' });
    const server = await openWebServer({ '/a.jpg': 'no image' });
    server.set('/to-other', { status: 302, headers: { location: `${other.url}/a.jpg` } });
    server.set('/list.json', JSON.stringify([url.replace('OTHER', other.url).replace('OWN', server.url)]));
    const allowPrivateHosts = allowed.map((host) => host.replace('OTHER', other.host));
    const source = await openList(`${server.url}/list.json`, { allowPrivateHosts });
    const [root] = await source.start('default', signal);
    const expansion = await source.expand(root!, 'default', undefined, signal);
    if (expansion.outcome !== 'expanded') throw new Error(JSON.stringify(expansion));
    const budget = { reserve: async () => () => {}, tryReserve: () => true, grow: async () => {} };
    const fetched = await source.fetch(expansion.images[0]!.location, undefined, budget, signal);
    expect(fetched).toMatchObject({ outcome: 'skipped', code });
    if (code === 'private_address') expect(other.asked).toEqual([]);
    await source.close();
    await Promise.all([server.close(), other.close()]);
  });

  it('are refused to a list in a file, whatever it names', async () => {
    const server = await openWebServer({ '/a.jpg': 'no image' });
    const path = join(folder, 'private.json');
    await writeFile(path, JSON.stringify([`${server.url}/a.jpg`]));
    const source = await openList(path);
    const [root] = await source.start('default', signal);
    const expansion = await source.expand(root!, 'default', undefined, signal);
    if (expansion.outcome !== 'expanded') throw new Error(JSON.stringify(expansion));
    const budget = { reserve: async () => () => {}, tryReserve: () => true, grow: async () => {} };
    const fetched = await source.fetch(expansion.images[0]!.location, undefined, budget, signal);
    expect(fetched).toMatchObject({ outcome: 'skipped', code: 'private_address' });
    expect(server.asked).toEqual([]);
    await source.close();
    await server.close();
  });
});

describe('parts', () => {
  const lines = (count: number) =>
    Array.from({ length: count }, (_, number) =>
      JSON.stringify({ url: `https://cdn.example/${number}.jpg` }),
    );

  it.each([
    ['long.jsonl', () => lines(2500).join('\n')],
    ['long.json', () => `[${lines(2500).join(',')}]`],
    [
      'long.csv',
      () =>
        `url,title\n${Array.from({ length: 2500 }, (_, number) => `https://cdn.example/${number}.jpg,"a\nb"`).join('\n')}`,
    ],
  ])('of a thousand entries, read in any order: %s', async (name, text) => {
    const read = await readText(folder, name, text());
    expect(read.items.map(({ address }) => address.replace(/.*\//, ''))).toEqual([
      name,
      `${name}#1001`,
      `${name}#2001`,
    ]);
    expect(new Set(read.images.map(({ location }) => location.url)).size).toBe(2500);
    expect(read).toMatchObject({ isPartial: false, problems: [] });
    // As after a crash: another process begins in the middle.
    const source = await openList(join(folder, name));
    const last = await source.expand(
      source.further(`${source.id.slice(5)}#2001`, 3),
      'default',
      undefined,
      signal,
    );
    if (last.outcome !== 'expanded') throw new Error(JSON.stringify(last));
    expect(last.images.map(({ location }) => location.url)).toEqual(
      Array.from({ length: 500 }, (_, number) => `https://cdn.example/${2000 + number}.jpg`),
    );
    await source.close();
  });

  it('of a list that has changed meanwhile allow no conclusion', async () => {
    const path = join(folder, 'changing.jsonl');
    await writeFile(path, lines(1500).join('\n'));
    const source = await openList(path);
    const [root] = await source.start('default', signal);
    const first = await source.expand(root!, 'default', undefined, signal);
    if (first.outcome !== 'expanded') throw new Error(JSON.stringify(first));
    await writeFile(path, lines(1400).slice(5).join('\n'));
    const second = await source.expand(first.further[0]!, 'default', undefined, signal);
    expect(second).toMatchObject({ outcome: 'expanded', isPartial: true });
    await source.close();
  });

  it('leave no temporary file behind, whenever they are killed', async () => {
    const temporary = process.env['TMPDIR'];
    const own = join(folder, 'temporary');
    await mkdir(own);
    process.env['TMPDIR'] = own;
    const server = await openWebServer({ '/list.json': `[${lines(60_000).join(',')}]` });
    try {
      const source = await openList(`${server.url}/list.json`);
      await source.start('default', signal);
      expect(await readdir(own)).toEqual([]);
      await source.close();
      const read = await readAll(`${server.url}/list.json`);
      expect(read.images.length).toBe(60_000);
      expect(read.items.length).toBe(60);
      expect(server.count('/list.json')).toBe(2);
      expect(await readdir(own)).toEqual([]);
    } finally {
      if (temporary === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = temporary;
      await server.close();
    }
  });
});

describe('standard input', () => {
  const text = JSON.stringify(two);
  const from = (content: string) => ({ stdin: Readable.from(content === '' ? [] : [Buffer.from(content)]) });

  it('is read once, and shown by no page but those that it names', async () => {
    const read = await readAll('-', {}, from(text));
    expect(told(read)).toEqual(two);
    expect(read.items[0]?.address).toBe('-');
  });

  it('says so when there is nothing, or a terminal', async () => {
    await expect(readAll('-', {}, from(''))).rejects.toThrow('there is nothing: pipe it');
    const terminal = Object.assign(Readable.from([]), { isTTY: true });
    await expect(readAll('-', {}, { stdin: terminal })).rejects.toThrow('that is a terminal');
  });

  it('is not waited for when the crawl is stopped', async () => {
    const stop = new AbortController();
    const endless = new Readable({ read: () => {} });
    endless.push(text);
    const source = await openList('-', {}, { stdin: endless });
    const started = source.start('default', stop.signal);
    stop.abort();
    await expect(started).rejects.toThrow('SOURCE could not be opened: stopped');
    await source.close();
  });

  it('is not waited for by a retry, which nobody pipes anything to', async () => {
    const source = await openList('-', {}, from(text));
    const expansion = await source.expand(source.further('-', 0), 'default', undefined, signal);
    expect(expansion).toMatchObject({ outcome: 'failed', failure: { code: 'unreadable' } });
    await source.close();
  });

  it('says so when another list is piped to a crawl that is resumed', async () => {
    const source = await openList('-', {}, from(text));
    const [root] = await source.start('default', signal);
    await source.close();
    const other = await openList('-', {}, from(`${text} `));
    await other.start('default', signal);
    await expect(other.expand(root!, 'default', undefined, signal)).rejects.toThrow(
      'not the list that this crawl began with',
    );
    await other.close();
  });
});
