import { expect, onTestFinished, test, vi } from 'vitest';
import { ImagedexError, TemporaryError } from '../src/errors.ts';
import type { Log } from '../src/log.ts';
import { openPatience } from '../src/patient.ts';

const away = () => new TemporaryError('data_unavailable', 'no node can be reached');
function silent(): { readonly log: Log; readonly said: string[] } {
  const said: string[] = [];
  const say = (message: string) => void said.push(message);
  return { log: { debug: say, info: say, warn: say, error: say }, said };
}
/** Fails as often as `failures` says, then answers. */
function port(failures: number, error: () => Error = away) {
  const store = {
    asked: 0,
    isClosed: false,
    async get(id: string): Promise<string> {
      store.asked++;
      if (store.asked <= failures) throw error();
      return `record ${id}`;
    },
    async change(): Promise<void> {},
    async close(): Promise<void> {
      store.isClosed = true;
    },
  };
  return store;
}
const never = new AbortController().signal;

test('waits for a store that comes back, and says so once', async () => {
  const { log, said } = silent();
  const patience = openPatience({ patienceMs: 60_000, log, store: 'OpenSearch' });
  const patient = patience.patient(port(2));
  expect(await Promise.all([patient.get('1'), patient.get('2')])).toEqual(['record 1', 'record 2']);
  expect(said).toEqual([
    'waiting for OpenSearch: no node can be reached',
    expect.stringMatching(/^OpenSearch is back: goes on after \d+ s$/),
  ]);
  expect(patience.waitingFor()).toBe(null);
});

test('what is no matter of time is told at once', async () => {
  const patience = openPatience({ patienceMs: 60_000, log: silent().log, store: 'OpenSearch' });
  const refused = port(9, () => new ImagedexError('data_unavailable', 'wrong password'));
  await expect(patience.patient(refused).get('1')).rejects.toThrow('wrong password');
  expect(refused.asked).toBe(1);
});

test('patience is over for all together, and what works does not hide what fails', async () => {
  const patience = openPatience({ patienceMs: 0, log: silent().log, store: 'OpenSearch' });
  const store = port(9);
  const patient = patience.patient(store);
  await expect(patient.get('1')).rejects.toThrow(TemporaryError);
  await patient.change();
  expect(patience.waitingFor()).toBe('no node can be reached');
  const asked = store.asked;
  await expect(patient.get('2')).rejects.toThrow(TemporaryError);
  expect(store.asked).toBe(asked + 1);
});

test('a signal ends a wait, and nothing waits after it', async () => {
  const patience = openPatience({ patienceMs: 60_000, log: silent().log, store: 'OpenSearch' });
  const stop = new AbortController();
  const store = port(Number.POSITIVE_INFINITY);
  const [patient, other] = [patience.patient(store), patience.patient(store)];
  const ours = patience.until(patient, stop.signal);
  const waiting = ours.get('1');
  const goesOn = patience.until(other, never).get('1');
  await expect.poll(() => patience.waitingFor()).not.toBe(null);
  stop.abort();
  await expect(waiting).rejects.toThrow('no node can be reached');
  await expect(ours.get('2')).rejects.toThrow('no node can be reached');
  const isOver = await Promise.race([goesOn.then(() => true), Promise.resolve(false)]);
  expect(isOver).toBe(false);
  patience.close();
  await expect(goesOn).rejects.toThrow('no node can be reached');
});

test('after the signal a store that answers is still asked, and closed', async () => {
  const patience = openPatience({ patienceMs: 60_000, log: silent().log, store: 'OpenSearch' });
  const store = port(0);
  const ours = patience.until(patience.patient(store), AbortSignal.abort());
  expect(await ours.get('1')).toBe('record 1');
  await ours.close();
  expect(store.isClosed).toBe(true);
});

test('a driver that waits by itself is waited for, too', async () => {
  let reason: string | null = 'too busy';
  const patience = openPatience({
    patienceMs: 60_000,
    log: silent().log,
    store: 'OpenSearch',
    driverWaitsFor: () => reason,
  });
  const stop = new AbortController();
  const hangs = { put: () => new Promise<void>(() => {}) };
  const put = patience.until(hangs, stop.signal).put();
  expect(patience.waitingFor()).toBe('too busy');
  stop.abort();
  await expect(put).rejects.toThrow('too busy');
  reason = null;
  expect(patience.waitingFor()).toBe(null);
});

test('what is answered bit by bit stays so; other places are named', async () => {
  const { log, said } = silent();
  const patience = openPatience({ patienceMs: 60_000, log, store: 'OpenSearch' });
  const list = async function* (prefix: string) {
    yield `${prefix}1`;
    yield `${prefix}2`;
  };
  const blobs = patience.until(
    patience.patient({ ...port(1), list: (of: string) => list(of) }, 'the place of the blobs'),
    never,
  );
  const keys: string[] = [];
  for await (const key of blobs.list('k')) keys.push(key);
  expect(keys).toEqual(['k1', 'k2']);
  expect(await blobs.get('1')).toBe('record 1');
  expect(said).toEqual([
    'waiting for the place of the blobs: no node can be reached',
    expect.stringMatching(/^the place of the blobs is back: goes on after \d+ s$/),
  ]);
});

test('the last try comes when patience is over, not long after', async () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(1);
  onTestFinished(() => random.mockRestore());
  const patience = openPatience({ patienceMs: 1200, log: silent().log, store: 'OpenSearch' });
  const store = port(Number.POSITIVE_INFINITY);
  await expect(patience.patient(store).get('1')).rejects.toThrow('(waited 1 s for it)');
  // A timer may ring a moment before its time: then there is one try more.
  expect([3, 4]).toContain(store.asked);
});

test('what has been waited for in vain is not waited for again by another verb', async () => {
  const patience = openPatience({ patienceMs: 300, log: silent().log, store: 'OpenSearch' });
  const [store, other] = [port(Number.POSITIVE_INFINITY), port(Number.POSITIVE_INFINITY)];
  await expect(patience.patient(store).get('1')).rejects.toThrow(TemporaryError);
  await expect(patience.patient(other).get('1')).rejects.toThrow(TemporaryError);
  expect(other.asked).toBe(1);
});
