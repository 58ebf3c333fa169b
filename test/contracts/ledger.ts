// What every driver of the Ledger port does, also with several processes on the same data and when they are killed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  amend,
  amendment,
  type Change,
  type FailureRecord,
  type ImageRecord,
  type Kinds,
  type Ledger,
  type LocationRecord,
  listAll,
  type PageRecord,
  type Where,
} from '../../src/ledger.ts';

export interface LedgerPlace {
  /** Small JSON, from which the opener module opens the same ledger again, in another process too. */
  readonly settings: unknown;
  remove(): Promise<void>;
}
/** What the opener module exports as `open(settings)`. */
export interface OpenedLedger {
  readonly ledger: Ledger;
  close(): Promise<void>;
}

const at = '2026-01-02T03:04:05.000Z';
export const location = (fields: Partial<LocationRecord> = {}): LocationRecord => ({
  collection: 'default',
  source: 'web:https://a.example/',
  address: 'https://a.example/1.jpg',
  url: 'https://a.example/1.jpg',
  host: 'a.example',
  words: '1',
  state: 'found',
  imageId: null,
  sha256: null,
  descriptionKey: null,
  validators: { etag: '"x"' },
  foundAt: at,
  fetchedAt: null,
  crawlId: 'c1',
  outcome: null,
  code: null,
  inferred: false,
  ...fields,
});
const image = (fields: Partial<ImageRecord> = {}): ImageRecord => ({
  collection: 'default',
  sha256: 'f00d',
  descriptionKey: 'key',
  revision: 1,
  indexedRevision: 0,
  indexedAt: null,
  ...fields,
});
const page = (fields: Partial<PageRecord> = {}): PageRecord => ({
  collection: 'default',
  source: 'web:https://a.example/',
  address: 'https://a.example/',
  title: 'Ä "title"',
  validators: {},
  links: ['https://a.example/b'],
  depth: 0,
  state: 'expanded',
  code: null,
  crawlId: 'c1',
  expandedAt: at,
  ...fields,
});
const failed = (fields: Partial<FailureRecord> = {}): FailureRecord => ({
  collection: 'default',
  source: 'web:https://a.example/',
  crawlId: 'c1',
  subject: 'image',
  address: 'https://a.example/1.jpg',
  url: 'https://a.example/1.jpg',
  depth: 0,
  stage: 'fetch',
  code: 'not_found',
  reason: 'expected 200, got 404',
  attempts: 1,
  at,
  ...fields,
});
const description: Kinds['description'] = {
  key: 'key',
  sha256: 'f00d',
  model: 'm/1/abc',
  format: 'JPEG',
  width: 3,
  height: 2,
  sizeBytes: 100,
  exif: { camera: 'C' },
  scores: [['n02084071', 65535]],
  embedding: 'AAAA',
  describedAt: at,
};
const samples: Kinds = {
  collection: { name: 'default', sources: ['folder:/x'], unfinished: { 'folder:/x': 'c1' }, unpurged: [] },
  location: location(),
  page: page(),
  appearance: {
    collection: 'default',
    locationId: 'l1',
    pageId: 'p1',
    pageUrl: 'https://a.example/',
    context: { alt: 'a\u0000b 🐶' },
    seenAt: at,
  },
  image: image(),
  likeness: {
    collection: 'default',
    imageId: 'i1',
    band: 'default 0 00ff',
    perceptualHash: '00ff00ff00ff00ff',
  },
  description,
  crawl: {
    collection: 'default',
    sources: ['folder:/x'],
    state: 'running',
    fresh: false,
    isRetry: false,
    maxImages: null,
    partial: false,
    isCutAtDepth: false,
    settings: { maxPages: 3 },
    counts: null,
    startedAt: at,
    endedAt: null,
    seconds: 1.5,
    gone: 0,
    owner: null,
  },
  failure: failed(),
  schedule: {
    collection: 'default',
    cron: '0 3 * * *',
    timeZone: 'Europe/Berlin',
    createdAt: at,
    handledAt: at,
    last: { dueAt: at, outcome: 'started', crawlId: 'c1', reason: null },
  },
  watch: {
    collection: 'default',
    source: 'folder:/x',
    owner: 'o1',
    by: 'events',
    since: at,
    lookedAt: at,
    changedAt: null,
    crawlId: null,
    error: null,
  },
  block: { subject: 'content', blockedAt: at },
  owner: { host: 'h', pid: 1, heartbeatAt: at },
};
const kinds = Object.keys(samples) as (keyof Kinds)[];

const create = <K extends keyof Kinds>(kind: K, id: string, record: Kinds[K]): Change =>
  ({ kind, id, expect: 0, record }) as Change;
const ids = (stored: readonly { readonly id: string }[]): string[] => stored.map(({ id }) => id);

export function describeLedger(name: string, opener: URL, makePlace: () => Promise<LedgerPlace>): void {
  describe(`ledger: ${name}`, () => {
    let place: LedgerPlace;
    let opened: OpenedLedger[];
    let ledger: Ledger;
    const open = async (): Promise<Ledger> => {
      const one: OpenedLedger = await (await import(opener.href)).open(place.settings);
      opened.push(one);
      return one.ledger;
    };
    beforeEach(async () => {
      opened = [];
      place = await makePlace();
      ledger = await open();
    });
    afterEach(async () => {
      for (const one of opened) await one.close();
      await place.remove();
    });
    const put = async (...changes: Change[]) =>
      expect(await ledger.change(changes)).toEqual({ conflict: false });
    const list = async (kind: keyof Kinds, where: Where) =>
      ids(await ledger.list(kind, where, { limit: 100 }));

    test.each(kinds)('a %s is kept as it was given, for the next process too', async (kind) => {
      await put(create(kind, 'one', samples[kind]), create(kind, 'two', samples[kind]));
      const stored = await ledger.get(kind, ['one', 'other']);
      expect(stored).toEqual([{ id: 'one', version: expect.any(Number), record: samples[kind] }]);
      expect(stored[0]!.version).toBeGreaterThan(0);
      expect((await ledger.get(kind, ['two', 'one', 'two'])).length).toBe(2);
      expect(await ledger.get(kind, [])).toEqual([]);
      await opened.pop()!.close();
      ledger = await open();
      expect(await list(kind, {})).toEqual(['one', 'two']);
      expect(await ledger.tally(kind, {}, [])).toEqual([{ values: {}, count: 2 }]);
      expect(await ledger.get(kind, ['one'])).toEqual(stored);
    });

    const versionOf = async (kind: keyof Kinds, id: string) =>
      (await ledger.get(kind, [id]))[0]?.version ?? 0;

    test('an empty id is asked for like any other, and names nothing', async () => {
      await ledger.change([create('location', 'a', location())]);
      expect((await ledger.get('location', ['', 'a', 'b'])).map(({ id }) => id)).toEqual(['a']);
      expect(await ledger.get('image', [''])).toEqual([]);
    });

    test('a change needs the version that is there', async () => {
      const change = (expectation: number, record: ImageRecord | null) =>
        ledger.change([{ kind: 'image', id: 'i', expect: expectation, record }]);
      expect(await change(1, image())).toEqual({ conflict: true });
      expect(await change(0, null)).toEqual({ conflict: false });
      expect(await change(0, image())).toEqual({ conflict: false });
      const first = await versionOf('image', 'i');
      expect(await change(0, image())).toEqual({ conflict: true });
      expect(await change(0, null)).toEqual({ conflict: true });
      expect(await change(first + 1, image())).toEqual({ conflict: true });
      expect(await change(first, image({ revision: 2 }))).toEqual({ conflict: false });
      const second = await versionOf('image', 'i');
      expect(second).toBeGreaterThan(first);
      expect(await ledger.get('image', ['i'])).toEqual([
        { id: 'i', version: second, record: image({ revision: 2 }) },
      ]);
      expect(await change(first, null)).toEqual({ conflict: true });
      expect(await change(second, null)).toEqual({ conflict: false });
      expect(await ledger.get('image', ['i'])).toEqual([]);
      expect(await change(second, image())).toEqual({ conflict: true });
      expect(await change(0, image())).toEqual({ conflict: false });
    });

    test('several changes are made together or not at all', async () => {
      await put(create('image', 'i', image()), create('location', 'l', location()));
      const [i, l] = [await versionOf('image', 'i'), await versionOf('location', 'l')];
      const conflict = await ledger.change([
        create('location', 'm', location()),
        { kind: 'location', id: 'l', expect: l, record: null },
        { kind: 'image', id: 'i', expect: i + 1, record: image({ revision: 2 }) },
      ]);
      expect(conflict).toEqual({ conflict: true });
      expect(await list('location', {})).toEqual(['l']);
      expect(await ledger.get('location', ['l', 'm'])).toEqual([{ id: 'l', version: l, record: location() }]);
      // What did not come about has changed no version.
      await put(
        create('location', 'm', location({ state: 'described' })),
        { kind: 'location', id: 'l', expect: l, record: null },
        { kind: 'image', id: 'i', expect: i, record: image({ revision: 2 }) },
      );
      expect(await list('location', {})).toEqual(['m']);
      expect(await ledger.get('image', ['i'])).toMatchObject([{ record: { revision: 2 } }]);
      expect(await ledger.change([])).toEqual({ conflict: false });
    });

    test('that there is no record can be part of a change', async () => {
      await put(create('location', 'l', location()));
      const l = await versionOf('location', 'l');
      const nothingAt = (id: string): Change => ({ kind: 'location', id, expect: 0, record: null });
      const changed: Change = { kind: 'location', id: 'l', expect: l, record: location({ state: 'gone' }) };
      await put(nothingAt('m'), changed);
      expect(await ledger.get('location', ['l', 'm'])).toMatchObject([{ record: { state: 'gone' } }]);
      expect(await ledger.change([nothingAt('l'), create('location', 'n', location())])).toEqual({
        conflict: true,
      });
      expect(await list('location', {})).toEqual(['l']);
    });

    test('a record comes back as it was given, whatever is in it', async () => {
      const links = ['\u0000', '\ud83d', '\udc36 alone', '🐶', '"\\\n\u2028', '', 'x'.repeat(40_000)];
      const strange = page({ links, title: '\ud800', depth: 2 ** 53 - 1 });
      const settings = { b: 1, a: { z: [], y: null }, '': 0.1, __proto: true, n: 1e-7 };
      await put(create('page', 'p', strange), create('crawl', 'c', { ...samples.crawl, settings }));
      await amend(ledger, [
        amendment('page', 'p', (old) => old && { ...old, depth: 1 }),
        amendment('crawl', 'c', (old) => old),
      ]);
      expect((await ledger.get('page', ['p']))[0]!.record).toEqual({ ...strange, depth: 1 });
      expect(JSON.stringify((await ledger.get('crawl', ['c']))[0]!.record.settings)).toBe(
        JSON.stringify(settings),
      );
    });

    test('a change of very many records is one, too', async () => {
      const ids = Array.from({ length: 1200 }, (_, n) => `a${String(n).padStart(4, '0')}`);
      const made = ids.map((id) => create('appearance', id, samples.appearance));
      await put(create('page', 'p', page()), ...made);
      const stored = await ledger.get('appearance', ids);
      expect(stored.length).toBe(ids.length);
      const deletions = stored.map(
        ({ id, version }): Change => ({ kind: 'appearance', id, expect: version, record: null }),
      );
      expect(await ledger.change([...deletions, create('page', 'p', page())])).toEqual({ conflict: true });
      expect(await ledger.tally('appearance', {}, [])).toEqual([{ values: {}, count: ids.length }]);
      await put(...deletions, create('page', 'q', page()));
      expect(await ledger.tally('appearance', {}, [])).toEqual([{ values: {}, count: 0 }]);
    });

    test('lists go page by page, in order of the ids', async () => {
      const names = Array.from({ length: 25 }, (_, n) => `l${String(n).padStart(2, '0')}`);
      await put(...names.toReversed().map((id) => create('location', id, location())));
      expect(ids(await ledger.list('location', {}, { limit: 10 }))).toEqual(names.slice(0, 10));
      const next = await ledger.list('location', { crawlId: 'c1' }, { limit: 10, after: 'l09' });
      expect(ids(next)).toEqual(names.slice(10, 20));
      expect(ids(await ledger.list('location', {}, { limit: 10, after: 'l19' }))).toEqual(names.slice(20));
      expect(await ledger.list('location', {}, { limit: 10, after: 'l24' })).toEqual([]);
      await expect(ledger.list('location', {}, { limit: 1001 })).rejects.toThrow('1000');
    });

    test('listAll gives everything once', async () => {
      const many = Array.from({ length: 1100 }, (_, n) => create('location', `l${n}`, location()));
      await put(...many);
      const seen: string[] = [];
      for await (const { id } of listAll(ledger, 'location', { collection: 'default' })) seen.push(id);
      expect(new Set(seen).size).toBe(1100);
      expect(seen.length).toBe(1100);
    });

    const otherSource = 'folder:/x';
    const locations: Record<string, Partial<LocationRecord>> = {
      a: {},
      b: {
        source: otherSource,
        host: 'b.example',
        crawlId: 'c2',
        imageId: 'i1',
        state: 'indexed',
        outcome: 'indexed',
      },
      c: { collection: 'other', imageId: 'i1', state: 'failed', outcome: 'failed', code: 'not_found' },
      d: { crawlId: 'c2', state: 'indexed', outcome: 'unchanged', inferred: true },
    };
    const listings: readonly (readonly [where: Where, ids: string])[] = [
      [{ collection: 'default' }, 'abd'],
      [{ source: otherSource }, 'b'],
      [{ crawlId: 'c1' }, 'ac'],
      [{ crawlIdNot: 'c1' }, 'bd'],
      [{ imageId: 'i1' }, 'bc'],
      [{ host: 'b.example' }, 'b'],
      [{ state: 'indexed' }, 'bd'],
      [{ outcome: 'failed' }, 'c'],
      [{ outcome: null }, 'a'],
      [{ crawlId: 'c1', outcome: null }, 'a'],
      [{ imageId: 'i1', state: 'indexed' }, 'b'],
      [{ collection: 'default', source: 'web:https://a.example/', crawlIdNot: 'c1', state: 'indexed' }, 'd'],
      [{ collection: 'default', host: 'nowhere' }, ''],
    ];
    test('locations by what they have', async () => {
      await put(...Object.entries(locations).map(([id, fields]) => create('location', id, location(fields))));
      for (const [where, expected] of listings) {
        expect((await list('location', where)).join(''), JSON.stringify(where)).toBe(expected);
        const [tally] = await ledger.tally('location', where, []);
        expect(tally, JSON.stringify(where)).toEqual({ values: {}, count: expected.length });
      }
    });

    test('pages, appearances, crawls and failures by what they have', async () => {
      const { appearance, crawl } = samples;
      await put(
        create('page', 'p1', page()),
        create(
          'page',
          'p2',
          page({ crawlId: 'c2', collection: 'other', source: otherSource, state: 'gone' }),
        ),
        create('appearance', 'a1', appearance),
        create('appearance', 'a2', { ...appearance, locationId: 'l2', collection: 'other' }),
        create('appearance', 'a3', { ...appearance, pageId: 'p2' }),
        create('crawl', 'c1', crawl),
        create('crawl', 'c2', { ...crawl, state: 'complete', collection: 'other' }),
        create('failure', 'f1', failed()),
        create(
          'failure',
          'f2',
          failed({ collection: 'other', crawlId: 'c2', source: otherSource, url: 'file:///x' }),
        ),
      );
      expect(await list('page', { collection: 'other' })).toEqual(['p2']);
      expect(await list('page', { source: otherSource })).toEqual(['p2']);
      expect(await list('page', { crawlId: 'c1' })).toEqual(['p1']);
      expect(await list('page', { crawlIdNot: 'c1' })).toEqual(['p2']);
      expect(await list('page', { state: 'gone' })).toEqual(['p2']);
      expect(await list('appearance', { pageId: 'p1' })).toEqual(['a1', 'a2']);
      expect(await list('appearance', { locationId: 'l1' })).toEqual(['a1', 'a3']);
      expect(await list('appearance', { collection: 'other', pageId: 'p1' })).toEqual(['a2']);
      expect(await list('crawl', { state: 'running' })).toEqual(['c1']);
      expect(await list('crawl', { collection: 'other' })).toEqual(['c2']);
      expect(await list('failure', { collection: 'default' })).toEqual(['f1']);
      expect(await list('failure', { source: otherSource })).toEqual(['f2']);
      expect(await list('failure', { crawlId: 'c2' })).toEqual(['f2']);
      expect(await list('failure', { crawlIdNot: 'c2' })).toEqual(['f1']);
      expect(await list('failure', { host: 'a.example' })).toEqual(['f1']);
    });

    const strange: readonly (readonly [kind: keyof Kinds, where: Where])[] = [
      ['image', { crawlId: 'c1' }],
      ['location', { pageId: 'p1' }],
      ['location', { dirty: true }],
      ['page', { outcome: null }],
      ['owner', { collection: 'default' }],
    ];
    test('what a kind does not have it cannot be listed by', async () => {
      for (const [kind, where] of strange) {
        await expect(list(kind, where)).rejects.toThrow(kind);
        await expect(ledger.tally(kind, where, [])).rejects.toThrow(kind);
      }
    });

    test('the appearances that were seen last come first', async () => {
      const { appearance } = samples;
      const seen = (id: string, day: number) =>
        create('appearance', id, { ...appearance, pageId: id, seenAt: `2026-01-0${day}T00:00:00.000Z` });
      await put(seen('a', 2), seen('b', 4), seen('c', 1), seen('d', 3));
      await put(
        create('appearance', 'e', { ...appearance, locationId: 'l2', seenAt: '2026-02-01T00:00:00.000Z' }),
      );
      const newest = async (limit: number) =>
        (await ledger.newestAppearances('l1', limit)).map(({ id }) => id);
      expect(await newest(3)).toEqual(['b', 'd', 'a']);
      expect(await newest(10)).toEqual(['b', 'd', 'a', 'c']);
    });

    test('an image is dirty until its indexed revision has caught up', async () => {
      await put(
        create('image', 'i1', image()),
        create('image', 'i2', image({ indexedRevision: 1 })),
        create('image', 'i3', image({ collection: 'other', revision: 12, indexedRevision: 9 })),
      );
      expect(await list('image', { dirty: true })).toEqual(['i1', 'i3']);
      expect(await list('image', { dirty: true, collection: 'default' })).toEqual(['i1']);
      await amend(ledger, [amendment('image', 'i1', (old) => old && { ...old, indexedRevision: 1 })]);
      await amend(ledger, [amendment('image', 'i2', (old) => old && { ...old, revision: 2 })]);
      expect(await list('image', { dirty: true })).toEqual(['i2', 'i3']);
    });

    test('tallies count each combination', async () => {
      await put(...Object.entries(locations).map(([id, fields]) => create('location', id, location(fields))));
      await put(create('location', 'e', location()));
      const tally = await ledger.tally('location', {}, ['outcome', 'code', 'inferred']);
      const rows = tally.map(({ values, count }) => [values.outcome, values.code, values.inferred, count]);
      expect(rows.sort()).toEqual(
        [
          [null, null, false, 2],
          ['indexed', null, false, 1],
          ['failed', 'not_found', false, 1],
          ['unchanged', null, true, 1],
        ].sort(),
      );
      expect(await ledger.tally('location', { crawlId: 'c2' }, ['collection', 'state'])).toEqual([
        { values: { collection: 'default', state: 'indexed' }, count: 2 },
      ]);
      expect(await ledger.tally('location', { crawlId: 'none' }, ['host'])).toEqual([]);
      await expect(ledger.tally('owner', {}, ['state'])).rejects.toThrow('owner');
    });

    test('tallies of pages know listings, what a browser opened, and what changed', async () => {
      await put(
        create('page', 'p1', page({ change: 'new', isRendered: true })),
        create('page', 'p2', page({ change: 'rested', isRendered: false })),
        create('page', 'p3', page({ isListing: true })),
        create('page', 'p4', page()),
      );
      const tally = await ledger.tally('page', { crawlId: 'c1' }, ['isListing', 'isRendered', 'change']);
      const rows = tally.map(({ values }) => [values.isListing, values.isRendered, values.change]);
      const expected = [
        [null, true, 'new'],
        [null, false, 'rested'],
        [true, null, null],
        [null, null, null],
      ];
      expect(rows.map((row) => JSON.stringify(row)).sort()).toEqual(
        expected.map((row) => JSON.stringify(row)).sort(),
      );
    });

    test('many amendments of one image at once are all made', async () => {
      const raise = () =>
        amend(ledger, [
          amendment('image', 'i', (old) => (old ? { ...old, revision: old.revision + 1 } : image())),
          amendment('location', 'l', (old) =>
            location({ ...old, address: `${Number(old?.address ?? 0) + 1}` }),
          ),
        ]);
      const count = 150;
      expect(await Promise.all(Array.from({ length: count }, raise))).toEqual(Array(count).fill(2));
      expect(await ledger.get('image', ['i'])).toMatchObject([{ record: { revision: count } }]);
      expect(await ledger.get('location', ['l'])).toMatchObject([{ record: { address: `${count}` } }]);
    }, 60_000);

    const startAmender = (times: number) => {
      const script = fileURLToPath(new URL('../fixtures/ledger-amender.ts', import.meta.url));
      const task = JSON.stringify({ opener: opener.href, settings: place.settings, times });
      return spawn(process.execPath, ['--import', 'tsx', script, task], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
    };

    test('several processes amend the same image and none of it is lost', async () => {
      await put(create('image', 'shared', image({ revision: 0 })));
      const children = [startAmender(100), startAmender(100)];
      await Promise.all(children.map((child) => once(child, 'exit')));
      expect(await ledger.get('image', ['shared'])).toMatchObject([{ record: { revision: 200 } }]);
    }, 60_000);

    test('a killed process leaves what it was told was written, and no half of a change', async () => {
      await put(create('image', 'shared', image({ revision: 0 })));
      const child = startAmender(1_000_000);
      let told = 0;
      for await (const line of createInterface({ input: child.stdout! })) {
        told = Number(line);
        if (told === 50) child.kill('SIGKILL');
      }
      const [stored] = await ledger.get('image', ['shared']);
      expect(told).toBeGreaterThanOrEqual(50);
      expect(stored!.record.revision).toBeGreaterThanOrEqual(told);
      const made = await ledger.tally('location', { crawlId: 'amender' }, []);
      expect(made).toEqual([{ values: {}, count: stored!.record.revision }]);
      expect(await ledger.change([create('image', 'more', image())])).toEqual({ conflict: false });
    }, 60_000);

    test('processes that move pieces to and fro, and are killed at it, leave the sum as it was', async () => {
      const images = ['a', 'b', 'c', 'd'];
      await put(
        ...images.map((id) => create('image', id, image({ revision: 1000 }))),
        create('crawl', 'sum', samples.crawl),
      );
      const sum = async () => {
        const [crawl] = await ledger.get('crawl', ['sum']);
        const left = (await ledger.get('image', images)).reduce((all, one) => all + one.record.revision, 0);
        return left + crawl!.record.gone;
      };
      const startMover = (ms: number) => {
        const script = fileURLToPath(new URL('../fixtures/ledger-mover.ts', import.meta.url));
        const task = JSON.stringify({ opener: opener.href, settings: place.settings, images, ms });
        const stdio = ['ignore', 'pipe', 'inherit'] as const;
        return spawn(process.execPath, ['--import', 'tsx', script, task], { stdio: [...stdio] });
      };
      let told = 0;
      const run = async (ms: number, killAfter: number) => {
        const child = startMover(ms);
        let moved = 0;
        for await (const _ of createInterface({ input: child.stdout! })) {
          if (++moved === killAfter) child.kill('SIGKILL');
        }
        told += moved;
      };
      await Promise.all([run(60_000, 7), run(60_000, 13), run(3000, Number.POSITIVE_INFINITY)]);
      expect(await sum()).toBe(4000);
      const [crawl] = await ledger.get('crawl', ['sum']);
      expect(crawl!.record.gone).toBeGreaterThanOrEqual(told);
      // Nothing that they have left behind stands in anybody's way.
      for (const id of images) {
        const raised = amendment('image', id, (old) => old && { ...old, revision: old.revision + 1 });
        expect(await amend(ledger, [raised])).toBe(1);
      }
      expect(await sum()).toBe(4004);
    }, 120_000);
  });
}
