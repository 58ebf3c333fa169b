// The search page and what it is made of, as `scripts/build-web.ts` has built them: few files, read once, kept.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { builtFile } from '../entry.ts';
import { ImagedexError } from '../errors.ts';

/** No inline script or style, nothing from elsewhere, no frames. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A dialog of GraphiQL's writes a style sheet that keeps the page behind it from scrolling; icons are data. */
const graphiqlPolicy = contentSecurityPolicy
  .replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
  .replace("img-src 'self'", "img-src 'self' data:");

interface Page {
  readonly content: Buffer;
  readonly type: string;
  readonly etag: string;
}

const files = [
  { path: '/', name: 'page.html', type: 'text/html; charset=utf-8' },
  { path: '/page.css', name: 'page.css', type: 'text/css; charset=utf-8' },
  { path: '/icon.svg', name: 'icon.svg', type: 'image/svg+xml' },
  { path: '/widget.js', name: 'widget.js', type: 'text/javascript; charset=utf-8' },
] as const;

const graphiqlFiles = [
  { path: '/graphiql.js', name: 'graphiql.js', type: 'text/javascript; charset=utf-8' },
  { path: '/graphiql.css', name: 'graphiql.css', type: 'text/css; charset=utf-8' },
  { path: '/graphiql.licenses.txt', name: 'graphiql.licenses.txt', type: 'text/plain; charset=utf-8' },
] as const;

/** `collection`: the one that the pages begin with, as it is when one is asked for. */
export async function servePages(http: FastifyInstance, collection: () => Promise<string>): Promise<void> {
  // The page keeps what it shows behind #; whoever writes it without is sent there.
  http.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/?')) await reply.redirect(`/#${request.url}`);
  });
  for (const { path, name, type } of files) {
    const page = await readPage(name, type);
    http.get(path, async (request, reply) =>
      sendPage(path === '/' ? withCollection(page, await collection()) : page, request, reply),
    );
  }
  await serveGraphiql(http, collection);
}

/** A person who opens /graphql in a browser gets GraphiQL; programs say what else they accept. */
async function serveGraphiql(http: FastifyInstance, collection: () => Promise<string>): Promise<void> {
  const page = await readPage('graphiql.html', 'text/html; charset=utf-8');
  http.addHook('onRequest', async (request, reply) => {
    const [path, search] = request.url.split('?', 2);
    const isAsking =
      request.access.kind === 'full' &&
      path === '/graphql' &&
      request.method === 'GET' &&
      !search?.includes('query=');
    if (isAsking && request.headers.accept?.includes('text/html') === true)
      await sendPage(withCollection(page, await collection()), request, reply, graphiqlPolicy);
  });
  for (const { path, name, type } of graphiqlFiles) {
    let file: Promise<Page> | undefined;
    // Large, and for few: read when the first one asks.
    http.get(path, async (request, reply) => {
      file ??= readPage(name, type);
      return sendPage(await file, request, reply);
    });
  }
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Both pages have one element with an empty `collection`. */
const withCollection = ({ content, type }: Page, collection: string): Page =>
  pageOf(
    content.toString().replace('collection=""', () => `collection="${escaped(collection)}"`),
    type,
  );

function pageOf(body: string | Buffer, type: string): Page {
  const content = Buffer.from(body);
  const etag = `"${createHash('sha256').update(content).digest('hex').slice(0, 32)}"`;
  return { content, type, etag };
}

async function readPage(name: string, type: string): Promise<Page> {
  // Asked for as the widget's source, because builtFile knows the way from sources to what is built of them.
  const file = new URL(name, builtFile(new URL('./web/widget.ts', import.meta.url)));
  try {
    return pageOf(await readFile(file), type);
  } catch (error) {
    throw new ImagedexError(
      'not_found',
      `The search page is not built (${name} is not there): npm run build`,
      {
        cause: error,
      },
    );
  }
}

function sendPage(
  { content, type, etag }: Page,
  request: FastifyRequest,
  reply: FastifyReply,
  policy = contentSecurityPolicy,
) {
  reply.header('etag', etag).header('cache-control', 'no-cache').header('content-security-policy', policy);
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  return reply.type(type).send(content);
}
