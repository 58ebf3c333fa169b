import { describe, expect, test } from 'vitest';
import type { PoliteRequest } from '../../../src/crawler/polite-fetch.ts';
import { AssetCache } from '../../../src/crawler/render/asset-cache.ts';
import { isOfItsOrigin, originHeaders } from '../../../src/crawler/render/page-headers.ts';
import { PageTraffic } from '../../../src/crawler/render/page-traffic.ts';
import { requestKind } from '../../../src/crawler/render/request-kind.ts';
import { failure } from '../../../src/errors.ts';
import type { Answer, Refused } from '../../../src/net/answer.ts';

const answered = (url: string, headers: Answer['headers'] = {}, body = 'body'): Answer => ({
  outcome: 'answered',
  url,
  status: 200,
  headers,
  body: Buffer.from(body),
  isCut: false,
});

const never = new AbortController().signal;

function trafficOf(
  reply: (request: PoliteRequest) => Promise<Answer> | Answer | Refused,
  assets = new AssetCache(),
) {
  const asked: PoliteRequest[] = [];
  const web = {
    fetch: async (request: PoliteRequest) => {
      asked.push(request);
      request.isInBounds?.(new URL(request.url));
      return reply(request);
    },
    restMs: () => 0,
    close: async () => undefined,
  } as never;
  const traffic = new PageTraffic({
    answer: answered('http://site.example/', { 'content-type': 'text/html' }, 'page'),
    web,
    assets,
    maxBytes: 1000,
    signal: never,
  });
  const get = (
    url: string,
    headers: Record<string, string> = { 'sec-fetch-dest': 'empty' },
    method = 'GET',
  ) => traffic.answer({ method, url, headers });
  return { traffic, asked, get };
}

describe('what a page in the browser gets', () => {
  test('its own page is not asked for again', async () => {
    const { asked, get } = trafficOf(() => answered('x'));
    const reply = await get('http://site.example/', { 'sec-fetch-dest': 'document' });
    expect(String(reply.body)).toBe('page');
    expect(asked).toEqual([]);
  });

  test('another page is noted, not opened', async () => {
    const { traffic, asked, get } = trafficOf(() => answered('x'));
    expect((await get('http://site.example/b', { 'sec-fetch-dest': 'document' })).status).toBe(204);
    expect(traffic.leads).toEqual(['http://site.example/b']);
    expect(asked).toEqual([]);
  });

  test('pictures are noted, not asked for', async () => {
    const { traffic, asked, get } = trafficOf(() => answered('x'));
    const reply = await get('https://cdn.example/p?id=7', { 'sec-fetch-dest': 'image' });
    expect(reply.headers['content-type']).toBe('image/gif');
    await get('http://cdn.example/q', { accept: 'image/avif,image/webp,*/*' });
    await get('http://cdn.example/r.jpg');
    expect(traffic.images).toEqual([
      'https://cdn.example/p?id=7',
      'http://cdn.example/q',
      'http://cdn.example/r.jpg',
    ]);
    expect(asked).toEqual([]);
  });

  test('other methods, fonts, media and prefetching are refused', async () => {
    const { traffic, asked, get } = trafficOf(() => answered('x'));
    expect((await get('http://site.example/api', {}, 'POST')).status).toBe(403);
    for (const dest of ['font', 'video', 'audio', 'object', 'manifest'])
      expect((await get('http://site.example/x', { 'sec-fetch-dest': dest })).status).toBe(403);
    expect((await get('http://site.example/x', { 'sec-purpose': 'prefetch' })).status).toBe(403);
    expect((await get('ftp://site.example/x')).status).toBe(403);
    expect(asked).toEqual([]);
    expect(traffic.refusals).toEqual({ method: 1, needless: 6, skipped: 1 });
  });

  test('which headers a stranger may send is asked of the host, without secrets; of pictures it is known', async () => {
    const allowed = { 'access-control-allow-headers': 'x-key', 'access-control-allow-origin': '*' };
    const { traffic, asked, get } = trafficOf(({ url }) =>
      answered(url, url.endsWith('open') ? { ...allowed, 'set-cookie': 'a=b' } : {}),
    );
    const preflight = (url: string, method = 'GET') => {
      const wanted = { 'access-control-request-method': method, 'access-control-request-headers': 'x-key' };
      return get(url, { origin: 'http://site.example', ...wanted }, 'OPTIONS');
    };
    expect(await preflight('http://api.example/open')).toMatchObject({ status: 200, headers: allowed });
    expect((await preflight('http://api.example/closed')).headers).toEqual({});
    expect(asked).toHaveLength(2);
    expect(asked[0]).toMatchObject({ method: 'OPTIONS', withSecrets: false });
    expect(asked[0]?.headers).toMatchObject({ 'access-control-request-headers': 'x-key' });
    const picture = await preflight('http://api.example/p.jpg');
    expect(picture.headers['access-control-allow-headers']).toBe('x-key');
    expect((await preflight('http://api.example/open', 'PUT')).status).toBe(403);
    expect(traffic.refusals).toEqual({ method: 1 });
    expect(asked).toHaveLength(2);
  });

  test('a redirect is left to the browser: it must know whose answer it reads', async () => {
    const { asked, get } = trafficOf((request) => {
      request.isInBounds?.(new URL('http://other.example/secret'));
      return answered('http://other.example/secret');
    });
    const reply = await get('http://site.example/r');
    expect(reply).toMatchObject({ status: 302, headers: { location: 'http://other.example/secret' } });
    expect(asked).toHaveLength(1);
  });

  test('scripts are asked for once a crawl, unless they say otherwise', async () => {
    const assets = new AssetCache();
    const script = { 'sec-fetch-dest': 'script' };
    const reply = ({ url }: PoliteRequest) =>
      answered(url, url.includes('private') ? { 'cache-control': 'no-store' } : {});
    const pages = [trafficOf(reply, assets), trafficOf(reply, assets)];
    for (const { get } of pages) {
      await get('http://site.example/app.js', script);
      await get('http://site.example/private.js', script);
    }
    expect(pages.map(({ asked }) => asked.length)).toEqual([2, 1]);
  });

  test('a cookie that comes with a script is of the page that asked for it', async () => {
    const assets = new AssetCache();
    const reply = ({ url }: PoliteRequest) =>
      answered(url, { 'set-cookie': ['visit=1'], 'content-type': 'text/javascript' });
    const ask = () =>
      trafficOf(reply, assets).get('http://site.example/app.js', { 'sec-fetch-dest': 'script' });
    const replies = [...(await Promise.all([ask(), ask()])), await ask()];
    expect(replies.map(({ headers }) => headers['set-cookie'])).toEqual([['visit=1'], undefined, undefined]);
    expect(replies.map(({ headers }) => headers['content-type'])).toEqual(Array(3).fill('text/javascript'));
  });

  test('what a script of one origin was allowed to read is no answer to another', async () => {
    const { asked, get } = trafficOf(({ url, headers }) =>
      answered(url, { 'access-control-allow-origin': headers?.['origin'] }),
    );
    for (const origin of ['http://site.example', 'http://frame.example', 'http://site.example']) {
      const { headers } = await get('http://cdn.example/app.js', { 'sec-fetch-dest': 'script', origin });
      expect(headers['access-control-allow-origin']).toBe(origin);
    }
    expect(asked).toHaveLength(2);
  });

  test('there is an end to what a page may ask for', async () => {
    const { traffic, asked, get } = trafficOf(({ url }) => answered(url));
    for (let n = 0; n < 10; n++) await get('http://site.example/same');
    expect(asked).toHaveLength(3);
    expect(traffic.isCut).toBe(false);
    for (let n = 0; n < 300; n++) await get(`http://site.example/${n}`);
    expect(asked.length).toBeLessThanOrEqual(153);
    expect(traffic.isCut).toBe(true);
  });

  test('what it asked for and did not get is noted, until it gets it', async () => {
    const statuses: Record<string, number> = { '/data.json': 503, '/gone.js': 404, '/well.json': 200 };
    const { traffic, get } = trafficOf(({ url }) => {
      const { pathname } = new URL(url);
      if (pathname === '/broken.json')
        return { outcome: 'failed', failure: failure('find', 'timed_out', 'too late') };
      return { ...answered(url), status: statuses[pathname] ?? 404 };
    });
    for (const path of ['data.json?t=1', 'gone.js', 'well.json', 'broken.json'])
      await get(`http://site.example/${path}`);
    // Of another host only what may pass: what it does not have it may never have had.
    await get('http://other.example/gone.js');
    await get('http://other.example/data.json');
    await get('http://site.example/asked-for-only', undefined, 'HEAD');
    expect(traffic.missed).toEqual([
      { url: 'http://site.example/data.json', code: 'server_error' },
      { url: 'http://site.example/gone.js', code: 'not_found' },
      { url: 'http://site.example/broken.json', code: 'timed_out' },
      { url: 'http://other.example/data.json', code: 'server_error' },
    ]);
    statuses['/data.json'] = 200;
    await get('http://site.example/data.json?t=1');
    await get('http://other.example/data.json');
    expect(traffic.missed.map(({ code }) => code)).toEqual(['not_found', 'timed_out']);
  });

  test('one request at a time to a host, and none when the page is over', async () => {
    let open = 0;
    let most = 0;
    const { traffic, asked, get } = trafficOf(async ({ url }) => {
      most = Math.max(most, ++open);
      await new Promise((soon) => setTimeout(soon, 5));
      open--;
      return answered(url);
    });
    const all = [1, 2, 3, 4, 5].map((n) => get(`http://site.example/${n}`).catch(() => undefined));
    expect(traffic.waiting).toBe(5);
    await all[0];
    traffic.end();
    await Promise.all(all);
    expect(most).toBe(1);
    expect(asked.length).toBeLessThan(4);
  });

  test.each<[string, Record<string, string>, boolean]>([
    ['https://a.example/x', { 'sec-fetch-site': 'same-origin' }, true],
    ['https://a.example/x', { 'sec-fetch-site': 'same-site' }, false],
    ['https://a.example/x', { 'sec-fetch-site': 'cross-site', referer: 'https://a.example/' }, false],
    ['https://a.example/x', { 'sec-fetch-site': 'none' }, false],
    ['http://a.example/x', { referer: 'http://a.example/page' }, true],
    ['http://a.example/x', { referer: 'http://a.example:81/page' }, false],
    ['http://a.example/x', { referer: 'http://a.example/page', origin: 'null' }, false],
    ['http://a.example/x', { referer: 'http://a.example/', origin: 'http://b.example' }, false],
    ['http://a.example/x', {}, false],
  ])('crawl 33: %s, asked for with %j, has an asker of its own origin: %s', (url, headers, expected) => {
    expect(isOfItsOrigin(new URL(url), headers)).toBe(expected);
  });

  test('what the browser says of itself stays here', () => {
    const sent = originHeaders({
      accept: 'a',
      cookie: 'c',
      authorization: 'key',
      'user-agent': 'Chrome',
      'sec-ch-ua': 'x',
      'proxy-authorization': 'secret',
      'if-none-match': 'x',
      host: 'h',
      connection: 'x',
      range: 'bytes=0-',
    });
    expect(Object.keys(sent)).toEqual(['accept', 'cookie', 'authorization']);
  });

  test.each([
    ['http://a/x', { 'sec-fetch-dest': 'iframe' }, 'frame'],
    ['http://a/x', { accept: 'text/html,application/xhtml+xml' }, 'frame'],
    ['http://a/x', { accept: 'text/css,*/*;q=0.1' }, 'asset'],
    ['http://a/x.mjs', { accept: '*/*' }, 'asset'],
    ['http://a/x.woff2', { accept: '*/*' }, 'needless'],
    ['http://a/x.json', { accept: '*/*' }, 'data'],
    ['http://a/x', { 'sec-fetch-dest': 'paintworklet' }, 'needless'],
  ])('%s with %j is %s', (url, headers, kind) => {
    expect(requestKind(new URL(url), headers)).toBe(kind);
  });
});
