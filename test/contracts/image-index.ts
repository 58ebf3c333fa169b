// What every driver of the ImageIndex port answers, also while another process writes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ImageDocument, ImageIndex, ImageQuery, SearchResult } from '../../src/indexer/image-index.ts';
import {
  anyDocument,
  anyQuery,
  asked,
  type Dice,
  dice,
  document,
  query,
  unit,
  world,
} from './image-documents.ts';
import { referenceFacets, referenceHits } from './image-reference.ts';

export interface ImageIndexPlace {
  /** Small JSON, from which the opener module opens the same index again, in another process too. */
  readonly settings: unknown;
  remove(): Promise<void>;
}
/** What the opener module exports as `open(settings)`. */
export interface OpenedImageIndex {
  readonly index: ImageIndex;
  close(): Promise<void>;
}

const idsOf = ({ hits }: SearchResult) => hits.map(({ document: { id } }) => id);
const pets = (...numbers: readonly number[]) => numbers.map((number) => world[number - 1]!.id);

/** All pages, one after the other. */
async function readAll(index: ImageIndex, asked: ImageQuery) {
  const hits: SearchResult['hits'][number][] = [];
  const totals = new Set<number>();
  for (let after: ImageQuery['after']; ; ) {
    const page = await index.search(after ? { ...asked, after } : asked);
    hits.push(...page.hits);
    totals.add(page.totalCount.value);
    after = page.hits.at(-1)?.sortKey;
    expect(hits.length).toBeLessThan(1000);
    if (!page.hasMore) return { hits, totals: [...totals] };
    expect(page.hits).toHaveLength(asked.first);
  }
}

export function describeImageIndex(
  name: string,
  opener: URL,
  makePlace: () => Promise<ImageIndexPlace>,
): void {
  let place: ImageIndexPlace;
  let opened: OpenedImageIndex;
  let index: ImageIndex;
  const openPlace = async () => {
    place = await makePlace();
    opened = await (await import(opener.href)).open(place.settings);
    index = opened.index;
  };
  const closePlace = async () => {
    await opened.close();
    await place.remove();
  };
  const eachInItsOwn = () => {
    beforeEach(openPlace);
    afterEach(closePlace);
  };
  const fill = async (documents: readonly ImageDocument[]) => {
    await index.put(documents);
    await index.refresh();
  };
  const found = async (...args: Parameters<typeof query>) => idsOf(await index.search(query(...args)));

  describe(`image index: ${name}: writing`, () => {
    eachInItsOwn();

    test('a document comes back as it was put, the collections apart', async () => {
      await fill(world);
      expect(await index.get([])).toEqual([]);
      const got = await index.get(['04-cat', 'nobody', '12-elsewhere', '04-cat']);
      expect(got.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([world[3], world[11]]);
      expect(await found({}, { collection: 'other' })).toEqual(['12-elsewhere']);
      expect(await found({}, { collection: 'unheard of' })).toEqual([]);
    });

    test('an older or equal revision changes nothing, after a removal neither', async () => {
      await fill([document('a', { revision: 5, labels: ['dog 150'] })]);
      await fill([document('a', { revision: 4, labels: ['cat 150'] })]);
      await fill([document('a', { revision: 5, labels: ['fox 150'] })]);
      await index.remove([{ id: 'a', collection: 'default', revision: 4 }]);
      await index.refresh();
      expect((await index.get(['a'])).map(({ labels }) => labels[0]!.name)).toEqual(['dog']);

      await index.remove([{ id: 'a', collection: 'default', revision: 7 }]);
      await fill([document('a', { revision: 6 }), document('a', { revision: 7 })]);
      expect(await index.get(['a'])).toEqual([]);
      expect(await found()).toEqual([]);
      expect(await index.facets(query(), 10)).toEqual({ labels: [], formats: [], hosts: [] });

      await fill([document('a', { revision: 8, labels: ['cat 150'] })]);
      expect(await found({ labels: { allOf: [asked('cat')] } })).toEqual(['a']);
    });

    test('what was removed before it was ever put stays away', async () => {
      await index.remove([{ id: 'a', collection: 'default', revision: 3 }]);
      await fill([document('a', { revision: 2 })]);
      expect(await found()).toEqual([]);
      await fill([document('a', { revision: 4 })]);
      expect(await found()).toEqual(['a']);
    });

    test('what is forgotten may come again as if it had never been there', async () => {
      await fill([
        document('a', { revision: 5, hosts: ['one.example'] }),
        document('b', { hosts: ['two.example'] }),
      ]);
      await index.remove([{ id: 'c', collection: 'default', revision: 9 }]);
      await index.forget(['a', 'c', 'nobody']);
      await index.purge();
      await index.refresh();
      expect(await found()).toEqual(['b']);
      expect((await index.facets(query(), 10)).hosts).toEqual([{ value: 'two.example', count: 1 }]);
      await fill([document('a', { revision: 1, hosts: ['one.example'] }), document('c', { revision: 1 })]);
      expect((await found()).sort()).toEqual(['a', 'b', 'c']);
      await index.forget([]);
      await index.purge();
      expect((await found()).sort()).toEqual(['a', 'b', 'c']);
    });

    test('a newer revision replaces all of the document', async () => {
      const old = document('a', {
        labels: ['dog 150', 'cat 100?'],
        tokens: { alt: 'my dog' },
        format: 'PNG',
      });
      const fresh = document('a', {
        revision: 2,
        labels: ['cat 120'],
        tokens: { title: 'a cat' },
        hosts: ['b.example'],
      });
      await fill([old]);
      await fill([fresh]);
      expect(await index.get(['a'])).toEqual([fresh]);
      expect(await found({ labels: { anyOf: [asked('dog', 0), asked('cat', 121)] } })).toEqual([]);
      expect(await found({ text: [unit('dog')] })).toEqual([]);
      expect(await found({ text: [unit('cat')] })).toEqual(['a']);
      expect(await index.facets(query(), 10)).toEqual({
        labels: [{ value: 'n-cat', count: 1 }],
        formats: [{ value: 'JPEG', count: 1 }],
        hosts: [{ value: 'b.example', count: 1 }],
      });
    });

    test('of revisions that race the greatest stays, also within one write', async () => {
      const revisions = [3, 9, 1, 7, 10, 2, 8, 4, 6, 5];
      await index.put(revisions.map((revision) => document('one', { revision })));
      await Promise.all(
        revisions.map((revision) => index.put([document('each', { revision, width: revision })])),
      );
      await index.refresh();
      expect((await index.get(['one', 'each'])).map(({ revision }) => revision)).toEqual([10, 10]);
      expect((await index.facets(query(), 10)).formats).toEqual([{ value: 'JPEG', count: 2 }]);
    });

    test('pages neither repeat nor lose a hit while documents come and go', async () => {
      await fill(world);
      const byLabel = query(
        { labels: { allOf: [asked('animal')] } },
        { first: 3, orderBy: { field: 'CONFIDENCE', direction: 'DESC' } },
      );
      const first = await index.search(byLabel);
      expect([idsOf(first), first.hasMore]).toEqual([pets(5, 1, 2), true]);
      await index.remove([{ id: '02-pug', collection: 'default', revision: 2 }]);
      await fill([
        document('00-new', { labels: ['animal 196'] }),
        document('99-new', { labels: ['animal 196'] }),
      ]);
      const second = await index.search({ ...byLabel, after: first.hits.at(-1)!.sortKey });
      expect([idsOf(second), second.totalCount.value]).toEqual([['11-twin', '99-new', '04-cat'], 8]);
    });
  });

  describe(`image index: ${name}: searching a small world`, () => {
    // Nothing is written here: one for all.
    beforeAll(async () => {
      await openPlace();
      await fill(world);
    });
    afterAll(closePlace);

    test.each([
      ['accepted', { allOf: [asked('dog')] }, pets(1, 2, 5, 11)],
      ['as sure as asked, accepted or not', { allOf: [asked('dog', 30)] }, pets(1, 2, 3, 5, 9, 11)],
      ['all', { allOf: [asked('dog'), asked('cat')] }, pets(5)],
      ['all, each as sure as asked', { allOf: [asked('dog', 30), asked('cat', 30)] }, pets(5, 9)],
      ['any', { anyOf: [asked('fox'), asked('machine')] }, pets(3, 7)],
      ['none', { allOf: [asked('animal')], noneOf: [asked('dog')] }, pets(3, 4, 6)],
      ['none, however unsure', { allOf: [asked('animal')], noneOf: [asked('dog', 10)] }, pets(4, 6)],
      ['only none', { noneOf: [asked('animal'), asked('dog', 25)] }, pets(7, 8, 10)],
      ['a concept that nothing shows', { anyOf: [asked('unicorn')] }, []],
      ['no conditions', { allOf: [], anyOf: [], noneOf: [] }, pets(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)],
    ])('labels: %s', async (_, labels, expected) => {
      expect((await found({ labels })).sort()).toEqual(expected);
    });

    test.each([
      ['a phrase in one tier', [unit('my beagle')], pets(1)],
      ['not across tiers', [unit('beach holiday')], []],
      ['not in another order', [unit('beagle my')], []],
      [
        'label before alt, caption, title, heading, section',
        [unit('dog', 'dog')],
        pets(1, 2, 11, 5, 4, 8, 7),
      ],
      ['all units', [unit('dog', 'dog'), unit('beach', 'beach')], pets(8, 2)],
      ['several concepts', [unit('', 'fox', 'machine')], pets(7, 3)],
      ['a unit of nothing', [unit('')], []],
      ['no units', [], pets(10, 11, 9, 8, 7, 6, 5, 4, 3, 2, 1)],
    ])('text: %s', async (_, text, expected) => {
      expect(await found({ text })).toEqual(expected);
    });

    test.each([
      ['formats', { formats: ['PNG', 'WEBP'] }, pets(2, 6)],
      ['hosts', { hosts: ['b.example', 'nowhere.example'] }, pets(3, 4)],
      ['width', { width: { gte: 1920 } }, pets(1, 8)],
      ['height', { height: { gte: 11, lte: 480 }, width: { lte: 640 }, formats: ['PNG'] }, pets(2)],
      ['size', { sizeBytes: { gte: 50_001 } }, pets(9)],
      [
        'dates',
        { fetchedAt: { gte: '2026-01-02T00:00:00.000Z', lt: '2026-01-04T00:00:00.000Z' } },
        pets(2, 3),
      ],
      ['dates in another spelling', { fetchedAt: { lt: '2026-01-02T01:00:00+01:00' } }, pets(1)],
      ['with labels', { labels: { allOf: [asked('dog')] }, formats: ['PNG'] }, pets(2)],
      ['with text', { text: [unit('dog', 'dog')], width: { gte: 1000 } }, pets(1, 8)],
    ] as const)('%s', async (_, filter, expected) => {
      expect((await found(filter)).sort()).toEqual(expected);
    });

    test.each([
      ['DATE', 'DESC', {}, pets(10, 11, 9, 8, 7, 6, 5, 4, 3, 2, 1)],
      ['DATE', 'ASC', {}, pets(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)],
      ['RELEVANCE', 'ASC', {}, pets(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)],
      ['SIZE', 'DESC', {}, pets(1, 8, 2, 3, 4, 5, 6, 7, 9, 11, 10)],
      [
        'CONFIDENCE',
        'DESC',
        { labels: { allOf: [asked('dog', 20), asked('animal')] } },
        pets(1, 2, 11, 5, 3),
      ],
      ['CONFIDENCE', 'ASC', { labels: { anyOf: [asked('dog'), asked('cat')] } }, pets(5, 4, 1, 2, 11)],
      ['CONFIDENCE', 'DESC', {}, pets(5, 1, 2, 11, 4, 3, 6, 7, 8, 9, 10)],
      ['RELEVANCE', 'ASC', { text: [unit('dog', 'dog')] }, pets(7, 4, 8, 5, 1, 2, 11)],
    ] as const)('order by %s %s', async (field, direction, filter, expected) => {
      expect(await found(filter, { orderBy: { field, direction } })).toEqual(expected);
    });

    test('a least confidence takes the place of acceptance where words match, and alone asks for any label', async () => {
      const text = [unit('dog', 'dog')];
      expect(await found({ text }, { minConfidence: 30 })).toEqual(pets(1, 2, 11, 5, 3, 9, 4, 8, 7));
      expect(await found({ text }, { minConfidence: 197 })).toEqual(pets(4, 8, 7));
      expect((await found({}, { minConfidence: 185 })).sort()).toEqual(pets(1, 2, 4, 5, 11));
      expect(await found({}, { minConfidence: 0 })).not.toContain('10-blank');
      expect(await found()).toContain('10-blank');
    });

    test('a hit says how relevant it is and which labels matched', async () => {
      const filter = {
        text: [unit('dog', 'dog'), unit('beach')],
        labels: { anyOf: [asked('pug'), asked('animal', 10)] },
      };
      const { hits, totalCount, hasMore } = await index.search(query(filter));
      expect(hits).toEqual([
        {
          document: world[1],
          sortKey: { value: 0.782143, id: '02-pug' },
          relevance: 0.782143,
          matchedLabels: world[1]!.labels,
        },
      ]);
      expect({ totalCount, hasMore }).toEqual({ totalCount: { value: 1, relation: 'EQ' }, hasMore: false });
      expect((await index.search(query())).hits[0]!.relevance).toBe(null);
    });

    test('a page of none still counts', async () => {
      expect(await index.search(query({}, { first: 0 }))).toEqual({
        totalCount: { value: 11, relation: 'EQ' },
        hits: [],
        hasMore: true,
      });
    });

    test('a cursor of another order is refused', async () => {
      const after = { value: 'yesterday', id: '01-beagle' };
      await expect(index.search(query({}, { after }))).rejects.toMatchObject({ code: 'invalid_cursor' });
    });

    test('facets count what the filter finds, the most frequent first', async () => {
      const count = (value: string, count: number) => ({ value, count });
      expect(await index.facets(query(), 3)).toEqual({
        labels: [count('n-animal', 7), count('n-dog', 4), count('n-beagle', 2)],
        formats: [count('JPEG', 9), count('PNG', 1), count('WEBP', 1)],
        hosts: [count('a.example', 9), count('b.example', 2)],
      });
      expect(await index.facets(query({ labels: { allOf: [asked('cat')] } }), 10)).toEqual({
        labels: [count('n-animal', 2), count('n-cat', 2), count('n-dog', 1)],
        formats: [count('JPEG', 2)],
        hosts: [count('a.example', 2), count('b.example', 1)],
      });
    });

    test('facets count labels of the confidence asked for, accepted or not', async () => {
      for (const minConfidence of [1, 60, 120, 180]) {
        for (const filter of [{}, { formats: ['JPEG' as const] }, { labels: { noneOf: [asked('cat')] } }]) {
          const sure = query(filter, { minConfidence });
          expect(await index.facets(sure, 10)).toEqual(referenceFacets(world, sure, 10));
        }
      }
    });
  });

  describe(`image index: ${name}: like plain loops`, () => {
    eachInItsOwn();

    const expectSame = async (documents: readonly ImageDocument[], asked: ImageQuery) => {
      const expected = referenceHits(documents, asked);
      const { hits, totals } = await readAll(index, asked);
      const about = JSON.stringify(asked);
      const seen = hits.map(({ document: { id }, relevance, matchedLabels }) => ({
        id,
        relevance,
        matched: matchedLabels.map((label) => label.id),
      }));
      expect(seen, about).toEqual(expected);
      expect(totals, about).toEqual([expected.length]);
      expect(await index.facets(asked, 5), about).toEqual(referenceFacets(documents, asked, 5));
    };

    test('300 documents and 150 queries', { timeout: 120_000 }, async () => {
      const roll = dice(1);
      const documents = Array.from({ length: 300 }, (_, number) =>
        anyDocument(roll, `id-${roll.upTo(1e6)}-${number}`),
      );
      await fill(documents);
      const queries = Array.from({ length: 150 }, () => anyQuery(roll));
      for (let from = 0; from < queries.length; from += 5)
        await Promise.all(queries.slice(from, from + 5).map((asked) => expectSame(documents, asked)));
    });

    test('counts never drift, whatever is put again and removed', { timeout: 120_000 }, async () => {
      const roll = dice(2);
      const known = new Map<string, Known>();
      for (let round = 1; round <= 12; round++) {
        await change(index, roll, known);
        await index.refresh();
        const documents = [...known.values()].flatMap(({ document }) => document ?? []);
        for (const collection of ['default', 'other']) {
          const whole = query({}, { collection });
          expect(await index.facets(whole, 50)).toEqual(referenceFacets(documents, whole, 50));
        }
        for (let number = 0; number < 5; number++) await expectSame(documents, anyQuery(roll));
      }
    });
  });

  describe(`image index: ${name}: several processes`, () => {
    eachInItsOwn();

    test('searches while another process writes see whole documents and sure counts', {
      timeout: 120_000,
    }, async () => {
      const script = fileURLToPath(new URL('../fixtures/image-putter.ts', import.meta.url));
      const task = JSON.stringify({
        opener: opener.href,
        settings: place.settings,
        images: 40,
        revisions: 6,
      });
      const child = spawn(process.execPath, ['--import', 'tsx', script, task], { stdio: 'inherit' });
      let isWriting = true;
      const ended = once(child, 'exit').finally(() => {
        isWriting = false;
      });
      const seen = new Set<number>();
      while (isWriting) {
        const { hits, totalCount } = await index.search(query({}, { first: 100 }));
        expect(hits).toHaveLength(totalCount.value);
        // Every revision of the putter's documents is written in its label, its width and its words.
        for (const { document } of hits) expect(document.labels[0]!.confidence).toBe(document.width);
        seen.add(totalCount.value);
        await index.put([document('mine', { revision: Date.now(), width: 50, labels: ['mine 50'] })]);
      }
      expect(await ended).toEqual([0, null]);
      await index.refresh();
      const { labels } = await index.facets(query(), 5);
      expect(labels).toEqual([
        { value: 'n-theirs', count: 40 },
        { value: 'n-mine', count: 1 },
      ]);
      expect(await found({ labels: { allOf: [asked('theirs', 107)] } })).toEqual([]);
      expect(await found({ labels: { allOf: [asked('theirs', 106)] } })).toHaveLength(40);
      expect(await found({ text: [unit('revision 5')] })).toEqual([]);
      expect(await found({ text: [unit('revision 6')] })).toHaveLength(40);
      expect(seen.size).toBeGreaterThan(1);
    });
  });
}

/** Some puts and removals of few images, with newer and older revisions; `known` is what must be there then. */
async function change(index: ImageIndex, roll: Dice, known: Map<string, Known>): Promise<void> {
  for (let step = 0; step < 12; step++) {
    const images = Array.from({ length: roll.upTo(4) }, () => {
      const id = `id-${roll.upTo(40)}`;
      // An image stays in its collection: its id is made from it.
      const collection = id.endsWith('7') ? 'other' : 'default';
      return { id, collection, revision: Math.max(0, (known.get(id)?.revision ?? 0) + roll.upTo(5) - 1) };
    });
    const isRemoval = roll.chance(0.3);
    const documents = images.map((image) => ({ ...anyDocument(roll, image.id), ...image }));
    await (isRemoval ? index.remove(images) : index.put(documents));
    for (const document of documents) {
      const { id, revision } = document;
      if ((known.get(id)?.revision ?? -1) < revision)
        known.set(id, { revision, document: isRemoval ? undefined : document });
    }
  }
}
interface Known {
  readonly revision: number;
  readonly document: ImageDocument | undefined;
}
