// Every mutation against the real app, and for each of its error codes what provokes it for real.
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { buildSchema, type GraphQLEnumType } from 'graphql';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { picture, pictureFolder } from '../pictures.ts';
import { sharedPath } from '../shared.ts';
import { openWebServer, type WebServer } from '../web-server.ts';
import { openWorld, type World } from '../world.ts';
import { answer, ask } from './world.ts';

interface Payload {
  readonly errors: readonly { readonly code: string; readonly message: string; readonly field: string[] }[];
  readonly crawl?: { readonly id: string } | null;
  readonly schedule?: object | null;
  readonly classification?: { readonly scores: object[] } | null;
  readonly forgotten?: object | null;
}

const crawlFields = 'crawl { id state startedBy isFresh isRetry counts { found new changed failed } }';
const scheduleFields = 'schedule { collection cron timeZone inWords nextTimes(first: 2) last { outcome } }';
const changed: Readonly<Record<string, string>> = {
  startCrawl: crawlFields,
  cancelCrawl: crawlFields,
  retryFailures: crawlFields,
  setSchedule: scheduleFields,
  removeSchedule: scheduleFields,
  classify: 'classification { model width height format scores { id name score } labels { isAccepted } }',
  forget: 'forgotten { images locations pages blobs collections blocked }',
};

let world: World;
let url: string;
let site: WebServer;
/** Its image waits until `letGo`. */
let slow: WebServer;
/** Not among the hosts that may be private. */
let stranger: WebServer;
const stop = new AbortController();
let letGo: () => void = () => {};
const held = new Promise<void>((resolve) => {
  letGo = resolve;
});

async function mutate(mutation: string, input: object, at = url): Promise<Payload> {
  const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input!`;
  const document = `mutation ($input: ${type}) {
    ${mutation}(input: $input) { ${changed[mutation]} errors { code message field ... on MutationError { message } } } }`;
  return (await answer<Record<string, Payload>>(at, document, { input }))[mutation]!;
}
const stateOf = async (id: string) =>
  (await answer<{ crawl: { state: string } }>(url, 'query ($id: ID!) { crawl(id: $id) { state } }', { id }))
    .crawl.state;
const ended = (id: string) => expect.poll(() => stateOf(id), { timeout: 20_000 }).not.toBe('RUNNING');
const crawl = (collection: string, source: string, maxImages: number | null = null) =>
  world.app.crawl({ collection, sources: [source], maxImages, fresh: false }, new AbortController().signal);
const base64 = (bytes: Buffer | string) => ({ image: { base64: Buffer.from(bytes).toString('base64') } });
const at = (path: string) => ({ image: { url: `${site.url}${path}` } });

beforeAll(async () => {
  const image = await picture(1);
  const pages = {
    '/robots.txt': 'User-agent: *\nDisallow: /secret/',
    '/a.jpg': image,
    '/secret/a.jpg': image,
    '/forgotten/a.jpg': image,
    '/opted-out.jpg': { body: image, headers: { 'x-robots-tag': 'noimageindex' } },
    '/elsewhere': { status: 302, headers: { location: 'ftp://example.org/a.jpg' } },
    '/inside': { status: 302, headers: { location: 'http://127.0.0.2/a.jpg' } },
    '/broken/': '<img src="/not-there.jpg" alt="a lost one"><img src="/a.jpg">',
  };
  const waits = async () => {
    await held;
    return { body: image };
  };
  [site, slow, stranger] = await Promise.all([
    openWebServer(pages),
    openWebServer({ '/': '<img src="/a.jpg">', '/a.jpg': waits }),
    openWebServer({ '/a.jpg': image }),
  ]);
  world = await openWorld({
    allowPrivateHosts: [site.host, slow.host],
    retries: 0,
    describers: 1,
    maxImageBytes: 300_000,
    maxPixels: 100_000,
  });
  await crawl('default', await pictureFolder(join(world.folder, 'photos'), 3));
  await crawl('broken', `${site.url}/broken/`);
  const gone = await openWebServer({ '/': '<img src="/a.jpg">', '/a.jpg': image });
  await crawl('lost', gone.url);
  await gone.close();
  ({ url } = await world.app.serve(0, stop.signal));
}, 60_000);
afterAll(async () => {
  letGo();
  stop.abort();
  await world?.close();
  await Promise.all([site?.close(), slow?.close(), stranger?.close()]);
});

const configFile = () => join(world.folder, 'imagedex.config.yaml');
afterEach(() => rm(configFile(), { force: true }));
/** A mistake in the configuration, for a collection that can be crawled otherwise. */
async function mistaken(collection: string): Promise<object> {
  await writeFile(configFile(), 'maxPages: many');
  return { collection };
}

/** A crawl of `slow` that cannot end. */
async function slowCrawl(): Promise<string> {
  const [stored] = await world.parts.ledger.get('collection', ['slow']);
  const [unfinished] = Object.values(stored?.record.unfinished ?? {});
  if (unfinished !== undefined) return `crawl_${unfinished}`;
  const known = { name: 'slow', sources: [`web:${slow.url}/`], unfinished: {}, unpurged: [] };
  await world.parts.ledger.change([{ kind: 'collection', id: 'slow', expect: 0, record: known }]);
  const { crawl, errors } = await mutate('startCrawl', { collection: 'slow' });
  expect(errors).toEqual([]);
  return crawl!.id;
}

const halfJpeg = async () => {
  const whole = await sharp(await picture(3))
    .jpeg()
    .toBuffer();
  return whole.subarray(0, 24);
};

interface Row {
  readonly mutation: string;
  readonly code: string;
  readonly input: () => object | Promise<object>;
  readonly field?: string;
  readonly says: RegExp;
  /** What the payload says of the object all the same. */
  readonly shows?: object;
}
const row = (
  mutation: string,
  code: string,
  input: Row['input'],
  says: RegExp,
  field?: string,
  shows?: object,
): Row => ({ mutation, code, input, says, ...(field ? { field } : {}), ...(shows ? { shows } : {}) });

const rows: readonly Row[] = [
  row('startCrawl', 'NOT_FOUND', () => ({ collection: 'nope' }), /nope has no sources/, 'collection'),
  row('startCrawl', 'OUT_OF_RANGE', () => ({ maxImages: 0 }), /1 or more, not 0/, 'maxImages'),
  row(
    'startCrawl',
    'CRAWL_RUNNING',
    async () => {
      await slowCrawl();
      return { collection: 'slow' };
    },
    /is running/,
    'collection',
    { crawl: { state: 'RUNNING', startedBy: 'API' } },
  ),
  row(
    'startCrawl',
    'SOURCE_UNAVAILABLE',
    () => ({ collection: 'lost' }),
    /could not be opened/,
    'collection',
  ),
  row('startCrawl', 'CONFIG_INVALID', () => mistaken('broken'), /config.yaml:1: .*maxPages/, 'collection'),
  row('cancelCrawl', 'NOT_FOUND', () => ({ crawlId: 'crawl_nope' }), /no crawl "crawl_nope"/, 'crawlId'),
  row(
    'cancelCrawl',
    'ALREADY_ENDED',
    async () => ({ crawlId: (await mutateFirst('default')).id }),
    /at its end/,
    'crawlId',
    { crawl: { state: 'COMPLETE', startedBy: 'COMMAND' } },
  ),
  row('retryFailures', 'NOT_FOUND', () => ({ collection: 'brokn' }), /Did you mean "broken"/, 'collection'),
  row(
    'retryFailures',
    'NOTHING_FAILED',
    () => ({ collection: 'default' }),
    /Nothing has failed/,
    'collection',
  ),
  row(
    'retryFailures',
    'CRAWL_RUNNING',
    async () => {
      await slowCrawl();
      await failureIn('slow', `web:${slow.url}/`);
      return { collection: 'slow' };
    },
    /is running/,
    'collection',
    { crawl: { state: 'RUNNING' } },
  ),
  row('retryFailures', 'CONFIG_INVALID', () => mistaken('broken'), /config.yaml:1: .*maxPages/, 'collection'),
  row(
    'setSchedule',
    'CONFIG_INVALID',
    async () => ({ ...(await mistaken('broken')), cron: '@daily' }),
    /config.yaml:1: .*maxPages/,
    'collection',
  ),
  row('setSchedule', 'NOT_FOUND', () => ({ collection: 'nope', cron: '@daily' }), /no sources/, 'collection'),
  row('setSchedule', 'INVALID_CRON', () => ({ cron: '61 * * * *' }), /minute/i, 'cron'),
  row('setSchedule', 'INVALID_CRON', () => ({ cron: '0 0 30 2 *' }), /comes due/, 'cron'),
  row('setSchedule', 'INVALID_CRON', () => ({ cron: '1,'.repeat(200) }), /200 characters/, 'cron'),
  row(
    'setSchedule',
    'INVALID_TIME_ZONE',
    () => ({ cron: '@daily', timeZone: 'Berlin' }),
    /Europe\/Berlin/,
    'timeZone',
  ),
  row('removeSchedule', 'NOT_FOUND', () => ({ collection: 'lost' }), /no schedule of lost/, 'collection'),
  row('classify', 'INVALID_BASE64', () => ({ image: { base64: 'not base64!' } }), /RFC 4648/, 'image.base64'),
  row('classify', 'INVALID_BASE64', () => ({ image: { base64: 'AAAAA' } }), /RFC 4648/, 'image.base64'),
  row('classify', 'UNSUPPORTED_SCHEME', () => ({ image: { url: 'ftp://x.org/a.jpg' } }), /ftp/, 'image.url'),
  row(
    'classify',
    'UNSUPPORTED_SCHEME',
    () => ({ image: { url: 'file:///etc/passwd' } }),
    /file/,
    'image.url',
  ),
  row('classify', 'UNSUPPORTED_SCHEME', () => at('/elsewhere'), /ftp/, 'image.url'),
  row(
    'classify',
    'PRIVATE_ADDRESS',
    () => ({ image: { url: `${stranger.url}/a.jpg` } }),
    /public/,
    'image.url',
  ),
  row('classify', 'PRIVATE_ADDRESS', () => at('/inside'), /public/, 'image.url'),
  row('classify', 'ROBOTS_DENIED', () => at('/secret/a.jpg'), /robots/, 'image.url'),
  row('classify', 'OPTED_OUT', () => at('/opted-out.jpg'), /noimageindex/, 'image.url'),
  row(
    'classify',
    'TAKEN_DOWN',
    async () => {
      expect((await mutate('forget', { target: `${site.url}/forgotten/a.jpg` })).errors).toEqual([]);
      return at('/forgotten/a.jpg');
    },
    /taken down/,
    'image.url',
  ),
  row('classify', 'FETCH_FAILED', () => at('/not-there.jpg'), /404/, 'image.url'),
  row('classify', 'TOO_MANY_BYTES', () => base64(Buffer.alloc(300_001)), /at most 300000/, 'image.base64'),
  row(
    'classify',
    'TOO_MANY_PIXELS',
    async () =>
      base64(
        await sharp({ create: { width: 400, height: 400, channels: 3, background: 'red' } })
          .png()
          .toBuffer(),
      ),
    /pixels/,
    'image.base64',
  ),
  row('classify', 'NOT_AN_IMAGE', () => base64('no image'), /expected an image/i, 'image.base64'),
  row('classify', 'NOT_AN_IMAGE', () => ({ image: { base64: '' } }), /empty/, 'image.base64'),
  row(
    'classify',
    'UNSUPPORTED_FORMAT',
    () => base64('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    /SVG/,
    'image.base64',
  ),
  row('classify', 'UNDECODABLE', async () => base64(await halfJpeg()), /./, 'image.base64'),
  row('forget', 'INVALID_TARGET', () => ({ target: 'no target' }), /expected an image/, 'target'),
  row('forget', 'INVALID_TARGET', () => ({ target: 'x'.repeat(4001) }), /4000 characters/, 'target'),
  row('forget', 'NOT_FOUND', () => ({ target: 'f'.repeat(32) }), /./, 'target'),
];

async function mutateFirst(collection: string): Promise<{ id: string }> {
  const { crawls } = await answer<{ crawls: { id: string }[] }>(
    url,
    'query ($collection: String!) { crawls(collection: $collection) { id } }',
    { collection },
  );
  return crawls.at(-1)!;
}

async function failureIn(collection: string, source: string): Promise<void> {
  const record = {
    collection,
    source,
    crawlId: 'x',
    subject: 'image',
    address: `${site.url}/x.jpg`,
    url: `${site.url}/x.jpg`,
    depth: 0,
    stage: 'fetch',
    code: 'not_found',
    reason: 'gone',
    attempts: 1,
    at: new Date().toISOString(),
  } as const;
  await world.parts.ledger.change([{ kind: 'failure', id: 'x', expect: 0, record }]);
}

describe('errors are data', () => {
  test.each(rows)('$mutation: $code $says', async ({ mutation, code, input, says, field, shows = null }) => {
    const payload = await mutate(mutation, await input());
    expect(payload.errors).toEqual([
      { code, message: expect.stringMatching(says) as string, field: field?.split('.') ?? [] },
    ]);
    const [object] = Object.keys(payload).filter((name) => name !== 'errors');
    expect(payload).toMatchObject(shows ?? { [object!]: null });
  });

  test('of the schema’s codes each is in the table, or in a test of its own', () => {
    const own = ['classify BUSY', 'classify DESCRIBE_FAILED'];
    const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
    const promised = Object.keys(changed).flatMap((mutation) => {
      const name = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}ErrorCode`;
      const codes = (schema.getType(name) as GraphQLEnumType).getValues();
      return codes.map((code) => `${mutation} ${code.name}`);
    });
    expect(Object.keys(schema.getMutationType()!.getFields()).sort()).toEqual(Object.keys(changed).sort());
    const tested = [...rows.map(({ mutation, code }) => `${mutation} ${code}`), ...own];
    expect([...new Set(tested)].sort()).toEqual(promised.sort());
  });

  test('classify: BUSY when too many wait, and room again when they are through', async () => {
    const waiting = Array.from({ length: 32 }, () =>
      mutate('classify', { image: { url: `${slow.url}/a.jpg` } }),
    );
    const codes = async () => (await mutate('classify', base64('x'))).errors.map(({ code }) => code);
    await expect.poll(codes).toEqual(['BUSY']);
    const posted = await fetch(`${url}/classify`, {
      method: 'POST',
      headers: { 'content-type': 'image/jpeg' },
      body: new Uint8Array(await picture(1)),
    });
    expect([posted.status, posted.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await posted.json()).toMatchObject({ error: { code: 'BUSY' } });
    letGo();
    for (const { errors } of await Promise.all(waiting)) expect(errors).toEqual([]);
    expect(await codes()).toEqual(['NOT_AN_IMAGE']);
  });

  test('classify: DESCRIBE_FAILED when decoding takes too long', async () => {
    const impatient = await openWorld({ describeTimeoutMs: 100, describers: 1 });
    const server = await impatient.app.serve(0, stop.signal);
    const big = await sharp({ create: { width: 7000, height: 7000, channels: 3, background: 'red' } })
      .png({ compressionLevel: 1 })
      .toBuffer();
    const { errors } = await mutate('classify', base64(big), server.url);
    await impatient.close();
    expect(errors).toMatchObject([{ code: 'DESCRIBE_FAILED', field: ['image', 'base64'] }]);
  });
});

describe('what mutations do', () => {
  test('startCrawl: its id can be asked at once, it runs on, and its counts say what is new', async () => {
    await pictureFolder(join(world.folder, 'photos'), 5);
    const { crawl, errors } = await mutate('startCrawl', { maxImages: 100, isFresh: true });
    expect(errors).toEqual([]);
    expect(crawl).toMatchObject({ startedBy: 'API', isFresh: true, isRetry: false });
    const { id } = crawl!;
    await ended(id);
    const { crawl: after } = await answer<Record<string, object>>(
      url,
      'query ($id: ID!) { crawl(id: $id) { state counts { indexed new changed } } }',
      { id },
    );
    expect(after).toEqual({ state: 'COMPLETE', counts: { indexed: 5, new: 2, changed: 0 } });
  });

  test('cancelCrawl: the crawl ends, and its sources are free', async () => {
    const quiet = await openWebServer({
      '/': '<img src="/a.jpg">',
      '/a.jpg': () => new Promise<undefined>(() => {}),
    });
    const record = { name: 'quiet', sources: [`web:${quiet.url}/`], unfinished: {}, unpurged: [] };
    await world.parts.ledger.change([{ kind: 'collection', id: 'quiet', expect: 0, record }]);
    const { crawl, errors } = await mutate('startCrawl', { collection: 'quiet' });
    expect(errors).toEqual([]);
    const crawlId = crawl!.id;
    expect((await mutate('cancelCrawl', { crawlId })).crawl).toMatchObject({ state: 'CANCELLED' });
    expect((await mutate('cancelCrawl', { crawlId })).errors[0]!.code).toBe('ALREADY_ENDED');
    await quiet.close();
  });

  test('retryFailures: a crawl of what failed', async () => {
    const none = await mutate('retryFailures', { collection: 'broken', filter: { stage: 'INDEX' } });
    expect(none.errors[0]).toMatchObject({
      code: 'NOTHING_FAILED',
      message: expect.stringContaining('of that kind'),
    });
    site.set('/not-there.jpg', await picture(9));
    const { crawl, errors } = await mutate('retryFailures', { collection: 'broken' });
    expect(errors).toEqual([]);
    expect(crawl).toMatchObject({ isRetry: true, startedBy: 'API' });
    await ended(crawl!.id);
    expect((await mutate('retryFailures', { collection: 'broken' })).errors[0]!.code).toBe('NOTHING_FAILED');
  });

  test('setSchedule and removeSchedule: what is set is what is asked', async () => {
    const set = await mutate('setSchedule', { cron: '0 3 * * 1', timeZone: 'Europe/Berlin' });
    expect(set).toMatchObject({
      errors: [],
      schedule: { cron: '0 3 * * 1', timeZone: 'Europe/Berlin', last: null },
    });
    const { schedule, schedules } = await answer<Record<string, never>>(
      url,
      `{ schedule { ${scheduleFields.slice(10)} schedules { collection } }`,
    );
    expect(schedule).toEqual(set.schedule);
    expect(schedules).toEqual([{ collection: 'default' }]);
    expect((await mutate('removeSchedule', {})).schedule).toMatchObject({ cron: '0 3 * * 1' });
    expect(await answer(url, '{ schedule { cron } schedules { cron } }')).toEqual({
      schedule: null,
      schedules: [],
    });
  });

  test('classify: the same of an address and of the bytes, and nothing is stored', async () => {
    const before = await world.parts.ledger.tally('description', {}, []);
    const [fetched, sent] = [
      await mutate('classify', at('/a.jpg')),
      await mutate('classify', base64(await picture(1))),
    ];
    expect(fetched.errors).toEqual([]);
    expect(fetched).toEqual(sent);
    expect(sent.classification).toMatchObject({ format: 'JPEG', width: 61, height: 60 });
    expect(sent.classification!.scores).toHaveLength(5);
    expect(await world.parts.ledger.tally('description', {}, [])).toEqual(before);
  });

  test('forget: the image leaves the search', async () => {
    const { images } = await answer<{ images: { nodes: { id: string }[] } }>(
      url,
      '{ images { nodes { id } } }',
    );
    const [{ id }] = images.nodes as [{ id: string }];
    const { forgotten, errors } = await mutate('forget', { target: id });
    expect(errors).toEqual([]);
    expect(forgotten).toMatchObject({ images: 1, collections: ['default'] });
    expect((forgotten as { blocked: number }).blocked).toBeGreaterThan(0);
    expect(await answer(url, 'query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual({ node: null });
  });
});

describe('classify goes where crawls may go, and no further', () => {
  const file = sharedPath('ssrf-hosts.txt');
  test.skipIf(file === null)('no spelling of a private host is reached', async () => {
    let hits = 0;
    const listen = (host: string) =>
      new Promise<Server>((resolve, reject) => {
        const server = createServer((socket) => {
          hits++;
          socket.destroy();
        });
        server.once('error', reject).listen(0, host, () => resolve(server));
      });
    const servers = [await listen('127.0.0.1'), await listen('::1')];
    const ports = servers.map((server) => (server.address() as { port: number }).port);
    for (const host of readFileSync(file!, 'utf8').trim().split('\n')) {
      for (const port of ports) {
        const { errors } = await mutate('classify', { image: { url: `http://${host}:${port}/a.jpg` } });
        expect([host, errors[0]?.code]).toEqual([host, 'PRIVATE_ADDRESS']);
      }
    }
    for (const server of servers) server.close();
    expect(hits).toBe(0);
  });

  test('exactly one of url and base64 is the document’s business', async () => {
    const code = async (image: object) =>
      (
        await ask(url, 'mutation ($i: ClassifyInput!) { classify(input: $i) { errors { code } } }', {
          i: { image },
        })
      ).errors?.[0]?.extensions.code;
    expect(await code({})).toBe('BAD_USER_INPUT');
    expect(await code({ url: 'https://example.org/a.jpg', base64: '' })).toBe('BAD_USER_INPUT');
    expect(await code({ url: null })).toBe('BAD_USER_INPUT');
    expect(await code({ url: 'no address' })).toBe('BAD_USER_INPUT');
  });
});
