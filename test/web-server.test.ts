import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openWebServer, type WebServer } from './web-server.ts';

const open: WebServer[] = [];
const serve = async (...args: Parameters<typeof openWebServer>) => {
  const server = await openWebServer(...args);
  open.push(server);
  return server;
};
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())));

test('a page is answered with validators, and with 304 to who has it', async () => {
  const server = await serve({ '/': '<p>one' });
  const first = await fetch(server.url);
  expect([first.status, await first.text()]).toEqual([200, '<p>one']);
  const etag = first.headers.get('etag')!;
  const lastModified = first.headers.get('last-modified')!;
  expect((await fetch(server.url, { headers: { 'if-none-match': etag } })).status).toBe(304);
  expect((await fetch(server.url, { headers: { 'if-modified-since': lastModified } })).status).toBe(304);
  server.set('/', '<p>two');
  expect((await fetch(server.url, { headers: { 'if-none-match': etag } })).status).toBe(200);
  server.set('/', null);
  expect((await fetch(server.url)).status).toBe(404);
  expect(server.asked.map((one) => one.status)).toEqual([200, 304, 304, 200, 404]);
});

test('a folder is served, and programmed answers win', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'imagedex-'));
  await writeFile(join(folder, 'a b.png'), 'png');
  const server = await serve({ '/x': () => ({ status: 503, headers: { 'retry-after': '1' } }) }, { folder });
  const file = await fetch(`${server.url}/a%20b.png`);
  expect([file.status, file.headers.get('content-type'), await file.text()]).toEqual([
    200,
    'image/png',
    'png',
  ]);
  const down = await fetch(`${server.url}/x`);
  expect([down.status, down.headers.get('retry-after')]).toEqual([503, '1']);
  expect((await fetch(`${server.url}/none`)).status).toBe(404);
  await rm(folder, { recursive: true });
});
