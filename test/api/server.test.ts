import { rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiParts } from '../../src/api/api-parts.ts';
import { openServer } from '../../src/api/server.ts';
import { TemporaryError } from '../../src/errors.ts';
import { openWorld as openApp, testFolder } from '../world.ts';
import { type Answer, addCollection, ask, openWorld, serveWorld } from './world.ts';

let world: Awaited<ReturnType<typeof serveWorld>>;
let isReady = true;
beforeAll(async () => {
  world = await serveWorld({ ready: () => isReady });
});
afterAll(() => world.close());

/** fetch sets Host itself; this sends what it is told. */
const send = (path: string, headers: Record<string, string>, { method = 'GET', body = '' } = {}) =>
  new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: world.port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
const firstCode = async (response: Response) =>
  ((await response.json()) as Answer<never>).errors?.[0]?.extensions.code;
const codeOf = async (query: string) => (await ask(world.url, query)).errors?.[0]?.extensions.code;

describe('only pages of its own are answered', () => {
  test.each(['localhost', '127.0.0.1', '[::1]', 'LOCALHOST'])('%s', async (name) => {
    const answer = await send('/graphql?query=%7B__typename%7D', {
      host: `${name}:${world.port}`,
      'apollo-require-preflight': 'yes',
    });
    expect(answer.body).toContain('"Query"');
  });

  test.each(['evil.example', 'localhost', 'localhost.evil.example:PORT', '127.0.0.1:1', '0.0.0.0:PORT'])(
    'another Host is another server: %s',
    async (host) => {
      const answer = await send('/', { host: host.replace('PORT', String(world.port)) });
      expect(answer.status).toBe(421);
      expect(answer.body).not.toContain('image-search');
    },
  );

  test('requests of other sites are refused, links to the page are not', async () => {
    const host = `localhost:${world.port}`;
    const own = `http://${host}`;
    expect((await send('/health/live', { host, origin: own })).status).toBe(200);
    expect((await send('/health/live', { host, origin: 'https://evil.example' })).status).toBe(403);
    expect((await send('/health/live', { host, origin: 'null' })).status).toBe(403);
    expect(
      (await send('/widget.js', { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }))
        .status,
    ).toBe(403);
    const link = {
      host,
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect((await send('/', link)).status).toBe(200);
    expect((await send('/graphql', link, { method: 'POST' })).status).toBe(403);
  });
});

test('a proxy that asks for localhost on behalf of others is not somebody at this machine', async () => {
  const host = `localhost:${world.port}`;
  expect((await send('/', { host, 'x-forwarded-for': '203.0.113.9' })).status).toBe(403);
  const answer = await new Promise<string>((resolve, reject) => {
    // As nginx long asked when it was told nothing.
    const socket = connect(world.port, '127.0.0.1', () =>
      socket.write(`GET / HTTP/1.0\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
    );
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    socket.on('end', () => resolve(text)).on('error', reject);
  });
  expect(answer).toMatch(/^HTTP\/1\.[01] 403 /);
  expect(answer).not.toContain('image-search');
});

describe('the port for a proxy', () => {
  const shop = 'https://shop.example';

  test('has the embedded search and nothing else, whatever name it is called by', async () => {
    const collections = new Map([['default', { origins: [shop] }]]);
    const both = await openServer(
      { ...world.parts, collections },
      { host: '127.0.0.1', port: 0, embedPort: 0 },
    );
    const there = `http://127.0.0.1:${both.embedPort}`;
    const own = await fetch(`${both.url}/health/live`);
    const status = async (path: string, init?: RequestInit) => (await fetch(`${there}${path}`, init)).status;
    const headers = { origin: shop, 'content-type': 'application/json' };
    const post = (query: string) => ({ method: 'POST', headers, body: JSON.stringify({ query }) });
    const statuses = [
      await status('/'),
      await status('/health/live'),
      await status('/graphql', { headers: { 'apollo-require-preflight': 'yes' } }),
      await status('/graphql', {
        ...post('{ __typename }'),
        headers: { 'content-type': 'application/json' },
      }),
      await status('/graphql', post('mutation { __typename }')),
    ];
    const found = await fetch(`${there}/graphql`, post('{ images { totalCount { value } } }'));
    const body = await found.json();
    const widget = await status('/widget.js', { headers: { origin: shop } });
    await both.close();
    expect(own.status).toBe(200);
    expect(statuses).toEqual([403, 403, 403, 403, 403]);
    expect(body).toEqual({ data: { images: { totalCount: { value: 42 } } } });
    expect(widget).toBe(200);
    await expect(fetch(`${there}/graphql`)).rejects.toThrow();
  });

  test('that is taken leaves nothing open', async () => {
    const places = { host: '127.0.0.1', port: 0, embedPort: world.port };
    await expect(openServer(world.parts, places)).rejects.toMatchObject({
      code: 'address_in_use',
      message: expect.stringContaining('--embed-port') as string,
    });
  });
});

test('a body that never comes does not hold its connection', async () => {
  const hasty = await openServer(world.parts, { host: '127.0.0.1', port: 0, receiveTimeoutMs: 200 });
  const ends = (head: string) =>
    new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(hasty.port, '127.0.0.1', () => socket.write(head));
      socket.on('data', (chunk) => {
        text += String(chunk);
      });
      socket.on('close', () => resolve(text)).on('error', reject);
    });
  const line = `POST /graphql HTTP/1.1\r\nHost: localhost:${hasty.port}\r\n`;
  const [body, head] = await Promise.all([
    ends(`${line}Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{`),
    ends(line),
  ]);
  await hasty.close();
  expect(body).toContain(' 408 ');
  expect(head).toContain(' 408 ');
});

describe('graphql over http', () => {
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${world.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  test('errors of the document: 400 to who knows GraphQL’s media type, 200 to who knows JSON only', async () => {
    const broken = { query: '{ images { nope } }' };
    expect((await post(broken, { accept: 'application/graphql-response+json' })).status).toBe(400);
    expect((await post(broken, { accept: 'application/json' })).status).toBe(200);
    expect((await post({ query: '{' }, { accept: 'application/json' })).status).toBe(200);
    expect((await post({ notQuery: 1 }, { accept: 'application/json' })).status).toBe(400);
  });

  test('a form of another site cannot ask: a plain content type is refused', async () => {
    expect(
      (await post('{"query":"{__typename}"}', { 'content-type': 'text/plain' })).status,
    ).toBeGreaterThanOrEqual(400);
    expect((await fetch(`${world.url}/graphql?query={__typename}`)).status).toBe(400);
  });

  test('batches, broken JSON and too large bodies are refused with a code', async () => {
    expect((await post([{ query: '{__typename}' }])).status).toBe(400);
    const notJson = await post('{"query"');
    expect([notJson.status, await firstCode(notJson)]).toEqual([400, 'BAD_REQUEST']);
    const large = await post({ query: `{ ${' '.repeat(120_000)} __typename }` });
    expect([large.status, await firstCode(large)]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  test('persisted queries are refused in the words that their clients know', async () => {
    const before = world.logged.length;
    const persistedQuery = { version: 1, sha256Hash: '0'.repeat(64) };
    for (const more of [{}, { query: '{ __typename }' }]) {
      const answer = await post({ ...more, extensions: { persistedQuery } });
      expect(answer.status).toBe(400);
      expect(((await answer.json()) as Answer<never>).errors).toEqual([
        { message: 'PersistedQueryNotSupported', extensions: { code: 'BAD_REQUEST' } },
      ]);
    }
    expect(world.logged.slice(before)).toEqual([]);
  });

  test('answers to GET can be kept, and asked whether they still hold', async () => {
    const url = `${world.url}/graphql?query={images(first:1){nodes{id}}}`;
    const headers = { 'apollo-require-preflight': 'yes' };
    const first = await fetch(url, { headers });
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    const again = await fetch(url, { headers: { ...headers, 'if-none-match': first.headers.get('etag')! } });
    expect(again.status).toBe(304);
  });

  test('a browser is shown a page of ours, that loads nothing from elsewhere', async () => {
    const page = await fetch(`${world.url}/graphql`, { headers: { accept: 'text/html,*/*' } });
    const html = await page.text();
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(html).toContain('/schema.graphql');
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
  });

  test('what one document may ask for is bounded', async () => {
    const circle = Array.from({ length: 13 }, () => '... on Image { ... { id } }').join(' ');
    expect(await codeOf(`{ node(id: "x") { ${circle} } }`)).toBeUndefined();
    const typeDepth = `{ __schema { types { ${'ofType { '.repeat(20)} name ${'} '.repeat(20)} } } }`;
    expect(await codeOf(typeDepth)).toBe('QUERY_TOO_COMPLEX');
    // The name of a fragment hides nothing.
    expect(
      await codeOf(
        `{ ...__schema } fragment __schema on Query { __schema { types { ${'ofType { '.repeat(20)} name ${'} '.repeat(20)} } } }`,
      ),
    ).toBe('QUERY_TOO_COMPLEX');
    const aliases = Array.from({ length: 31 }, (_, n) => `a${n}: __typename`).join(' ');
    expect(await codeOf(`{ ${aliases} }`)).toBe('QUERY_TOO_COMPLEX');
    const fragments = `{ ...A a: images { nodes { ...B } } } fragment A on Query { b: images { nodes { ...B } } c: images { nodes { ...B } } }
      fragment B on Image { ${Array.from({ length: 10 }, (_, n) => `i${n}: id`).join(' ')} }`;
    expect(await codeOf(fragments)).toBe('QUERY_TOO_COMPLEX');
    expect(await codeOf(`{ ${'__typename '.repeat(2000)} }`)).toBe('GRAPHQL_PARSE_FAILED');
  });
});

test('a fault of a store is masked, and logged', async () => {
  const parts = {
    ...world.parts,
    index: { ...world.parts.index, search: () => Promise.reject(new Error('disk /secret/path is full')) },
  };
  const broken = await openServer(parts, { host: '127.0.0.1', port: 0 });
  const answer = await ask(broken.url, '{ images { nodes { id } } }');
  await broken.close();
  expect(answer.errors?.[0]?.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR' });
  expect(JSON.stringify(answer)).not.toContain('secret');
  expect(world.logged.join('')).toContain('disk /secret/path is full');
});

test('a store that is away is told as such, in one line of the log', async () => {
  const before = world.logged.length;
  const away = () => Promise.reject(new TemporaryError('data_unavailable', 'no node can be reached'));
  const parts = { ...world.parts, index: { ...world.parts.index, search: away } };
  const broken = await openServer(parts, { host: '127.0.0.1', port: 0 });
  const answer = await ask(broken.url, '{ images { nodes { id } } }');
  await broken.close();
  expect(answer.errors?.[0]).toMatchObject({
    message: 'The store is away for a moment. Try again later. (no node can be reached)',
    extensions: { code: 'STORE_UNAVAILABLE' },
  });
  const said = world.logged.slice(before);
  expect(said).toEqual([expect.stringContaining('no node can be reached')]);
  expect(said[0]).not.toContain('    at ');
});

test('what graphql itself refuses is the client’s fault: a code, and nothing in the log', async () => {
  const before = world.logged.length;
  expect(await codeOf('subscription { a }')).toBe('OPERATION_RESOLUTION_FAILURE');
  expect(await codeOf('query A { __typename } query B { __typename }')).toBe('OPERATION_RESOLUTION_FAILURE');
  const nulls = { n: null, b: null, at: 'yesterday' };
  const code = async (query: string) => (await ask(world.url, query, nulls)).errors?.[0]?.extensions.code;
  expect(await code('query ($n: Int = 5) { images(first: $n) { nodes { id } } }')).toBe('BAD_USER_INPUT');
  expect(await code('query ($b: Boolean = true) { __typename @skip(if: $b) }')).toBe('BAD_USER_INPUT');
  expect(await code('query ($b: Boolean = true) { images { nodes { id @skip(if: $b) } } }')).toBe(
    'BAD_USER_INPUT',
  );
  expect(
    await code('query ($at: DateTime) { images(filter: { fetchedAt: { gte: $at } }) { nodes { id } } }'),
  ).toBe('BAD_USER_INPUT');
  expect(world.logged.slice(before)).toEqual([]);
});

test('a port that is taken is an error that says how to mend it', async () => {
  await expect(openServer(world.parts, { host: '127.0.0.1', port: world.port })).rejects.toMatchObject({
    code: 'address_in_use',
    message: expect.stringContaining('--port') as string,
  });
});

test('health: live always, ready when it is', async () => {
  expect((await fetch(`${world.url}/health/live`)).status).toBe(200);
  expect((await fetch(`${world.url}/health/ready`)).status).toBe(200);
  isReady = false;
  expect((await fetch(`${world.url}/health/ready`)).status).toBe(503);
  expect((await fetch(`${world.url}/health/live`)).status).toBe(200);
  isReady = true;
});

test.each([
  ['is away', () => Promise.reject(new TemporaryError('data_unavailable', 'no node can be reached'))],
  ['hangs', () => new Promise<never>(() => {})],
])('health: not ready while the store %s', async (_, get) => {
  const parts = { ...world.parts, ledger: { ...world.parts.ledger, get } };
  const broken = await openServer(parts, { host: '127.0.0.1', port: 0 });
  const ready = await fetch(`${broken.url}/health/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toEqual({ status: 'not ready', reason: 'the store is away' });
  expect((await fetch(`${broken.url}/health/live`)).status).toBe(200);
  await broken.close();
});

test('thumbnails may be kept for ever, and others are not there', async () => {
  const url = `${world.url}/thumbnails/${world.documents[0]!.sha256}.jpg`;
  const thumbnail = await fetch(url);
  expect(thumbnail.headers.get('content-type')).toBe('image/jpeg');
  expect(thumbnail.headers.get('cache-control')).toContain('immutable');
  expect(thumbnail.headers.get('x-content-type-options')).toBe('nosniff');
  expect((await thumbnail.arrayBuffer()).byteLength).toBeGreaterThan(1000);
  expect((await fetch(url, { headers: { 'if-none-match': thumbnail.headers.get('etag')! } })).status).toBe(
    304,
  );
  for (const name of [`${'0'.repeat(64)}.jpg`, '..%2f..%2fimagedex.db', 'x.jpg']) {
    expect((await fetch(`${world.url}/thumbnails/${name}`)).status).toBe(404);
  }
});

test('the page is told the collection that is configured, and an address without # finds its way', async () => {
  const named = await openServer({ ...world.parts, collection: 'a"<b>&$&' }, { host: '127.0.0.1', port: 0 });
  const html = await (await fetch(`${named.url}/`)).text();
  await named.close();
  expect(html).toContain(
    '<image-search collection="a&#34;&#60;b&#62;&#38;$&#38;" address="hash" choose-collection></image-search>',
  );
  const sent = await fetch(`${world.url}/?collection=pets&q=dog`, { redirect: 'manual' });
  expect([sent.status, sent.headers.get('location')]).toEqual([302, '/#/?collection=pets&q=dog']);
});

test('the page begins with a collection that is there, as it is when one comes, and so does its ETag', async () => {
  const own = await openWorld();
  const [stored] = await own.parts.ledger.get('collection', ['default']);
  await own.parts.ledger.change([
    { kind: 'collection', id: 'default', expect: stored!.version, record: null },
  ]);
  const open = (more: Partial<ApiParts>) =>
    openServer({ ...own.parts, ...more }, { host: '127.0.0.1', port: 0 });
  const configured = new Map(['shop', 'pets'].map((name) => [name, { origins: [] }]));
  const [bare, named] = await Promise.all([open({}), open({ collections: configured })]);
  const shown = async (url: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${url}/`, { headers });
    const name = /<image-search collection="([^"]*)"/.exec(await answer.text())?.[1];
    return { status: answer.status, name, etag: answer.headers.get('etag')! };
  };
  const before = await shown(bare.url);
  expect(before.name).toBe('default');
  expect((await shown(bare.url, { 'if-none-match': before.etag })).status).toBe(304);
  expect((await shown(named.url)).name).toBe('shop');
  // One that is configured is searched before it was crawled; others are not.
  const count = 'query ($name: String!) { images(collection: $name) { totalCount { value } } }';
  expect((await ask(named.url, count, { name: 'pets' })).errors).toBe(undefined);
  expect((await ask(named.url, count, { name: 'pest' })).errors?.[0]?.message).toContain('no collection');
  await addCollection(own, 'came-later', 2);
  const after = await shown(bare.url, { 'if-none-match': before.etag });
  expect(after).toMatchObject({ status: 200, name: 'came-later' });
  expect((await shown(named.url)).name).toBe('shop');
  await addCollection(own, 'default', 2);
  expect((await shown(named.url)).name).toBe('default');
  const graphiql = await fetch(`${named.url}/graphql`, { headers: { accept: 'text/html' } });
  expect(await graphiql.text()).toContain('<main data-collection="default">');
  await Promise.all([bare.close(), named.close()]);
  await own.close();
});

test.each([
  [{}, 'pets'],
  [{ collection: 'shop' }, 'shop'],
])('the app tells the page what is configured, and what was chosen: %j', async (flags, name) => {
  const folder = await testFolder();
  await writeFile(join(folder, 'imagedex.config.yaml'), 'collections:\n  pets:\n    sources: [./pets]\n');
  const own = await openApp(flags, folder);
  const { url } = await own.app.serve(0, new AbortController().signal);
  expect(await (await fetch(`${url}/`)).text()).toContain(`<image-search collection="${name}"`);
  await own.close();
  await rm(folder, { recursive: true });
});

test('the page and the widget come from here alone, under a strict policy', async () => {
  const page = await fetch(`${world.url}/`);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await page.text()).not.toMatch(/<style|style=|<script>|https?:\/\//);
  const widget = await fetch(`${world.url}/widget.js`);
  expect(widget.headers.get('content-type')).toContain('text/javascript');
  expect(
    (await fetch(`${world.url}/widget.js`, { headers: { 'if-none-match': widget.headers.get('etag')! } }))
      .status,
  ).toBe(304);
});
