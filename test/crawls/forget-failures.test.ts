import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { picture, pictureFolder } from '../pictures.ts';
import { openWebServer } from '../web-server.ts';
import { openWorld, type World } from '../world.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
async function world(): Promise<World> {
  const made = await openWorld({ describers: 1, retries: 0 });
  open.push(made);
  return made;
}
const failed = async ({ app }: World): Promise<string[]> =>
  (await app.failures('default')).map(({ url }) => url.split('/').at(-1)!).sort();

test('a broken file that is deleted is no failure after the next crawl; one that stays is', async () => {
  const here = await world();
  const folder = await pictureFolder(join(here.folder, 'pictures'), 1);
  for (const name of ['gone.jpg', 'stays.jpg'])
    await writeFile(join(folder, name), (await picture(9)).subarray(0, -40));
  await here.crawl(folder);
  expect(await failed(here)).toEqual(['gone.jpg', 'stays.jpg']);
  await rm(join(folder, 'gone.jpg'));
  // Another source says nothing of this one, nor does a crawl that does not see everything.
  await here.crawl(await pictureFolder(join(here.folder, 'others'), 1));
  await here.crawl(folder, { maxImages: 1 });
  expect(await failed(here)).toContain('gone.jpg');
  await here.crawl(folder);
  expect(await failed(here)).toEqual(['stays.jpg']);
});

test('a page that nothing leads to any more is no failure', async () => {
  const here = await world();
  const server = await openWebServer({
    '/': '<a href="/broken.html">1</a><img src="/lost.jpg">',
    '/broken.html': { status: 500, body: '' },
  });
  open.push(server);
  await here.crawl(`${server.url}/`);
  expect(await failed(here)).toEqual(['broken.html', 'lost.jpg']);
  server.set('/', '<p>Nothing is left.</p>');
  await here.crawl(`${server.url}/`);
  expect(await failed(here)).toEqual([]);
});

test('what was wrong with a sitemap is no failure when it is gone, or nobody names it any more', async () => {
  const here = await world();
  const server = await openWebServer({ '/': '<p>Nothing.</p>' });
  open.push(server);
  const names = ['gone.xml', 'unnamed.xml', 'stays.xml'];
  const name = (some: readonly string[]) =>
    server.set('/robots.txt', some.map((one) => `Sitemap: ${server.url}/${one}`).join('\n'));
  name(names);
  const faulty = `<urlset><url><loc>${server.url}/a.html</loc></url></stray></urlset>`;
  for (const one of names) server.set(`/${one}`, faulty);
  const codes = async () =>
    (await here.app.failures('default')).map(({ url, code }) => `${url.split('/').at(-1)} ${code}`).sort();
  server.set('/a.html', '<p>A page.</p>');
  await here.crawl(`${server.url}/`);
  expect(await codes()).toEqual(['gone.xml bad_sitemap', 'stays.xml bad_sitemap', 'unnamed.xml bad_sitemap']);
  server.set('/gone.xml', { status: 410, body: '' });
  name(['gone.xml', 'stays.xml']);
  await here.crawl(`${server.url}/`);
  expect(await codes()).toEqual(['gone.xml not_found', 'stays.xml bad_sitemap']);
});
