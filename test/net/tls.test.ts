// Whom the fetch believes: each certificate that is not right is a failure that says what is wrong with it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, createServer as createPlainServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { Answer, Refused } from '../../src/net/answer.ts';
import { openFetcher } from '../../src/net/guarded-fetch.ts';
import { type Certificate, newAuthority } from '../opensearch/certificates.ts';
import { openWebServer } from '../web-server.ts';

const authority = newAuthority();
const closing: (() => unknown)[] = [];
let caFile: string;
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'imagedex-'));
  caFile = join(folder, 'ca.pem');
  await writeFile(caFile, authority.cert);
  return () => rm(folder, { recursive: true });
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server with this certificate, and what a fetch of shop.example there comes to. */
async function get(certificate: Certificate, headers: Record<string, string> = {}, isTrusted = true) {
  const server: Server = createServer(certificate, (_request, response) =>
    response.writeHead(headers['location'] ? 302 : 200, headers).end('hi'),
  );
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  closing.push(() => server.close());
  return ask((server.address() as AddressInfo).port, isTrusted);
}

async function ask(port: number, isTrusted = true): Promise<Answer | Refused> {
  const fetcher = await openFetcher({
    userAgent: 'test',
    timeoutMs: 20_000,
    allowHosts: ['127.0.0.1'],
    connectTo: [`shop.example:443=127.0.0.1:${port}`],
    ...(isTrusted ? { caFile } : {}),
  });
  closing.push(() => fetcher.close());
  const { signal } = new AbortController();
  const request = { stage: 'fetch', maxBytes: 100, atCap: 'refuse', signal } as const;
  return fetcher.fetch({ ...request, url: 'https://shop.example/', headers: { authorization: 'Basic x' } });
}

const names = ['shop.example'];
const wrong: [name: string, make: () => Certificate, reason: string][] = [
  ['expired', () => authority.sign({ names, from: -9, to: -2 }), 'its certificate has expired'],
  ['not valid yet', () => authority.sign({ names, from: 2, to: 9 }), 'its certificate is not valid'],
  [
    'of another host',
    () => authority.sign({ names: ['other.example'] }),
    'its certificate is for another name',
  ],
  [
    'of a host below',
    () => authority.sign({ names: ['www.shop.example'] }),
    'its certificate is for another name',
  ],
  [
    'of an unknown authority',
    () => newAuthority('Stranger').sign({ names }),
    'not signed by an authority that is trusted here',
  ],
  ['self-signed', () => newAuthority('shop.example'), 'no safe connection: its certificate is not'],
];

test.each(wrong)('crawl 34: a certificate that is %s', async (_name, make, reason) => {
  const answer = await get(make());
  expect(answer).toMatchObject({ outcome: 'failed', failure: { code: 'network_error' } });
  expect(answer.outcome === 'failed' && answer.failure.reason).toContain(reason);
});

test('crawl 34: a good one, with its authority and without', async () => {
  const good = authority.sign({ names });
  expect(await get(good)).toMatchObject({ outcome: 'answered', status: 200 });
  expect(await get(good, {}, false)).toMatchObject({ outcome: 'failed', failure: { code: 'network_error' } });
});

test('crawl 34: a server that does not speak TLS, or breaks off', async () => {
  for (const answer of ['HTTP/1.1 400 Bad Request\r\n\r\n', '']) {
    const server = createPlainServer((socket) => socket.on('error', () => undefined).end(answer));
    await new Promise<void>((listening) => {
      server.listen(0, '127.0.0.1', listening);
    });
    closing.push(() => server.close());
    expect(await ask((server.address() as AddressInfo).port)).toMatchObject({
      outcome: 'failed',
      failure: { code: 'network_error' },
    });
  }
});

test('crawl 31, 33: from https to http is followed, without what was for https', async () => {
  const plain = await openWebServer({ '/': 'plain' });
  closing.push(() => plain.close());
  const answer = await get(authority.sign({ names }), { location: `${plain.url}/` });
  expect(answer.outcome === 'answered' && answer.body.toString()).toBe('plain');
  expect(plain.asked[0]?.headers).not.toHaveProperty('authorization');
  expect(plain.asked[0]?.headers).not.toHaveProperty('referer');
});
