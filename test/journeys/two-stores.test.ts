// The same photographs crawled into the embedded store and into OpenSearch of both lines: the same answers.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImageDocument } from '../../src/indexer/image-index.ts';
import { wordnet } from '../../src/labels/taxonomy.ts';
import { dice } from '../contracts/image-documents.ts';
import { hasOpenSearch, lines } from '../opensearch/shared.ts';
import { photosPath } from '../shared.ts';
import { addsUp, documents, onOpenSearch, openWorld, type World } from '../world.ts';
import { type Answer, answerOf, askableOf, photoQuery } from './photo-queries.ts';

const photos = photosPath();
const queries = 200;

/** Two crawls look at different times, and count revisions by what came when. */
function timeless({ revision: _, describedAt: __, fetchedAt: ___, appearances, ...document }: ImageDocument) {
  return { ...document, appearances: appearances.map(({ seenAt: ____, ...one }) => one) };
}
const byId = <T extends { id: string }>(all: readonly T[]): T[] =>
  [...all].sort((a, b) => (a.id < b.id ? -1 : 1));

describe.skipIf(photos === null || !hasOpenSearch)('two stores', { timeout: 600_000 }, () => {
  const worlds: World[] = [];
  let embedded: World;
  let crawled: ImageDocument[] = [];
  /** As they are put into every store: with dates that tell one from another, and hosts to count. */
  let dated: ImageDocument[] = [];
  const answers: { readonly query: Parameters<typeof answerOf>[1]; readonly answer: Answer }[] = [];

  const open = async (flags: Record<string, unknown> = {}): Promise<World> => {
    const world = await openWorld(flags);
    worlds.push(world);
    return world;
  };
  const putAll = async ({ parts }: World): Promise<void> => {
    for (let start = 0; start < dated.length; start += 64)
      expect(await parts.index.put(dated.slice(start, start + 64))).toEqual([]);
    await parts.index.refresh();
  };

  beforeAll(async () => {
    embedded = await open();
    const report = await embedded.crawl(photos!);
    addsUp(report);
    crawled = byId(await documents(embedded));
    expect(crawled).toHaveLength(report.indexed);
    const roll = dice(7);
    dated = crawled.map((document) => ({
      ...document,
      revision: 1_000_000,
      fetchedAt: new Date(Date.UTC(2026, 0, 1 + roll.upTo(200))).toISOString(),
      hosts: roll.some(['a.example', 'b.example', 'c.example'], 2),
    }));
    await putAll(embedded);
    const [askable, taxonomy] = [askableOf(dated), wordnet()];
    const distinct = new Map<string, ReturnType<typeof photoQuery>>();
    while (distinct.size < queries) {
      const query = photoQuery(roll, askable, taxonomy);
      distinct.set(JSON.stringify(query), query);
    }
    for (const query of distinct.values())
      answers.push({ query, answer: await answerOf(embedded.parts.index, query) });
  }, 600_000);
  afterAll(async () => {
    for (const world of worlds) await world.close();
  }, 120_000);

  test('the queries ask for something', () => {
    const found = answers.filter(({ answer }) => answer.ids.length > 0).length;
    const paged = answers.filter(({ answer }) => answer.totals.length > 1).length;
    const told = `${queries} queries: ${found} find something, ${paged} over several pages`;
    process.stdout.write(`${told}\n`);
    expect(found, told).toBeGreaterThan(queries / 3);
    expect(paged, told).toBeGreaterThan(queries / 10);
  });

  test.each(lines)('OpenSearch %s.x answers as the embedded store', async (line) => {
    const world = await open(await onOpenSearch(line));
    const first = await world.crawl(photos!);
    addsUp(first);
    // Before anybody waits: the end of a crawl is the time from which everything is found.
    const own = byId(await documents(world));
    expect(own.map(timeless)).toEqual(crawled.map(timeless));
    const second = await world.crawl(photos!);
    addsUp(second);
    expect(second).toMatchObject({ indexed: own.length, unchanged: own.length, inferences: 0, gone: 0 });
    await putAll(world);
    let same = 0;
    for (const { query, answer } of answers) {
      expect(await answerOf(world.parts.index, query), JSON.stringify(query)).toEqual(answer);
      same++;
    }
    process.stdout.write(`OpenSearch ${line}.x: ${same} of ${queries} answers are the same\n`);
  });
});
