import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  areBlocked,
  block,
  blockedContents,
  countBlocks,
  isBlockedSince,
} from '../../src/collections/blocks.ts';
import { placeOf } from '../../src/crawler/taken-down.ts';
import type { Ledger } from '../../src/ledger.ts';
import { open } from '../../src/ledgers/sqlite.ts';
import { type Database, openDatabase } from '../../src/sqlite/database.ts';
import { testFolder } from '../world.ts';

let folder: string;
let database: Database;
let ledger: Ledger;
beforeEach(async () => {
  folder = await testFolder();
  database = await openDatabase(join(folder, 'imagedex.db'));
  ledger = await open(database);
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const blocked = async (...urls: string[]) => {
  const answers = await areBlocked(ledger, urls.map(placeOf));
  return urls.filter((_, index) => answers[index]);
};

test('an address in each of its spellings, and nothing beside it', async () => {
  await block(ledger, [
    { subject: 'address', value: 'https://a.example/x%7e.jpg' },
    { subject: 'address', value: 's3://bucket/a b.jpg' },
    { subject: 'address', value: 'file:///photos/%C3%A4.jpg' },
  ]);
  const down = [
    'https://a.example/x~.jpg',
    's3://bucket/a%20b.jpg',
    's3://bucket/a b.jpg',
    'file:///photos/ä.jpg',
  ];
  expect(
    await blocked(...down, 'https://a.example/x.jpg', 's3://bucket/a.jpg', 'http://a.example/x~.jpg'),
  ).toEqual(down);
});

test('a site at every port, or at the one that was named', async () => {
  await block(ledger, [
    { subject: 'site', value: 'a.example' },
    { subject: 'site', value: 'b.example:8080' },
  ]);
  const down = ['https://a.example/', 'http://a.example:81/x', 'http://b.example:8080/y'];
  expect(
    await blocked(...down, 'https://www.a.example/', 'http://b.example/', 'file:///a.example/x'),
  ).toEqual(down);
});

test('what is blocked twice is blocked once, and only its hash is kept', async () => {
  const wanted = [{ subject: 'content', value: 'f'.repeat(64) }] as const;
  const before = new Date().toISOString();
  expect(await block(ledger, wanted)).toBe(1);
  expect(await block(ledger, wanted)).toBe(0);
  expect(await blockedContents(ledger, ['e'.repeat(64), 'f'.repeat(64)])).toEqual(['f'.repeat(64)]);
  expect(await countBlocks(ledger)).toEqual({ content: 1, address: 0, site: 0 });
  expect(JSON.stringify(await ledger.list('block', {}, { limit: 9 }))).not.toContain('ffff');
  expect(await isBlockedSince(ledger, before)).toBe(true);
  expect(await isBlockedSince(ledger, '9999')).toBe(false);
});
