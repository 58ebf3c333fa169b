import { writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Log, openLog } from '../../src/log.ts';
import { asked } from '../../src/opensearch/asked.ts';
import { openClient } from '../../src/opensearch/client.ts';
import { isTemporary } from '../../src/opensearch/faults.ts';
import type { OpenSearchSettings } from '../../src/opensearch/options.ts';
import { testFolder } from '../world.ts';
import { json, startAnswering } from './answering-server.ts';
import { openSearchSettings } from './settings.ts';

const open = async (settings: Partial<OpenSearchSettings>, log: Log = openLog('error')) => {
  const opened = await openClient({ ...openSearchSettings, ...settings }, log);
  onTestFinished(opened.close);
  return opened;
};

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
  const [first, second] = [
    await startAnswering(json(200, { node: 1 })),
    await startAnswering(json(200, { node: 2 })),
  ];
  const { client, log } = await open({
    // The same twice is one.
    opensearchUrls: [first.url, 'http://127.0.0.1:1', second.url, `${second.url}/`],
  });
  for (let i = 0; i < 12; i++) await asked({ log }, () => client.info());
  expect(first.count() + second.count()).toBe(12);
  expect(Math.min(first.count(), second.count())).toBeGreaterThan(3);
});

it('repeats nothing by itself', async () => {
  const server = await startAnswering((request) => request.socket.destroy());
  const { client } = await open({ opensearchUrls: [server.url] });
  await expect(client.bulk({ body: [{ delete: { _index: 'x', _id: '1' } }] })).rejects.toThrow();
  expect(server.count()).toBe(1);
});

it('ends an answer that falls silent or breaks, and writes nothing where results belong', async () => {
  const written = vi.spyOn(console, 'log').mockImplementation(() => {});
  onTestFinished(() => written.mockRestore());
  const begun =
    (then: (socket: Socket) => void): RequestListener =>
    (request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
      response.write('{"took": 1', () => then(request.socket));
    };
  const silent = await startAnswering(begun(() => {}));
  const broken = await startAnswering(begun((socket) => setTimeout(() => socket.resetAndDestroy(), 50)));
  for (const { url } of [silent, broken]) {
    const { client } = await open({ opensearchUrls: [url] });
    const error = await client.info({}, { requestTimeout: 200 }).catch((thrown: unknown) => thrown);
    expect(isTemporary(error)).toBe(true);
  }
  expect(written).not.toHaveBeenCalled();
});

it('ends what is under way when it is closed, and asks no more', async () => {
  const server = await startAnswering(() => {});
  const { client, log, close } = await open({ opensearchUrls: [server.url] });
  const answer = asked({ log }, () => client.info()).catch((thrown: unknown) => thrown);
  await vi.waitUntil(() => server.count() === 1);
  await close();
  expect(await answer).toMatchObject({ message: 'the connection to OpenSearch is closed' });
  expect(server.count()).toBe(1);
});
