import { describe, expect, test } from 'vitest';
import { type Asked, accessOf, type Doors, originsOf } from '../../src/api/access.ts';

const doors: Doors = {
  port: 4000,
  embedOnly: false,
  publicHosts: ['images.example'],
  origins: originsOf(
    new Map([
      ['shop', { origins: ['https://shop.example', 'http://localhost:5173'] }],
      ['press', { origins: ['https://shop.example'] }],
      ['private', { origins: [] }],
    ]),
  ),
};
const decide = (headers: Record<string, string>, rest: Partial<Asked> = {}, opened: Partial<Doors> = {}) => {
  const access = accessOf(
    {
      method: 'GET',
      url: '/graphql?query=x',
      httpVersion: '1.1',
      headers: { host: 'localhost:4000', ...headers },
      ...rest,
    },
    { ...doors, ...opened },
  );
  if (access.kind === 'embedded') return `embedded ${[...access.collections].sort().join(' ')}`.trim();
  return access.kind === 'refused' ? access.status : access.kind;
};
const shop = { origin: 'https://shop.example' };

describe('our own pages and programs on this machine', () => {
  test.each(['localhost:4000', '127.0.0.1:4000', '[::1]:4000', 'LOCALHOST:4000'])('%s', (host) => {
    expect(decide({ host })).toBe('full');
    expect(decide({ host, origin: `http://${host.toLowerCase()}` }, { method: 'POST' })).toBe('full');
    expect(decide({ host }, { url: '/health/live' })).toBe('full');
  });

  test('port 80 is left out by browsers', () => {
    expect(decide({ host: 'localhost' }, {}, { port: 80 })).toBe('full');
    expect(decide({ host: 'localhost' })).toBe(421);
  });

  test('another name of loopback is another origin', () => {
    expect(decide({ origin: 'http://127.0.0.1:4000' })).toBe(403);
    expect(decide({ origin: 'https://localhost:4000' })).toBe(403);
  });

  test('a link from elsewhere may be followed, a form may not be sent', () => {
    const link = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect(decide(link, { url: '/' })).toBe('full');
    expect(decide(link, { method: 'POST' })).toBe(403);
    expect(decide({ ...link, 'sec-fetch-dest': 'iframe' })).toBe(403);
    expect(decide({ ...link, ...shop }, { method: 'POST' })).toBe(403);
  });
});

describe('other names', () => {
  test.each([
    'evil.example:4000',
    'localhost.evil.example:4000',
    'images.example.evil.example',
    '127.0.0.1:1',
    '0.0.0.0:4000',
    '127.1:4000',
    '2130706433:4000',
    'localhost.:4000',
    '',
  ])('a page that rebinds its host name gets nothing, whatever its origin: %s', (host) => {
    expect(decide({ host })).toBe(421);
    expect(decide({ host, ...shop })).toBe(421);
    expect(decide({ host, origin: `http://${host}` })).toBe(421);
  });
});

describe('pages of other origins', () => {
  test('search all collections that name their origin', () => {
    expect(decide(shop, { method: 'POST', url: '/graphql' })).toBe('embedded press shop');
    expect(decide({ origin: 'http://localhost:5173' })).toBe('embedded shop');
    expect(decide({ ...shop, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' })).toBe(
      'embedded press shop',
    );
  });

  test.each([
    'null',
    'http://shop.example',
    'https://shop.example:8443',
    'https://shop.example.evil.example',
    'https://evil-shop.example',
    'https://shop.example.',
    'file://',
    '*',
    '',
  ])('that no collection names are refused: %j', (origin) => {
    expect(decide({ origin }, { method: 'POST', url: '/graphql' })).toBe(403);
    expect(decide({ origin }, { url: `/thumbnails/${'0'.repeat(64)}.jpg` })).toBe(403);
    expect(decide({ origin }, { url: '/' })).toBe(403);
  });

  test.each([
    '/',
    '/page.css',
    '/schema.graphql',
    '/classify',
    '/health/live',
    '/icon.svg',
    '/graphql/',
    '//graphql',
    '/GRAPHQL',
    '/thumbnails/x.jpg',
    '/thumbnails/..%2fgraphql',
  ])('reach nothing but queries, thumbnails and the element: not %s', (url) => {
    expect(decide(shop, { url })).toBe(403);
    expect(decide({ ...shop, 'access-control-request-method': 'GET' }, { url, method: 'OPTIONS' })).toBe(403);
  });

  test('ask by CORS: what a page loads without, or as a frame, is refused', () => {
    for (const mode of ['no-cors', 'navigate', 'same-origin', 'websocket'])
      expect(decide({ ...shop, 'sec-fetch-mode': mode })).toBe(403);
    expect(decide({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' })).toBe(403);
  });

  test('ask before they post, and only for methods that there are', () => {
    const ask = (method: string) =>
      decide({ ...shop, 'access-control-request-method': method }, { method: 'OPTIONS' });
    expect(ask('POST')).toBe('embedded press shop');
    expect(['PUT', 'DELETE', 'PATCH', ''].map(ask)).toEqual([405, 405, 405, 405]);
    expect(decide(shop, { method: 'DELETE' })).toBe(405);
    expect(decide(shop, { method: 'POST', url: '/widget.js' })).toBe(405);
  });

  test('have the element itself, so that it can say why it is refused; where nobody may embed, not even that', () => {
    const evil = { origin: 'https://evil.example' };
    expect(decide(evil, { url: '/widget.js' })).toBe('embedded');
    expect(decide(evil, { url: '/widget.js?v=1' })).toBe('embedded');
    expect(decide(evil, { url: '/widget.js' }, { origins: new Map() })).toBe(403);
  });
});

describe('behind a proxy', () => {
  const host = 'images.example';

  test('a public name gives embedded access at most', () => {
    expect(decide({ host, ...shop })).toBe('embedded press shop');
    expect(decide({ host: `${host}:8443`, ...shop })).toBe('embedded press shop');
    expect(decide({ host })).toBe(403);
    expect(decide({ host }, { url: '/' })).toBe(403);
    expect(decide({ host, origin: `https://${host}` })).toBe(403);
    expect(
      decide(
        { host, 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
        { url: '/' },
      ),
    ).toBe(403);
  });

  test('a page and the search under one name: the browser leaves its origin out', () => {
    const opened = { publicHosts: ['shop.example'] };
    const own = { host: 'shop.example', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' };
    expect(decide(own, {}, opened)).toBe('embedded press shop');
    expect(decide({ ...own, 'sec-fetch-site': 'none' }, {}, opened)).toBe(403);
    expect(decide(own, { url: '/' }, opened)).toBe(403);
  });

  test.each([
    { 'x-forwarded-for': '203.0.113.9' },
    { 'x-forwarded-host': 'images.example' },
    { 'x-real-ip': '203.0.113.9' },
    { forwarded: 'for=203.0.113.9' },
    { via: '1.1 proxy' },
    { via: '' },
    { 'x-forwarded-proto': 'https' },
    { 'x-forwarded': '' },
    { x_forwarded_for: '203.0.113.9' },
    { 'x-original-host': 'images.example' },
    { 'x-original-url': '/' },
    { 'cf-connecting-ip': '203.0.113.9' },
    { 'cf-ray': 'x' },
    { 'true-client-ip': '203.0.113.9' },
    { 'x-client-ip': '203.0.113.9' },
    { 'x-cluster-client-ip': '203.0.113.9' },
    { 'fastly-client-ip': '203.0.113.9' },
    { 'x-envoy-external-address': '203.0.113.9' },
    { 'x-amzn-trace-id': 'Root=1' },
    { 'cdn-loop': 'cloudflare' },
  ])('that writes Host anew: the whole world is not this machine: %j', (sign) => {
    expect(decide(sign)).toBe(403);
    expect(decide({ ...sign, origin: 'http://localhost:4000' }, { method: 'POST' })).toBe(403);
    expect(decide({ ...sign, ...shop })).toBe('embedded press shop');
  });

  test('what programs and browsers send by themselves is no sign', () => {
    const headers = {
      'user-agent': 'curl/8',
      accept: '*/*',
      'x-requested-with': 'x',
      'x-apollo-operation': 'A',
    };
    expect(decide({ ...headers, 'sec-gpc': '1', 'x-csrf-token': 'x', 'x-request-id': 'x' })).toBe('full');
  });

  test('pointed at embedPort gets embedded access at most, whatever it says and however it asks', () => {
    const at = { embedOnly: true, publicHosts: [] };
    for (const host of ['localhost:4000', '127.0.0.1:4000', 'images.example', '']) {
      expect(decide({ host }, {}, at)).toBe(403);
      expect(decide({ host }, { url: '/' }, at)).toBe(403);
      expect(decide({ host, origin: `http://${host}` }, { method: 'POST' }, at)).toBe(403);
      expect(decide({ host, ...shop }, { method: 'POST' }, at)).toBe('embedded press shop');
      expect(decide({ host, ...shop }, { url: '/classify' }, at)).toBe(403);
    }
    const own = { host: 'shop.example', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' };
    expect(decide(own, {}, at)).toBe('embedded press shop');
  });

  test('that says nothing of itself is told by its HTTP/1.0', () => {
    expect(decide({}, { httpVersion: '1.0' })).toBe(403);
    expect(decide(shop, { httpVersion: '1.0' })).toBe('embedded press shop');
  });
});
