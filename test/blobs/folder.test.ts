import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { open } from '../../src/blobs/folder.ts';
import { describeBlobs, putter } from '../contracts/blobs.ts';
import { unprivileged } from '../unprivileged.ts';

const driver = new URL('../../src/blobs/folder.ts', import.meta.url);
const makeFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'imagedex-blobs-'));

describeBlobs('folder', driver, async () => {
  const folder = await makeFolder();
  return { settings: { folder }, remove: () => rm(folder, { recursive: true, force: true }) };
});

let folder: string;
const temporary = (): Promise<string[]> => readdir(join(folder, '.tmp'));
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('blobs are spread over folders of two characters', async () => {
  const blobs = await open({ folder });
  await blobs.put('thumbnails/abcd.jpg', Buffer.from('x'));
  expect(await readdir(join(folder, 'thumbnails', '_ab'))).toEqual(['abcd.jpg']);
  expect(await temporary()).toEqual([]);
});

test('after a kill the next open leaves no temporary file', { timeout: 60_000 }, async () => {
  const place = { settings: { folder }, remove: async () => {} };
  let leftovers: string[] = [];
  for (let kill = 0; kill < 50 && leftovers.length === 0; kill++) {
    const { child, ended, line } = await putter(driver, place, 'same/key', 'ab', true);
    await line();
    while ((await temporary()).length === 0);
    child.kill('SIGKILL');
    await ended;
    leftovers = await temporary();
  }
  // Else no kill has hit what it was meant to hit.
  expect(leftovers).toHaveLength(1);
  await open({ folder });
  expect(await temporary()).toEqual([]);
});

test('what living processes are writing stays', async () => {
  const blobs = await open({ folder });
  const living = spawn('sleep', ['60']);
  const dead = spawnSync('true').pid;
  const names: string[] = [];
  const writing = blobs.put('big', randomBytes(64 * 1024 ** 2));
  while (names.length === 0) names.push(...(await temporary()));
  const [host, pid, random] = names[0]!.split('-');
  expect(pid).toBe(String(process.pid));
  const [ofLiving, ofDead, ofOther] = [
    `${host}-${living.pid}-${random}`,
    `${host}-${dead}-${random}`,
    `00000000-${dead}-${random}`,
  ];
  for (const name of [ofLiving, ofDead, ofOther]) await writeFile(join(folder, '.tmp', name), 'x');
  await open({ folder });
  await writing;
  expect((await temporary()).sort()).toEqual([ofLiving, ofOther].sort());
  for (const name of [ofLiving, ofOther]) await utimes(join(folder, '.tmp', name), 1, 1);
  await open({ folder });
  expect(await temporary()).toEqual([]);
  living.kill();
});

test('a file of an earlier process with the same number is a leftover', async () => {
  const blobs = await open({ folder });
  const writing = blobs.put('big', randomBytes(64 * 1024 ** 2));
  let names: string[] = [];
  while (names.length === 0) names = await temporary();
  await writing;
  const path = join(folder, '.tmp', names[0]!);
  await writeFile(path, 'x');
  await open({ folder });
  expect(await temporary()).toEqual(names);
  await utimes(path, performance.timeOrigin / 1000 - 60, performance.timeOrigin / 1000 - 60);
  await open({ folder });
  expect(await temporary()).toEqual([]);
});

test('a put that fails leaves nothing', async () => {
  const blobs = await open({ folder });
  const inTheWay = join(folder, '_ab', 'ab', 'x');
  await mkdir(inTheWay, { recursive: true });
  await expect(blobs.put('ab', Buffer.from('x'))).rejects.toThrow();
  expect(await temporary()).toEqual([]);
});

test('faults of the disk say what to do', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(open({ folder: join(folder, 'file') })).rejects.toMatchObject({
    code: 'data_unavailable',
    message: expect.stringContaining('a file is in its place'),
  });
  await chmod(folder, 0o555);
  await unprivileged(() =>
    expect(open({ folder })).rejects.toMatchObject({
      code: 'data_unavailable',
      message: expect.stringContaining('this user may not write there'),
    }),
  );
});
