import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pictureFolder } from '../pictures.ts';
import { testFolder } from '../world.ts';
import { imagedex } from './surroundings.ts';

let folder: string;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (...argv: string[]) => imagedex([...argv, '--data-dir', join(folder, 'data')], { cwd: folder });

test('says what it would remove, removes it, and counts the block list', async () => {
  const photos = await pictureFolder(join(folder, 'photos'), 3);
  await run('crawl', photos);
  const photo = join(photos, '1.jpg');
  const dry = await run('forget', photo, '--dry-run');
  expect(dry).toEqual({
    code: 0,
    out: `Would remove, for the address ${pathToFileURL(photo).href}: 1 image, 1 location, 0 pages, 1 thumbnail (in default), and block it in all collections.\n`,
    err: '',
  });
  const unsure = await run('forget', photo);
  expect(unsure).toMatchObject({ code: 2, out: dry.out });
  expect(unsure.err).toContain('add --yes');
  const done = await run('forget', photo, '--yes');
  expect(done.code).toBe(0);
  expect(done.out).toContain(
    `${pathToFileURL(photo).href}: 1 image, 1 location, 0 pages, 1 thumbnail (in default).\nIt is blocked`,
  );
  expect((await run('forget', '--list')).out).toBe('Blocked: 1 content, 1 address, 0 sites.\n');
  expect(JSON.parse((await run('forget', photo, '--yes', '--json')).out)).toEqual({
    target: 'address',
    done: true,
    images: 0,
    locations: 0,
    pages: 0,
    blobs: 0,
    collections: [],
    blocked: 0,
  });
  const again = JSON.parse((await run('crawl', photos, '--json')).out);
  expect(again).toMatchObject({ found: 2, indexed: 2 });
});

test('makes no data directory, and claims nothing where there is none', async () => {
  for (const words of [['example.org', '--yes'], ['example.org', '--dry-run'], ['--list']]) {
    const { code, out, err } = await run('forget', ...words);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('there is no data directory');
  }
  expect(await readdir(folder)).toEqual([]);
});

test('says what TARGET was taken for', async () => {
  await run('crawl', await pictureFolder(join(folder, 'photos'), 1));
  const told = async (target: string) => (await run('forget', target, '--dry-run')).out;
  expect(await told('b.jpg')).toMatch(/^Would remove, for the site b\.jpg: 0 images/);
  const sha256 = '0123456789abcdef'.repeat(4);
  expect(await told(`sha256:${sha256}`)).toContain(`for the content ${sha256}: `);
  expect((await run('forget', 'b.jpg', '--yes')).out).toContain('Removed, for the site b.jpg: 0 images');
});

test('a folder is refused with what to name instead', async () => {
  await mkdir(join(folder, 'photos.2026'));
  const path = join(folder, 'photos.2026');
  for (const target of [path, `${path}/`, pathToFileURL(path).href, 's3://bucket/photos/']) {
    const { code, out, err } = await run('forget', target, '--yes');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('is a folder: expected an image. Name each file');
    expect(err).not.toContain('For a site');
  }
  const named = await run('forget', 'photos.2026', '--yes');
  expect(named.code).toBe(2);
  expect(named.err).toMatch(/is a folder.* For a site of that name, start it in another folder/);
});

test.each([
  [[], 'expected TARGET'],
  [['example.org', '--list'], 'without TARGET'],
  [['example.org', '--yes', '--dry-run'], 'got both'],
  [['nonsense'], 'expected an image'],
])('%j is not understood', async (words, message) => {
  const { code, err } = await run('forget', ...words);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

test('an image that is not there', async () => {
  await run('crawl', await pictureFolder(join(folder, 'photos'), 1));
  const { code, err } = await run('forget', '0123456789abcdef0123456789abcdef', '--yes');
  expect(code).toBe(1);
  expect(err).toContain('there is no image');
});
