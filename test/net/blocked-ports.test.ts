import { buildConnector } from 'undici';
import { expect, test } from 'vitest';
import { BlockedPortError, isBlockedPort } from '../../src/net/blocked-ports.ts';
import { guardedConnector, type Lookup } from '../../src/net/connector.ts';
import { type FetcherOptions, openFetcher } from '../../src/net/guarded-fetch.ts';
import { openWebServer } from '../web-server.ts';

const lookup: Lookup = (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]);

async function codeOf(url: string, options: Partial<FetcherOptions> = {}): Promise<string | number> {
  const fetcher = await openFetcher({
    userAgent: 'test',
    timeoutMs: 30_000,
    allowHosts: [],
    lookup,
    ...options,
  });
  const { signal } = new AbortController();
  const answer = await fetcher.fetch({ url, stage: 'fetch', maxBytes: 1000, atCap: 'refuse', signal });
  await fetcher.close();
  if (answer.outcome === 'answered') return answer.status;
  return answer.outcome === 'skipped' ? answer.code : answer.failure.code;
}

test('ports of mail and other services are not spoken to, redirects included', async () => {
  const server = await openWebServer({
    '/': { status: 302, headers: { location: 'http://mail.example:587/x.jpg' } },
  });
  expect(await codeOf('http://mail.example:25/x.jpg')).toBe('blocked_port');
  expect(await codeOf('https://mail.example:993/x.jpg')).toBe('blocked_port');
  expect(await codeOf(server.url, { allowHosts: [`127.0.0.1:${server.port}`] })).toBe('blocked_port');
  await server.close();
});

test('those of the web, and high ones, are', () => {
  const ports = ['80', '443', '8080', '8443', '3000', '591'];
  expect(ports.filter(isBlockedPort)).toEqual([]);
});

test('one that the user names is asked', async () => {
  const server = await openWebServer({ '/': 'hello' });
  const connectTo = [`mail.example:25=127.0.0.1:${server.port}`];
  expect(await codeOf('http://mail.example:25/', { connectTo })).toBe(200);
  await server.close();
  // Nobody listens there: it was tried.
  const allowed = await codeOf('http://mail.example:1/', { allowHosts: ['mail.example:1'] });
  expect(allowed).toBe('network_error');
});

test('a socket is not opened either', async () => {
  const connect = guardedConnector(buildConnector, { allowHosts: [], connectTimeoutMs: 1000, lookup });
  const to = { hostname: 'mail.example', host: 'mail.example', protocol: 'http:', port: '25' };
  const error = await new Promise((done) => connect(to, (...[problem]) => done(problem)));
  expect(error).toBeInstanceOf(BlockedPortError);
});
