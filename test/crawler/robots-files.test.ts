import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRobotsFiles } from '../../src/crawler/robots-files.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imagedex-robots-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const dayS = 24 * 3600;
const written = async (): Promise<string[]> => (await readdir(folder)).map((name) => join(folder, name));
const age = (path: string, seconds: number) =>
  utimes(path, Date.now() / 1000 - seconds, Date.now() / 1000 - seconds);

test('what one process was told the next one knows, with its age, for a day', async () => {
  const content = Buffer.from('User-agent: *\nDisallow: /\xff', 'latin1');
  await openRobotsFiles(folder).write('https://a.example', content);
  await openRobotsFiles(folder).write('https://b.example', new Uint8Array());
  const files = openRobotsFiles(folder);
  const kept = await files.read('https://a.example');
  expect(Buffer.from(kept!.content).equals(content)).toBe(true);
  expect(kept!.ageMs).toBeLessThan(60_000);
  expect((await files.read('https://b.example'))?.content.length).toBe(0);
  expect(await files.read('https://c.example')).toBeUndefined();
  for (const path of await written()) await age(path, dayS - 60);
  expect((await files.read('https://a.example'))!.ageMs).toBeGreaterThan((dayS - 120) * 1000);
  for (const path of await written()) await age(path, dayS + 1);
  expect(await files.read('https://a.example')).toBeUndefined();
});

test('what is too old or was cut off is removed, and no name says which host it was', async () => {
  await openRobotsFiles(folder).write('https://a.example', Buffer.from('a'));
  const [old] = await written();
  await age(old!, dayS + 1);
  const half = join(folder, 'x.half');
  await writeFile(half, 'half a f');
  await age(half, 3600);
  await openRobotsFiles(folder).write('https://b.example', Buffer.from('b'));
  const left = await readdir(folder);
  expect(left.length).toBe(1);
  expect(left[0]).toMatch(/^[0-9a-f]{32}\.txt$/);
});

test('a folder that cannot be used keeps nobody from crawling', async () => {
  const file = join(folder, 'a-file');
  await writeFile(file, '');
  const files = openRobotsFiles(join(file, 'robots'));
  await files.write('https://a.example', Buffer.from('a'));
  expect(await files.read('https://a.example')).toBeUndefined();
});
