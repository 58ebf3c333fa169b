import { rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { PutBucketPolicyCommand, PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Fetched, Source } from '../../../src/crawler/source.ts';
import { bucketPath, folderWords } from '../../../src/crawler/sources/s3/address.ts';
import { contextOf } from '../../../src/crawler/sources/s3/context.ts';
import { open } from '../../../src/crawler/sources/s3.ts';
import { ImagedexError } from '../../../src/errors.ts';
import { type Location, sha256Of, type Validators } from '../../../src/record.ts';
import { objectUrl } from '../../../src/s3/bucket-path.ts';
import { countingBudget, gif, indexedRecord, walk } from '../../contracts/source.ts';
import { hasS3Server, openS3Server, type S3Server, s3Environment } from '../../s3-server.ts';
import { testFolder } from '../../world.ts';

const { signal } = new AbortController();
const settings = {
  s3Endpoint: '',
  s3Region: '',
  s3Anonymous: false,
  maxImageBytes: 64 * 1024 ** 2,
  fetchTimeoutMs: 10_000,
};

beforeEach(() => {
  for (const [name, value] of Object.entries(s3Environment)) vi.stubEnv(name, value);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const opened: Source[] = [];
async function openAt(
  endpoint: string,
  address: string,
  more: Partial<typeof settings> = {},
  headers: Record<string, string> = {},
): Promise<Source> {
  const source = await open({ address, settings: { ...settings, s3Endpoint: endpoint, ...more }, headers });
  opened.push(source);
  return source;
}
afterEach(async () => {
  for (const source of opened.splice(0)) await source.close();
});

const fetchFrom = (source: Source, location: Location, earlier?: Validators, budget = countingBudget()) =>
  source.fetch(location, earlier && indexedRecord(source, location, earlier), budget, signal);

async function startFault(source: Source): Promise<string> {
  const error = await source.start('default', signal).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ImagedexError);
  expect(error).toMatchObject({ code: 'source_unavailable' });
  return (error as Error).message;
}

const at = (key: string, listed?: Validators): Location => ({
  id: key,
  address: key,
  url: objectUrl('bucket', key),
  host: '',
  words: '',
  ...(listed === undefined ? {} : { listed }),
});

describe('what is typed', () => {
  test.each([
    ['bucket', 's3:bucket/', 's3://bucket/'],
    ['bucket/', 's3:bucket/', 's3://bucket/'],
    ['bucket/a b/c', 's3:bucket/a b/c', 's3://bucket/a%20b/c'],
    ['bucket//a', 's3:bucket//a', 's3://bucket//a'],
    ['my.bucket-1/ü', 's3:my.bucket-1/ü', 's3://my.bucket-1/%C3%BC'],
    ['Old_Bucket/x', 's3:Old_Bucket/x', 's3://Old_Bucket/x'],
  ])('%s is %s', async (address, id, url) => {
    const source = await openAt('http://127.0.0.1:1', address);
    expect(source.id).toBe(id);
    expect(source.urlOf('')).toBe(url);
    expect(source.unseen).toBe('gone');
    const again = await openAt('', source.id.slice('s3:'.length));
    expect(again.id).toBe(id);
  });

  test.each([
    ['', 'there is no bucket’s name'],
    ['/key', 'there is no bucket’s name'],
    ['ab', '3 to 255 characters'],
    ['my bucket/x', 'has " " in it'],
    ['bücket', 'has "ü" in it'],
    ['user@bucket', 'has "@" in it'],
    ['-bucket', 'begins and ends with'],
    ['bucket./x', 'begins and ends with'],
    ['a..b', 'two dots'],
    ['192.168.0.1/x', 'is an IP address'],
    ['arn:aws:s3:us-east-1:1:accesspoint/x', 'an ARN came'],
    ['fast--use1-az4--x-s3', 'is a directory bucket'],
  ])('%s is refused: %s', (address, why) => {
    expect(() => bucketPath(address)).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(() => bucketPath(address)).toThrow(why);
  });

  test.each([
    'a b.jpg',
    'a+b%20c.jpg',
    '100%',
    'ünï/日本 😀.jpg',
    'a//b',
    '/lead',
    '//',
    'x/../y',
    './',
    '..',
    'new\nline\ttab\u0001',
    '"\'<>&?#[]|\\^`{}',
    'https://example.org/?a=b#c',
  ])('the URL of the key %j is valid and leads back to it', (key) => {
    const url = objectUrl('bucket', key);
    expect(URL.canParse(url)).toBe(true);
    expect(decodeURIComponent(url.slice('s3://bucket/'.length))).toBe(key);
    if (key !== '..') expect(new URL(url).href).toBe(url);
  });

  test('folders in words', () => {
    expect(folderWords('SummerTrip/day_01//a.jpg')).toBe('Summer Trip / day 01');
    expect(folderWords('a.jpg')).toBeUndefined();
    expect(folderWords('/a.jpg')).toBeUndefined();
  });
});

describe('what an object says of itself', () => {
  test.each<[string, Record<string, string>, [string, string][], object | undefined]>([
    ['a.jpg', {}, [], undefined],
    ['animals/WildCats/a.jpg', {}, [], { section: 'animals / Wild Cats' }],
    [
      'a.jpg',
      { title: 'A', 'alt-text': 'B', Caption: 'C', headline: 'D' },
      [],
      { title: 'A', alt: 'B', caption: 'C', heading: 'D' },
    ],
    ['a.jpg', { description: 'D' }, [], { caption: 'D' }],
    ['a.jpg', { caption: 'C', description: 'D' }, [], { caption: 'C – D' }],
    ['a.jpg', { caption: 'C', description: 'C' }, [], { caption: 'C' }],
    ['f/a.jpg', { section: 'S' }, [['animal', 'dog']], { section: 'S · animal dog' }],
    [
      'a.jpg',
      { title: 'of the metadata' },
      [
        ['title', 'of the tag'],
        ['Alt', 'tagged'],
      ],
      { title: 'of the metadata', alt: 'tagged' },
    ],
    ['a.jpg', { link: 'https://example.org/a' }, [], { link: 'https://example.org/a' }],
    ['a.jpg', { link: 'javascript:alert(1)', 's3cmd-attrs': 'x', title: '  ' }, [], undefined],
    ['a.jpg', { date: '2024-05-06' }, [], { publishedAt: '2024-05-06T00:00:00.000Z' }],
    ['a.jpg', { date: '2024-05-06T07:08:09' }, [], { publishedAt: '2024-05-06T07:08:09.000Z' }],
    ['a.jpg', { date: '2024-05-06 07:08:09+02:00' }, [], { publishedAt: '2024-05-06T05:08:09.000Z' }],
    ['a.jpg', { date: 'Mon, 06 May 2024 07:08:09 GMT' }, [], { publishedAt: '2024-05-06T07:08:09.000Z' }],
    ['a.jpg', { date: '5/6/2024' }, [], undefined],
    ['a.jpg', { date: '2024-99-99' }, [], undefined],
    [
      'a.jpg',
      { title: '=?UTF-8?B?Q2Fmw6k=?= =?utf-8?Q?_de=5F_la?= paix' },
      [],
      { title: 'Café de_ la paix' },
    ],
    ['a.jpg', { title: '=?ISO-8859-1?Q?Caf=E9?=' }, [], { title: 'Café' }],
    ['a.jpg', { title: '=?no-such?Q?Caf?=' }, [], { title: '=?no-such?Q?Caf?=' }],
    ['a.jpg', { title: Buffer.from('Café 日本').toString('latin1') }, [], { title: 'Café 日本' }],
    ['a.jpg', { title: 'Caf\xe9' }, [], { title: 'Café' }],
  ])('%s %j %j', (key, metadata, tags, context) => {
    expect(contextOf(key, metadata, tags)).toEqual(context);
  });
});

describe.skipIf(!hasS3Server)('on a real server', () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await openS3Server(['bucket', 'public', 'private', 'large']);
  });
  afterAll(() => server.close());
  const openIn = (address: string, more: Partial<typeof settings> = {}) =>
    openAt(server.endpoint, address, more);
  const only = async (source: Source): Promise<Location> => (await walk(source)).images[0]!.location;

  test('crawl 41: keys with any characters are found, and their objects fetched', async () => {
    const keys = [
      ' a b.gif',
      'a+b.gif',
      'a%20b.gif',
      '100%.gif',
      'ünï/日本.gif',
      '😀 "quoted" \'<>&?#.gif',
      'new\nline\ttab.gif',
      'back\\slash.gif',
      'no extension',
      `${'d/'.repeat(400)}${'e'.repeat(220)}.gif`,
    ];
    for (const key of keys) await server.put('bucket', `any/${key}`, gif(key));
    await server.put('bucket', 'any/folder/', Buffer.alloc(0));
    expect(Buffer.byteLength(`any/${keys.at(-1)}`)).toBe(1028);
    const source = await openIn('bucket/any/');
    const { images } = await walk(source);
    expect(images.map(({ location }) => location.address).sort()).toEqual(
      keys.map((key) => `any/${key}`).sort(),
    );
    for (const { location } of images) {
      const fetched = await fetchFrom(source, location);
      expect(fetched.outcome === 'fetched' && Buffer.from(fetched.content).toString('latin1')).toBe(
        gif(location.address.slice('any/'.length)).toString('latin1'),
      );
      expect(decodeURIComponent(location.url)).toBe(`s3://bucket/${location.address}`);
    }
  });

  test('2,100 objects in three pages, the first of which is asked for once', async () => {
    const keys = Array.from({ length: 2_100 }, (_, number) => `paged/${(number * 7919) % 2_100}`);
    await server.put('bucket', keys[0]!, gif());
    await server.copy('bucket', keys[0]!, keys.slice(1));
    await server.asked();
    const source = await openIn('bucket/paged/');
    const { images, expanded } = await walk(source);
    expect(images.map(({ location }) => location.address)).toEqual(
      keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
    expect(expanded).toHaveLength(3);
    expect(await server.asked()).toEqual(Array(3).fill('ListObjectsV2'));
    expect(source.urlOf(expanded[1]!.address)).toMatch(/^s3:\/\/bucket\/paged\/\?start-after=paged\/\d+$/);
    // Another process carries on from what the queue knows of the page.
    const other = await openIn('bucket/paged/');
    const again = await other.expand(other.further(expanded[2]!.address, 0), 'default', undefined, signal);
    expect(again.outcome === 'expanded' && again.images.length).toBe(100);
  });

  test('what a listing says not to have changed costs no request, nor does what is too large or empty', async () => {
    await server.put('bucket', 'one/a.gif', gif());
    const source = await openIn('bucket/one/', { maxImageBytes: 100 });
    const location = await only(source);
    const fetched = await fetchFrom(source, location);
    const { validators } = fetched as Extract<Fetched, { outcome: 'fetched' }>;
    expect(validators).toEqual({
      etag: location.listed!.etag,
      sizeBytes: gif().length,
      lastModified: location.listed!.lastModified,
    });
    await server.put('bucket', 'one/large.gif', gif('x'.repeat(200)));
    await server.put('bucket', 'one/zero.gif', Buffer.alloc(0));
    const { images } = await walk(source);
    await server.asked();
    expect(await fetchFrom(source, location, validators)).toEqual({ outcome: 'unchanged' });
    const outcomes = await Promise.all(images.slice(1).map((image) => fetchFrom(source, image.location)));
    expect(outcomes).toMatchObject([{ code: 'too_many_bytes' }, { code: 'not_an_image' }]);
    expect(await server.asked()).toEqual([]);
  });

  test('what was no image is not looked at again until it changes', async () => {
    await server.put('bucket', 'none/a.gif', Buffer.from('some text'));
    await server.put('bucket', 'none/b.gif', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'));
    const source = await openIn('bucket/none/');
    const [text, svg] = (await walk(source)).images.map(({ location }) => location) as [Location, Location];
    const skipped = (location: Location, validators: Validators) =>
      source.fetch(
        location,
        { ...indexedRecord(source, location, validators), state: 'skipped', imageId: null },
        countingBudget(),
        signal,
      );
    const first = await fetchFrom(source, text);
    expect(first).toMatchObject({ outcome: 'skipped', code: 'not_an_image' });
    const { validators } = first as { validators: Validators };
    expect(await fetchFrom(source, svg)).toMatchObject({ code: 'unsupported_format', validators: {} });
    await server.asked();
    expect(await skipped(text, validators)).toEqual({ outcome: 'unchanged' });
    expect(await server.asked()).toEqual([]);
    await server.put('bucket', 'none/a.gif', gif());
    const [changed] = (await walk(source)).images;
    expect(await skipped(changed!.location, validators)).toMatchObject({ outcome: 'fetched' });
  });

  test('an object that changes between listing and fetch is taken as it is, and not seen as changed again', async () => {
    await server.put('bucket', 'two/a.gif', gif());
    const source = await openIn('bucket/two/');
    const stale = await only(source);
    await server.put('bucket', 'two/a.gif', gif('a longer one'));
    const budget = countingBudget();
    const fetched = await fetchFrom(source, stale, undefined, budget);
    expect(fetched).toMatchObject({
      outcome: 'fetched',
      validators: { sizeBytes: gif('a longer one').length },
    });
    expect(budget.heldBytes).toBe(gif('a longer one').length);
    const { validators } = fetched as Extract<Fetched, { outcome: 'fetched' }>;
    expect(await fetchFrom(source, await only(source), validators)).toEqual({ outcome: 'unchanged' });
    // What lay there at the listing was put back: the listing differs from what was stored.
    expect(await fetchFrom(source, stale, validators)).toMatchObject({ outcome: 'fetched' });
  });

  test('an object that is stored compressed is taken as browsers would, and not seen as changed', async () => {
    await server.put('bucket', 'packed/a.gif', gzipSync(gif()), { ContentEncoding: 'gzip' });
    const source = await openIn('bucket/packed/');
    const fetched = await fetchFrom(source, await only(source));
    expect(fetched).toMatchObject({ outcome: 'fetched', sha256: sha256Of(gif()) });
    const { validators } = fetched as Extract<Fetched, { outcome: 'fetched' }>;
    expect(await fetchFrom(source, await only(source), validators)).toEqual({ outcome: 'unchanged' });
  });

  test('an image of 50 MB', { timeout: 60_000 }, async () => {
    const noise = Buffer.alloc(4096 * 4096 * 3);
    for (let i = 0; i < noise.length; i += 4) noise.writeUInt32LE((i * 2654435761) >>> 0, i);
    const image = await sharp(noise, { raw: { width: 4096, height: 4096, channels: 3 } })
      .tiff({ compression: 'none' })
      .toBuffer();
    expect(image.length).toBeGreaterThan(50_000_000);
    await server.put('large', 'a.tif', image);
    const source = await openIn('large');
    const budget = countingBudget();
    const fetched = await fetchFrom(source, await only(source), undefined, budget);
    expect(fetched.outcome === 'fetched' && image.equals(fetched.content)).toBe(true);
    expect(budget.heldBytes).toBe(image.length);
  });

  test('metadata and tags are page context; denied tags are no failure', async () => {
    await server.put('public', 'Wild Cats/a.gif', gif(), { Metadata: { title: '=?UTF-8?B?TMO2d2U=?=' } });
    const Tagging = { TagSet: [{ Key: 'place', Value: 'Köln' }] };
    await server.client.send(
      new PutObjectTaggingCommand({ Bucket: 'public', Key: 'Wild Cats/a.gif', Tagging }),
    );
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: '*', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::public' },
        { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::public/*' },
      ],
    });
    await server.client.send(new PutBucketPolicyCommand({ Bucket: 'public', Policy }));
    const contextFrom = async (source: Source) => {
      const fetched = await fetchFrom(source, await only(source));
      return fetched.outcome === 'fetched' && fetched.context;
    };
    expect(await contextFrom(await openIn('public'))).toEqual({
      title: 'Löwe',
      section: 'Wild Cats · place Köln',
    });
    const untagged = { title: 'Löwe', section: 'Wild Cats' };
    expect(await contextFrom(await openIn('public', { s3Anonymous: true }))).toEqual(untagged);
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, undefined);
    expect(await contextFrom(await openIn('public'))).toEqual(untagged);
  });

  test('why a bucket cannot be opened is said', async () => {
    expect(await startFault(await openIn('missing/x'))).toMatch(
      /s3:\/\/missing\/x: there is no bucket of that name \(NoSuchBucket, status 404\); asked: http.*, region us-east-1/,
    );
    expect(await startFault(await openIn('private', { s3Anonymous: true }))).toMatch(
      /access was denied .*asked without credentials: set AWS_ACCESS_KEY_ID/,
    );
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'wrong');
    expect(await startFault(await openIn('private'))).toMatch(
      /the secret key does not fit the access key \(SignatureDoesNotMatch, status 403\)/,
    );
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'nobody');
    expect(await startFault(await openIn('private'))).toMatch(/the access key is not known there/);
    expect(await startFault(await openIn('private'))).not.toContain('wrong');
  });

  test('the endpoint and the region of the environment are used', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_S3', server.endpoint);
    const source = await openAt('', 'private');
    expect(await source.start('default', signal)).toHaveLength(1);
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    // The server says which region is the right one, or the message does.
    const other = await openAt('', 'private');
    const outcome = await other.start('default', signal).catch((error: unknown) => String(error));
    if (typeof outcome === 'string')
      expect(outcome).toContain('the bucket is in another region: set s3Region');
  });

  test('a profile says where the service is, and as whom it is asked', async () => {
    const folder = await testFolder();
    try {
      const file = join(folder, 'config');
      await writeFile(
        file,
        `[profile own]\nendpoint_url = ${server.endpoint}\naws_access_key_id = testkey\n` +
          'aws_secret_access_key = testsecret\n[profile empty]\nregion = us-east-1\n',
      );
      for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, undefined);
      vi.stubEnv('AWS_CONFIG_FILE', file);
      vi.stubEnv('AWS_PROFILE', 'own');
      expect(await (await openAt('', 'private')).start('default', signal)).toHaveLength(1);
      vi.stubEnv('AWS_PROFILE', 'empty');
      expect(await startFault(await openIn('public'))).toContain(
        'AWS_PROFILE is set but gives no credentials',
      );
      const anonymous = await openIn('public', { s3Anonymous: true });
      expect(await anonymous.start('default', signal)).toHaveLength(1);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('a server that stops leaves failures that are worth a retry, and what it had', async () => {
    await server.put('bucket', 'stop/a.gif', gif());
    const source = await openIn('bucket/stop/');
    const location = await only(source);
    await server.kill();
    try {
      expect(await fetchFrom(source, location)).toMatchObject({
        outcome: 'failed',
        failure: { code: 'network_error', retry: 'later' },
      });
      expect(await source.expand(source.further('', 0), 'default', undefined, signal)).toMatchObject({
        outcome: 'failed',
        failure: { stage: 'find', code: 'network_error', retry: 'later' },
      });
      expect(await startFault(await openIn('bucket'))).toContain('the connection was refused');
    } finally {
      await server.start();
    }
    expect(await fetchFrom(source, location)).toMatchObject({ outcome: 'fetched' });
  });
});

describe('a server that does wrong', () => {
  let servers: Server[] = [];
  const asked: string[] = [];
  const serve = async (answer: RequestListener): Promise<string> => {
    const server = createServer((request, response) => {
      asked.push(request.url!);
      answer(request, response);
    });
    servers.push(server);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  };
  afterEach(() => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    servers = [];
    asked.length = 0;
  });

  const answering =
    (status: number, body: string | Buffer, headers: Record<string, string> = {}): RequestListener =>
    (_request, response) => {
      response.writeHead(status, headers);
      response.end(body);
    };
  const coded = (code: string, more = ''): string =>
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>so it is</Message>${more}</Error>`;
  const listing = (keys: readonly string[], isTruncated = false, more = ''): string =>
    `<?xml version="1.0"?><ListBucketResult><Name>bucket</Name><EncodingType>url</EncodingType>${more}` +
    `<IsTruncated>${isTruncated}</IsTruncated>${keys
      .map((key) => `<Contents><Key>${key}</Key><Size>9</Size><ETag>"e"</ETag></Contents>`)
      .join('')}</ListBucketResult>`;

  test.each<[string, RequestListener, RegExp]>([
    ['is a web site', answering(200, '<!doctype html><p>hello<br></body>'), /not one of an S3 service/],
    ['says nothing', answering(200, ''), /no listing of an S3 service/],
    ['knows nothing', answering(404, 'not here'), /status 404/],
    ['breaks off', answering(200, listing(['a']).slice(0, 150)), /not one of an S3 service/],
    ['lists the same again', answering(200, listing(['b'], true)), /^$/],
    ['has another clock', answering(403, coded('RequestTimeTooSkewed')), /clock differs too much/],
    ['wants fewer requests', answering(503, coded('SlowDown')), /asks for fewer requests/],
    ['has forgotten the login', answering(400, coded('ExpiredToken')), /credentials have expired/],
    ['denies', answering(403, coded('AccessDenied')), /access was denied .*may lack s3:ListBucket/],
  ])('one that %s', async (_name, answer, why) => {
    const source = await openAt(await serve(answer), 'bucket');
    if (why.source === '^$') {
      // It does not go on after a key: that would be for ever, or would miss what follows.
      await source.start('default', signal);
      const first = await source.expand(source.further('', 0), 'default', undefined, signal);
      const [next] = first.outcome === 'expanded' ? first.further : [];
      expect(await source.expand(next!, 'default', undefined, signal)).toMatchObject({
        outcome: 'failed',
        failure: { code: 'bad_response' },
      });
    } else expect(await startFault(source)).toMatch(why);
  });

  test('keys are decoded as forms are, and a page without keys leads on', async () => {
    const url = await serve((request, response) => {
      const token = new URL(request.url!, 'http://s3').searchParams.get('continuation-token');
      response.end(
        token === null
          ? listing([], true, '<NextContinuationToken>more</NextContinuationToken>')
          : listing(['../x+y/%2B%2525%0A.gif', 'a%2F%2Fb', 'z/']),
      );
    });
    const { images } = await walk(await openAt(url, 'bucket'));
    expect(images.map(({ location }) => location.address)).toEqual(['../x y/+%25\n.gif', 'a//b']);
    expect(asked.map((path) => new URL(path, 'http://s3').searchParams.get('encoding-type'))).toEqual([
      'url',
      'url',
    ]);
  });

  test('crawl 41: dots, slashes and control characters of a key are asked for as they are, and stay below the bucket', async () => {
    const source = await openAt(await serve(answering(200, gif())), 'bucket');
    const long = `${'日本/'.repeat(146)}xy`;
    expect(Buffer.byteLength(long)).toBe(1024);
    const keys = [
      '../a',
      'x/../y',
      './b',
      '/lead',
      'a//b',
      'a b+c%2F',
      '../../../etc/passwd',
      'a\0b\u007f',
      'a\r\nHost: evil',
      '?x=y#z',
      long,
    ];
    for (const key of keys) expect(await fetchFrom(source, at(key))).toMatchObject({ outcome: 'fetched' });
    expect(asked.map((path) => path.replace(/\?.*/, ''))).toEqual([
      '/bucket/../a',
      '/bucket/x/../y',
      '/bucket/./b',
      '/bucket//lead',
      '/bucket/a//b',
      '/bucket/a%20b%2Bc%252F',
      '/bucket/../../../etc/passwd',
      '/bucket/a%00b%7F',
      '/bucket/a%0D%0AHost%3A%20evil',
      '/bucket/%3Fx%3Dy%23z',
      `/bucket/${encodeURIComponent(long).replaceAll('%2F', '/')}`,
    ]);
    // What is said of it to people and in addresses can be printed, and leads nowhere else.
    for (const key of keys) expect(objectUrl('bucket', key)).toMatch(/^s3:\/\/bucket\/[\x21-\x7e]+$/);
    expect(new URL(objectUrl('bucket', '../../other/a')).href).toBe('s3://bucket/..%2F..%2Fother%2Fa');
  });

  test('crawl 41: a listing that names such keys is taken as it is, and control characters are no XML', async () => {
    const source = await openAt(
      await serve(answering(200, listing(['a%00b.gif', '..%2F..%2Fetc', '%F0%9F%98%80', 'plain']))),
      'bucket',
    );
    const { images } = await walk(source);
    expect(images.map(({ location }) => location.address).sort()).toEqual([
      '../../etc',
      'a\0b.gif',
      'plain',
      '😀',
    ]);
    for (const { location } of images) expect(location.url).toMatch(/^s3:\/\/bucket\/[\x21-\x7e]+$/);
  });

  test.each<[string, RequestListener, object]>([
    ['404', answering(404, coded('NoSuchKey')), { outcome: 'gone', failure: { code: 'not_found' } }],
    [
      'bucket gone',
      answering(404, coded('NoSuchBucket')),
      { outcome: 'failed', failure: { code: 'http_error' } },
    ],
    ['403', answering(403, coded('AccessDenied')), { failure: { code: 'http_error', retry: 'never' } }],
    [
      'archived',
      answering(403, coded('InvalidObjectState')),
      { failure: { reason: expect.stringContaining('archived') } },
    ],
    ['500', answering(500, 'oh'), { failure: { code: 'server_error', retry: 'later' } }],
    [
      '503',
      answering(503, coded('SlowDown'), { 'retry-after': '7' }),
      { failure: { code: 'server_error', retry: 'later', retryAfterMs: 7000 } },
    ],
    [
      'timeout',
      answering(400, coded('RequestTimeout')),
      { failure: { code: 'server_error', retry: 'later' } },
    ],
    [
      'cut off',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '90000' });
        response.write(gif(), () => response.destroy());
      },
      { failure: { code: 'network_error', retry: 'later' } },
    ],
    [
      'slow',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '90000' });
        response.write(gif());
      },
      { failure: { code: 'timed_out', retry: 'later' } },
    ],
    ['too large', answering(200, gif('x'.repeat(110_000))), { outcome: 'skipped', code: 'too_many_bytes' }],
    [
      'too large, and does not say so',
      (_request, response) => {
        response.write(gif('x'.repeat(110_000)));
        response.end();
      },
      { outcome: 'skipped', code: 'too_many_bytes' },
    ],
  ])('an object: %s', async (_name, answer, outcome) => {
    const limits = { fetchTimeoutMs: 500, maxImageBytes: 100_000 };
    const source = await openAt(await serve(answer), 'bucket', limits);
    expect(await fetchFrom(source, at('a.gif'))).toMatchObject(outcome);
  });

  test('a film is given up at its first bytes', async () => {
    const filmBytes = 40_000_000;
    let sentBytes = 0;
    const film = function* () {
      yield Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42mp41', 'latin1');
      for (; sentBytes < filmBytes; sentBytes += 100_000) yield Buffer.alloc(100_000);
    };
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': String(filmBytes + 24) });
      Readable.from(film()).pipe(response);
    });
    const source = await openAt(url, 'bucket');
    const budget = countingBudget();
    expect(
      await fetchFrom(source, at('film.mp4', { sizeBytes: filmBytes + 24, etag: '"f"' }), undefined, budget),
    ).toMatchObject({
      outcome: 'skipped',
      code: 'not_an_image',
    });
    expect(budget.heldBytes).toBe(0);
    expect(sentBytes).toBeLessThan(filmBytes / 2);
  });

  test('one that says where the bucket lies is asked there', async () => {
    const regions: string[] = [];
    const url = await serve((request, response) => {
      const region = /\/([a-z]+-[a-z]+-\d)\/s3/.exec(request.headers.authorization ?? '')![1]!;
      regions.push(region);
      if (region === 'eu-west-3') return void response.end(listing(['a.gif']));
      response.writeHead(301, { 'x-amz-bucket-region': 'eu-west-3' });
      response.end(coded('PermanentRedirect'));
    });
    const source = await openAt(url, 'bucket');
    expect((await walk(source)).images).toHaveLength(1);
    await source.expand(source.further('', 0), 'default', undefined, signal);
    expect(regions).toEqual(['us-east-1', 'eu-west-3', 'eu-west-3']);
  });

  test('headers of one’s own are sent and signed', async () => {
    let sent: Record<string, unknown> = {};
    const url = await serve((request, response) => {
      sent = request.headers;
      response.end(listing([]));
    });
    const source = await openAt(url, 'bucket', {}, { 'x-amz-request-payer': 'requester' });
    await source.start('default', signal);
    expect(sent['x-amz-request-payer']).toBe('requester');
    expect(sent['authorization']).toContain('x-amz-request-payer');
  });

  test('a stop is obeyed at once', async () => {
    const source = await openAt(await serve(() => {}), 'bucket');
    const stop = new AbortController();
    const outcomes = [
      source.start('default', stop.signal),
      source.expand(source.further('', 0), 'default', undefined, stop.signal),
      source.fetch(at('a.gif'), undefined, countingBudget(), stop.signal),
    ].map((work) => work.catch((error: unknown) => error));
    await vi.waitFor(() => expect(asked).toHaveLength(3));
    stop.abort(new Error('enough'));
    expect(await Promise.all(outcomes)).toEqual(Array(3).fill(new Error('enough')));
  });
});
