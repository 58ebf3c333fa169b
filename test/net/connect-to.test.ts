import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectToEntry, readConnectTo } from '../../src/net/connect-to.ts';
import { type FetcherOptions, openFetcher } from '../../src/net/guarded-fetch.ts';
import { newAuthority } from '../opensearch/certificates.ts';
import { openWebServer, type WebServer } from '../web-server.ts';

const authority = newAuthority();
let folder: string;
let caFile: string;
let plain: WebServer;
let safe: Server;
let safePort: number;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imagedex-'));
  caFile = join(folder, 'ca.pem');
  await writeFile(caFile, authority.cert);
  plain = await openWebServer({ '/': 'plain' });
  safe = createServer(authority.sign({ names: ['shop.example', '192.0.2.7'] }), (request, response) =>
    response.end(`safe for ${request.headers.host}`),
  );
  await new Promise<void>((listening) => {
    safe.listen(0, '127.0.0.1', listening);
  });
  safePort = (safe.address() as AddressInfo).port;
});
afterAll(async () => {
  safe.closeAllConnections();
  safe.close();
  await plain.close();
  await rm(folder, { recursive: true });
});

async function get(url: string, options: Partial<FetcherOptions>): Promise<string> {
  const fetcher = await openFetcher({ userAgent: 'test', timeoutMs: 30_000, allowHosts: [], ...options });
  const { signal } = new AbortController();
  const answer = await fetcher.fetch({ url, stage: 'fetch', maxBytes: 1000, atCap: 'refuse', signal });
  await fetcher.close();
  if (answer.outcome === 'answered') return answer.body.toString();
  return answer.outcome === 'skipped' ? answer.code : answer.failure.reason;
}

test('connections for an address go where it is said, with its Host, and those for its other ports do not', async () => {
  plain.forget();
  const connectTo = [`shop.example:80=127.0.0.1:${plain.port}`];
  expect(await get('http://shop.example/', { connectTo })).toBe('plain');
  expect(plain.asked.map(({ headers }) => headers.host)).toEqual(['shop.example']);
  const lookup: FetcherOptions['lookup'] = (_host, _options, callback) =>
    callback(null, [{ address: '127.0.0.1', family: 4 }]);
  expect(await get('http://shop.example:8080/', { connectTo, lookup })).toBe('private_address');
  // The target is excused for that address only.
  expect(await get(plain.url, { connectTo })).toBe('private_address');
  expect(await get('http://other.example/', { connectTo, lookup })).toBe('private_address');
  expect(plain.asked.length).toBe(1);
});

test('the certificate is asked by the name of the address, and trusted by caFile', async () => {
  const to = (host: string) => [`${host}:443=localhost:${safePort}`];
  expect(await get('https://shop.example/', { connectTo: to('shop.example'), caFile })).toBe(
    'safe for shop.example',
  );
  expect(await get('https://192.0.2.7/', { connectTo: to('192.0.2.7'), caFile })).toBe('safe for 192.0.2.7');
  const stranger = await get('https://other.example/', { connectTo: to('other.example'), caFile });
  expect(stranger).toContain('no safe connection');
  expect(stranger).toContain('other.example');
  expect(await get('https://shop.example/', { connectTo: to('shop.example') })).toContain(
    'no safe connection',
  );
});

test('an entry is spelt as a URL spells it, and the first of two counts', () => {
  expect(connectToEntry('Bücher.example:443=[::1]:8443')).toEqual([
    'xn--bcher-kva.example 443',
    { host: '::1', port: '8443' },
  ]);
  const map = readConnectTo(['a.example:80=127.0.0.1:1', 'A.example:080=127.0.0.1:2']);
  expect([...map]).toEqual([['a.example 80', { host: '127.0.0.1', port: '1' }]]);
  for (const wrong of [
    '',
    'a:80',
    'a=b',
    'a:80=b',
    'a:0=b:1',
    'a:70000=b:1',
    'http://a:80=b:1',
    'u@a:80=b:1',
  ])
    expect([wrong, connectToEntry(wrong)]).toEqual([wrong, undefined]);
});
