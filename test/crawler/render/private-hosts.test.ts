// What a page in the browser may try: every private address in every way. Listeners on this machine count who comes.
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Lookup } from '../../../src/net/connector.ts';
import { browserPath } from '../../api/browser.ts';
import { sharedPath } from '../../shared.ts';
import { openWebServer, type WebServer } from '../../web-server.ts';
import { webSettings } from '../sources/web-settings.ts';
import { type CountingRenderer, countingRenderer, type Expanded, keepingLog, look } from './browsing.ts';

const hostsFile = sharedPath('ssrf-hosts.txt');
const hasBrowser = browserPath() !== null;
const settings = { ...webSettings, render: 'always' } as const;

/** Counts every connection and every datagram, on all of this machine's addresses. */
interface Canary {
  readonly port: number;
  hits(): number;
  close(): Promise<void>;
}

async function openCanary(): Promise<Canary> {
  let hits = 0;
  const tcp: Server = createServer((socket) => {
    hits++;
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\ncontent-length: 0\r\n\r\n');
  });
  await new Promise<void>((listening) => void tcp.listen(0, '::', listening));
  const { port } = tcp.address() as AddressInfo;
  const udp: UdpSocket = createSocket({ type: 'udp6', ipv6Only: false }, () => {
    hits++;
  });
  await new Promise<void>((bound) => void udp.bind(port, bound));
  return {
    port,
    hits: () => hits,
    close: async () => {
      udp.close();
      await new Promise<void>((closed) => void tcp.close(() => closed()));
    },
  };
}

describe.runIf(hasBrowser && hostsFile !== null)('private addresses', { timeout: 120_000 }, () => {
  const log = keepingLog();
  let canary: Canary;
  let server: WebServer;
  let renderer: CountingRenderer;
  let urls: readonly string[];

  beforeAll(async () => {
    const hosts = readFileSync(hostsFile!, 'utf8').split('\n').filter(Boolean);
    expect(hosts).toHaveLength(40);
    canary = await openCanary();
    server = await openWebServer({ '/robots.txt': '' });
    renderer = countingRenderer({}, log);
    urls = hosts.map((host) => `http://${host}:${canary.port}/`);
  });
  beforeEach(() => server.forget());
  afterAll(async () => {
    await renderer.close();
    await server.close();
    await canary.close();
  });

  /** A page that tries something with each address; `{ url }` stands for it. */
  const attempt = async (body: string, more: Parameters<typeof look>[2] = {}): Promise<Expanded> => {
    const script = `const urls = ${JSON.stringify(urls)}; const done = [];
      const make = (name, facts) => document.body.append(Object.assign(document.createElement(name), facts));
      for (const url of urls) { try { ${body} } catch {} }`;
    server.set('/', `<!doctype html><title>T</title><body><p id="p">x</p><script>${script}</script>`);
    const before = renderer.asked.length;
    const expansion = await look(`${server.url}/`, renderer, { settings, ...more });
    expect(renderer.asked.length).toBe(before + 1);
    const why = JSON.stringify(log.said.at(-1));
    expect(expansion, why).toMatchObject({ outcome: 'expanded', page: { isRendered: true } });
    return expansion as Expanded;
  };
  const refusals = (): Readonly<Record<string, number>> =>
    log.said.findLast(({ message }) => message.startsWith('a page was opened'))?.facts['refused'] as never;

  test('where an address is allowed, the browser gets there', async () => {
    const own = await openWebServer({ '/robots.txt': '' });
    const allowed = { ...settings, allowPrivateHosts: [own.host] };
    await attempt(`fetch('${own.url}/here').catch(() => 0);`, { settings: allowed });
    expect(own.count('/here')).toBeGreaterThan(0);
    await own.close();
  });

  test.each([
    ['scripts', `make('script', { src: url + 'a.js' });`],
    ['modules', `make('script', { type: 'module', src: url + 'a.mjs' });`],
    ['style sheets', `make('link', { rel: 'stylesheet', href: url + 'a.css' });`],
    ['style sheets that import', `make('style', { textContent: '@import "' + url + 'b.css";' });`],
    [
      'CSS url()',
      `document.body.style.backgroundImage = 'url("' + url + 'a.jpg")'; document.body.offsetWidth;`,
    ],
    ['images', `make('img', { src: url + 'a.jpg' });`],
    ['iframes', `make('iframe', { src: url });`],
    [
      'fetch',
      `fetch(url).catch(() => 0); fetch(url, { mode: 'no-cors', method: 'POST', body: 'x' }).catch(() => 0);`,
    ],
    ['XMLHttpRequest', `const one = new XMLHttpRequest(); one.open('GET', url); one.send();`],
    ['WebSockets', `new WebSocket(url.replace('http', 'ws')); new WebSocket(url.replace('http', 'wss'));`],
    ['EventSource and beacons', `new EventSource(url); navigator.sendBeacon(url + 'beacon', 'x');`],
    [
      'prefetch',
      `for (const rel of ['prefetch', 'preconnect', 'dns-prefetch', 'modulepreload', 'prerender', 'icon', 'manifest']) make('link', { rel, href: url });`,
    ],
    [
      'media, objects and forms',
      `make('video', { src: url + 'a.mp4' }); make('object', { data: url });
      const form = document.createElement('form'); form.action = url; form.method = 'post'; form.target = '_blank'; document.body.append(form); form.submit();`,
    ],
    [
      'workers',
      `new Worker(URL.createObjectURL(new Blob(['fetch("' + url + 'w").catch(() => 0); importScripts("' + url + 'i.js")'])));`,
    ],
    ['JS location', `setTimeout(() => { location.href = url; }, 20 * urls.indexOf(url)); window.open(url);`],
    [
      'frames that leave',
      `const frame = document.createElement('iframe'); document.body.append(frame); frame.contentWindow.location = url;`,
    ],
  ])('crawl 38: %s in Chromium', async (_, body) => {
    await attempt(body);
    expect(canary.hits()).toBe(0);
  });

  test('crawl 38: a service worker in Chromium', async () => {
    const addresses = JSON.stringify(urls);
    server.set('/sw.js', {
      headers: { 'content-type': 'text/javascript' },
      body: `addEventListener('install', () => { for (const url of ${addresses}) fetch(url, { mode: 'no-cors' }).catch(() => 0); });`,
    });
    server.set(
      '/',
      `<!doctype html><body><script>navigator.serviceWorker.register('/sw.js'); setTimeout(() => 0, 500)</script>`,
    );
    const page = await look(`${server.url}/`, renderer, { settings });
    expect(page).toMatchObject({ page: { isRendered: true } });
    expect(server.count('/sw.js')).toBe(1);
    expect(canary.hits()).toBe(0);
  });

  test('crawl 38: meta refresh and redirects in Chromium', async () => {
    for (const [at, url] of urls.entries())
      server.set(`/to/${at}`, { status: 302, headers: { location: encodeURI(url) } });
    await attempt(
      `fetch('/to/' + urls.indexOf(url)).catch(() => 0); make('meta', { httpEquiv: 'refresh', content: '0; url=' + url });`,
    );
    expect(server.count('/to/0')).toBe(1);
    expect(server.asked.filter(({ path }) => path.startsWith('/to/'))).toHaveLength(40);
    expect(canary.hits()).toBe(0);
  });

  test('crawl 38: WebRTC in Chromium', async () => {
    const page = await attempt(
      `const frame = document.createElement('iframe'); document.body.append(frame);
      for (const { RTCPeerConnection: Peer } of [window, frame.contentWindow]) {
        if (Peer === undefined) continue;
        make('img', { src: '/there-is-webrtc.jpg' });
        const peer = new Peer({ iceServers: [{ urls: 'stun:127.0.0.1:${canary.port}' }, { urls: 'turn:127.0.0.1:${canary.port}?transport=tcp', username: 'a', credential: 'b' }] });
        peer.createDataChannel('x'); peer.createOffer().then((offer) => peer.setLocalDescription(offer));
      }`,
    );
    expect(page.images.map(({ location }) => location.url)).toEqual([]);
    expect(canary.hits()).toBe(0);
  });

  test('crawl 38: names that resolve to private addresses, now and then', async () => {
    let turn = 0;
    const lookup: Lookup = (_host, _options, callback) =>
      callback(
        null,
        turn++ % 2 === 0
          ? [{ address: '127.0.0.1', family: 4 }]
          : [
              { address: '8.8.8.8', family: 4 },
              { address: '127.0.0.1', family: 4 },
            ],
      );
    await attempt(
      `fetch('http://rebind' + urls.indexOf(url) + '.example:${canary.port}/').catch(() => 0);
       make('script', { src: 'http://rebind' + urls.indexOf(url) + '.example:${canary.port}/a.js' });`,
      { lookup, robotsUnreachableForMs: 0 },
    );
    expect(turn).toBeGreaterThanOrEqual(80);
    expect(canary.hits()).toBe(0);
  });

  test('crawl 38: what the browser was refused is counted', async () => {
    await attempt(`fetch(url).catch(() => 0);`);
    const counted = Object.values(refusals()).reduce((sum, count) => sum + count, 0);
    expect(counted).toBeGreaterThanOrEqual(38);
  });
});
