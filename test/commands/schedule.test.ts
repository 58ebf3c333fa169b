import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nextStart, scheduleLines } from '../../src/commands/schedule-text.ts';
import { machineTimeZone } from '../../src/time-zone.ts';
import { pictureFolder } from '../pictures.ts';
import { testFolder } from '../world.ts';
import { imagedex as run } from './surroundings.ts';

let folder: string;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => rm(folder, { recursive: true }));
const imagedex = (...argv: string[]) =>
  run([...argv, '--data-dir', join(folder, 'data'), '--describers', '1'], { cwd: folder });
async function crawled(): Promise<void> {
  const pictures = await pictureFolder(join(folder, 'pictures'), 2);
  expect((await imagedex('crawl', pictures, '--collection', 'photos')).code).toBe(0);
}

test('add says what, when, and in which zone; list and remove say the same', async () => {
  await crawled();
  const added = await imagedex('schedule', 'add', 'photos', '0 3 * * *');
  expect(added.code).toBe(0);
  const zone = machineTimeZone();
  expect(added.out).toMatch(`Crawls of photos: At 03:00, every day (${zone})\n  cron  0 3 * * *\n  next  `);
  expect(added.out).toMatch(
    / {2}next {2}(today|tomorrow) at 03:00, in .*\(\d{4}-\d\d-\d\d 03:00 [+-]\d\d:\d\d\)\n/,
  );
  expect(added.out).toContain(`No --time-zone was given: the machine’s, ${zone}.`);
  const again = await imagedex('schedule', 'add', 'photos', '0 4 * * 1', '--time-zone', 'europe/berlin');
  expect(again.out).toContain('Crawls of photos: At 04:00, only on Monday (Europe/Berlin)\n');
  expect(again.out).toContain(`In place of the schedule before: 0 3 * * * (${zone}).`);
  expect(again.out).not.toContain('machine’s');

  const listed = await imagedex('schedule', 'list', '--json');
  const json = JSON.parse(listed.out);
  expect(json).toMatchObject({
    collection: 'photos',
    cron: '0 4 * * 1',
    timeZone: 'Europe/Berlin',
    inWords: 'At 04:00, only on Monday (Europe/Berlin)',
    last: null,
  });
  expect(json.nextTimes).toHaveLength(3);
  expect((await imagedex('schedule', 'list')).out).toContain('  cron  0 4 * * 1\n');
  const removed = await imagedex('schedule', 'remove', 'photos');
  expect(removed.out).toBe(
    'No more crawls of photos: At 04:00, only on Monday (Europe/Berlin). One that runs goes on.\n',
  );
  expect((await imagedex('schedule', 'list')).out).toMatch(/^There is no schedule; /);
  expect(await imagedex('schedule', 'list', '--json')).toMatchObject({ code: 0, out: '' });
});

test('run crawls the collection now', async () => {
  await crawled();
  expect(await imagedex('schedule', 'run', 'photos')).toMatchObject({
    code: 1,
    err: 'imagedex: there is no schedule of photos\n',
  });
  await imagedex('schedule', 'add', 'photos', '@daily');
  const { code, out } = await imagedex('schedule', 'run', 'photos');
  expect(code).toBe(0);
  expect(out).toMatch(/^Crawl \S+ of photos: complete/);
  expect(out).toContain('search dog --collection photos');
  const json = JSON.parse((await imagedex('schedule', 'run', 'photos', '--json')).out);
  expect(json).toMatchObject({ state: 'complete', found: 2, unchanged: 2 });
});

test.each([
  [['ad'], 2, 'expected add, list, remove or run, but got ad; did you mean add?'],
  [['add', 'photos'], 2, 'schedule add: expected COLLECTION CRON, but got photos'],
  [['add', 'photos', '0', '3', '*', '*', '*'], 2, "as in schedule add photos '0 3 * * *', but got 5 words"],
  [['list', 'photos'], 2, 'schedule list: expected nothing more, but got photos'],
  [['run'], 2, 'schedule run: expected COLLECTION, but got nothing'],
  [['add', 'photos', '0 3 * *'], 2, 'expected 5 fields'],
  [['add', 'photos', '@daily', '--time-zone', 'Berlin'], 2, 'did you mean Europe/Berlin?'],
  [['add', 'photos', '@daily', '--time-zone', ' '], 2, '--time-zone: expected a text, but got " "'],
  [['add', 'photos', '@daily'], 1, 'there is no data directory'],
  [['list'], 1, 'there is no data directory'],
  [['toString'], 2, 'expected add, list, remove or run, but got toString'],
])('schedule %j is refused', async (words, code, message) => {
  const outcome = await imagedex('schedule', ...words);
  expect(outcome).toMatchObject({ code, out: '' });
  expect(outcome.err).toContain(message);
});

test('a collection of the configuration needs no crawl before, one that nobody knows is refused', async () => {
  const pictures = await pictureFolder(join(folder, 'pictures'), 2);
  const config = { collections: { photos: { sources: [pictures] } } };
  await writeFile(join(folder, 'imagedex.config.json'), JSON.stringify(config));
  expect(await imagedex('schedule', 'add', 'photo', '@daily')).toMatchObject({ code: 1, out: '' });
  expect(await readdir(folder)).not.toContain('data');
  expect((await imagedex('schedule', 'add', 'photos', '@daily', '--json')).code).toBe(0);
  const refused = await imagedex('schedule', 'add', 'photo', '@daily');
  expect(refused.err).toMatch(/collection photo has no sources: .*; did you mean photos\?\n$/);
  const { code, out } = await imagedex('schedule', 'run', 'photos', '--json');
  expect([code, JSON.parse(out)]).toMatchObject([0, { state: 'complete', found: 2, indexed: 2 }]);
});

test.each([
  [{ outcome: 'started', crawlId: 'c', reason: null }, 'due 2026-11-21 03:00 +01:00, started crawl c'],
  [{ outcome: 'started', crawlId: null, reason: null }, 'due 2026-11-21 03:00 +01:00, is being started'],
  [{ outcome: 'skipped', crawlId: null, reason: 'busy' }, 'due 2026-11-21 03:00 +01:00, left out: busy'],
  [{ outcome: 'failed', crawlId: null, reason: 'lost' }, 'due 2026-11-21 03:00 +01:00, failed: lost'],
] as const)('the last due time: %j', (last, words) => {
  const at = '2026-11-20T00:00:00.000Z';
  const record = {
    collection: 'photos',
    cron: '0 0 3 21 11 * 2026',
    timeZone: 'Europe/Berlin',
    createdAt: at,
    handledAt: at,
    last: { dueAt: '2026-11-21T02:00:00.000Z', ...last },
  };
  expect(scheduleLines(record, new Date('2026-11-21T13:35:00Z'))).toEqual([
    'Crawls of photos: At 03:00, on day 21 of the month, only in November, only in 2026 (Europe/Berlin)',
    '  cron  0 0 3 21 11 * 2026',
    '  next  never again',
    `  last  ${words}`,
  ]);
});

test('which starts next', () => {
  const at = '2026-11-20T00:00:00.000Z';
  const schedule = (collection: string, cron: string) => ({
    collection,
    cron,
    timeZone: 'UTC',
    createdAt: at,
    handledAt: at,
    last: null,
  });
  const now = new Date('2026-11-21T13:35:00Z');
  const later = [schedule('photos', '0 3 * * *'), schedule('broken', 'whenever')];
  expect(nextStart([...later, schedule('cards', '0 2 * * *')], now)).toBe(
    'next cards, tomorrow at 02:00, in 12 h 25 min',
  );
  expect(nextStart(later, now)).toBe('next photos, tomorrow at 03:00, in 13 h 25 min');
  expect(nextStart(later.slice(1), now)).toBe('none comes due');
});
