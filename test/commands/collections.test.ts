// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how a configuration names variables
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/config.ts';
import { pictureFolder } from '../pictures.ts';
import { testFolder } from '../world.ts';
import { imagedex } from './surroundings.ts';

let place: string;
const never = new AbortController().signal;

/** Two configured collections, one of which was crawled, and one that only was crawled. */
beforeAll(async () => {
  place = await testFolder();
  const pictures = await pictureFolder(join(place, 'pictures'), 3);
  const others = await pictureFolder(join(place, 'others'), 2);
  await writeFile(
    join(place, 'imagedex.config.yaml'),
    [
      'dataDir: data',
      'describers: 1',
      'logLevel: error',
      'collections:',
      '  shop:',
      '    maxImages: 900',
      '    origins: [https://shop.example]',
      '    sources:',
      '      - ./pictures',
      '      - source: https://shop.example/',
      '        maxPages: 3',
      '        basicAuth: ${NO_SUCH_LOGIN}',
      '  waiting:',
      '    sources: [./waiting]',
    ].join('\n'),
  );
  const app = await openApp(await loadConfig({ cwd: place }));
  const request = { maxImages: null, fresh: false };
  await app.crawl({ ...request, sources: [pictures], collection: 'shop' }, never);
  await app.crawl({ ...request, sources: [others], collection: 'old' }, never);
  await app.schedules.set({ collection: 'shop', cron: '0 3 * * *', timeZone: 'Europe/Berlin' });
  await app.close();
});
afterAll(() => rm(place, { recursive: true, force: true }));

const collections = (...words: string[]) => imagedex(['collections', ...words], { cwd: place });
const json = async (...words: string[]) =>
  (await collections(...words, '--json')).out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

it('lists those that were crawled and those that are only configured', async () => {
  const { code, out } = await collections('list');
  expect(code).toBe(0);
  const time = '20\\d\\d-\\S+Z';
  expect(out).toMatch(
    new RegExp(
      '^name +images +sources +last crawl +schedule +configured\n' +
        `old +2 +1 +complete ${time} +none +no\n` +
        `shop +3 +2 +complete ${time} +0 3 \\* \\* \\* \\(Europe/Berlin\\) +yes\n` +
        'waiting +0 +1 +never crawled +none +yes\n$',
    ),
  );
  expect((await json('list')).map(({ name, images, isConfigured }) => [name, images, isConfigured])).toEqual([
    ['old', 2, false],
    ['shop', 3, true],
    ['waiting', 0, true],
  ]);
});

it('shows one with its sources, crawls, counts and bounds', async () => {
  const { code, out } = await collections('show', 'shop');
  expect(code).toBe(0);
  expect(out).toMatch(/^Collection shop: 3 images\n/);
  expect(out).toMatch(/sources +folder:\S+\/pictures\n/);
  expect(out).toMatch(/web:https:\/\/shop\.example\/ with maxPages 3, header authorization \(hidden\)\n/);
  expect(out).toMatch(/crawls +20\S+ complete\n/);
  expect(out).toMatch(/schedule +0 3 \* \* \* \(Europe\/Berlin\)\n/);
  expect(out).toMatch(/origins +https:\/\/shop\.example\n/);
  expect(out).toMatch(/bounds +maxImages 900\n/);
  expect(out).toMatch(/locations +indexed 3\n/);
  expect(out).toMatch(/thumbnails +3, 0\.\d MiB\n/);
  const [shown] = await json('show', 'shop');
  expect(shown).toMatchObject({
    name: 'shop',
    images: 3,
    states: [{ value: 'indexed', count: 3 }],
    maxImages: 900,
    schedule: { cron: '0 3 * * *', timeZone: 'Europe/Berlin' },
    renditions: { count: 3 },
  });
  expect(shown.sources[1]).toEqual({
    id: 'web:https://shop.example/',
    isConfigured: true,
    settings: { maxPages: 3 },
    headers: { authorization: '(hidden)' },
  });
  expect((await collections('show', 'old')).out).toContain('(crawled before, not in the configuration)');
  expect((await collections('show', 'waiting')).out).toMatch(/^Collection waiting: 0 images\n/);
});

it('lists what is configured before there are any data, and makes none', async () => {
  const away = ['--data-dir', join(place, 'nothing')];
  expect((await collections('list', ...away)).out).toMatch(/shop +0 +2 +never crawled/);
  expect((await collections('show', 'shop', ...away)).out).toContain('Collection shop: 0 images');
  expect(await collections('delete', 'shop', '--yes', ...away)).toMatchObject({ code: 1 });
  await expect(readFile(join(place, 'nothing'))).rejects.toThrow('ENOENT');
  const { code, err } = await imagedex(['collections', 'list', ...away], { cwd: '/' });
  expect([code, err]).toEqual([1, expect.stringContaining('there is no data directory')]);
});

it.each([
  [['lst'], 2, 'expected list, show or delete, but got lst; did you mean list?'],
  [['list', 'shop'], 2, 'collections list: expected nothing more'],
  [['show'], 2, 'collections show: expected the name of a collection'],
  [['show', 'shpo'], 1, 'there is no collection shpo; did you mean shop?'],
  [['delete', 'elephant', '--yes'], 1, 'there is no collection elephant; there are old, shop, waiting'],
  [['delete', 'waiting', '--yes'], 1, 'it is only in the configuration'],
])('refuses %j', async (words, code, message) => {
  const answer = await collections(...words);
  expect([answer.code, answer.out]).toEqual([code, '']);
  expect(answer.err).toContain(message);
});

it('deletes one only when told so twice', async () => {
  const asked = await collections('delete', 'old');
  expect(asked.code).toBe(2);
  expect(asked.out).toContain(
    'This would delete 2 images of collection old with what is known of them, and 1 crawl.',
  );
  expect(asked.out).toContain('imagedex collections delete old --yes');
  expect(await json('delete', 'old')).toEqual([{ name: 'old', done: false, images: 2, crawls: 1 }]);
  expect((await collections('show', 'old')).code).toBe(0);

  const done = await collections('delete', 'old', '--yes');
  expect(done).toMatchObject({ code: 0, out: 'Deleted collection old: 2 images, 2 locations, 1 crawl.\n' });
  expect((await collections('show', 'old')).err).toContain('there is no collection old');
  expect((await json('show', 'shop'))[0]).toMatchObject({ images: 3, renditions: { count: 3 } });

  expect((await collections('delete', 'shop', '--yes')).out).toContain('The configuration still names it');
  expect((await json('list')).map(({ name, images, schedule }) => [name, images, schedule])).toEqual([
    ['shop', 0, null],
    ['waiting', 0, null],
  ]);
});
