import { createServer, type RequestListener, type Server } from 'node:http';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Blobs } from '../../src/blobs/blobs.ts';
import { open } from '../../src/blobs/s3.ts';
import { ImagedexError, TemporaryError } from '../../src/errors.ts';
import { describeBlobs } from '../contracts/blobs.ts';
import { hasS3Server, openS3Server, type S3Server, s3Environment } from '../s3-server.ts';

const driver = new URL('../../src/blobs/s3.ts', import.meta.url);
const settings = { blobsBucket: 'blobs/own', blobsEndpoint: '', blobsRegion: '' };

beforeEach(() => {
  for (const [name, value] of Object.entries(s3Environment)) vi.stubEnv(name, value);
});
afterEach(() => vi.unstubAllEnvs());

const keysIn = async (blobs: Blobs, prefix = ''): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of blobs.list(prefix)) keys.push(key);
  return keys;
};

describe.skipIf(!hasS3Server)('on a real server', () => {
  let server: S3Server;
  let places = 0;
  beforeAll(async () => {
    server = await openS3Server(['blobs']);
  });
  afterAll(() => server.close());

  describeBlobs('s3', driver, async () => ({
    settings: { blobsBucket: `blobs/place-${places++}`, blobsEndpoint: server.endpoint, blobsRegion: '' },
    remove: async () => {},
  }));

  test('opening is one request, and marks the place once', async () => {
    const at = { ...settings, blobsBucket: 'blobs/marked', blobsEndpoint: server.endpoint };
    await server.asked();
    for (let opened = 0; opened < 3; opened++) await (await open(at)).close();
    expect(await server.asked()).toEqual(Array(3).fill('PutObject'));
    const { Contents } = await server.client.send(
      new ListObjectsV2Command({ Bucket: 'blobs', Prefix: 'marked/' }),
    );
    expect(Contents?.map(({ Key }) => Key)).toEqual(['marked/imagedex_blobs']);
  });

  test('what others put there is none of ours, and 2,500 keys come in three pages', async () => {
    const blobs = await open({ ...settings, blobsBucket: 'blobs/shared', blobsEndpoint: server.endpoint });
    await server.put('blobs', 'shared/README.txt', Buffer.from('x'));
    await server.put('blobs', 'shared/thumbnails/a.jpg', Buffer.from('x'));
    await server.put('blobs', 'sharedness', Buffer.from('x'));
    const hash = (i: number) => `thumbnails/${i.toString(16).padStart(8, '0')}.jpg`;
    await blobs.put(hash(0), Buffer.from('x'));
    const object = hash(0).replace('/', '_/');
    await server.copy(
      'blobs',
      `shared/${object}`,
      Array.from({ length: 2499 }, (_, i) => `shared/${hash(i + 1).replace('/', '_/')}`),
    );
    await server.asked();
    const keys = await keysIn(blobs, 'thumbnails/');
    expect(keys.sort()).toEqual(Array.from({ length: 2500 }, (_, i) => hash(i)));
    expect(await server.asked()).toHaveLength(3);
    expect((await keysIn(blobs)).length).toBe(2500 + 1);
    await blobs.close();
  });

  test('a bucket that is not there, and a key that is not known, are told', async () => {
    const missing = open({ ...settings, blobsBucket: 'missing', blobsEndpoint: server.endpoint });
    await expect(missing).rejects.toThrow(
      `blobs in s3://missing/: there is no bucket of that name (NoSuchBucket, status 404); asked: ${server.endpoint}, region us-east-1`,
    );
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'nobody');
    await expect(open({ ...settings, blobsEndpoint: server.endpoint })).rejects.toThrow(
      'the access key is not known there',
    );
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', '');
    await expect(open({ ...settings, blobsEndpoint: server.endpoint })).rejects.toThrow(
      'asked without credentials',
    );
  });

  test('a server that goes away and comes back', async () => {
    const blobs = await open({ ...settings, blobsBucket: 'blobs/away', blobsEndpoint: server.endpoint });
    await blobs.put('a', Buffer.from('x'));
    await server.kill();
    await expect(blobs.put('b', Buffer.from('y'))).rejects.toBeInstanceOf(TemporaryError);
    await expect(blobs.get('a')).rejects.toThrow('the connection was refused');
    const late = blobs.put('c', Buffer.from('z'));
    await server.start();
    await late.catch(() => blobs.put('c', Buffer.from('z')));
    expect(await keysIn(blobs)).toEqual(['a', 'c']);
    await blobs.close();
  });
});

describe('on a server that answers badly', () => {
  let server: Server;
  let answers: RequestListener[];
  let asked: string[];
  beforeEach(async () => {
    [answers, asked] = [[], []];
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url?.split('?')[0]}`);
      request.resume();
      request.once('end', () => (answers.shift() ?? fine)(request, response));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const fine: RequestListener = (_, response) => void response.end();
  const fault =
    (status: number, code: string): RequestListener =>
    (_, response) =>
      void response.writeHead(status).end(`<Error><Code>${code}</Code><Message>no</Message></Error>`);
  const openHere = (): Promise<Blobs> => {
    const { port } = server.address() as { port: number };
    return open({ ...settings, blobsEndpoint: `http://127.0.0.1:${port}` });
  };
  const faultOf = async (work: Promise<unknown>): Promise<ImagedexError> => {
    const error = await work.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ImagedexError);
    return error as ImagedexError;
  };

  test('what may pass is asked again, a body that breaks off too', async () => {
    answers.push(fault(503, 'SlowDown'), fault(500, 'InternalError'), fine);
    const blobs = await openHere();
    expect(asked).toHaveLength(3);
    answers.push(
      (_, response) => {
        response.writeHead(200, { 'content-length': 8 }).write('half');
        setImmediate(() => response.destroy());
      },
      (request) => void request.socket.destroy(),
      (_, response) => void response.writeHead(200, { 'content-length': 8 }).end('all of it'.slice(0, 8)),
    );
    expect(Buffer.from((await blobs.get('a/b'))!).toString()).toBe('all of i');
    expect(asked.slice(3)).toEqual(Array(3).fill('GET /blobs/own/a_/b'));
  });

  test('a service that stays too busy is told as what may be over later', async () => {
    const blobs = await openHere();
    answers.push(...Array<RequestListener>(20).fill(fault(503, 'SlowDown')));
    const error = await faultOf(blobs.put('a', Buffer.from('x')));
    expect(error).toBeInstanceOf(TemporaryError);
    expect(error.message).toContain('the service asks for fewer requests (SlowDown, status 503)');
    expect(asked).toHaveLength(1 + 5);
  });

  test('a full one is told at once', async () => {
    const blobs = await openHere();
    answers.push(fault(507, 'XMinioStorageFull'));
    const error = await faultOf(blobs.put('a', Buffer.from('x')));
    expect(error).toBeInstanceOf(TemporaryError);
    expect(error.message).toContain('the service is full: make room there');
    expect(asked).toHaveLength(2);
  });

  test('what is denied names the right that may lack', async () => {
    answers.push(fault(403, 'AccessDenied'));
    const error = await faultOf(openHere());
    expect(error).not.toBeInstanceOf(TemporaryError);
    expect(error).toMatchObject({ code: 'data_unavailable' });
    expect(error.message).toContain('access was denied (AccessDenied, status 403)');
    expect(error.message).toContain('may lack s3:PutObject');
  });

  test('a service that says in which region the bucket lies is asked there; one that does not is told', async () => {
    answers.push(
      (_, response) =>
        void response.writeHead(301, { 'x-amz-bucket-region': 'eu-central-1' }).end('<Error/>'),
      (request, response) => {
        expect(request.headers.authorization).toContain('/eu-central-1/s3/');
        response.end();
      },
    );
    await openHere();
    answers.push(fault(301, 'PermanentRedirect'));
    expect((await faultOf(openHere())).message).toContain('the bucket is in another region: set blobsRegion');
  });

  test('an empty answer is no empty bucket', async () => {
    const blobs = await openHere();
    answers.push(fine);
    expect((await faultOf(keysIn(blobs))).message).toContain('no listing of an S3 service');
  });

  test('questions beyond what is bounded wait', async () => {
    const blobs = await openHere();
    let [open, most] = [0, 0];
    const slow: RequestListener = (_, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        response.end();
      }, 5);
    };
    answers.push(...Array<RequestListener>(200).fill(slow));
    await Promise.all(Array.from({ length: 200 }, (_, i) => blobs.put(`many/${i}`, Buffer.from('x'))));
    expect(most).toBeLessThanOrEqual(32);
    expect(most).toBeGreaterThan(1);
  });
});

test('a place must be named', async () => {
  await expect(open({ ...settings, blobsBucket: '' })).rejects.toThrow(
    expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining('blobsBucket') }),
  );
});
