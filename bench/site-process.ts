// The generated site's server, in a process of its own: site-process OPTIONS-AS-JSON. Says its port, and on request what
// was asked for. Ends when its parent does.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomOf } from './random.ts';
import { extensionOf, imagePath, openPictures, pageHtml, robots, type SiteOptions } from './site.ts';
import { faultFor, sendFault } from './site-faults.ts';

export interface SiteProcessOptions extends SiteOptions {
  /** Before each answer. */
  readonly delayMs: number;
  /** Pictures that are kept once they were made. */
  readonly keptBytes: number;
  /** Which share of requests meets a fault, of one kind after the other. */
  readonly faultShare: number;
  /** Makes and keeps all pictures before it says that it is there. */
  readonly isWarm: boolean;
}

export type SiteOrder =
  | { readonly order: 'log' | 'forget' | 'cpu' }
  | { readonly order: 'delay'; readonly delayMs: number };

export interface SiteReport {
  /** How often each path was asked for. */
  readonly asked: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly notModified: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly bodyBytes: number;
  /** User and system. */
  readonly cpuSeconds: number;
  readonly sockets: number;
}

const options = JSON.parse(process.argv[2]!) as SiteProcessOptions;
const pictures = await openPictures(options);
const kept = new Map<number, Promise<Buffer>>();
const since = new Date(Date.UTC(2026, 0, 1)).toUTCString();
const types = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' } as const;
let delayMs = options.delayMs;
let keptBytes = 0;
let asked = new Map<string, number>();
let faults = new Map<string, number>();
let [requests, notModified, bodyBytes, sockets] = [0, 0, 0, 0];

function picture(image: number): Promise<Buffer> {
  const known = kept.get(image);
  if (known !== undefined) return known;
  const made = pictures(image);
  if (keptBytes < options.keptBytes) {
    kept.set(image, made);
    void made.then(({ length }) => {
      keptBytes += length;
    });
  }
  return made;
}

interface Found {
  readonly type: string;
  readonly body: Buffer;
}

async function find(path: string): Promise<Found | { readonly to: string } | null> {
  if (path === '/robots.txt') return { type: 'text/plain', body: Buffer.from(robots) };
  const [, folder, number] = /^\/(pages|pictures|moved)\/(\d+)(?:\.\w+)?$/.exec(path) ?? [];
  const n = path === '/' ? 0 : Number(number ?? Number.NaN);
  if (folder === 'moved') return { to: `/pages/${n}.html` };
  if ((path === '/' || folder === 'pages') && n < options.pages)
    return { type: 'text/html; charset=utf-8', body: Buffer.from(pageHtml(options, n)) };
  if (folder === 'pictures' && n < options.images && path === imagePath(n))
    return { type: types[extensionOf(n)], body: await picture(n) };
  return null;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '/';
  requests++;
  const times = (asked.get(path) ?? 0) + 1;
  asked.set(path, times);
  if (delayMs > 0) await sleep(delayMs);
  const found = await find(path);
  if (found === null) return void response.writeHead(404, { 'content-length': 0 }).end();
  if ('to' in found) return void response.writeHead(301, { location: found.to, 'content-length': 0 }).end();
  const { type, body } = found;
  const random = randomOf(options.seed, 5, requests);
  if (options.faultShare > 0 && path !== '/robots.txt' && path !== '/' && random() < options.faultShare) {
    const fault = faultFor(random, type);
    faults.set(fault, (faults.get(fault) ?? 0) + 1);
    return sendFault(fault, request, response, type, body);
  }
  const etag = `"${createHash('sha1').update(path).update(String(options.seed)).digest('hex').slice(0, 16)}"`;
  const headers = { etag, 'last-modified': since };
  if (request.headers['if-none-match'] === etag) {
    notModified++;
    return void response.writeHead(304, headers).end();
  }
  bodyBytes += body.length;
  response.writeHead(200, { ...headers, 'content-type': type, 'content-length': body.length }).end(body);
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => response.destroy(error as Error));
});
server.keepAliveTimeout = 30_000;
server.on('connection', (socket) => {
  sockets++;
  socket.once('close', () => sockets--);
});

if (options.isWarm) for (let image = 0; image < options.images; image++) await picture(image);
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const { user: userBefore, system: systemBefore } = process.cpuUsage();

process.on('message', (order: SiteOrder) => {
  if (order.order === 'delay') delayMs = order.delayMs;
  if (order.order === 'forget') {
    asked = new Map();
    faults = new Map();
    [requests, notModified, bodyBytes] = [0, 0, 0];
  }
  const { user, system } = process.cpuUsage();
  process.send!({
    asked: order.order === 'log' ? Object.fromEntries(asked) : {},
    requests,
    notModified,
    faults: Object.fromEntries(faults),
    bodyBytes,
    cpuSeconds: (user - userBefore + system - systemBefore) / 1e6,
    sockets,
  } satisfies SiteReport);
});
process.once('disconnect', () => process.exit());
process.send!({ port: (server.address() as AddressInfo).port });
