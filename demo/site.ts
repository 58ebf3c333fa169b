// The gallery as a web site on 127.0.0.1: pages, pictures in two sizes, validators, and one picture that is broken.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { floorPlan, galleryPages, robotsTxt, sitemap, sizesOf, stylesheet } from './pages.ts';
import { readWorks, type Work } from './works.ts';

export interface Gallery {
  readonly url: string;
  /** Good ones, that a crawl must index. */
  readonly pictures: number;
  /** The address of the one that cannot be decoded. */
  readonly broken: string;
  close(): Promise<void>;
}

interface Body {
  readonly type: string;
  /** Made when it is first asked for, and kept. */
  readonly content: () => Promise<Buffer>;
}

const brokenPath = '/pictures/half-an-upload.jpg';

const mediaTypes = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' } as const;

export async function startGallery({ port = 0 }: { readonly port?: number } = {}): Promise<Gallery> {
  const works = await readWorks();
  const site = new Map<string, Body>();
  const openedAt = new Date();
  const server = createServer((request, response) => {
    answer(site, openedAt, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [path, body] of [...pagesOf(url, works), ...picturesOf(works)]) site.set(path, body);
  return {
    url: `${url}/`,
    pictures: works.length,
    broken: `${url}${brokenPath}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

const text = (type: string, content: string): Body => ({
  type: `${type}; charset=utf-8`,
  content: async () => Buffer.from(content),
});

function pagesOf(origin: string, works: readonly Work[]): [string, Body][] {
  const pages = galleryPages(origin, works);
  return [
    ...[...pages].map(([path, html]): [string, Body] => [path, text('text/html', html)]),
    ['/gallery.css', text('text/css', stylesheet)],
    ['/floor-plan.svg', text('image/svg+xml', floorPlan)],
    ['/robots.txt', text('text/plain', robotsTxt(origin))],
    ['/sitemap.xml', text('application/xml', sitemap(origin, pages.keys()))],
  ];
}

function picturesOf(works: readonly Work[]): [string, Body][] {
  const bodies: [string, Body][] = works.flatMap((work) =>
    sizesOf(work).map(({ path, width }): [string, Body] => [
      path,
      {
        type: mediaTypes[work.extension],
        content: keep(() => (width === work.width ? work.original() : resized(work, width))),
      },
    ]),
  );
  const alp = named(works, 'alp');
  const lunch = named(works, 'pizza');
  return [
    ...bodies,
    [brokenPath, { type: 'image/jpeg', content: keep(() => firstPart(alp)) }],
    ['/staff/lunch.jpg', { type: 'image/jpeg', content: keep(() => resized(lunch, 192)) }],
  ];
}

function named(works: readonly Work[], name: string): Work {
  const work = works.find((one) => one.name === name);
  if (work === undefined) throw new Error(`expected a work named ${name} in the gallery`);
  return work;
}

const resized = async (work: Work, width: number): Promise<Buffer> =>
  sharp(await work.original())
    .resize({ width })
    .toBuffer();

/** A JPEG whose end never arrived. */
async function firstPart(work: Work): Promise<Buffer> {
  const whole = await work.original();
  return whole.subarray(0, Math.round(whole.length * 0.4));
}

function keep(make: () => Promise<Buffer>): () => Promise<Buffer> {
  let made: Promise<Buffer> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function answer(
  site: ReadonlyMap<string, Body>,
  openedAt: Date,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = site.get(new URL(request.url ?? '/', 'http://gallery').pathname);
  if (body === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such page.\n');
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  const content = await body.content();
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
  const validators = { etag, 'last-modified': openedAt.toUTCString(), 'cache-control': 'no-cache' };
  if (isUnchanged(request, etag, openedAt)) {
    response.writeHead(304, validators).end();
    return;
  }
  response.writeHead(200, { ...validators, 'content-type': body.type, 'content-length': content.length });
  response.end(request.method === 'HEAD' ? undefined : content);
}

/** Where there is an ETag to compare, the date does not count. */
function isUnchanged({ headers }: IncomingMessage, etag: string, openedAt: Date): boolean {
  const known = headers['if-none-match'];
  if (known !== undefined)
    return known.split(/\s*,\s*/).some((one) => one === '*' || one.replace(/^W\//, '') === etag);
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return since >= Math.floor(openedAt.getTime() / 1000) * 1000;
}
