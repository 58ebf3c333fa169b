// What is not what it says to be: told from the bytes, and never taken for what it is not.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageId } from '../../src/record.ts';
import { picture } from '../pictures.ts';
import { openWebServer, type Page, type WebServer } from '../web-server.ts';
import { addsUp, documents, openWorld, type World } from '../world.ts';

let world: World;
let server: WebServer;
beforeAll(async () => {
  world = await openWorld({ describers: 1, retries: 0 });
  server = await openWebServer();
});
afterAll(async () => {
  await world.close();
  await server.close();
});

const html = '<!doctype html><html><title>Not found</title><p>We are sorry.</p></html>';
const typed = (type: string, body: string | Uint8Array, status = 200): Page => ({
  status,
  headers: { 'content-type': type },
  body,
});

test('crawl 32: HTML as an image, an image as HTML, and answers that are no answers', async () => {
  const jpeg = await picture(3);
  const pages: Record<string, Page> = {
    '/html.jpg': typed('image/jpeg', html),
    '/html-as-html.jpg': typed('text/html', html),
    '/jpeg-as-html.jpg': typed('text/html', jpeg),
    '/jpeg-as-nothing': { headers: { 'content-type': '' }, body: jpeg },
    '/jpeg-as-png.png': typed('image/png', jpeg),
    '/empty.jpg': typed('image/jpeg', ''),
    '/none.jpg': { status: 204 },
    '/part.jpg': {
      status: 206,
      headers: { 'content-type': 'image/jpeg', 'content-range': 'bytes 0-9/999' },
      body: jpeg,
    },
    '/same.jpg': { status: 304 },
    '/choices.jpg': { status: 300, body: html },
    '/teapot.jpg': { status: 418 },
    '/legal.jpg': { status: 451 },
    '/strange.jpg': { status: 599 },
    '/gone.jpg': { status: 410 },
    '/html.svg': typed('image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>'),
  };
  for (const [path, page] of Object.entries(pages)) server.set(path, page);
  server.set('/page-as-jpeg', typed('image/jpeg', '<html><img src="/hidden.jpg">'));
  server.set('/jpeg-as-page', typed('text/html', jpeg));
  server.set('/soft', typed('text/html', html));
  server.set('/empty', { status: 204 });
  server.set('/part', { status: 206, body: html });
  server.set('/same', { status: 304 });
  const shown = Object.keys(pages).map((path) => `<img src="${path}">`);
  const linked = ['page-as-jpeg', 'jpeg-as-page', 'soft', 'empty', 'part', 'same'].map(
    (path) => `<a href="/${path}">.</a>`,
  );
  server.set('/', `<title>Home</title>${shown.join('')}${linked.join('')}`);

  const report = await world.crawl(server.url);
  addsUp(report);
  const found = (await documents(world)).flatMap(({ locations }) =>
    locations.map(({ url }) => url.replace(server.url, '')),
  );
  expect(found.sort()).toEqual([
    '/jpeg-as-html.jpg',
    '/jpeg-as-nothing',
    '/jpeg-as-page',
    '/jpeg-as-png.png',
  ]);
  const codes = (list: readonly { code: string; count: number }[]) =>
    Object.fromEntries(list.map(({ code, count }) => [code, count]));
  expect(codes(report.skips)).toEqual({ not_an_image: 4, unsupported_format: 1 });
  expect(codes(report.failures)).toEqual({ bad_response: 4, http_error: 2, server_error: 1, not_found: 1 });
  expect(server.count('/hidden.jpg')).toBe(0);

  const outcomes: unknown[] = [];
  for (const path of ['/soft', '/empty', '/part', '/same', '/page-as-jpeg']) {
    const id = pageId('default', `web:${server.url}/`, server.url + path);
    const [page] = await world.parts.ledger.get('page', [id]);
    outcomes.push([path, page?.record.state, page?.record.code]);
  }
  expect(outcomes).toEqual([
    ['/soft', 'expanded', null],
    ['/empty', 'failed', 'bad_response'],
    ['/part', 'failed', 'bad_response'],
    ['/same', 'failed', 'bad_response'],
    // Taken for an image by what its server says, and looked at as one.
    ['/page-as-jpeg', undefined, undefined],
  ]);
});

test('crawl 32: a picture that turns into the page of an error, with status 200, is no picture any more', async () => {
  const site = await openWebServer({ '/': '<img src="/photo.jpg">', '/photo.jpg': await picture(4) });
  expect(await world.crawl(site.url)).toMatchObject({ indexed: 1 });
  site.set('/photo.jpg', typed('text/html', html));
  expect(await world.crawl(site.url)).toMatchObject({
    indexed: 0,
    skips: [{ code: 'not_an_image', count: 1 }],
  });
  const urls = (await documents(world)).flatMap(({ locations }) => locations.map(({ url }) => url));
  expect(urls).not.toContain(`${site.url}/photo.jpg`);
  await site.close();
});
