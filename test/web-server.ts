// A real web server for tests: pages from a map or a folder, with ETag, Last-Modified and 304, a log of what was
// asked when, delays and programmable answers. On 127.0.0.1 and a free port.
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Asked {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** 0 while it is not answered. */
  status: number;
  /** Milliseconds since 1970; 0 while it is not answered. */
  answeredAt: number;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Uint8Array;
  /** False: no ETag and no Last-Modified. */
  readonly validators?: boolean;
}

/** A body, an answer, or what makes one; a function that answers itself returns undefined. */
export type Page =
  | string
  | Uint8Array
  | Answer
  | ((
      request: IncomingMessage,
      response: ServerResponse,
    ) => Answer | undefined | Promise<Answer | undefined>);

export interface WebServer {
  /** Without a slash at its end. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly asked: readonly Asked[];
  /** How often a path was asked for. */
  count(path: string): number;
  forget(): void;
  /** The page from now on; null: 404 from now on, also when the folder has it. */
  set(path: string, page: Page | null): void;
  /** Before the answer to this path, or to every path that has none of its own. */
  delay(path: string | null, delayMs: number): void;
  /** Open connections are cut. */
  close(): Promise<void>;
}

export interface WebServerOptions {
  /** Files for the paths that `pages` has not; `index.html` for a folder. */
  readonly folder?: string;
  readonly delayMs?: number;
  /** 0: a free one. */
  readonly port?: number;
  readonly address?: string;
}

const mediaTypes: Readonly<Record<string, string>> = {
  '': 'text/html; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.xml': 'application/xml',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
  '.avif': 'image/avif',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.bmp': 'image/bmp',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
};

export async function openWebServer(
  pages: Readonly<Record<string, Page>> = {},
  options: WebServerOptions = {},
): Promise<WebServer> {
  const site = new Map<string, { page: Page | null; since: Date }>();
  const set = (path: string, page: Page | null) => void site.set(path, { page, since: new Date() });
  for (const [path, page] of Object.entries(pages)) set(path, page);
  const delays = new Map<string | null, number>([[null, options.delayMs ?? 0]]);
  const asked: Asked[] = [];

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? '/';
    const one: Asked = {
      at: Date.now(),
      method: request.method ?? '',
      path,
      headers: request.headers,
      status: 0,
      answeredAt: 0,
    };
    asked.push(one);
    response.once('close', () => {
      one.status = response.headersSent ? response.statusCode : 0;
      one.answeredAt = Date.now();
    });
    const delayMs = delays.get(path) ?? delays.get(null) ?? 0;
    if (delayMs > 0) await sleep(delayMs);
    const known = site.get(path) ?? site.get(path.replace(/\?.*$/, ''));
    const found =
      known ?? (options.folder === undefined ? undefined : await fromFolder(options.folder, path));
    if (found === undefined || found.page === null)
      return send(request, response, { status: 404, body: 'not found' }, path);
    const page = typeof found.page === 'function' ? await found.page(request, response) : found.page;
    if (page === undefined) return;
    const plain = typeof page === 'string' || page instanceof Uint8Array ? { body: page } : page;
    send(request, response, plain, path, found.since);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  const address = options.address ?? '127.0.0.1';
  await new Promise<void>((listening, failed) => {
    server.once('error', failed).listen(options.port ?? 0, address, listening);
  });
  const { port } = server.address() as AddressInfo;
  const host = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  return {
    url: `http://${host}`,
    host,
    port,
    asked,
    count: (path) => asked.filter((one) => one.path === path).length,
    forget: () => void asked.splice(0),
    set,
    delay: (path, delayMs) => void delays.set(path, delayMs),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function fromFolder(folder: string, path: string): Promise<{ page: Page; since: Date } | undefined> {
  const name = decodeURIComponent(new URL(path, 'http://x').pathname);
  const file = join(folder, name.endsWith('/') ? `${name}index.html` : name);
  const facts = await stat(file).catch(() => undefined);
  return facts?.isFile() ? { page: await readFile(file), since: facts.mtime } : undefined;
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  path: string,
  since?: Date,
): void {
  const body = Buffer.from(answer.body ?? '');
  const status = answer.status ?? 200;
  const name = path.replace(/\?.*$/, '');
  const headers: Record<string, string | string[]> = {
    'content-type': mediaTypes[extname(name).toLowerCase()] ?? 'application/octet-stream',
    'content-length': String(body.length),
  };
  let notModified = false;
  if (status === 200 && since !== undefined && answer.validators !== false) {
    const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
    const lastModified = since.toUTCString();
    Object.assign(headers, { etag, 'last-modified': lastModified });
    const asked = request.headers;
    notModified =
      asked['if-none-match'] !== undefined
        ? asked['if-none-match'] === etag
        : asked['if-modified-since'] !== undefined &&
          Date.parse(asked['if-modified-since']) >= Date.parse(lastModified);
  }
  if (notModified) delete headers['content-length'];
  response.writeHead(notModified ? 304 : status, { ...headers, ...answer.headers });
  response.end(notModified || request.method === 'HEAD' ? undefined : body);
}
