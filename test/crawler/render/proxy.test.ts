import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PageReply, PageRequest, PageTraffic } from '../../../src/crawler/render/page-traffic.ts';
import { openRenderProxy, primingUrl, type RenderProxy } from '../../../src/crawler/render/proxy.ts';
import { makeProxyKey, type ProxyKey } from '../../../src/crawler/render/proxy-key.ts';

describe('the proxy', () => {
  let key: ProxyKey;
  let proxy: RenderProxy;
  let asked: PageRequest[];
  let refused: string[];
  let secret: string;

  const traffic = {
    answer: async (one: PageRequest): Promise<PageReply> => {
      asked.push(one);
      return { status: 200, headers: { 'x-seen': 'yes' }, body: Buffer.from('hello') };
    },
    refuse: (why: string) => {
      refused.push(why);
      return { status: 403, headers: {}, body: Buffer.alloc(0) };
    },
  } as unknown as PageTraffic;

  beforeEach(async () => {
    asked = [];
    refused = [];
    key ??= await makeProxyKey();
    proxy = await openRenderProxy(key);
    const { user, password } = proxy.admit(traffic);
    secret = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  });
  afterEach(() => proxy.close());

  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      request({ port: proxy.port, host: '127.0.0.1', path, headers, method }, async (answer) =>
        resolve({ status: answer.statusCode ?? 0, body: await text(answer) }),
      )
        .on('error', reject)
        .end();
    });

  /** What comes back through a tunnel, until it ends. */
  const tunnel = async (host: string, send: string, isTls: boolean): Promise<string> => {
    const socket = connect(proxy.port, '127.0.0.1');
    socket.write(`CONNECT ${host} HTTP/1.1\r\nhost: ${host}\r\nproxy-authorization: ${secret}\r\n\r\n`);
    await new Promise((readable) => socket.once('readable', readable));
    expect(String(socket.read())).toMatch(/^HTTP\/1.1 200 /);
    const stream = isTls
      ? connectTls({ socket, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })
      : socket;
    stream.write(send);
    return text(stream);
  };

  test('nobody without a secret is let in', async () => {
    expect((await get('http://example.org/')).status).toBe(407);
    const wrong = { 'proxy-authorization': `Basic ${Buffer.from('page:guess').toString('base64')}` };
    expect((await get('http://example.org/', wrong)).status).toBe(407);
    expect((await get(primingUrl)).status).toBe(407);
    expect(asked).toEqual([]);
  });

  test('plain requests', async () => {
    const headers = { 'proxy-authorization': secret };
    expect(await get('http://example.org/a?b', headers)).toEqual({ status: 200, body: 'hello' });
    expect(asked[0]).toMatchObject({ method: 'GET', url: 'http://example.org/a?b' });
    expect((await get(primingUrl, headers)).status).toBe(200);
    expect(asked).toHaveLength(1);
    // Of nothing but the address that was asked for: what a Host header says does not count.
    await get('http://example.org/', { ...headers, host: '127.0.0.1' });
    expect(asked[1]?.url).toBe('http://example.org/');
  });

  test.each([
    ['https', true],
    ['http', false],
  ])('tunnels are ended here, and each request in them is seen: %s', async (scheme, isTls) => {
    const two =
      'GET /a HTTP/1.1\r\nhost: other.example\r\n\r\nGET /b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
    const answers = await tunnel('example.org:8443', two, isTls);
    expect(answers.match(/hello/g)).toHaveLength(2);
    expect(asked.map(({ url }) => url)).toEqual([
      `${scheme}://example.org:8443/a`,
      `${scheme}://example.org:8443/b`,
    ]);
  });

  test('WebSockets end here', async () => {
    const upgrade =
      'GET /ws HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: eA==\r\nsec-websocket-version: 13\r\n\r\n';
    expect(await tunnel('127.0.0.1:80', upgrade, false)).toMatch(/^HTTP\/1.1 403 /);
    expect(await tunnel('127.0.0.1:443', upgrade, true)).toMatch(/^HTTP\/1.1 403 /);
    expect(refused).toEqual(['upgrade', 'upgrade']);
    expect(asked).toEqual([]);
  });

  test('what is no HTTP is cut', async () => {
    expect(await tunnel('127.0.0.1:25', 'EHLO example.org\r\n\r\n', false)).not.toContain('hello');
    expect(asked).toEqual([]);
  });

  test('when a page is over its secret is worth nothing', async () => {
    proxy.dismiss(traffic);
    expect((await get('http://example.org/', { 'proxy-authorization': secret })).status).toBe(407);
  });
});
