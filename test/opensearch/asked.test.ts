import type { RequestListener } from 'node:http';
import { expect, it, onTestFinished, vi } from 'vitest';
import { TemporaryError } from '../../src/errors.ts';
import { openLog } from '../../src/log.ts';
import { asked } from '../../src/opensearch/asked.ts';
import { openClient } from '../../src/opensearch/client.ts';
import { html, json, startAnswering } from './answering-server.ts';
import { openSearchSettings } from './settings.ts';

const busy = json(429, { error: { type: 'es_rejected_execution_exception', reason: 'queue' } });

const read = async (patienceMs: number, ...answers: RequestListener[]) => {
  const server = await startAnswering(...answers);
  const { client, log, close } = await openClient(
    { ...openSearchSettings, opensearchUrls: [server.url] },
    openLog('error'),
  );
  onTestFinished(close);
  const answer = asked({ log }, () => client.search({ index: 'images' }), patienceMs);
  return { answer, count: server.count };
};
const whole = { took: 1, timed_out: false, _shards: { total: 2, failed: 0 }, hits: { hits: [] } };

it.each([
  ['too busy', busy],
  ['broken', ((request) => request.socket.destroy()) as RequestListener],
  ['a page of a proxy', html(200, '<h1>Welcome</h1>')],
  ['timed out', json(200, { ...whole, timed_out: true })],
  [
    'without a shard',
    json(200, {
      ...whole,
      _shards: { failed: 1, failures: [{ reason: { type: 'node_closed', reason: 'gone' } }] },
    }),
  ],
  [
    'without a shard of one of several',
    json(200, { responses: [whole, { ...whole, _shards: { failed: 1 } }] }),
  ],
  [
    'without a document',
    json(200, { docs: [{ _id: '1', error: { type: 'no_shard_available_action_exception' } }] }),
  ],
])('a read is repeated: %s', async (_, bad) => {
  const { answer, count } = await read(20_000, bad, bad, json(200, whole));
  expect((await answer).body).toMatchObject({ took: 1 });
  expect(count()).toBe(3);
});

it('a read gives up after a while, with what was wrong', async () => {
  const { answer, count } = await read(300, busy);
  await expect(answer).rejects.toThrow(TemporaryError);
  await expect(answer).rejects.toThrow('too busy or not ready: es_rejected_execution_exception: queue');
  expect(count()).toBeGreaterThan(2);
});

const ofDocument = (type: string, reason: string) => ({ docs: [{ _id: '1', error: { type, reason } }] });

it.each([
  [
    'no index',
    ofDocument('index_not_found_exception', 'no such index'),
    'refused a request: index_not_found',
  ],
  [
    'no right',
    ofDocument('security_exception', 'no permissions for [indices:data/read/mget[shard]] and User x'),
    'no right to indices:data/read/mget',
  ],
  ['no id', ofDocument('illegal_argument_exception', 'the id is missing'), 'the id is missing'],
  [
    'a shard that cannot do it',
    {
      ...whole,
      _shards: {
        failed: 1,
        failures: [{ reason: { type: 'illegal_argument_exception', reason: 'no field' } }],
      },
    },
    'no field',
  ],
])('a read is not repeated where that does not help: %s', async (_, body, said) => {
  const { answer, count } = await read(20_000, json(200, body));
  await expect(answer).rejects.toThrow(said);
  await expect(answer).rejects.not.toThrow(TemporaryError);
  expect(count()).toBe(1);
});

it.each([
  ['a read', 15_000, 2, (quick: number) => quick],
  ['long work', 30_000, 1, () => 30_000],
])('a cluster that hangs is given up after seconds: %s', async (_, mostMs, tries, tryMs) => {
  let nowMs = 1000;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  onTestFinished(() => clock.mockRestore());
  const hangs = vi.fn(async ({ requestTimeout }: { readonly requestTimeout: number }) => {
    nowMs += tryMs(requestTimeout);
    throw new TemporaryError('data_unavailable', 'no answer in time');
  });
  await expect(asked({ log: openLog('error') }, hangs)).rejects.toThrow('no answer in time');
  expect(hangs).toHaveBeenCalledTimes(tries);
  expect(nowMs).toBe(1000 + mostMs);
});

it('a search sends its time to the client', async () => {
  const hangs: RequestListener = () => {};
  const server = await startAnswering(hangs);
  const { client, log, close } = await openClient(
    { ...openSearchSettings, opensearchUrls: [server.url] },
    openLog('error'),
  );
  onTestFinished(close);
  const answer = asked(
    { log },
    ({ requestTimeout }) => client.search({ index: 'images' }, { requestTimeout: requestTimeout / 50 }),
    0,
  );
  await expect(answer).rejects.toThrow('no answer in time');
  expect(server.count()).toBe(1);
});
