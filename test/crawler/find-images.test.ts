import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dropLinks } from '../../src/collections/drop-mentions.ts';
import type { EraseParts } from '../../src/collections/erase.ts';
import { type FindOptions, findImages } from '../../src/crawler/find-images.ts';
import type { Expansion, ImageSighting, Source } from '../../src/crawler/source.ts';
import { failure } from '../../src/errors.ts';
import { amend, amendment, type Stored } from '../../src/ledger.ts';
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

test('without a link that was taken down, each of the others keeps its date', async () => {
  const dates = { a: '2020-01-01T00:00:00.000Z', b: '2026-01-01T00:00:00.000Z' };
  const further = ['a', 'b', 'c'].map((name) => {
    const modifiedAt = dates[name as keyof typeof dates];
    return { ...root, address: `http://a.example/${name}`, depth: 1, ...(modifiedAt && { modifiedAt }) };
  });
  const areTakenDown: FindOptions['areTakenDown'] = async (places) =>
    places.map(({ url }) => url.endsWith('/a'));
  answer = { ...(shows() as Extract<Expansion, { outcome: 'expanded' }>), further };
  const [, ...left] = further;
  expect((await look({ areTakenDown })).further).toEqual(left);
  answer = { outcome: 'unchanged' };
  expect((await look({ areTakenDown, crawlId: 'c2' })).further).toEqual(left);
  // What an earlier crawl has stored is taken down as well.
  expect(await pages()).toMatchObject([{ linkDates: [dates.b, null] }]);
  await dropLinks(
    { ledger: options.ledger, projector: { project: async () => undefined } } as unknown as EraseParts,
    (url) => url.endsWith('/b'),
  );
  expect(await pages()).toMatchObject([{ links: ['http://a.example/c'], linkDates: [null] }]);
});

test('a page that the crawl has asked for does not rest when it is looked at again after a kill', async () => {
  const { ledger, visiting } = options;
  const item = { ...root, depth: 1 };
  const lookBelow = async (crawlId: string, onlyDue: boolean): Promise<boolean> => {
    const more = { ...options, crawlId, visiting: { ...visiting, onlyDue } };
    return (await findImages(more, item, () => false, never)).isRested;
  };
  answer = shows('a');
  for (const crawlId of ['c1', 'c2']) await lookBelow(crawlId, false);
  const old = { visitedAt: '2026-01-01T00:00:00.000Z', dueAt: '2026-01-02T00:00:00.000Z' };
  const [{ id, record }] = (await ledger.list('page', {}, { limit: 1 })) as [Stored<'page'>];
  const visits = { ...record.visits!, ...old };
  await amend(ledger, [amendment('page', id, (page) => page && { ...page, visits })]);
  expect([await lookBelow('c3', true), await lookBelow('c3', true)]).toEqual([false, false]);
  expect([await lookBelow('c4', true), await lookBelow('c4', true)]).toEqual([true, true]);
});

describe('what pages leave out', () => {
  const small = (name: string): ImageSighting => ({
    ...sighting(name),
    skip: { code: 'too_small', reason: 'shown with 8 pixels' },
  });
  const page = (...images: ImageSighting[]): Expansion => ({ ...(shows() as Shown), images });
  type Shown = Extract<Expansion, { outcome: 'expanded' }>;
  const at = (name: string) => ({ ...root, address: `http://a.example/${name}` });
  const lookAt = (item: string) => findImages(options, at(item), () => false, never);
  const found = async (item: string) => (await lookAt(item)).found.map(({ location }) => location.words);
  const locations = async () =>
    (await options.ledger.list('location', {}, { limit: 10 })).map(
      ({ record: { words, state, outcome, code } }) => `${words} ${state} ${outcome} ${code}`,
    );

  test('is a location that is skipped, and is not put into the queue', async () => {
    answer = page(small('a'), sighting('b'));
    expect(await found('1')).toEqual(['b']);
    expect((await locations()).sort()).toEqual(['a skipped skipped too_small', 'b found null null']);
  });

  test.each([
    ['first', ['small', 'large']],
    ['last', ['large', 'small']],
  ])('is fetched where another page shows it, whichever is %s', async (_, order) => {
    const queued: string[] = [];
    for (const item of order) {
      answer = page(item === 'small' ? small('a') : sighting('a'));
      queued.push(...(await found(item)));
    }
    expect(queued).toEqual(['a']);
    expect(await locations()).toEqual(['a found null null']);
  });

  test('what was fetched and left out stays so in this crawl', async () => {
    answer = page(sighting('a'));
    await found('1');
    const [stored] = await options.ledger.list('location', {}, { limit: 1 });
    const record = {
      ...stored!.record,
      state: 'skipped',
      outcome: 'skipped',
      code: 'too_small',
      fetchedAt: '2026-01-01T00:00:00.000Z',
    } as const;
    await options.ledger.change([{ kind: 'location', id: stored!.id, expect: stored!.version, record }]);
    await found('2');
    expect(await locations()).toEqual(['a skipped skipped too_small']);
  });

  test('is asked for as before where an earlier crawl has taken it', async () => {
    answer = page(sighting('a'));
    await found('1');
    const [stored] = await options.ledger.list('location', {}, { limit: 1 });
    const record = { ...stored!.record, state: 'indexed', crawlId: 'an earlier one' } as const;
    await options.ledger.change([{ kind: 'location', id: stored!.id, expect: stored!.version, record }]);
    answer = page(small('a'));
    expect(await found('1')).toEqual(['a']);
    expect(await locations()).toEqual(['a indexed null null']);
  });

  test('stays left out where its page has not changed, and variants are replayed', async () => {
    const variants = [{ url: 'http://a.example/b-small.jpg', width: 100 }];
    answer = page(small('a'), { ...sighting('b'), variants });
    await found('1');
    answer = { outcome: 'unchanged' };
    options = { ...options, crawlId: 'c2' };
    expect(await found('1')).toEqual(['b']);
    expect((await locations()).sort()).toEqual(['a skipped skipped too_small', 'b found null null']);
    const appearances = await options.ledger.list('appearance', {}, { limit: 10 });
    expect(appearances.flatMap(({ record }) => record.variants ?? [])).toEqual(variants);
  });

  test('is asked for where a page that shows it large has not changed, whatever another one says of it', async () => {
    answer = page(sighting('a'));
    await found('large');
    const [stored] = await options.ledger.list('location', {}, { limit: 1 });
    const record = { ...stored!.record, state: 'failed', outcome: 'failed', code: 'server_error' } as const;
    await options.ledger.change([{ kind: 'location', id: stored!.id, expect: stored!.version, record }]);
    for (const crawlId of ['c2', 'c3']) {
      options = { ...options, crawlId };
      answer = page(small('a'));
      expect(await found('small')).toEqual([]);
      answer = { outcome: 'unchanged' };
      expect(await found('large')).toEqual(['a']);
    }
  });

  test('is asked for where its page shows it large from now on, and then has not changed', async () => {
    answer = page(small('a'));
    await found('1');
    answer = page(sighting('a'));
    await found('1');
    answer = { outcome: 'unchanged' };
    options = { ...options, crawlId: 'c2' };
    expect(await found('1')).toEqual(['a']);
  });

  test('other variants are another appearance, the same ones are not', async () => {
    const withFile = (url: string): ImageSighting => ({ ...sighting('a'), variants: [{ url }] });
    const seenAt = async () => (await options.ledger.list('appearance', {}, { limit: 1 }))[0]!.version;
    answer = page(withFile('http://a.example/1.jpg'));
    await found('1');
    const first = await seenAt();
    await found('1');
    expect(await seenAt()).toBe(first);
    answer = page(withFile('http://a.example/2.jpg'));
    await found('1');
    expect(await seenAt()).not.toBe(first);
  });
});
