// Collections of the configuration, crawled with the command line.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { imagedex } from '../commands/surroundings.ts';
import { picture, pictureFolder } from '../pictures.ts';
import { openWebServer, type WebServer } from '../web-server.ts';
import { testFolder } from '../world.ts';

let place: string;
let server: WebServer;
beforeEach(async () => {
  place = await testFolder();
  const numbers = Array.from({ length: 4 }, (_, number) => number);
  server = await openWebServer({
    '/': `${numbers.map((number) => `<a href="/${number}.html">${number}</a>`).join('')}`,
    ...Object.fromEntries(
      numbers.map((number) => [`/${number}.html`, `<img src="/${number}.jpg"><img src="/${number}.gif">`]),
    ),
    ...Object.fromEntries(
      await Promise.all(
        numbers.map(async (number) => [`/${number}.jpg`, await picture(number * 20)] as const),
      ),
    ),
  });
});
afterEach(async () => {
  await server.close();
  await rm(place, { recursive: true, force: true });
});

async function configure(...shop: string[]): Promise<void> {
  const lines = ['describers: 1', 'retries: 0', 'maxPages: 100', 'collections:', '  shop:'];
  await writeFile(
    join(place, 'imagedex.config.yaml'),
    [...lines, ...shop.map((line) => `    ${line}`)].join('\n'),
  );
}
async function crawl(...args: string[]) {
  const { code, out, err } = await imagedex(['crawl', ...args, '--collection', 'shop', '--json'], {
    cwd: place,
  });
  expect([code, err.replace(/.*\r|^.*…\n/gm, '')]).toEqual([0, expect.anything()]);
  return JSON.parse(out);
}

test('a crawl without SOURCE crawls what the configuration names, each source as it says', async () => {
  await pictureFolder(join(place, 'pictures'), 3);
  await mkdir(join(place, 'pictures', 'old'));
  await writeFile(join(place, 'pictures', 'old', 'x.jpg'), await picture(99));
  await configure(
    'exclude: [old]',
    'sources:',
    '  - ./pictures',
    `  - source: ${server.url}/`,
    '    include: ["*.{jpg,png}"]',
    '    exclude: ["2.*"]',
  );
  const report = await crawl();
  // Three files; of three pages one image and one that include leaves out each.
  expect(report).toMatchObject({ found: 9, indexed: 6, skipped: 3, failed: 0 });
  expect(report.skips).toEqual([{ code: 'excluded', count: 3 }]);
  expect(server.asked.filter(({ path }) => path.startsWith('/2.') || path.endsWith('.gif'))).toEqual([]);

  // Unchanged, and by no other source than before.
  expect(await crawl()).toMatchObject({ found: 9, indexed: 6, unchanged: 6, inferences: 0 });
});

test('what the configuration says of a source holds for a typed one, and a flag wins over it', async () => {
  await configure(`sources: [{ source: "${server.url}", maxPages: 2, include: ["*.jpg"] }]`, 'maxImages: 3');
  expect(await crawl(`${server.url}/#top`)).toMatchObject({ found: 2, indexed: 1 });
  expect(await crawl(server.url, '--max-pages', '3')).toMatchObject({ found: 3 });
  expect(await crawl(server.url, '--max-pages', '9', '--max-images', '50', '--include', '')).toMatchObject({
    found: 8,
    indexed: 4,
    failed: 4,
  });
});

test('a dry run says what globs leave out, and looks into no page that they mean', async () => {
  await configure(
    `sources: [{ source: "${server.url}", maxPages: 3, include: ["*.jpg"], exclude: ["0.html", "3.*"] }]`,
  );
  const { code, out } = await imagedex(['crawl', '--collection', 'shop', '--dry-run', '--json'], {
    cwd: place,
  });
  expect(code).toBe(0);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const images = lines
    .filter(({ type }) => type === 'image')
    .map(({ url, verdict }) => [new URL(url).pathname, verdict]);
  expect(images).toEqual([
    ['/1.jpg', 'new'],
    ['/1.gif', 'excluded'],
    ['/2.jpg', 'new'],
    ['/2.gif', 'excluded'],
  ]);
  expect(lines.filter(({ type }) => type === 'problem' || type === 'cap')).toEqual([]);
  expect(server.asked.map(({ path }) => path)).toEqual([
    '/robots.txt',
    '/',
    '/sitemap.xml',
    '/1.html',
    '/2.html',
  ]);
});
