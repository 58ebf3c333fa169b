import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TemporaryError } from '../../src/errors.ts';
import { type Log, openLog } from '../../src/log.ts';
import { asked } from '../../src/opensearch/asked.ts';
import { openClient } from '../../src/opensearch/client.ts';
import { isTemporary } from '../../src/opensearch/faults.ts';
import type { OpenSearchSettings } from '../../src/opensearch/options.ts';
import { testFolder } from '../world.ts';
import { openSearchSettings } from './settings.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  vi.restoreAllMocks();
});

const open = async (settings: Partial<OpenSearchSettings>, log: Log = openLog('error')) => {
  const opened = await openClient({ ...openSearchSettings, ...settings }, log);
  closers.push(opened.close);
  return opened;
};

/** Addresses of servers that answer so, one after the other for each request. */
async function scripted(...answers: RequestListener[]): Promise<{ url: string; count: () => number }> {
  let count = 0;
  const server = createServer((request, response) => {
    const answer = answers[Math.min(count++, answers.length - 1)]!;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, count: () => count };
}

const json =
  (body: unknown, status = 200): RequestListener =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const busy = json({ error: { type: 'es_rejected_execution_exception', reason: 'queue' } }, 429);

describe('settings that do not go together', () => {
  it.each([
    [
      { opensearchUser: 'ada', opensearchPassword: 'x', opensearchAwsRegion: 'eu-central-1' },
      /both are set: remove one/,
    ],
    [{ opensearchUser: 'ada' }, /a password for opensearchUser.*IMAGEDEX_OPENSEARCH_PASSWORD/],
    [{ opensearchPassword: 'sesame' }, /expected opensearchUser/],
    [{ opensearchUser: 'a:b', opensearchPassword: 'sesame' }, /without a colon/],
    [{ opensearchCaFile: '/no/such/file.pem' }, /but \/no\/such\/file.pem cannot be read: ENOENT/],
  ])('are refused: %o', async (settings, message) => {
    const error = await open(settings).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringMatching(message) });
    expect((error as Error).message).not.toContain('sesame');
  });

  it('are refused: an authority’s file without certificates, or with broken ones', async () => {
    const file = join(await testFolder(), 'ca.pem');
    await writeFile(file, 'nothing');
    await expect(open({ opensearchCaFile: file })).rejects.toThrow(`but ${file} has none`);
    await writeFile(file, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    await expect(open({ opensearchCaFile: file })).rejects.toThrow(/has one that cannot be read/);
  });

  it('are warned of, once', async () => {
    const said: string[] = [];
    const log = openLog('warn', (line) => said.push(line), true);
    const login = { opensearchUser: 'ada', opensearchPassword: 'sesame' };
    await open(
      { ...login, opensearchUrls: ['http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1'] },
      log,
    );
    await open({ ...login, opensearchUrls: ['https://search.example.org'] }, log);
    expect(said).toEqual([]);
    await open({ ...login, opensearchUrls: ['http://a.example.org:9200', 'http://b.example.org:9200'] }, log);
    expect(said.splice(0)).toEqual([
      'warn: The password for OpenSearch goes unencrypted to a.example.org:9200: write https:// in opensearchUrls\n',
    ]);
  });
});

it('asks several nodes in turn, and others where one is away', async () => {
  const [first, second] = [await scripted(json({ node: 1 })), await scripted(json({ node: 2 }))];
  const { client, log } = await open({
    // The same twice is one.
    opensearchUrls: [first.url, 'http://127.0.0.1:1', second.url, `${second.url}/`],
  });
  for (let i = 0; i < 12; i++) await asked({ log }, () => client.info());
  expect(first.count() + second.count()).toBe(12);
  expect(Math.min(first.count(), second.count())).toBeGreaterThan(3);
});

it('repeats nothing by itself', async () => {
  const server = await scripted((request) => request.socket.destroy());
  const { client } = await open({ opensearchUrls: [server.url] });
  await expect(client.bulk({ body: [{ delete: { _index: 'x', _id: '1' } }] })).rejects.toThrow();
  expect(server.count()).toBe(1);
});

it('ends an answer that falls silent or breaks, and writes nothing where results belong', async () => {
  const written = vi.spyOn(console, 'log').mockImplementation(() => {});
  const begun =
    (then: (socket: import('node:net').Socket) => void): RequestListener =>
    (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
      response.write('{"took": 1', () => then(request.socket));
    };
  const silent = await scripted(begun(() => {}));
  const broken = await scripted(begun((socket) => setTimeout(() => socket.resetAndDestroy(), 50)));
  for (const { url } of [silent, broken]) {
    const { client } = await open({ opensearchUrls: [url] });
    const error = await client.info({}, { requestTimeout: 200 }).catch((thrown: unknown) => thrown);
    expect(isTemporary(error)).toBe(true);
  }
  expect(written).not.toHaveBeenCalled();
});

describe('a read', () => {
  const read = async (...answers: RequestListener[]) => {
    const server = await scripted(...answers);
    const { client, log } = await open({ opensearchUrls: [server.url] });
    const answer = asked({ log }, () => client.search({ index: 'images' }), 300);
    return { answer, count: server.count };
  };
  const whole = { took: 1, timed_out: false, _shards: { total: 2, failed: 0 }, hits: { hits: [] } };

  it.each([
    ['too busy', busy],
    ['broken', ((request) => request.socket.destroy()) as RequestListener],
    [
      'a page of a proxy',
      ((_, response) => response.writeHead(200).end('<h1>Welcome</h1>')) as RequestListener,
    ],
    ['timed out', json({ ...whole, timed_out: true })],
    [
      'without a shard',
      json({
        ...whole,
        _shards: { failed: 1, failures: [{ reason: { type: 'node_closed', reason: 'gone' } }] },
      }),
    ],
    ['without a shard of one of several', json({ responses: [whole, { ...whole, _shards: { failed: 1 } }] })],
    [
      'without a document',
      json({ docs: [{ _id: '1', error: { type: 'no_shard_available_action_exception' } }] }),
    ],
  ])('is repeated: %s', async (_, bad) => {
    const { answer, count } = await read(bad, bad, json(whole));
    expect((await answer).body).toMatchObject({ took: 1 });
    expect(count()).toBe(3);
  });

  it('gives up after a while, with what was wrong', async () => {
    const { answer, count } = await read(busy);
    await expect(answer).rejects.toThrow(TemporaryError);
    await expect(answer).rejects.toThrow('too busy or not ready: es_rejected_execution_exception: queue');
    expect(count()).toBeGreaterThan(2);
  });

  it('is not repeated where that does not help', async () => {
    const { answer, count } = await read(json({ docs: [{ error: { type: 'index_not_found_exception' } }] }));
    await expect(answer).rejects.toThrow('refused a request: index_not_found_exception');
    expect(count()).toBe(1);
  });
});

it('ends what is under way when it is closed, and asks no more', async () => {
  const server = await scripted(() => {});
  const { client, log, close } = await open({ opensearchUrls: [server.url] });
  const answer = asked({ log }, () => client.info()).catch((thrown: unknown) => thrown);
  await vi.waitUntil(() => server.count() === 1);
  await close();
  expect(await answer).toMatchObject({ message: 'the connection to OpenSearch is closed' });
  expect(server.count()).toBe(1);
});
