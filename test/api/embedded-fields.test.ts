// What a page of another origin gets from a real server, over plain HTTP: the browser's part is in embed.test.ts.
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embeddedFields } from '../../src/api/embedded-fields.ts';
import { readSchema } from '../../src/api/schema.ts';
import { thumbnailKey } from '../../src/blobs/blobs.ts';
import { imageId } from '../../src/record.ts';
import { tokens } from '../../src/text.ts';
import { type Answer, addCollection, ask, serveWorld } from './world.ts';

const origin = 'https://shop.example';
const schema = buildSchema(await readSchema());

let world: Awaited<ReturnType<typeof serveWorld>>;
beforeAll(async () => {
  world = await serveWorld({
    collections: new Map([
      ['shop', { origins: [origin] }],
      ['default', { origins: ['https://other.example'] }],
    ]),
  });
  await addCollection(world, 'shop', 9);
});
afterAll(() => world.close());

async function embedded<T>(query: string, variables: object = {}, from = origin) {
  const response = await fetch(`${world.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      origin: from,
    },
    body: JSON.stringify({ query, variables }),
  });
  return { response, answer: (await response.json()) as Answer<T> };
}
const codesOf = async (query: string) => {
  const { answer } = await embedded(query);
  return answer.errors?.map(({ extensions }) => extensions.code) ?? [];
};

/** Any value that the schema lets through. */
function literal(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literal(type.ofType);
  if (isListType(type)) return `[${literal(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const needed = type.isOneOf ? fields.slice(0, 1) : fields.filter((field) => isNonNullType(field.type));
    return `{${needed.map((field) => `${field.name}: ${literal(field.type)}`).join(', ')}}`;
  }
  const made: Readonly<Record<string, string>> = {
    Int: '1',
    Float: '0.5',
    Boolean: 'true',
    URL: '"https://x.example/"',
    DateTime: '"2026-11-21T10:00:00Z"',
    SHA256: `"${'0'.repeat(64)}"`,
  };
  return made[type.name] ?? '"x"';
}
function documentFor(operation: 'query' | 'mutation', field: GraphQLField<unknown, unknown>): string {
  const needed = field.args.filter(
    (argument) => isNonNullType(argument.type) && argument.defaultValue === undefined,
  );
  const given = needed.map((argument) => `${argument.name}: ${literal(argument.type)}`).join(', ');
  const type = isNonNullType(field.type) ? field.type.ofType : field.type;
  return `${operation} { ${field.name}${given === '' ? '' : `(${given})`} ${isLeafType(type) ? '' : '{ __typename }'} }`;
}
const fieldsOf = (type: GraphQLObjectType | null | undefined) => Object.values(type?.getFields() ?? {});

describe('fields', () => {
  const searching = ['image', 'images', 'label', 'labels'];
  test.each(fieldsOf(schema.getQueryType()).map((field) => [field.name, field] as const))(
    'Query.%s',
    async (name, field) => {
      const { response, answer } = await embedded(documentFor('query', field));
      const codes = answer.errors?.map(({ extensions }) => extensions.code) ?? [];
      if (searching.includes(name)) return expect(response.status).not.toBe(403);
      expect([response.status, ...codes]).toEqual([403, 'FORBIDDEN']);
      expect(answer.data ?? null).toBe(null);
    },
  );

  test.each(fieldsOf(schema.getMutationType()).map((field) => [field.name, field] as const))(
    'Mutation.%s',
    async (_, field) => {
      const { response, answer } = await embedded(documentFor('mutation', field));
      expect([response.status, answer.errors?.[0]?.extensions.code]).toEqual([403, 'FORBIDDEN']);
      expect(answer.data ?? null).toBe(null);
    },
  );

  test('lists nothing that the schema has not, and nothing that says where we look', () => {
    for (const [type, fields] of Object.entries(embeddedFields)) {
      const known = schema.getType(type);
      expect(isObjectType(known) ? Object.keys(known.getFields()) : [], type).toEqual(
        expect.arrayContaining([...fields]),
      );
    }
    expect(Object.keys(embeddedFields)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(Mutation|Source|Collection|Crawl|Failure|Schedule)/)]),
    );
  });

  test.each([
    '{ images(collection: "shop") { nodes { locations { source { address } } } } }',
    '{ images(collection: "shop") { nodes { ...F } } } fragment F on Image { locations { ... on ImageLocation { source { kind } } } }',
    '{ x: crawls(collection: "shop") { id } }',
    '{ ... on Query { collections { name } } }',
    '{ image(id: "x") { id } failures { totalCount { value } } }',
    '{ image(id: "x") { id } node(id: "x") { id } }',
    'query A { label(id: "x") { id } } query B { collections { name } }',
    '{ __schema { types { name } } }',
    '{ __type(name: "Image") { name } }',
  ])('are not reached by another way: %s', async (query) => {
    const codes = await codesOf(query);
    expect(['FORBIDDEN', 'OPERATION_RESOLUTION_FAILURE']).toContain(codes[0]);
  });

  test('no mutation at all, not even one that asks for nothing', async () => {
    for (const query of ['mutation { __typename }', 'mutation A { x: __typename }']) {
      const { response, answer } = await embedded(query);
      expect([response.status, answer.errors?.[0]?.extensions.code]).toEqual([403, 'FORBIDDEN']);
    }
  });

  test('are not told by guesses: no name of the schema is suggested', async () => {
    const full = async (query: string) => {
      const response = await fetch(`${world.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      return ((await response.json()) as Answer<never>).errors?.[0]?.message;
    };
    for (const query of [
      '{ collection { name } }',
      '{ images(collectio: "shop") { totalCount { value } } }',
    ]) {
      expect(await full(query)).toContain('Did you mean');
      const { answer } = await embedded(query);
      expect(answer.errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
      expect(answer.errors?.map(({ message }) => message).join()).not.toContain('Did you mean');
    }
    const variable = await embedded(
      'query ($f: ImageFilter) { images(collection: "shop", filter: $f) { totalCount { value } } }',
      { f: { heigh: { gte: 1 } } },
    );
    expect(variable.answer.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(variable.answer.errors?.[0]?.message).not.toContain('Did you mean');
    // A label is what its visitors search: that is said.
    const label = await embedded<never>(
      '{ images(collection: "shop", filter: { labels: { allOf: [{ name: "doge" }] } }) { totalCount { value } } }',
    );
    expect(label.answer.errors?.[0]?.message).toContain('Did you mean');
  });

  test('__typename is nobody’s secret', async () => {
    expect((await embedded('{ __typename }')).answer.data).toEqual({ __typename: 'Query' });
  });
});

describe('collections', () => {
  test('its own is searched, others are as if they were not there', async () => {
    const { answer } = await embedded<{ images: { totalCount: { value: number } } }>(
      '{ images(collection: "shop") { totalCount { value } } labels(collection: "shop") { count } }',
    );
    expect(answer.data?.images.totalCount.value).toBe(9);
    const messages: string[] = [];
    for (const name of ['default', 'nothing']) {
      for (const field of [
        `images(collection: "${name}") { totalCount { value } }`,
        `labels(collection: "${name}") { count }`,
      ]) {
        const refused = await embedded(`{ ${field} }`);
        expect(refused.answer.data ?? null).toBe(null);
        expect(refused.answer.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
        messages.push(refused.answer.errors?.[0]?.message.replaceAll(name, 'NAME') ?? '');
      }
    }
    expect(new Set(messages).size).toBe(1);
    // Without a name it is `default`.
    expect(await codesOf('{ images { totalCount { value } } }')).toEqual(['FORBIDDEN']);
  });

  test('images of others are not there, by id and as thumbnails', async () => {
    const [ours, theirs] = [world.documents[0]!, world.documents[20]!];
    const image = async (id: string) =>
      (await embedded<{ image: object | null }>('query ($id: ID!) { image(id: $id) { id } }', { id })).answer
        .data?.image;
    expect(await image(imageId('shop', ours.sha256))).not.toBe(null);
    expect(await image(ours.id)).toBe(null);
    expect(await image(`image_${theirs.id}`)).toBe(null);
    const thumbnail = (sha256: string, from: string, more = {}) =>
      fetch(`${world.url}/${thumbnailKey(sha256)}`, { headers: { origin: from, ...more } });
    const own = await thumbnail(ours.sha256, origin);
    expect([own.status, own.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
    expect(own.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(own.headers.get('cache-control')).toContain('private');
    expect((await thumbnail(theirs.sha256, origin)).status).toBe(404);
    expect((await thumbnail(theirs.sha256, origin, { 'if-none-match': `"${theirs.sha256}"` })).status).toBe(
      404,
    );
    expect((await thumbnail(theirs.sha256, 'https://other.example')).status).toBe(200);
    expect((await thumbnail(ours.sha256, 'https://evil.example')).status).toBe(403);
  });

  test('words of files are found by us, and by no guess of theirs', async () => {
    const [own] = await world.parts.index.get([imageId('shop', world.documents[8]!.sha256)]);
    const none = { alt: [], caption: [], title: [], heading: [], section: [] };
    await world.parts.index.put([
      { ...own!, revision: 2, localTokens: { ...none, section: tokens('divorce papers') } },
    ]);
    await world.parts.index.refresh();
    const query = (words: string) =>
      `{ images(collection: "shop", filter: { text: "${words}" }) { totalCount { value } facets { formats { count } } } }`;
    const ours = async (words: string) => (await ask<object>(world.url, query(words))).data;
    const one = { images: { totalCount: { value: 1 }, facets: { formats: [{ count: 1 }] } } };
    const nothing = { images: { totalCount: { value: 0 }, facets: { formats: [] } } };
    for (const words of ['divorce', 'divorce papers']) {
      expect(await ours(words)).toEqual(one);
      expect((await embedded(query(words))).answer.data).toEqual(nothing);
    }
    expect((await embedded<object>(query('beagle'))).answer.data).not.toEqual(nothing);
  });

  test('a file of a folder has no address for them', async () => {
    const inFolder = world.documents[8]!;
    const query = `query ($id: ID!) { image(id: $id) { url pageUrl thumbnail locations { url host } appearances { pageUrl link } } }`;
    const id = imageId('shop', inFolder.sha256);
    const { answer } = await embedded<{ image: object }>(query, { id });
    expect(answer.data?.image).toEqual({
      url: null,
      pageUrl: null,
      thumbnail: `/${thumbnailKey(inFolder.sha256)}`,
      locations: [],
      appearances: [],
    });
    const found = await embedded(
      '{ images(collection: "shop", first: 100) { nodes { url locations { url } } } }',
    );
    expect(JSON.stringify(found.answer)).toContain('https://www.example.org/pictures/0.jpg');
    expect(JSON.stringify(found.answer)).not.toContain('/home/ada');
  });
});

describe('CORS', () => {
  const preflight = (headers: Record<string, string>, path = '/graphql') =>
    fetch(`${world.url}${path}`, { method: 'OPTIONS', headers });
  const asks = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };

  test('the browser’s question is answered, with the origin itself and no credentials', async () => {
    const answer = await preflight({ ...asks, origin });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-allow-credentials')).toBe(null);
    expect(answer.headers.get('access-control-allow-headers')).toMatch(/content-type/i);
    expect(answer.headers.get('vary')).toContain('Origin');
    expect(Number(answer.headers.get('access-control-max-age'))).toBeGreaterThan(600);
    expect(answer.headers.get('access-control-allow-private-network')).toBe(null);
    const near = await preflight({ ...asks, origin, 'access-control-request-private-network': 'true' });
    expect(near.headers.get('access-control-allow-private-network')).toBe('true');
    expect((await preflight({ ...asks, origin: 'https://evil.example' })).status).toBe(403);
    expect((await preflight({ ...asks, origin }, '/classify')).status).toBe(403);
  });

  test('queries by GET, too; a simple one is still refused', async () => {
    const query = '/graphql?query={images(collection:"shop"){totalCount{value}}}';
    const get = (headers: Record<string, string>) =>
      fetch(`${world.url}${query}`, { headers: { origin, ...headers } });
    expect(await (await get({ 'apollo-require-preflight': 'yes' })).json()).toEqual({
      data: { images: { totalCount: { value: 9 } } },
    });
    expect((await get({})).status).toBe(400);
    const form = await fetch(`${world.url}/graphql`, {
      method: 'POST',
      headers: { origin, 'content-type': 'text/plain' },
      body: '{"query":"{__typename}"}',
    });
    expect(form.status).toBeGreaterThanOrEqual(400);
  });

  test('what they send is small, images in base64 included', async () => {
    const body = JSON.stringify({ query: '{__typename}', variables: { base64: 'x'.repeat(150_000) } });
    const headers = { origin, 'content-type': 'application/json' };
    const large = await fetch(`${world.url}/graphql`, { method: 'POST', headers, body });
    expect(large.status).toBe(413);
    const unmeasured = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(body));
        controller.close();
      },
    });
    const request = { method: 'POST', headers, body: unmeasured, duplex: 'half' } as RequestInit;
    expect((await fetch(`${world.url}/graphql`, request)).status).toBe(413);
  });

  test('GraphiQL is not for them', async () => {
    const asked = await fetch(`${world.url}/graphql`, { headers: { origin, accept: 'text/html' } });
    expect(asked.headers.get('content-type')).not.toContain('text/html');
  });

  test('who is refused may read why, where embedding is set up at all', async () => {
    const evil = await fetch(`${world.url}/graphql`, { headers: { origin: 'https://evil.example' } });
    expect([evil.status, evil.headers.get('access-control-allow-origin')]).toEqual([403, '*']);
    expect(await evil.text()).toContain('no collection names it in its origins');
    const closed = await serveWorld();
    const answer = await fetch(`${closed.url}/widget.js`, { headers: { origin } });
    await closed.close();
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });

  test('our own pages are told nothing of it', async () => {
    const own = await fetch(`${world.url}/health/live`, { headers: { origin: world.url } });
    expect([own.status, own.headers.get('access-control-allow-origin')]).toEqual([200, null]);
    expect(own.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(own.headers.get('vary')).toContain('Origin');
  });
});

test('who asks too often is told when to come again; others are served on', async () => {
  const limited = await serveWorld({
    collections: new Map([['default', { origins: [origin, 'https://b.example'] }]]),
  });
  const ask = (from: string) =>
    fetch(`${limited.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: from },
      body: '{"query":"{__typename}"}',
    });
  const answers = await Promise.all(Array.from({ length: 150 }, () => ask(origin)));
  const refused = answers.filter(({ status }) => status === 429);
  expect(answers.length - refused.length).toBeGreaterThanOrEqual(60);
  expect(refused.length).toBeGreaterThan(0);
  expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused[0]!.headers.get('access-control-expose-headers')).toContain('Retry-After');
  expect(((await refused[0]!.json()) as Answer<never>).errors?.[0]?.extensions.code).toBe('RATE_LIMITED');
  expect((await ask('https://b.example')).status).toBe(200);
  await limited.close();
});
