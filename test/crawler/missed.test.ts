import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FindOptions, findImages } from '../../src/crawler/find-images.ts';
import type { Expansion, ImageSighting, Source } from '../../src/crawler/source.ts';
import type { FailureCode } from '../../src/errors.ts';
import type { Missed } from '../../src/ledger.ts';
import { open } from '../../src/ledgers/sqlite.ts';
import { locationId } from '../../src/record.ts';
import { type Database, openDatabase } from '../../src/sqlite/database.ts';
import { testFolder } from '../world.ts';

const start = 'http://a.example/';
const never = new AbortController().signal;
let folder: string;
let database: Database;
let options: FindOptions;
let answer: Expansion;

/** A source that answers what the test says. */
const scripted: Source = {
  id: `web:${start}`,
  unseen: 'unlinked',
  start: async () => [],
  expand: async () => answer,
  fetch: () => Promise.reject(new Error('not asked for')),
  further: (address, depth) => ({ address, depth, partition: null }),
  urlOf: (address) => address,
  partitionOf: () => null,
  restMs: () => 0,
  close: async () => {},
};

beforeEach(async () => {
  folder = await testFolder();
  database = await openDatabase(join(folder, 'imagedex.db'));
  options = {
    ledger: await open(database),
    source: scripted,
    collection: 'default',
    crawlId: '',
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
  const address = `${start}${name}.jpg`;
  const location = {
    id: locationId('default', scripted.id, address),
    address,
    url: address,
    host: 'a.example',
    words: name,
  };
  return { location, partition: null, context: { alt: name } };
};
const missing = (name: string, code: FailureCode): Missed => ({ url: `${start}${name}`, code });
const unwell = missing('data.json', 'server_error');
const away = missing('app.js', 'not_found');

/** Crawls it; says what it found, its failure if there is one, and whether the next crawl opens it again. */
async function crawl(crawlId: string, images: string[], missed: Missed[] = [], links: string[] = []) {
  answer = {
    outcome: 'expanded',
    page: {
      title: 'A page',
      validators: { etag: '"1"' },
      isRendered: true,
      ...(missed.length > 0 && { missed }),
    },
    further: links.map((name) => ({ address: `${start}${name}`, depth: 1, partition: null })),
    images: images.map(sighting),
    isPartial: false,
  };
  const root = { address: start, depth: 0, partition: null };
  const { found, failure, further } = await findImages({ ...options, crawlId }, root, () => false, never);
  const [page] = await options.ledger.list('page', {}, { limit: 1 });
  const { state, validators } = page!.record;
  return {
    found: found.length,
    links: further.length,
    failure: failure?.code,
    isOpenedAgain: state !== 'expanded' || Object.keys(validators).length === 0,
  };
}

test('a page that shows less for want of its data keeps what it showed, and is opened again', async () => {
  const whole = { found: 2, links: 1, failure: undefined, isOpenedAgain: false };
  const failed = { found: 2, links: 1, failure: 'not_rendered', isOpenedAgain: true };
  expect(await crawl('1', ['a', 'b'], [], ['p'])).toEqual(whole);
  for (const id of ['2', '3']) expect(await crawl(id, [], [unwell], ['p'])).toEqual(failed);
  expect(await crawl('4', ['a', 'b'], [unwell])).toEqual(failed);
  expect(await crawl('5', ['a', 'b', 'c'], [unwell], ['p'])).toMatchObject({ found: 3, isOpenedAgain: true });
  expect(await crawl('6', ['a'])).toMatchObject({ found: 1, failure: undefined, isOpenedAgain: false });
});

test('a page that is new and does not get all is opened again', async () => {
  for (const id of ['1', '2'])
    expect(await crawl(id, [], [unwell])).toEqual({
      found: 0,
      links: 0,
      failure: undefined,
      isOpenedAgain: true,
    });
});

test('what a server does not have in two crawls in a row is not waited for', async () => {
  await crawl('1', ['a', 'b']);
  expect(await crawl('2', [], [away])).toMatchObject({ found: 2, failure: 'not_rendered' });
  // Looked at again after a kill.
  expect(await crawl('2', [], [away])).toMatchObject({ found: 2, failure: 'not_rendered' });
  expect(await crawl('3', ['a'], [away])).toMatchObject({
    found: 1,
    failure: undefined,
    isOpenedAgain: true,
  });
  expect(await crawl('4', ['a'], [away])).toMatchObject({ found: 1, isOpenedAgain: false });
});

test('what a page lacked when it showed more is no reason that it shows less', async () => {
  await crawl('1', ['a', 'b'], [away, unwell]);
  expect(await crawl('2', ['a'], [unwell, away])).toMatchObject({ found: 1, failure: undefined });
});
