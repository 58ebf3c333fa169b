import type { LookupAddress } from 'node:dns';
import { readFileSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guardedConnector, type Lookup, PrivateAddressError } from '../../src/net/connector.ts';
import { type FetcherOptions, openFetcher } from '../../src/net/guarded-fetch.ts';
import { sharedPath } from '../shared.ts';
import { openRawServer, type RawServer } from './raw-server.ts';

let server: RawServer;
let server6: RawServer | undefined;
beforeAll(async () => {
  const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi';
  // On every address of this machine: whatever gets through is counted.
  server = await openRawServer((socket) => socket.end(answer), '0.0.0.0');
  server6 = await openRawServer((socket) => socket.end(answer), '::1').catch(() => undefined);
});
afterAll(async () => {
  await server.close();
  await server6?.close();
});

async function get(url: string, options: Partial<FetcherOptions> = {}) {
  const fetcher = await openFetcher({ userAgent: 'test', timeoutMs: 30_000, allowHosts: [], ...options });
  const signal = new AbortController().signal;
  const answer = await fetcher.fetch({ url, stage: 'fetch', maxBytes: 100, atCap: 'refuse', signal });
  await fetcher.close();
  return answer.outcome === 'answered'
    ? answer.body.toString()
    : answer.outcome === 'skipped'
      ? answer.code
      : answer.failure.code;
}

const answers =
  (list: string[]): Lookup =>
  (_host, _options, callback) => {
    const all = list.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }));
    setImmediate(() => callback(null, all));
  };

describe('private addresses', () => {
  const file = sharedPath('ssrf-hosts.txt');
  test.skipIf(file === null && process.env['CI'] !== 'true')(
    'crawl 35: no spelling of a private host is reached',
    async () => {
      const hosts = readFileSync(file as string, 'utf8')
        .trim()
        .split('\n');
      expect(hosts.length).toBe(40);
      const before = server.connections() + (server6?.connections() ?? 0);
      for (const host of hosts) {
        for (const port of [server.port, server6?.port ?? server.port]) {
          expect([host, await get(`http://${host}:${port}/`)]).toEqual([host, 'private_address']);
        }
      }
      expect(server.connections() + (server6?.connections() ?? 0)).toBe(before);
    },
  );

  test('crawl 37: a name that resolves to one is refused, also when another of its addresses is public', async () => {
    const before = server.connections();
    const url = `http://rebind.example:${server.port}/`;
    for (const list of [
      ['127.0.0.1'],
      // What clouds tell their machines: Amazon, Google and others, Azure, Alibaba, Oracle.
      ['169.254.169.254'],
      ['fd00:ec2::254'],
      ['fd20:ce::254'],
      ['168.63.129.16'],
      ['::ffff:168.63.129.16'],
      ['100.100.100.200'],
      ['192.0.0.192'],
      ['8.8.8.8', '127.0.0.1'],
      ['::ffff:127.0.0.1'],
      ['fd00::1'],
      ['::127.0.0.1'],
    ]) {
      expect(await get(url, { lookup: answers(list) })).toBe('private_address');
    }
    expect(server.connections()).toBe(before);
  });

  test('a name is looked up once: what was checked is what is connected to', async () => {
    const before = server.connections();
    let lookups = 0;
    const lookup: Lookup = (_host, _options, callback) => {
      lookups++;
      callback(null, [
        { address: lookups % 2 === 0 ? '127.0.0.1' : 'fd00::1', family: lookups % 2 === 0 ? 4 : 6 },
      ]);
    };
    for (let turn = 1; turn <= 20; turn++) {
      expect(await get(`http://rebind.example:${server.port}/`, { lookup })).toBe('private_address');
      expect(lookups).toBe(turn);
    }
    expect(server.connections()).toBe(before);
  });

  test('crawl 36: a name that is public and private by turns is never reached, a hundred times', async () => {
    const before = server.connections();
    let lookups = 0;
    const lookup: Lookup = (_host, _options, callback) =>
      callback(null, [{ address: lookups++ % 2 === 0 ? '1.1.1.1' : '127.0.0.1', family: 4 }]);
    const dialled: unknown[] = [];
    // Looks up and dials as the real one, but for addresses that are not of this machine.
    const build = ((options: { lookup: LookupFunction }) =>
      (to: { hostname: string }, callback: (error: unknown) => void) =>
        options.lookup(to.hostname, { all: true }, (error, addresses) => {
          if (error === null) dialled.push(addresses);
          callback(error ?? new Error('not dialled'));
        })) as unknown as typeof buildConnector;
    const connect = guardedConnector(build, { allowHosts: [], connectTimeoutMs: 5000, lookup });
    const errors: unknown[] = [];
    for (let turn = 0; turn < 200; turn++) {
      const to = {
        hostname: 'rebind.example',
        host: 'rebind.example',
        protocol: 'http:',
        port: String(server.port),
      };
      connect(to, (...all) => {
        errors.push(all[0]);
      });
    }
    expect(errors.filter((error) => error instanceof PrivateAddressError).length).toBe(100);
    expect(dialled).toEqual(Array(100).fill([{ address: '1.1.1.1', family: 4 }]));
    expect([lookups, server.connections()]).toEqual([200, before]);
  });

  test('a connection that ends at one all the same is refused', async () => {
    const toHere: Lookup = (_host, _options, callback) =>
      callback(null, [{ address: '127.0.0.1', family: 4 }]);
    // As if what the name resolves to had changed after the check.
    const build = ((options: object) =>
      buildConnector({ ...options, lookup: toHere as never })) as typeof buildConnector;
    const connect = guardedConnector(build, { allowHosts: [], connectTimeoutMs: 5000 });
    const answer = await new Promise<unknown[]>((resolve) => {
      const to = {
        hostname: 'rebind.example',
        host: 'rebind.example',
        protocol: 'http:',
        port: String(server.port),
      };
      connect(to, (...all) => resolve(all));
    });
    expect(answer).toEqual([expect.any(PrivateAddressError), null]);
  });

  test('crawl 38: a redirect to one is refused', async () => {
    const target = await openRawServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nno'),
    );
    const to = `HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:${target.port}/\r\ncontent-length: 0\r\n\r\n`;
    const redirecting = await openRawServer((socket) => socket.end(to));
    expect(await get(redirecting.url, { allowHosts: [`127.0.0.1:${redirecting.port}`] })).toBe(
      'private_address',
    );
    expect(target.connections()).toBe(0);
    await target.close();
    await redirecting.close();
  });
});

describe('allowed hosts', () => {
  test('crawl 40: a host, or a host and port, as they are named', async () => {
    const { port } = server;
    const url = `http://127.0.0.1:${port}/`;
    expect(await get(url, { allowHosts: ['127.0.0.1'] })).toBe('hi');
    expect(await get(url, { allowHosts: [`127.1:${port}`] })).toBe('hi');
    expect(await get(url, { allowHosts: [`127.0.0.1:${port + 1}`] })).toBe('private_address');
    expect(await get(url, { allowHosts: ['localhost'] })).toBe('private_address');
    expect(await get(`http://LOCALHOST:${port}/`, { allowHosts: ['localhost'] })).toBe('hi');
    const lookup = answers(['127.0.0.1']);
    expect(
      await get(`http://inside.example:${port}/`, { lookup, allowHosts: [`inside.example:${port}`] }),
    ).toBe('hi');
    expect(await get(`http://inside.example:${port}/`, { lookup, allowHosts: ['127.0.0.1'] })).toBe(
      'private_address',
    );
  });

  test('crawl 40: no proxy of the environment is used, for it would connect where it likes', async () => {
    const proxy = await openRawServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nproxy'),
    );
    const names = ['http_proxy', 'https_proxy', 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]);
    const before = names.map((name) => process.env[name]);
    for (const name of names) process.env[name] = proxy.url;
    process.env['NODE_USE_ENV_PROXY'] = '1';
    try {
      const { port } = server;
      expect(await get(`http://127.0.0.1:${port}/`, { allowHosts: ['127.0.0.1'] })).toBe('hi');
      expect(await get(`http://10.0.0.1:${port}/`)).toBe('private_address');
      expect(await get(`https://127.0.0.1:${port}/`)).toBe('private_address');
      expect(proxy.connections()).toBe(0);
    } finally {
      delete process.env['NODE_USE_ENV_PROXY'];
      for (const [at, name] of names.entries()) {
        if (before[at] === undefined) delete process.env[name];
        else process.env[name] = before[at];
      }
      await proxy.close();
    }
  });

  test('an IPv6 address in brackets', async () => {
    if (server6 === undefined) return expect(server6).toBeUndefined();
    expect(await get(server6.url, { allowHosts: [`[::1]:${server6.port}`] })).toBe('hi');
  });
});
