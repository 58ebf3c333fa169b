import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CollectionConfig } from '../../src/collections/collection-config.ts';
import type { CollectionRecord, Ledger } from '../../src/ledger.ts';
import { inWords, nextTimes, openSchedules, type Schedules } from '../../src/schedules/schedules.ts';
import { machineTimeZone } from '../../src/time-zone.ts';
import type { OpenedLedger } from '../contracts/ledger.ts';
import { open } from '../ledgers/open-sqlite.ts';
import { testFolder } from '../world.ts';

let folder: string;
let opened: OpenedLedger;
let ledger: Ledger;
let schedules: Schedules;
let now: Date;
beforeEach(async () => {
  folder = await testFolder();
  opened = await open({ file: join(folder, 'imagedex.db') });
  ledger = opened.ledger;
  now = new Date('2026-11-21T13:35:00.250Z');
  const source = { id: 'web:https://shop.example/', settings: {}, headers: {} };
  const config = (name: string, sources: readonly unknown[]) =>
    [name, { name, sources, maxImages: null, origins: [] } as unknown as CollectionConfig] as const;
  const collections = new Map([config('shop', [source]), config('empty', [])]);
  schedules = openSchedules({ ledger, collections: async () => collections, now: () => now });
  await crawled('photos', ['folder:/photos']);
  await crawled('bare', []);
});
afterEach(async () => {
  await opened.close();
  await rm(folder, { recursive: true });
});
async function crawled(name: string, sources: CollectionRecord['sources']): Promise<void> {
  const record = { name, sources, unfinished: {}, unpurged: [] };
  await ledger.change([{ kind: 'collection', id: name, expect: 0, record }]);
}

test('a schedule is set, listed, changed and removed', async () => {
  const at = now.toISOString();
  const wanted = { collection: 'photos', cron: ' 0  3 * * * ', timeZone: 'europe/berlin' };
  const record = {
    collection: 'photos',
    cron: '0 3 * * *',
    timeZone: 'Europe/Berlin',
    createdAt: at,
    handledAt: at,
    last: null,
  };
  expect(await schedules.set(wanted)).toEqual({ record, replaced: null });
  await schedules.set({ collection: 'shop', cron: '@daily' });
  expect((await schedules.list()).map(({ collection }) => collection)).toEqual(['photos', 'shop']);
  expect(await schedules.get('photos')).toEqual(record);
  expect((await schedules.get('shop')).timeZone).toBe(machineTimeZone());

  now = new Date('2026-11-22T00:00:00.000Z');
  const { record: changed, replaced } = await schedules.set({ ...wanted, cron: '@hourly' });
  expect(replaced).toEqual(record);
  // What the schedule before has missed is not the new one's.
  expect(changed).toMatchObject({ cron: '@hourly', handledAt: now.toISOString(), last: null });
  expect(await schedules.remove('photos')).toEqual(changed);
  expect((await schedules.list()).map(({ collection }) => collection)).toEqual(['shop']);
});

test.each([
  [{ collection: 'photos', cron: '61 * * * *' }, 'usage', /the minute: expected a number from 0 to 59/],
  [{ collection: 'photos', cron: '0 0 30 2 *' }, 'usage', /comes due some day/],
  [{ collection: 'photos', cron: '@daily', timeZone: 'Berlin' }, 'usage', /did you mean Europe\/Berlin\?/],
  [{ collection: 'photo', cron: '@daily' }, 'not_found', /photo has no sources: .*; did you mean photos\?/],
  [{ collection: 'cards', cron: '@daily' }, 'not_found', /; there are photos, shop$/],
  [{ collection: 'empty', cron: '@daily' }, 'not_found', /collection empty has no sources/],
  [{ collection: 'bare', cron: '@daily' }, 'not_found', /collection bare has no sources/],
])('%j is refused', async (wanted, code, message) => {
  await expect(schedules.set(wanted)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
  expect(await schedules.list()).toEqual([]);
});

test('what is not there cannot be shown or removed', async () => {
  const lacking = { code: 'not_found', message: 'there is no schedule of photos' };
  await expect(schedules.get('photos')).rejects.toMatchObject(lacking);
  await expect(schedules.remove('photos')).rejects.toMatchObject(lacking);
  await schedules.set({ collection: 'photos', cron: '@daily' });
  const near = { code: 'not_found', message: 'there is no schedule of photo; did you mean photos?' };
  await expect(schedules.remove('photo')).rejects.toMatchObject(near);
});

test('two who set it at once both succeed, and one of them holds', async () => {
  const set = (minute: number) => schedules.set({ collection: 'photos', cron: `${minute} * * * *` });
  const outcomes = await Promise.all([1, 2, 3, 4].map(set));
  const { cron } = await schedules.get('photos');
  const replaced = outcomes.flatMap(({ replaced: old }) => old?.cron ?? []);
  expect([...replaced, cron].sort()).toEqual(['1 * * * *', '2 * * * *', '3 * * * *', '4 * * * *']);
});

test('a record says its next times and itself in words', async () => {
  const wanted = { collection: 'photos', cron: '0 3 * * MON', timeZone: 'Europe/Berlin' };
  const { record } = await schedules.set(wanted);
  expect(inWords(record)).toBe('At 03:00, only on Monday (Europe/Berlin)');
  expect(nextTimes(record, now, 2)).toEqual([
    new Date('2026-11-23T02:00:00Z'),
    new Date('2026-11-30T02:00:00Z'),
  ]);
  expect(nextTimes({ ...record, cron: '0 0 3 1 1 * 2027' }, now, 3)).toHaveLength(1);
});
