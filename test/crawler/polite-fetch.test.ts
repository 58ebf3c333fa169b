import { setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { failuresToOpen } from '../../src/crawler/host-breaker.ts';
import { HostGate } from '../../src/crawler/host-gate.ts';
import {
  openPoliteFetch,
  type PoliteFetch,
  type PoliteFetchOptions,
} from '../../src/crawler/polite-fetch.ts';
import { screenImage } from '../../src/crawler/web-answers.ts';
import type { Answer, Refused } from '../../src/net/answer.ts';
import type { Lookup } from '../../src/net/connector.ts';
import { openRawServer } from '../net/raw-server.ts';
import { openWebServer, type Page } from '../web-server.ts';
import { webSettings } from './sources/web-settings.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const { signal } = new AbortController();
setMaxListeners(0, signal);

async function serve(pages: Record<string, Page>) {
  const server = await openWebServer(pages);
  closing.push(server.close);
  return server;
}

/** A guest who knows `a.example` by its name, as the port of a server of ours. */
async function guest(
  port: number,
  { settings = {}, ...more }: Partial<Omit<PoliteFetchOptions, 'settings'>> & { settings?: object } = {},
): Promise<PoliteFetch> {
  const web = await openPoliteFetch({
    settings: {
      ...webSettings,
      hostDelayMs: 0,
      fetchTimeoutMs: 20_000,
      connectTo: [`a.example:80=127.0.0.1:${port}`, `a.example:443=127.0.0.1:${port}`],
      ...settings,
    },
    allowHosts: ['127.0.0.1'],
    gate: new HostGate(),
    ...more,
  });
  closing.push(web.close);
  return web;
}

const ask = (web: PoliteFetch, url: string, more = {}): Promise<Answer | Refused> =>
  web.fetch({ url, stage: 'fetch', maxBytes: 1000, atCap: 'cut', signal, ...more });
const told = (answer: Answer | Refused): string =>
  answer.outcome === 'answered'
    ? String(answer.status)
    : answer.outcome === 'skipped'
      ? answer.code
      : answer.failure.code;

describe('crawl 3: a robots.txt that cannot be had means no, and later:', () => {
  test.each([
    ['no answer in time', () => undefined, 'http'],
    ['a connection that is reset', (socket: { resetAndDestroy(): void }) => socket.resetAndDestroy(), 'http'],
    [
      'no TLS where TLS is spoken',
      (socket: { end(text: string): void }) => socket.end('HTTP/1.1 200 OK\r\n\r\n'),
      'https',
    ],
  ] as const)('%s', async (_, answer, scheme) => {
    const server = await openRawServer(answer);
    closing.push(server.close);
    const web = await guest(server.port, { settings: { fetchTimeoutMs: 1000 } });
    const answers = await Promise.all(
      ['/1', '/2', '/3'].map((path) => ask(web, `${scheme}://a.example${path}`)),
    );
    for (const one of answers) {
      expect(one).toMatchObject({
        outcome: 'failed',
        failure: { code: 'robots_unreachable', retry: 'later' },
      });
      const waitMs = one.outcome === 'failed' ? (one.failure.retryAfterMs ?? 0) : 0;
      expect(waitMs > 8000 && waitMs <= 10_000).toBe(true);
    }
    expect(server.connections()).toBe(1);
  });

  test('a certificate that nobody trusts', async () => {
    const server = createTlsServer({ ALPNProtocols: ['http/1.1'] });
    await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
    closing.push(() => new Promise((closed) => server.close(closed)));
    const web = await guest((server.address() as AddressInfo).port);
    expect(told(await ask(web, 'https://a.example/page'))).toBe('robots_unreachable');
  });
});

test.each([
  ['that does not exist is not', 'ENOTFOUND', 'never'],
  ['that nobody could look up is', 'EAI_AGAIN', 'later'],
] as const)('robots.txt of a name %s tried again within the crawl', async (_, code, retry) => {
  const lookup: Lookup = (_host, _options, callback) =>
    callback(Object.assign(new Error(code), { code }), []);
  const web = await guest(1, { lookup, settings: { connectTo: [] } });
  for (const url of ['http://none.example/page', 'http://none.example/again'])
    expect(await ask(web, url)).toMatchObject({ failure: { code: 'robots_unreachable', retry } });
});

test('two who crawl in one process are one guest: the delay is between any two requests', async () => {
  const server = await serve({
    '/robots.txt': '',
    '/moved': { status: 302, headers: { location: '/page' } },
  });
  const open = () =>
    openPoliteFetch({
      settings: {
        ...webSettings,
        hostDelayMs: 150,
        connectTo: [`twins.example:80=127.0.0.1:${server.port}`],
      },
      allowHosts: [],
    });
  const both = [await open(), await open()];
  closing.push(...both.map(({ close }) => close));
  await Promise.all(
    both.flatMap((web) => [ask(web, 'http://twins.example/page'), ask(web, 'http://twins.example/moved')]),
  );
  expect(server.asked.length).toBe(7);
  const gaps = server.asked.slice(1).map(({ at }, n) => at - server.asked[n]!.at);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(148);
});

describe('what one is told', () => {
  test('all know who share the process, whoever they crawl for; but not of what a secret shows', async () => {
    const server = await serve({ '/robots.txt': 'User-agent: *\nDisallow: /no', '/yes': 'y' });
    const gate = new HostGate();
    const others = [await guest(server.port, { gate }), await guest(server.port, { gate })];
    const answers = await Promise.all(others.map((web) => ask(web, 'http://a.example/yes')));
    expect(answers.map(told)).toEqual(['200', '200']);
    expect(server.count('/robots.txt')).toBe(1);
    const originHeaders = { origin: 'http://a.example', headers: { authorization: 'Bearer secret' } };
    expect(told(await ask(await guest(server.port, { gate, originHeaders }), 'http://a.example/no'))).toBe(
      'robots_denied',
    );
    expect(
      server.asked.filter(({ path }) => path === '/robots.txt').map(({ headers }) => headers.authorization),
    ).toEqual([undefined, 'Bearer secret']);
  });

  test('on this machine is asked anew by each', async () => {
    const server = await serve({ '/robots.txt': '', '/yes': 'y' });
    const gate = new HostGate();
    for (const web of [await guest(server.port, { gate }), await guest(server.port, { gate })])
      expect(told(await ask(web, `${server.url}/yes`))).toBe('200');
    expect(server.count('/robots.txt')).toBe(2);
  });

  test('of more than 30 seconds between two requests is capped, and that is said once', async () => {
    const server = await serve({ '/robots.txt': 'User-agent: *\nCrawl-delay: 120' });
    const said: string[] = [];
    const log = { info: () => undefined, warn: (message: string) => void said.push(message) };
    const web = await guest(server.port, { log });
    await web.sitemaps('http://a.example', signal);
    await web.sitemaps('http://a.example', signal);
    expect(said).toEqual(['robots.txt of a.example asks for 120 s between two requests: 30 s are kept']);
    expect(web.restMs('a.example')).toBeGreaterThan(29_000);
  });
});

test('crawl 10: a Retry-After is kept as seconds and as a date, and capped', async () => {
  const date = new Date(Date.now() + 90_000).toUTCString();
  for (const [header, least, most] of [
    ['80', 78_000, 80_000],
    [date, 87_000, 90_000],
    ['86400', 898_000, 900_000],
  ] as const) {
    const server = await serve({ '/busy': { status: 503, headers: { 'retry-after': header } } });
    const web = await guest(server.port);
    expect(told(await ask(web, 'http://a.example/busy'))).toBe('503');
    const next = await ask(web, 'http://a.example/page');
    expect(next).toMatchObject({ outcome: 'failed', failure: { code: 'server_error', isUnasked: true } });
    const waitMs = next.outcome === 'failed' ? (next.failure.retryAfterMs ?? 0) : 0;
    expect([waitMs > least, waitMs <= most]).toEqual([true, true]);
    expect(server.count('/page')).toBe(0);
  }
});

test('crawl 12: fifty requests that are refused at once put the host off once', async () => {
  const server = await serve({ '/busy': { status: 429 } });
  server.delay('/busy', 100);
  const web = await guest(server.port, { settings: { hostConnections: 50 } });
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) => ask(web, `http://a.example/busy?${n}`)),
  );
  expect(new Set(answers.map(told))).toEqual(new Set(['429']));
  expect(web.restMs('a.example')).toBeLessThanOrEqual(1000);
});

test('crawl 13: the body of what asks not to be indexed is not read', async () => {
  let sent = 0;
  const chunk = Buffer.alloc(64 * 1024);
  const server = createServer((request, response) => {
    if (request.url === '/robots.txt') return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'image/jpeg', 'x-robots-tag': ['otherbot: all', 'NOAI'] });
    const send = () => {
      while (!response.destroyed && sent < 2 ** 30) {
        sent += chunk.length;
        if (!response.write(chunk)) return void response.once('drain', send);
      }
    };
    send();
  });
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
  closing.push(
    () =>
      new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      }),
  );
  const web = await guest((server.address() as AddressInfo).port);
  const answer = await ask(web, 'http://a.example/photo.jpg', { maxBytes: 2 ** 30, screen: screenImage });
  expect(told(answer)).toBe('opted_out');
  // What lies in the buffers of two machines, of a picture without an end.
  expect(sent).toBeLessThan(16 * 1024 ** 2);
});

describe('a host that fails again and again', () => {
  test('is left alone, which is said, and its robots.txt counts as well', async () => {
    const server = await serve({ '/robots.txt': '' });
    const said: string[] = [];
    const log = { info: () => undefined, warn: (message: string) => void said.push(message) };
    server.set('/page', (_, response) => void response.destroy() as undefined);
    const web = await guest(server.port, { log });
    const codes: string[] = [];
    for (let n = 0; n < failuresToOpen + 5; n++) codes.push(told(await ask(web, 'http://a.example/page')));
    expect(codes.filter((code) => code === 'network_error').length).toBe(failuresToOpen);
    expect(codes.slice(-5)).toEqual(Array(5).fill('host_unwell'));
    expect(server.count('/page')).toBe(failuresToOpen);
    expect(web.unwellHosts()).toEqual(['a.example']);
    expect(said).toEqual(['a.example fails again and again: it is left alone for 30 s']);
    const refused = await ask(web, 'http://a.example/page');
    expect(refused).toMatchObject({ failure: { code: 'host_unwell', retry: 'later', isUnasked: true } });
  });

  test('is named to those who wanted something of it', async () => {
    const server = await serve({ '/robots.txt': '' });
    server.set('/page', (_, response) => void response.destroy() as undefined);
    const gate = new HostGate();
    const [first, second, third] = [
      await guest(server.port, { gate }),
      await guest(server.port, { gate }),
      await guest(server.port, { gate }),
    ];
    for (let n = 0; n < failuresToOpen; n++) await ask(first, 'http://a.example/page');
    await ask(second, 'http://a.example/page');
    expect([first, second, third].map((web) => web.unwellHosts())).toEqual([
      ['a.example'],
      ['a.example'],
      [],
    ]);
  });

  test('is none for a page that is broken, nor for one that is missing', async () => {
    const server = await serve({ '/robots.txt': '', '/page': { status: 500 } });
    const web = await guest(server.port);
    for (let n = 0; n < failuresToOpen * 2; n++) {
      await ask(web, 'http://a.example/page');
      await ask(web, 'http://a.example/none');
    }
    expect(web.unwellHosts()).toEqual([]);
    expect(server.count('/page')).toBe(failuresToOpen * 2);
  });

  test('is not made one by who stops asking', async () => {
    const server = await serve({ '/robots.txt': '', '/page': 'x' });
    server.delay('/page', 5000);
    const web = await guest(server.port);
    for (let n = 0; n < failuresToOpen + 2; n++) {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 20);
      await ask(web, 'http://a.example/page', { signal: stop.signal });
    }
    expect(web.unwellHosts()).toEqual([]);
  });
});
