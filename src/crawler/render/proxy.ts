// The proxy that all traffic of the browser goes through: on the loopback address, and only for who has a page's secret.
// It ends every connection itself, TLS included, so that it sees each request, and never dials anywhere: what a request
// is answered with is asked of the page's `PageTraffic`. WebSockets and whatever else is no HTTP end here.
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { PageTraffic } from './page-traffic.ts';
import type { ProxyKey } from './proxy-key.ts';

export interface RenderProxy {
  readonly port: number;
  /** From now on who names this secret has the page's traffic. */
  admit(traffic: PageTraffic): { readonly user: string; readonly password: string };
  /** What is still open for the page is cut. */
  dismiss(traffic: PageTraffic): void;
  close(): Promise<void>;
}

/** Asked for first, so that the browser learns the secret before any page is there. */
export const primingUrl = 'http://prime.invalid/';

const maxHeaderBytes = 32 * 1024;
const maxConnections = 1024;
const tlsHandshake = 0x16;

interface Tunnel {
  readonly traffic: PageTraffic;
  /** Scheme, host and port. */
  readonly origin: string;
}

export async function openRenderProxy({ key, certificate }: ProxyKey): Promise<RenderProxy> {
  const proxy = new FilteringProxy(createSecureContext({ key, cert: certificate }));
  await proxy.listen();
  return proxy;
}

class FilteringProxy implements RenderProxy {
  readonly #secure: SecureContext;
  readonly #outer: Server;
  /** Never listens: it reads what comes through the tunnels. */
  readonly #inner: Server;
  readonly #pages = new Map<string, PageTraffic>();
  readonly #sockets = new Map<Duplex, PageTraffic | undefined>();
  readonly #tunnels = new WeakMap<Duplex, Tunnel>();
  #port = 0;

  constructor(secure: SecureContext) {
    this.#secure = secure;
    const options = { maxHeaderSize: maxHeaderBytes };
    this.#outer = createServer(options, (request, response) => this.#plain(request, response));
    this.#inner = createServer(options, (request, response) => this.#tunnelled(request, response));
    this.#outer.maxConnections = maxConnections;
    this.#outer.on('connection', (socket) => this.#keep(socket));
    this.#outer.on('connect', (request, socket, head) => this.#connect(request, socket as Socket, head));
    this.#outer.on('upgrade', (request, socket) => this.#refuseUpgrade(this.#pageOf(request), socket));
    this.#inner.on('upgrade', (request, socket) =>
      this.#refuseUpgrade(this.#tunnels.get(request.socket)?.traffic, socket),
    );
    for (const server of [this.#outer, this.#inner]) {
      server.on('clientError', (_error, socket) => socket.destroy());
    }
  }

  get port(): number {
    return this.#port;
  }

  async listen(): Promise<void> {
    await new Promise<void>((listening, failed) => {
      this.#outer.once('error', failed).listen(0, '127.0.0.1', listening);
    });
    this.#port = (this.#outer.address() as AddressInfo).port;
  }

  admit(traffic: PageTraffic): { user: string; password: string } {
    const [user, password] = ['page', randomBytes(24).toString('hex')];
    this.#pages.set(Buffer.from(`${user}:${password}`).toString('base64'), traffic);
    return { user, password };
  }

  dismiss(traffic: PageTraffic): void {
    for (const [secret, page] of this.#pages) if (page === traffic) this.#pages.delete(secret);
    for (const [socket, page] of this.#sockets) if (page === traffic) socket.destroy();
  }

  async close(): Promise<void> {
    this.#pages.clear();
    for (const socket of this.#sockets.keys()) socket.destroy();
    await new Promise<void>((closed) => void this.#outer.close(() => closed()));
  }

  #keep(socket: Duplex): void {
    this.#sockets.set(socket, undefined);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #pageOf({ headers }: IncomingMessage): PageTraffic | undefined {
    const [scheme = '', secret = ''] = (headers['proxy-authorization'] ?? '').split(' ');
    return scheme.toLowerCase() === 'basic' ? this.#pages.get(secret) : undefined;
  }

  #plain(request: IncomingMessage, response: ServerResponse): void {
    const traffic = this.#pageOf(request);
    if (traffic === undefined) {
      response.writeHead(407, { 'proxy-authenticate': 'Basic realm="imagedex"' }).end();
      return;
    }
    this.#sockets.set(request.socket, traffic);
    if (request.url === primingUrl) response.writeHead(200, { 'content-type': 'text/html' }).end();
    else this.#answer(traffic, request, response, request.url ?? '');
  }

  #connect(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const traffic = this.#pageOf(request);
    if (traffic === undefined) {
      const challenge =
        'proxy-authenticate: Basic realm="imagedex"\r\ncontent-length: 0\r\nconnection: close';
      socket.end(`HTTP/1.1 407 Proxy Authentication Required\r\n${challenge}\r\n\r\n`);
      return;
    }
    this.#sockets.set(socket, traffic);
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    // Its first byte says whether it is TLS: a WebSocket without comes as a tunnel, too.
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      const isTls = first[0] === tlsHandshake;
      const stream = isTls
        ? new TLSSocket(socket, { isServer: true, secureContext: this.#secure, ALPNProtocols: ['http/1.1'] })
        : socket;
      if (isTls) this.#keep(stream);
      this.#tunnels.set(stream, { traffic, origin: `${isTls ? 'https' : 'http'}://${request.url ?? ''}` });
      this.#inner.emit('connection', stream);
      stream.resume();
    });
  }

  #tunnelled(request: IncomingMessage, response: ServerResponse): void {
    const tunnel = this.#tunnels.get(request.socket);
    if (tunnel === undefined || request.url?.startsWith('/') !== true) response.writeHead(400).end();
    else this.#answer(tunnel.traffic, request, response, tunnel.origin + request.url);
  }

  #answer(traffic: PageTraffic, request: IncomingMessage, response: ServerResponse, address: string): void {
    response.on('error', () => response.destroy());
    const { method = '', headers } = request;
    traffic.answer({ method, url: address, headers }).then(
      (reply) => {
        if (response.destroyed) return;
        // A body that was not read would be taken for the next request.
        if (method !== 'GET' && method !== 'HEAD') response.shouldKeepAlive = false;
        response.writeHead(reply.status, reply.headers).end(method === 'HEAD' ? undefined : reply.body);
      },
      () => response.destroy(),
    );
  }

  #refuseUpgrade(traffic: PageTraffic | undefined, socket: Duplex): void {
    traffic?.refuse('upgrade');
    socket.on('error', () => socket.destroy());
    socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
  }
}
