// The verbs export, import, backup and prune, as they are typed.
import { access, chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pictureFolder } from '../pictures.ts';
import { openWorld, testFolder } from '../world.ts';
import { imagedex } from './surroundings.ts';

let folder: string;
let data: string[];
beforeAll(async () => {
  folder = await testFolder();
  const world = await openWorld({}, folder);
  await world.crawl(await pictureFolder(join(folder, 'pictures'), 3));
  await world.close();
  data = ['--data-dir', join(folder, 'data')];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('export writes to standard output, line by line', async () => {
  const { code, out, err } = await imagedex(['export', ...data]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const types = out
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { type: string }).type);
  expect(types).toEqual(['header', 'image', 'image', 'image', 'footer']);
});

test('export FILE is whole or not there, and replaces nothing unless told to', async () => {
  const file = join(folder, 'out', '..', 'default.jsonl');
  expect(await imagedex(['export', file, ...data])).toMatchObject({
    code: 0,
    out: `Exported 3 images of default to ${join(folder, 'default.jsonl')}.\n`,
  });
  const before = await readFile(file, 'utf8');
  const again = await imagedex(['export', file, ...data, '--json']);
  expect(again.code).toBe(1);
  expect(JSON.parse(again.out)).toMatchObject({ error: { code: 'file_exists' } });
  expect(await readFile(file, 'utf8')).toBe(before);
  const forced = await imagedex(['export', file, '--force', '--json', '--without-thumbnails', ...data]);
  expect(JSON.parse(forced.out)).toMatchObject({ images: 3, lines: 5, collection: 'default' });
  expect((await readFile(file, 'utf8')).length).toBeLessThan(before.length);
  expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([]);
  expect(await imagedex(['export', '/dev/null/x', ...data])).toMatchObject({ code: 1 });
  expect(await imagedex(['export', '--collection', 'none', ...data])).toMatchObject({
    code: 1,
    err: expect.stringContaining('there is no collection none'),
  });
});

test('import says what became of the images, and of bad lines which', async () => {
  const file = join(folder, 'some.jsonl');
  const { out } = await imagedex(['export', ...data]);
  await writeFile(file, out);
  const into = ['--data-dir', join(folder, 'imported')];
  const first = await imagedex(['import', file, ...into]);
  expect(first).toMatchObject({ code: 0, err: '' });
  expect(first.out).toMatch(
    /^default: 3 new images, 0 changed, 0 as they were\.\nSearch with: imagedex search/,
  );
  const lines = out.split('\n');
  await writeFile(file, [...lines.slice(0, 2), '{', ...lines.slice(3)].join('\n'));
  const second = await imagedex(['import', file, '--json', '--collection', 'other', ...into]);
  expect(second).toMatchObject({ code: 1, err: 'line 3: expected JSON\n' });
  expect(JSON.parse(second.out)).toEqual({
    collection: 'other',
    new: 2,
    changed: 0,
    same: 0,
    takenDown: 0,
    lines: 5,
    badLines: 1,
    isCutOff: false,
    sources: [`folder:${join(folder, 'pictures')}`],
  });
  expect(await imagedex(['import', join(folder, 'nowhere'), ...into])).toMatchObject({ code: 1 });
  const cut = await imagedex(['import', join(folder, 'pictures', '0.jpg'), ...into, '--json']);
  expect(JSON.parse(cut.out)).toMatchObject({ error: { code: 'import_invalid' } });
});

test('an import that can not be read makes no data directory', async () => {
  const into = join(folder, 'never');
  expect(await imagedex(['import', join(folder, 'nowhere'), '--data-dir', into])).toMatchObject({ code: 1 });
  await expect(access(into)).rejects.toThrow();
});

test('backup FOLDER, and what it says can be pasted', async () => {
  const backup = join(folder, 'a backup');
  const { code, out, err } = await imagedex(['backup', backup, ...data]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^Backup in .*a backup: database \d+\.\d MiB, 3 thumbnails \d+\.\d MiB\n/);
  expect(out).toContain(`imagedex serve --data-dir '${backup}'`);
  expect((await readdir(backup)).sort()).toEqual(['blobs', 'imagedex.db']);
  const again = await imagedex(['backup', backup, ...data, '--json']);
  expect(JSON.parse(again.out)).toMatchObject({ error: { code: 'file_exists' } });
  expect((await imagedex(['export', '--data-dir', backup])).out.split('\n')).toHaveLength(6);
  expect(await imagedex(['backup', join(folder, 'b'), '--data-dir', join(folder, 'no')])).toMatchObject({
    code: 1,
  });
});

test('prune says what would go, and lets it go', async () => {
  const config = join(folder, 'imagedex.config.yaml');
  expect((await imagedex(['prune', ...data])).out).toMatch(/^No collection has a retention/);
  await writeFile(
    config,
    `dataDir: data\ncollections:\n  default:\n    sources: [./pictures]\n    retention:\n      maxBytes: 0\n`,
  );
  const dry = await imagedex(['prune', '--dry-run', '--config', config]);
  expect(dry).toMatchObject({ code: 0, err: '' });
  expect(dry.out).toMatch(/^default \(keeps 0\.0 MiB\): would drop 3 thumbnails, 0\.0 MiB\n$/);
  const pruned = await imagedex(['prune', '--json', '--config', config]);
  expect(JSON.parse(pruned.out)).toMatchObject({ collection: 'default', dropped: 3, isDryRun: false });
  expect(JSON.parse((await imagedex(['prune', '--json', '--config', config])).out)).toMatchObject({
    dropped: 0,
  });
  // Images without their thumbnails come and go as well.
  const { out } = await imagedex(['export', '--config', config]);
  expect(out.match(/"thumbnail":""/g)).toHaveLength(3);
});

test('what is made is for this user alone; what was there stays as it is', {
  skip: process.platform === 'win32',
}, async () => {
  const place = join(folder, 'private');
  await mkdir(place);
  const world = await openWorld({ describers: 1 }, place);
  await world.crawl(join(folder, 'pictures'));
  const open = await looseIn(join(place, 'data'));
  await world.close();
  expect(open).toEqual([]);
  expect(await looseIn(join(place, 'data'))).toEqual([]);
  const own = ['--data-dir', join(place, 'data')];
  await mkdir(join(place, 'out'));
  await chmod(join(place, 'out'), 0o755);
  expect((await imagedex(['export', join(place, 'out', 'a.jsonl'), ...own])).code).toBe(0);
  expect((await imagedex(['backup', join(place, 'out', 'copy'), ...own])).code).toBe(0);
  expect(await looseIn(join(place, 'out'))).toEqual(['.']);
  await chmod(join(place, 'data'), 0o755);
  await chmod(join(place, 'data', 'imagedex.db'), 0o644);
  expect((await imagedex(['search', 'x', ...own])).code).toBe(0);
  expect(await looseIn(join(place, 'data'))).toEqual(['.', 'imagedex.db']);
});

/** What others may read in a folder, the folder itself too. */
async function looseIn(place: string): Promise<string[]> {
  const names = ['.', ...(await readdir(place, { recursive: true }))];
  const loose: string[] = [];
  for (const name of names) if (((await stat(join(place, name))).mode & 0o077) !== 0) loose.push(name);
  return loose.sort();
}
