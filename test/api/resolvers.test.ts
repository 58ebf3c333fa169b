import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answer, ask, imageCount, serveWorld } from './world.ts';

let world: Awaited<ReturnType<typeof serveWorld>>;
beforeAll(async () => {
  world = await serveWorld();
});
afterAll(() => world.close());

interface Images {
  readonly images: {
    readonly totalCount: { readonly value: number; readonly relation: string };
    readonly nodes: readonly { readonly id: string; readonly sha256: string }[];
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly hasPreviousPage: boolean;
      readonly endCursor: string;
    };
    readonly edges: readonly {
      readonly cursor: string;
      readonly relevance: number | null;
      readonly matchedLabels: readonly {
        readonly confidence: number;
        readonly label: { readonly name: string };
      }[];
      readonly node: { readonly id: string; readonly alt: string | null };
    }[];
  };
}
const search = (filter: object, more = '') =>
  answer<Images>(
    world.url,
    `query ($filter: ImageFilter) { images(filter: $filter, first: 100 ${more}) {
      totalCount { value relation } nodes { id sha256 } pageInfo { hasNextPage hasPreviousPage endCursor }
      edges { cursor relevance matchedLabels { confidence label { name } } node { id alt } }
    } }`,
    { filter },
  ).then(({ images }) => images);
const refusal = async (query: string, variables: object = {}) => {
  const { errors } = await ask(world.url, query, variables);
  return `${errors?.[0]?.extensions.code}: ${errors?.[0]?.message}`;
};
const countOf = (predicate: (document: (typeof world.documents)[number]) => boolean) =>
  world.documents.filter(predicate).length;

describe('images', () => {
  test('without a filter are all, the newest first, and say how many', async () => {
    const images = await search({});
    expect(images.totalCount).toEqual({ value: imageCount, relation: 'EQ' });
    expect(images.nodes.map(({ sha256 }) => sha256)).toEqual(
      world.documents.map(({ sha256 }) => sha256).reverse(),
    );
    expect(images.edges[0]).toMatchObject({ relevance: null, matchedLabels: [] });
  });

  test('are found by a label above theirs, with the confidence from 0 to 1', async () => {
    const images = await search({ labels: { allOf: [{ name: 'dog' }] } });
    expect(images.totalCount.value).toBe(
      countOf(({ labels }) => labels.some((l) => l.id === 'n02084071' && l.accepted)),
    );
    expect(images.totalCount.value).toBeGreaterThan(2);
    const [edge] = images.edges;
    expect(edge!.matchedLabels.map(({ label }) => label.name)).toEqual(['dog']);
    expect(edge!.matchedLabels[0]!.confidence).toBeGreaterThan(0.9);
  });

  test('a minConfidence goes below and above what the rules accept', async () => {
    const at = async (minConfidence: number) =>
      (await search({ minConfidence, labels: { anyOf: [{ id: 'n02088364' }] } })).totalCount.value;
    const beagles = (least: number) =>
      countOf(({ labels }) => labels.some((l) => l.id === 'n02088364' && l.confidence >= least * 200));
    expect(await at(0.3)).toBe(beagles(0.3));
    expect(await at(0.7)).toBe(beagles(0.7));
    expect(beagles(0.3)).toBeGreaterThan(beagles(0.7));
  });

  test('all parts of a filter must match', async () => {
    const images = await search({
      labels: { anyOf: [{ name: 'dog' }, { name: 'banana' }], noneOf: [{ id: 'n02088364' }] },
      formats: ['JPEG'],
      width: { gte: 600 },
      fetchedAt: { gte: '2026-01-01T00:00:00Z', lt: '2026-02-01T00:00:00+02:00' },
    });
    const accepted = (d: (typeof world.documents)[number], ...ids: string[]) =>
      d.labels.some((l) => ids.includes(l.id) && l.accepted);
    expect(images.totalCount.value).toBe(
      countOf(
        (d) =>
          accepted(d, 'n02084071', 'n07753592') &&
          !accepted(d, 'n02088364') &&
          d.format === 'JPEG' &&
          d.width >= 600 &&
          d.fetchedAt < '2026-01-31T22:00:00',
      ),
    );
    expect(images.totalCount.value).toBeGreaterThan(1);
  });

  test('words match labels and what pages say, and rank', async () => {
    const images = await search({ text: 'milkweed' });
    expect(images.totalCount.value).toBe(
      countOf((d) => d.appearances[0]?.context.alt?.includes('milkweed') === true),
    );
    expect(images.edges[0]!.relevance).toBeGreaterThan(0);
    expect((await search({ text: 'dogs' })).edges[0]!.matchedLabels[0]!.label.name).toBe('dog');
    expect((await search({ text: '  ' })).totalCount.value).toBe(imageCount);
  });

  test('come in pages that fit together, and a cursor belongs to its query', async () => {
    const all = (await search({ text: 'the' })).nodes.map(({ id }) => id);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { images }: Images = await answer(
        world.url,
        `query ($after: String) { images(filter: { text: "the" }, first: 7, after: $after) {
          nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } } }`,
        { after },
      );
      expect(images.pageInfo.hasPreviousPage).toBe(after !== null);
      seen.push(...images.nodes.map(({ id }) => id));
      after = images.pageInfo.hasNextPage ? images.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual(all);
    const { edges } = await search({ text: 'the' });
    const other = `query ($after: String) { images(filter: { text: "dog" }, after: $after) { nodes { id } } }`;
    expect(await refusal(other, { after: edges[0]!.cursor })).toMatch(/^INVALID_CURSOR/);
    expect(await refusal(other, { after: 'made up' })).toMatch(/^INVALID_CURSOR/);
  });

  test('facets count what the filter finds', async () => {
    const { images } = await answer<{
      images: {
        facets: Record<
          string,
          readonly { readonly count: number; readonly label: { readonly name: string } }[]
        >;
      };
    }>(
      world.url,
      '{ images(filter: { labels: { allOf: [{ name: "dog" }] } }) { facets(first: 5) { labels { count label { name } } formats { count } hosts { count } } } }',
    );
    const dogs = countOf(({ labels }) => labels.some((l) => l.id === 'n02084071' && l.accepted));
    expect(images.facets['labels']![0]!.count).toBe(dogs);
    expect(images.facets['labels']).toHaveLength(5);
    expect(images.facets['formats']!.reduce((sum, { count }) => sum + count, 0)).toBe(dogs);
  });

  test('facets count labels with the confidence asked for', async () => {
    const { images } = await answer<{
      images: {
        totalCount: { value: number };
        facets: { labels: { count: number; label: { id: string } }[]; hosts: { host: string }[] };
      };
    }>(
      world.url,
      `{ images(filter: { minConfidence: 0.3, labels: { allOf: [{ id: "n02088364" }] } }) {
        totalCount { value } facets(first: 100) { labels { count label { id } } hosts { host } } } }`,
    );
    const beagles = images.facets.labels.find(({ label }) => label.id === 'n02088364');
    expect(beagles?.count).toBe(images.totalCount.value);
    expect(images.facets.hosts.map(({ host }) => host)).not.toContain('');
  });

  test('only signs were asked for: nothing is found', async () => {
    for (const text of ['*', '"?!"']) expect((await search({ text })).totalCount.value).toBe(0);
  });

  test('bounds are refused, never silently cut', async () => {
    const images = (args: string) => refusal(`{ images(${args}) { nodes { id } } }`);
    expect(await images('first: 101')).toMatch(/^BAD_USER_INPUT: first must be from 1 to 100, not 101/);
    expect(await images('first: 0')).toMatch(/^BAD_USER_INPUT/);
    expect(await images('filter: { minConfidence: 1.5 }')).toMatch(/^BAD_USER_INPUT: minConfidence/);
    expect(await images(`filter: { text: "${'x'.repeat(201)}" }`)).toMatch(
      /^BAD_USER_INPUT: The length of text/,
    );
    expect(await images('filter: { labels: { allOf: [{}] } }')).toMatch(/^BAD_USER_INPUT/);
    expect(await images('filter: { labels: { allOf: [{ id: "n1", name: "dog" }] } }')).toMatch(
      /^BAD_USER_INPUT/,
    );
    expect(await images('filter: { labels: { allOf: [{ name: "bananna" }] } }')).toMatch(
      /Did you mean "banana"\?/,
    );
    expect(await images('filter: { fetchedAt: { gte: "yesterday" } }')).toMatch(/written like 2026/);
    expect(await images('collection: "defualt"')).toBe(
      'BAD_USER_INPUT: There is no collection "defualt". Did you mean "default"?',
    );
  });
});

test('an image says what is on it and where it was found', async () => {
  const id = world.documents[1]!.id;
  const query = `query ($id: ID!) { image(id: $id) {
    id format width height thumbnail url pageUrl alt caption appearanceCount takenAt camera model
    labels { confidence isMostSpecific label { name path { name } } }
    doubtful: labels(minConfidence: 0.05) { isAccepted }
    locations { host source { kind address } } appearances { title heading } } }`;
  const { image } = await answer<{ image: { id: string } }>(world.url, query, { id });
  expect(image).toMatchObject({
    id: `image_${id}`,
    format: 'JPEG',
    width: 800,
    height: 600,
    thumbnail: `/thumbnails/${world.documents[1]!.sha256}.jpg`,
    url: 'https://www.example.org/pictures/1.jpg',
    pageUrl: 'https://www.example.org/week-1.html',
    alt: 'A beagle in the snow',
    appearanceCount: 1,
    locations: [{ host: 'www.example.org', source: { kind: 'web', address: 'https://www.example.org/' } }],
    appearances: [{ title: 'Our summer', heading: 'Week 1' }],
  });
  const { labels, doubtful } = image as unknown as {
    labels: { isMostSpecific: boolean; label: { name: string; path: { name: string }[] } }[];
    doubtful: { isAccepted: boolean }[];
  };
  const best = labels.filter((label) => label.isMostSpecific);
  expect(best.map(({ label }) => label.name)).toEqual(['beagle']);
  expect(best[0]!.label.path.map(({ name }) => name)).toContain('dog');
  expect(doubtful.some(({ isAccepted }) => !isAccepted)).toBe(true);
  expect(await answer(world.url, query, { id: image.id })).toEqual({ image });
  expect(await answer(world.url, query, { id: 'nobody' })).toEqual({ image: null });
});

test('nodes are found by their ids, in the order asked', async () => {
  const ids = [
    'collection_default',
    `image_${world.documents[0]!.id}`,
    'image_nobody',
    'crawl_crawl-1',
    'nonsense',
  ];
  const { nodes } = await answer<{ nodes: ({ __typename: string; id: string } | null)[] }>(
    world.url,
    'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Crawl { state counts { found } } ... on Collection { name } } }',
    { ids },
  );
  expect(nodes.map((node) => node?.id ?? null)).toEqual([ids[0], ids[1], null, ids[3], null]);
  expect(nodes.map((node) => node?.__typename ?? null)).toEqual(['Collection', 'Image', null, 'Crawl', null]);
});

test('labels are listed by a prefix of any word of their names, with counts', async () => {
  const labels = async (prefix: string) =>
    (
      await answer<{ labels: { count: number; label: { name: string } }[] }>(
        world.url,
        'query ($prefix: String!) { labels(prefix: $prefix, first: 50) { count label { name } } }',
        { prefix },
      )
    ).labels;
  const all = await labels('');
  expect(all.map(({ count }) => count)).toEqual(all.map(({ count }) => count).sort((a, b) => b - a));
  expect((await labels('dog')).map(({ label }) => label.name)).toContain('dog');
  expect((await labels('RETR')).map(({ label }) => label.name)).toContain('golden retriever');
  expect(await labels('zzz')).toEqual([]);
});

test('crawls say what they have come to, the newest first', async () => {
  const { crawls } = await answer<{ crawls: { id: string }[] }>(
    world.url,
    '{ crawls { id state isFresh startedAt counts { found indexed skipped failed pending inferences skips { code count } failures { code count } } } }',
  );
  expect(crawls).toMatchObject([
    {
      id: 'crawl_crawl-2',
      state: 'RUNNING',
      counts: {
        found: 4,
        indexed: 1,
        skipped: 1,
        failed: 1,
        pending: 1,
        inferences: 1,
        skips: [{ code: 'ROBOTS_DENIED', count: 1 }],
        failures: [{ code: 'NOT_FOUND', count: 1 }],
      },
    },
    { id: 'crawl_crawl-1', state: 'COMPLETE', counts: { found: 0 } },
  ]);
  const one = await answer(
    world.url,
    '{ bare: crawl(id: "crawl-1") { id } crawl(id: "crawl_crawl-1") { id } }',
  );
  expect(one).toEqual({ bare: { id: 'crawl_crawl-1' }, crawl: { id: 'crawl_crawl-1' } });
});

test('failures are listed in pages, of one crawl or of all', async () => {
  const query = `query ($crawlId: ID, $after: String) { failures(crawlId: $crawlId, first: 2, after: $after) {
    totalCount { value } nodes { url stage code subject crawlId } pageInfo { hasNextPage endCursor } } }`;
  interface Failures {
    readonly failures: {
      readonly totalCount: { readonly value: number };
      readonly nodes: readonly { readonly url: string }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    };
  }
  const first = (await answer<Failures>(world.url, query, { crawlId: 'crawl_crawl-2' })).failures;
  expect(first.totalCount.value).toBe(3);
  expect(first.nodes[0]).toMatchObject({ stage: 'FETCH', code: 'NOT_FOUND', subject: 'IMAGE' });
  const second = (
    await answer<Failures>(world.url, query, { crawlId: 'crawl-2', after: first.pageInfo.endCursor })
  ).failures;
  const urls = [...first.nodes, ...second.nodes].map(({ url }) => url);
  expect(new Set(urls).size).toBe(3);
  expect(second.pageInfo.hasNextPage).toBe(false);
  expect((await answer<Failures>(world.url, query)).failures.totalCount.value).toBe(5);
});

test('failures are filtered, ordered and counted by code', async () => {
  const query = `query ($filter: FailureFilter, $orderBy: FailureOrder, $after: String) {
    failures(filter: $filter, orderBy: $orderBy, first: 2, after: $after) {
      totalCount { value } codes { code count }
      nodes { url stage code failedAt notBefore source { kind address } } pageInfo { hasNextPage endCursor } } }`;
  interface Failures {
    readonly failures: {
      readonly totalCount: { readonly value: number };
      readonly codes: readonly { readonly code: string; readonly count: number }[];
      readonly nodes: readonly {
        readonly url: string;
        readonly failedAt: string;
        readonly source: { readonly kind: string; readonly address: string };
      }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    };
  }
  const pageOf = async (variables: object) => (await answer<Failures>(world.url, query, variables)).failures;
  const all = await pageOf({});
  expect(all.codes.reduce((sum, { count }) => sum + count, 0)).toBe(all.totalCount.value);
  for (const { code, count } of all.codes) {
    const some = await pageOf({ filter: { code } });
    expect(some.totalCount.value).toBe(count);
    expect(some.codes).toEqual([{ code, count }]);
  }
  const { source } = all.nodes[0]!;
  const host = new URL(all.nodes[0]!.url).host;
  const ofFirst = await pageOf({ filter: { source, host, stage: 'FETCH', subject: 'IMAGE' } });
  expect(ofFirst.totalCount.value).toBeGreaterThan(0);
  expect((await pageOf({ filter: { stage: 'INDEX' } })).totalCount.value).toBe(0);
  for (const orderBy of ['NEWEST', 'OLDEST']) {
    const times: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { nodes, pageInfo } = await pageOf({ orderBy, after });
      times.push(...nodes.map(({ failedAt }) => failedAt));
      [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
    }
    expect(times).toHaveLength(all.totalCount.value);
    expect(times).toEqual(orderBy === 'OLDEST' ? [...times].sort() : [...times].sort().reverse());
  }
  // A cursor belongs to its order.
  const { errors } = await ask(world.url, query, { orderBy: 'NEWEST', after: all.pageInfo.endCursor });
  expect(errors![0]!.message).toContain('another order');
});

test('collections say what they are made of', async () => {
  expect(
    await answer(world.url, '{ collections { id name imageCount { value } sources { kind address } } }'),
  ).toEqual({
    collections: [
      {
        id: 'collection_default',
        name: 'default',
        imageCount: { value: imageCount },
        sources: [
          { kind: 'web', address: 'https://www.example.org/' },
          { kind: 'folder', address: '/home/ada/Pictures' },
        ],
      },
    ],
  });
});
