import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Preview } from '../../src/crawls/dry-run.ts';
import { imagedex } from '../commands/surroundings.ts';
import { picture, pictureFolder } from '../pictures.ts';
import { openWebServer, type WebServer } from '../web-server.ts';
import { openWorld, type World } from '../world.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
async function world(flags: Record<string, unknown> = {}): Promise<World> {
  const made = await openWorld({ describers: 1, ...flags });
  open.push(made);
  return made;
}
async function site(): Promise<WebServer> {
  const server = await openWebServer({
    '/': '<img src="/0.jpg"><img src="/1.jpg"><a href="/more">more</a><a href="/lost">lost</a>',
    '/more': '<img src="/1.jpg"><img src="/2.jpg"><a href="/deep">deep</a>',
    '/deep': '<img src="/3.jpg">',
    ...Object.fromEntries(
      await Promise.all(
        [0, 1, 2, 3].map(async (number) => [`/${number}.jpg`, await picture(number)] as const),
      ),
    ),
  });
  open.push(server);
  return server;
}
async function preview({ app }: World, sources: string[], more = {}): Promise<Preview[]> {
  const previews: Preview[] = [];
  const command = { sources, collection: 'default', maxImages: null, fresh: false, ...more };
  for await (const one of app.dryRun(command, new AbortController().signal)) previews.push(one);
  return previews;
}
const images = (previews: readonly Preview[]) =>
  previews.flatMap((one) => (one.type === 'image' ? [`${one.verdict} ${new URL(one.url).pathname}`] : []));

test('names each image that would be fetched once, asks for none of them, and writes nothing', async () => {
  const [here, server] = [await world(), await site()];
  const previews = await preview(here, [`${server.url}/`]);
  expect(images(previews)).toEqual(['new /0.jpg', 'new /1.jpg', 'new /2.jpg', 'new /3.jpg']);
  expect(previews.filter(({ type }) => type === 'page')).toHaveLength(3);
  expect(previews.filter(({ type }) => type === 'problem')).toMatchObject([
    { url: `${server.url}/lost`, code: 'not_found' },
  ]);
  expect(server.asked.filter((one) => JSON.stringify(one).includes('.jpg'))).toEqual([]);
  for (const kind of ['crawl', 'location', 'page', 'collection', 'failure'] as const)
    expect(await here.parts.ledger.list(kind, {}, { limit: 1 })).toEqual([]);
});

test('what a crawl knows would be asked whether it has changed, and --fresh fetches it', async () => {
  const [here, server] = [await world(), await site()];
  await here.crawl(`${server.url}/more`);
  expect(images(await preview(here, [`${server.url}/more`]))).toEqual([
    'known /1.jpg',
    'known /2.jpg',
    'known /3.jpg',
  ]);
  expect(images(await preview(here, [`${server.url}/more`], { fresh: true }))[0]).toBe('new /1.jpg');
});

test('says where caps would end it, and what is excluded', async () => {
  const server = await site();
  const caps = async (flags: Record<string, unknown>, more = {}) =>
    (await preview(await world(flags), [`${server.url}/`], more)).flatMap((one) =>
      one.type === 'cap' ? one.cap : [],
    );
  expect(await caps({ maxPages: 1 })).toEqual(['maxPages']);
  expect(await caps({ maxDepth: 1 })).toEqual(['maxDepth']);
  expect(await caps({}, { maxImages: 2 })).toEqual(['maxImages']);
  expect(await caps({})).toEqual([]);
  const excluding = await world({ exclude: ['1.*'] });
  expect(images(await preview(excluding, [`${server.url}/`]))).toContain('excluded /1.jpg');
});

test('a source that cannot be opened is an error', async () => {
  await expect(preview(await world(), ['/no/such/folder'])).rejects.toMatchObject({
    code: 'source_unavailable',
  });
});

test('the verb says it in words and as JSON, and makes no data directory', async () => {
  const here = await world();
  const folder = await pictureFolder(join(here.folder, 'pictures'), 3);
  const dataDir = join(here.folder, 'none');
  const run = (...more: string[]) => imagedex(['crawl', folder, '--dry-run', '--data-dir', dataDir, ...more]);
  const { code, out } = await run();
  expect(code).toBe(0);
  expect(out).toMatch(/^new +file:.*0\.jpg$/m);
  expect(out).toContain('3 images, 0 pages, 0 problems:');
  const lines = (await run('--json')).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.at(-1)).toEqual({
    type: 'summary',
    pages: 0,
    images: { new: 3, known: 0, unchanged: 0, excluded: 0 },
    problems: 0,
    caps: 0,
  });
  expect(existsSync(dataDir)).toBe(false);
});

test('a sitemap is no page, and what it names is shown', async () => {
  const server = await site();
  server.set('/sitemap.xml', `<urlset><url><loc>${server.url}/deep</loc></url></urlset>`);
  const previews = await preview(await world({ maxPages: 2 }), [`${server.url}/`]);
  const pages = previews.flatMap((one) => (one.type === 'page' ? [new URL(one.url).pathname] : []));
  expect(pages.sort()).toEqual(['/', '/deep']);
  expect(images(previews)).toContain('new /3.jpg');
});
