// POST /classify and what /graphql takes in base64, against the real app: answers, bounds, and windows that are shared.
import { request } from 'node:http';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openClassifyRoom } from '../../src/api/classify-room.ts';
import { maxUploadBytes } from '../../src/api/upload-limit.ts';
import { thumbnailKey } from '../../src/blobs/blobs.ts';
import { sha256Of } from '../../src/record.ts';
import { picture, pictureFolder } from '../pictures.ts';
import { openWorld, type World } from '../world.ts';
import { serveWorld } from './world.ts';

let world: World;
let url: string;
const stop = new AbortController();
beforeAll(async () => {
  world = await openWorld({
    describers: 1,
    // Long enough that windows fill.
    windowMaxWaitMs: 300,
    maxImageBytes: 200_000,
    maxPixels: 1_000_000,
  });
  ({ url } = await world.app.serve(0, stop.signal));
});
afterAll(async () => {
  stop.abort();
  await world?.close();
});

const post = (content: Uint8Array, type = 'image/jpeg', more: Record<string, string> = {}) =>
  fetch(`${url}/classify`, {
    method: 'POST',
    headers: { 'content-type': type, ...more },
    body: new Uint8Array(content),
  });
const codeOf = async (response: Response) => {
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  expect(error.message).toMatch(/^\S.*\S$/);
  return [response.status, error.code];
};

describe('POST /classify', () => {
  test('says what is on the bytes', async () => {
    const answer = await post(await picture(1));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const body = (await answer.json()) as { labels: object[]; scores: { score: number }[] };
    expect(Object.keys(body)).toEqual(['labels', 'scores', 'model', 'width', 'height', 'format']);
    expect(body).toMatchObject({ width: 61, height: 60, format: 'JPEG' });
    expect(body.scores).toHaveLength(5);
    expect(body.scores.map(({ score }) => score)).toEqual(
      body.scores.map(({ score }) => score).sort((a, b) => b - a),
    );
    for (const label of body.labels) {
      expect(label).toEqual({
        id: expect.stringMatching(/^n\d{8}$/) as string,
        name: expect.any(String) as string,
        confidence: expect.any(Number) as number,
        isAccepted: expect.any(Boolean) as boolean,
        isMostSpecific: expect.any(Boolean) as boolean,
      });
    }
  });

  test('the content type need only say that it is some image, or bytes', async () => {
    const image = await picture(2);
    for (const type of ['image/png', 'IMAGE/JPEG; q=1', 'image/svg+xml', 'application/octet-stream'])
      expect([type, (await post(image, type)).status]).toEqual([type, 200]);
  });

  test.each([
    'text/plain',
    'application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
  ])('other content types are refused: %s', async (type) =>
    expect(await codeOf(await post(await picture(1), type))).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']),
  );

  test('what cannot be classified is told with a code', async () => {
    const many = await sharp({ create: { width: 1100, height: 1000, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    expect(await codeOf(await post(Buffer.alloc(200_001)))).toEqual([413, 'TOO_MANY_BYTES']);
    expect(await codeOf(await post(Buffer.alloc(0)))).toEqual([422, 'NOT_AN_IMAGE']);
    expect(await codeOf(await post(Buffer.from('hello')))).toEqual([422, 'NOT_AN_IMAGE']);
    expect(await codeOf(await post(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')))).toEqual([
      422,
      'UNSUPPORTED_FORMAT',
    ]);
    expect(await codeOf(await post(many))).toEqual([422, 'TOO_MANY_PIXELS']);
    expect(await codeOf(await post((await picture(1)).subarray(0, 30)))).toEqual([422, 'UNDECODABLE']);
  });

  test('a body of unknown length is bounded all the same', async () => {
    const status = await new Promise<number>((resolve, reject) => {
      const sent = request(`${url}/classify`, { method: 'POST', headers: { 'content-type': 'image/jpeg' } });
      sent.on('response', (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      sent.on('error', reject);
      for (let piece = 0; piece < 5; piece++) sent.write(Buffer.alloc(50_000));
      sent.end();
    });
    expect(status).toBe(413);
  });

  test('GET has nothing to classify, and pages of other sites get no answer', async () => {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
      const answer = await fetch(`${url}/classify`, { method });
      expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, 'POST']);
    }
    expect(await codeOf(await fetch(`${url}/classify`))).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect((await post(await picture(1), 'image/jpeg', { origin: 'https://evil.example' })).status).toBe(403);
  });

  test('nothing is stored, and windows are shared with a crawl', async () => {
    const folder = await pictureFolder(join(world.folder, 'photos'), 24);
    const { describers } = await world.parts.openWorkshop();
    const before = describers.counts();
    const images = await Promise.all(Array.from({ length: 24 }, (_, number) => picture(100 + number)));
    const [report, ...answers] = await Promise.all([
      world.crawl(folder),
      ...images.map((image) => post(image)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(images.map(() => 200));
    expect(report.inferences).toBe(24);
    const after = describers.counts();
    expect(after.images - before.images).toBe(48);
    const windows = (['full', 'idle', 'waited', 'drained'] as const).reduce(
      (sum, reason) => sum + after[reason] - before[reason],
      0,
    );
    expect(windows).toBeLessThan(24);
    const [stored] = await world.parts.ledger.tally('description', {}, []);
    expect(stored?.count).toBe(24);
    expect(await world.parts.blobs.get(thumbnailKey(sha256Of(images[0]!)))).toBe(null);
  });
});

describe('/graphql takes images in base64, and nothing else that is large', () => {
  const document = 'mutation ($input: ClassifyInput!) { classify(input: $input) { errors { code } } }';
  const ask = (body: string) =>
    fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const withImage = (bytes: number, query = document) =>
    JSON.stringify({
      query,
      variables: { input: { image: { base64: Buffer.alloc(bytes).toString('base64') } } },
    });

  test('up to 10 MiB, which the image then has to be allowed', async () => {
    expect(await (await ask(withImage(10 * 1024 ** 2))).json()).toEqual({
      data: { classify: { errors: [{ code: 'TOO_MANY_BYTES' }] } },
    });
    expect(await (await ask(withImage(190_000).replaceAll('/', '\\/'))).json()).toEqual({
      data: { classify: { errors: [{ code: 'NOT_AN_IMAGE' }] } },
    });
    expect((await ask(withImage(maxUploadBytes))).status).toBe(413);
  });

  test('many mutations in one document are bounded like fields, and none of them is done', async () => {
    const many = Array.from(
      { length: 31 },
      (_, n) => `a${n}: setSchedule(input: { cron: "@daily" }) { errors { code } }`,
    );
    const answer = await ask(JSON.stringify({ query: `mutation { ${many.join(' ')} }` }));
    expect(await answer.text()).toContain('QUERY_TOO_COMPLEX');
    expect(await world.parts.ledger.list('schedule', {}, { limit: 10 })).toEqual([]);
  });

  test('a large document, or large variables of another name, are refused', async () => {
    const code = async (body: string) => {
      const answer = await ask(body);
      const { errors } = (await answer.json()) as { errors: { extensions: { code: string } }[] };
      return [answer.status, errors[0]!.extensions.code];
    };
    const tooLarge = [413, 'PAYLOAD_TOO_LARGE'];
    expect(await code(withImage(200_000, `${document}${' '.repeat(100_000)}`))).toEqual(tooLarge);
    expect(await code(withImage(200_000).replace('"base64"', '"data"'))).toEqual(tooLarge);
    expect(
      await code(JSON.stringify({ query: document, variables: { a: [...'x'.repeat(50_000)] } })),
    ).toEqual(tooLarge);
  });
});

test('pages of other origins classify nothing, and send nothing large', async () => {
  const origin = 'https://shop.example';
  const shop = await serveWorld({ collections: new Map([['default', { origins: [origin] }]]) });
  const send = async (path: string, type: string, body: string) =>
    (await fetch(`${shop.url}${path}`, { method: 'POST', headers: { origin, 'content-type': type }, body }))
      .status;
  const image = { input: { image: { base64: 'A'.repeat(200_000) } } };
  const query = 'mutation ($input: ClassifyInput!) { classify(input: $input) { errors { code } } }';
  expect(await send('/graphql', 'application/json', '{"query":"{ images { nodes { id } } }"}')).toBe(200);
  expect(await send('/graphql', 'application/json', JSON.stringify({ query, variables: image }))).toBe(413);
  expect(await send('/classify', 'image/jpeg', 'x')).toBe(403);
  await shop.close();
});

test('a room has places for so many images and bytes, and gives each back once', () => {
  const room = openClassifyRoom({ maxImages: 2, maxBytes: 100 });
  const first = room.enter(60)!;
  expect(room.enter(60)).toBe(null);
  const second = room.enter(40)!;
  expect(room.enter(0)).toBe(null);
  second();
  second();
  first();
  const large = room.enter(1000);
  expect(large).not.toBe(null);
  expect(room.enter(1)).toBe(null);
});
