import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FindOptions, findImages } from '../../src/crawler/find-images.ts';
import type { Expansion, ImageSighting, Source } from '../../src/crawler/source.ts';
import { failure } from '../../src/errors.ts';
import { open } from '../../src/ledgers/sqlite.ts';
import { locationId } from '../../src/record.ts';
import { type Database, openDatabase } from '../../src/sqlite/database.ts';
import { testFolder } from '../world.ts';

const never = new AbortController().signal;
let folder: string;
let database: Database;
let options: FindOptions;
let answer: Expansion;

/** A source that answers what the test says. */
const scripted = (unseen: Source['unseen']): Source => ({
  id: 'web:http://a.example/',
  unseen,
  start: async () => [],
  expand: async () => answer,
  fetch: () => Promise.reject(new Error('not asked for')),
  further: (address, depth) => ({ address, depth, partition: null }),
  urlOf: (address) => address,
  partitionOf: () => null,
  restMs: () => 0,
  close: async () => {},
});

beforeEach(async () => {
  folder = await testFolder();
  database = await openDatabase(join(folder, 'imagedex.db'));
  const ledger = await open(database);
  options = {
    ledger,
    source: scripted('unlinked'),
    collection: 'default',
    crawlId: 'c1',
    isFresh: false,
    admit: (ids) => ids.map(() => true),
    areTakenDown: async (places) => places.map(() => false),
    visiting: { bounds: { minHours: 1, maxHours: 168 }, goneAfter: 1, onlyDue: false },
  };
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const sighting = (name: string): ImageSighting => {
  const address = `http://a.example/${name}.jpg`;
  const id = locationId('default', 'web:http://a.example/', address);
  const location = { id, address, url: address, host: 'a.example', words: name };
  return { location, partition: null, context: { alt: name } };
};
const shows = (...names: string[]): Expansion => ({
  outcome: 'expanded',
  page: { title: 'A page', validators: { etag: '"1"' } },
  further: [],
  images: names.map(sighting),
  isPartial: false,
});
const broken: Expansion = {
  outcome: 'failed',
  failure: failure('find', 'server_error', 'expected 200, got 500'),
};
const root = { address: 'http://a.example/', depth: 0, partition: null };
const look = (more: Partial<FindOptions> = {}, isLastAttempt = true) =>
  findImages({ ...options, ...more }, root, () => !isLastAttempt, never);
const pages = async () => (await options.ledger.list('page', {}, { limit: 10 })).map(({ record }) => record);

test('a listing that cannot be read leaves what lies below it unseen, however often it fails', async () => {
  answer = broken;
  for (const crawlId of ['c1', 'c2', 'c3']) {
    expect(await look({ source: scripted('gone'), crawlId })).toMatchObject({
      outcome: 'failed',
      isPartial: true,
    });
  }
  expect(await pages()).toEqual([]);
});

test('a page that was never read makes the crawl partial that sees it first, also when it is looked at again', async () => {
  answer = broken;
  expect((await look()).isPartial).toBe(true);
  expect((await look()).isPartial).toBe(true);
  expect((await look({ crawlId: 'c2' })).isPartial).toBe(false);
});

test('a failure that is worth a retry writes nothing', async () => {
  answer = broken;
  expect(await look({}, false)).toMatchObject({ outcome: 'failed', found: [], isPartial: false });
  expect(await pages()).toEqual([]);
});

test('a page of which the crawl has not taken all keeps no validators, and loses no appearance', async () => {
  answer = shows('a', 'b');
  await look();
  expect((await pages())[0]?.validators).toEqual({ etag: '"1"' });
  const finding = await look({ crawlId: 'c2', admit: (ids) => ids.map((_, index) => index === 0) });
  expect(finding).toMatchObject({ isPartial: true, found: [{ location: { words: 'a' } }] });
  expect((await pages())[0]?.validators).toEqual({});
  expect(await options.ledger.list('appearance', {}, { limit: 10 })).toHaveLength(2);
});
