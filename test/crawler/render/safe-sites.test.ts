// Sites under their own names, over TLS and without: certificates are checked by us, turns are kept, secrets stay with
// their origin and with what its own pages ask for.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HostGate } from '../../../src/crawler/host-gate.ts';
import { browserPath } from '../../api/browser.ts';
import { newAuthority } from '../../opensearch/certificates.ts';
import { openWebServer } from '../../web-server.ts';
import { webSettings } from '../sources/web-settings.ts';
import { type CountingRenderer, countingRenderer, type Expanded, look, paths } from './browsing.ts';

interface Asked {
  readonly host: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly at: number;
}

const names = ['gallery.example', 'cdn.example', 'api.example', 'evil.example'];
const script = { 'content-type': 'text/javascript' };

/** What each host has, as `host/path`. */
const contents: Readonly<
  Record<
    string,
    { readonly headers?: Record<string, string>; readonly body: string; readonly status?: number }
  >
> = {
  'gallery.example/': {
    headers: { 'content-type': 'text/html' },
    body: `<title>Safe</title><div id="root"></div>
      <iframe src="https://evil.example/frame"></iframe>
      <script src="https://wrong.example/wrong.js"></script>
      <script src="https://cdn.example/app.js"></script>`,
  },
  // Whoever has no login may read it.
  'gallery.example/secret.json': {
    headers: { 'access-control-allow-origin': '*' },
    body: '{"secret": "42"}',
  },
  'gallery.example/own.json': { body: '[]' },
  'cdn.example/app.js': {
    headers: script,
    body: `const show = (src) => document.getElementById('root').append(Object.assign(new Image(), { src }));
      show(isSecureContext ? '/secure.jpg' : '/plain.jpg');
      fetch('https://api.example/list', { headers: { authorization: 'Bearer public' } })
        .then((answer) => answer.json()).then((list) => list.forEach(show));
      fetch('/own.json');
      try { new WebSocket('wss://gallery.example/socket').onerror = () => show('/socket-refused.jpg'); } catch {}`,
  },
  'api.example/list': {
    headers: {
      'content-type': 'application/json',
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'authorization',
    },
    body: '["/listed.jpg"]',
  },
  'evil.example/frame': {
    headers: { 'content-type': 'text/html' },
    body: `<div id="root"></div><script>
      const show = (src) => document.getElementById('root').append(Object.assign(new Image(), { src }));
      for (const from of ['/r', 'https://gallery.example/secret.json'])
        fetch(from).then((answer) => answer.text()).then((text) => show('/open.jpg?' + text.length), () => show('/refused.jpg'));
    </script>`,
  },
  'evil.example/r': {
    status: 302,
    headers: { location: 'https://gallery.example/secret.json' },
    body: '',
  },
};

describe.runIf(browserPath() !== null)('sites over TLS', () => {
  const authority = newAuthority();
  const asked: Asked[] = [];
  let folder: string;
  let caFile: string;
  let server: Server;
  let renderer: CountingRenderer;
  let connectTo: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'imagedex-test-'));
    caFile = join(folder, 'ca.pem');
    await writeFile(caFile, authority.cert);
    server = createServer(authority.sign({ names }), (request, response) => {
      const { host = '' } = request.headers;
      asked.push({ host, path: request.url ?? '', headers: request.headers, at: Date.now() });
      const found = contents[host + request.url];
      response.writeHead(found?.status ?? (found === undefined ? 404 : 200), found?.headers).end(found?.body);
    });
    await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    connectTo = [...names, 'wrong.example'].map((name) => `${name}:443=127.0.0.1:${port}`);
    renderer = countingRenderer();
  });
  beforeEach(() => void asked.splice(0));
  afterAll(async () => {
    await renderer.close();
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('crawl 38: scripts of other hosts run, certificates count, secrets and turns are kept', async () => {
    const settings = { ...webSettings, hostDelayMs: 300, connectTo, caFile };
    const headers = { 'x-secret': 'told to nobody else' };
    const gate = new HostGate();
    const page = (await look('https://gallery.example/', renderer, { settings, headers, gate })) as Expanded;
    expect(page.page?.isRendered).toBe(true);
    expect(paths(page)).toEqual(['/listed.jpg', '/open.jpg', '/secure.jpg', '/socket-refused.jpg']);
    const of = (host: string) => asked.filter((one) => one.host === host);
    expect(of('wrong.example')).toEqual([]);
    const told = asked.filter((one) => one.headers['x-secret'] === headers['x-secret']);
    expect(told.map(({ host, path }) => host + path).sort()).toEqual([
      'gallery.example/',
      'gallery.example/own.json',
      'gallery.example/robots.txt',
    ]);
    expect(of('api.example').at(-1)?.headers.authorization).toBe('Bearer public');
    expect(
      of('gallery.example')
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['/', '/own.json', '/robots.txt', '/secret.json', '/secret.json']);
    for (const name of names) {
      const times = of(name).map(({ at }) => at);
      for (const [at, time] of times.slice(1).entries())
        expect(time - times[at]!).toBeGreaterThanOrEqual(290);
    }
  }, 90_000);
});

/** What a page of another host does for an answer that only the login may read. */
const prying = `
  const from = 'http://site.example/';
  fetch(from + 'cors.json');
  fetch(from + 'forged.json', { headers: { 'x-forged': 'yes' } }).catch(() => 0);
  fetch(from + 'silent.json', { referrerPolicy: 'no-referrer' });
  fetch(from + 'opaque.json', { mode: 'no-cors', referrerPolicy: 'no-referrer' });
  fetch('/away').catch(() => 0);
  document.head.append(Object.assign(document.createElement('script'), { src: from + 'shared.js' }));
  document.body.append(Object.assign(document.createElement('iframe'), { src: from + 'framed.html' }));`;

test.runIf(browserPath() !== null)(
  'crawl 33: without TLS, too, secrets go with what pages of their own origin ask for, and with nothing else',
  async () => {
    const allow = { 'access-control-allow-origin': '*' };
    const open = { headers: allow, body: '{}' };
    const site = await openWebServer({
      '/': `<title>T</title><script src="/shared.js"></script><script>fetch('/own.json')</script>
        <iframe src="http://evil.example/frame.html"></iframe>`,
      '/own.json': '{}',
      '/shared.js': { headers: { ...allow, 'content-type': 'text/javascript' }, body: '1' },
      '/cors.json': open,
      '/forged.json': open,
      '/silent.json': open,
      '/opaque.json': open,
      '/away.json': open,
      '/framed.html': '<p>framed</p>',
    });
    const evil = await openWebServer({
      '/frame.html': `<body><script>${prying}</script>`,
      '/away': { status: 302, headers: { location: 'http://site.example/away.json' } },
    });
    const renderer = countingRenderer();
    const connectTo = [`site.example:80=${site.host}`, `evil.example:80=${evil.host}`];
    const settings = { ...webSettings, render: 'always', hostDelayMs: 0, connectTo } as const;
    await look('http://site.example/', renderer, { settings, headers: { 'x-secret': 'yes' } });
    await renderer.close();
    await Promise.all([site.close(), evil.close()]);
    const asked = (isTold: boolean) =>
      site.asked
        .filter(({ headers }) => 'x-secret' in headers === isTold)
        .map(({ path }) => path)
        .sort();
    expect(asked(true)).toEqual(['/', '/own.json', '/robots.txt', '/shared.js']);
    const others = [
      '/away.json',
      '/cors.json',
      '/forged.json',
      '/framed.html',
      '/opaque.json',
      '/shared.js',
      '/silent.json',
    ];
    expect(asked(false)).toEqual(others);
    expect(site.asked.filter(({ headers }) => 'x-forged' in headers)).toEqual([]);
    expect(evil.asked.filter(({ headers }) => 'x-secret' in headers)).toEqual([]);
  },
  90_000,
);
