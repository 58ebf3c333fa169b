// The bulk writer against a server that answers badly: after each fault every document is there, or its rejection is known.
import { afterEach, describe, expect, it } from 'vitest';
import { TemporaryError } from '../../src/errors.ts';
import type { BulkOperation } from '../../src/opensearch/bulk-operation.ts';
import { type BulkWriter, openBulkWriter } from '../../src/opensearch/bulk-writer.ts';
import type { OpenSearchSettings } from '../../src/opensearch/options.ts';
import { bareCluster } from './bare-cluster.ts';
import { type ScriptedServer, type Step, startScriptedServer } from './scripted-server.ts';

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

interface Bench {
  readonly server: ScriptedServer;
  readonly writer: BulkWriter;
  readonly said: readonly string[];
  /** Why somebody waits. */
  waitsFor(): readonly (string | null)[];
}

async function bench(settings: Partial<OpenSearchSettings> = {}, requestTimeoutMs = 10_000): Promise<Bench> {
  const server = await startScriptedServer();
  const { cluster, said } = await bareCluster(server.url, settings);
  const writer = openBulkWriter(cluster, { requestTimeoutMs, baseMs: 1, maxMs: 4 });
  opened.push(
    () => server.close(),
    () => cluster.close(),
    () => writer.close(),
  );
  return { server, writer, said, waitsFor: () => [...cluster.waits].map((reason) => reason()) };
}

const put = (id: string, version = 1, more: object = {}): BulkOperation => ({
  action: 'index',
  index: 'x',
  id,
  version,
  body: { version, ...more },
});
const several = (count: number): BulkOperation[] => Array.from({ length: count }, (_, at) => put(`d${at}`));
const states = async (writing: ReturnType<BulkWriter['write']>): Promise<string[]> =>
  (await writing).map(({ state }) => state);
const refused = (status: number, type: string) => ({ status, error: { type, reason: `because of ${type}` } });

describe('what is over after a while', () => {
  const busy = refused(429, 'rejected_execution_exception');
  const once = (item: typeof busy, ids: readonly string[]): Step => ({
    does: 'answer',
    items: (id) => (ids.includes(id) ? item : undefined),
  });
  const faults: readonly (readonly [string, Step, isRepeated: boolean])[] = [
    ['429 for a document', once(busy, ['d1']), false],
    ['503 for a document', once(refused(503, 'unavailable_shards_exception'), ['d1']), true],
    ['502 for a document', once(refused(502, 'bad_gateway'), ['d1']), true],
    ['504 for a document', once(refused(504, 'timeout_exception'), ['d1']), true],
    ['500 for a document', once(refused(500, 'node_closed_exception'), ['d1']), true],
    ['a read-only index', once(refused(403, 'cluster_block_exception'), ['d0', 'd1', 'd2', 'd3']), false],
    ['a closed index', once(refused(400, 'index_closed_exception'), ['d1']), false],
    ['429 for all', { does: 'status', status: 429, isApplied: false }, false],
    ['503 for all', { does: 'status', status: 503, isApplied: false }, true],
    ['502 of a proxy, applied', { does: 'status', status: 502 }, true],
    ['504 of a proxy, applied', { does: 'status', status: 504 }, true],
    ['500 for all', { does: 'status', status: 500 }, true],
    ['no answer in time, applied', { does: 'hang' }, true],
    ['no answer in time, not applied', { does: 'hang', isApplied: false }, true],
    ['half an answer, then silence', { does: 'hang', isHalf: true }, true],
    ['a reset before the answer, applied', { does: 'reset' }, true],
    ['a reset before the answer, not applied', { does: 'reset', isApplied: false }, true],
    ['a reset in mid-answer', { does: 'reset', isHalf: true }, true],
    ['cut JSON', { does: 'cut' }, true],
    ['fewer items than asked', { does: 'fewer items' }, true],
    ['HTML', { does: 'status', status: 200, body: '<h1>Welcome</h1>' }, true],
    ['an empty body', { does: 'status', status: 200, body: '' }, true],
    ['404 of something else', { does: 'status', status: 404 }, true],
    ['400 of a proxy', { does: 'status', status: 400, isApplied: false }, true],
  ];
  it.each(faults)('%s', async (_, step, isRepeated) => {
    const { server, writer } = await bench({}, 150);
    server.next(step, step);
    const outcomes = await writer.write(several(4));
    expect(outcomes[1]).toMatchObject({ isRepeated });
    expect(outcomes.filter(({ state }) => state === 'rejected')).toEqual([]);
    expect([...server.documents.keys()].sort()).toEqual(['x/d0', 'x/d1', 'x/d2', 'x/d3']);
    for (const { writes, version } of server.documents.values()) expect([writes, version]).toEqual([1, 1]);
    const { written, conflicts, rejected, waiting, waitingBytes, retries } = writer.counts();
    expect([written + conflicts, rejected, waiting, waitingBytes]).toEqual([4, 0, 0, 0]);
    expect(retries).toBeGreaterThanOrEqual(2);
  });

  it('sends only those again that were refused', async () => {
    const { server, writer } = await bench();
    server.next(once(busy, ['d1', 'd3']));
    expect(await states(writer.write(several(5)))).toEqual(Array(5).fill('written'));
    expect(server.requests[1]!.map(({ id }) => id)).toEqual(['d1', 'd3']);
    expect(writer.counts()).toMatchObject({ written: 5, retries: 2, requests: 2 });
  });

  it('knows what an unanswered request has written by the conflict', async () => {
    const { server, writer } = await bench();
    server.next({ does: 'reset' });
    expect(await writer.write([put('a')])).toEqual([{ state: 'conflict', isRepeated: true }]);
    expect(await writer.write([put('a')])).toEqual([{ state: 'conflict', isRepeated: false }]);
  });
});

describe('what will never be over', () => {
  it('gives the reason down to its root', async () => {
    const { server, writer } = await bench();
    const error = {
      type: 'mapper_parsing_exception',
      reason: 'failed to parse field [n]',
      caused_by: { type: 'number_format_exception', reason: 'For input string: "x"' },
    };
    server.next({ does: 'answer', items: (id) => (id === 'd1' ? { status: 400, error } : undefined) });
    expect(await writer.write(several(3))).toEqual([
      expect.objectContaining({ state: 'written' }),
      {
        state: 'rejected',
        type: 'mapper_parsing_exception',
        reason: 'failed to parse field [n]: For input string: "x"',
      },
      expect.objectContaining({ state: 'written' }),
    ]);
    expect(writer.counts()).toMatchObject({ written: 2, rejected: 1, retries: 0 });
  });

  it('rejects a document that makes the server stumble while others are written', async () => {
    const { server, writer } = await bench();
    server.always(() => ({
      does: 'answer',
      items: (id) => (id === 'bad' ? refused(500, 'null_pointer_exception') : undefined),
    }));
    const bad = writer.write([put('bad')]);
    for (let n = 0; writer.counts().rejected === 0 && n < 1000; n++) await writer.write([put(`good${n}`)]);
    expect(await bad).toEqual([
      { state: 'rejected', type: '', reason: expect.stringContaining('null_pointer_exception') },
    ]);
  });

  it('halves what is too large, and rejects what is too large alone', async () => {
    const { server, writer } = await bench({ bulkMaxBytes: 100_000 });
    let tooLarge = 0;
    server.always((_, bytes) => {
      if (bytes <= 30_000) return { does: 'answer' };
      tooLarge++;
      return { does: 'status', status: 413, isApplied: false };
    });
    const some = [
      put('huge', 1, { text: 'x'.repeat(40_000) }),
      ...Array.from({ length: 40 }, (_, at) => put(`m${at}`, 1, { text: 'y'.repeat(5000) })),
    ];
    const outcomes = await writer.write(some);
    expect(outcomes[0]).toMatchObject({ state: 'rejected', reason: expect.stringContaining('bulkMaxBytes') });
    expect(server.documents.size).toBe(40);
    // It has learnt how much is taken.
    expect(tooLarge).toBeGreaterThan(2);
    tooLarge = 0;
    await writer.write(some.slice(1).map((operation) => ({ ...operation, version: 2 })));
    expect(tooLarge).toBe(0);
  });

  it('finds the operation that spoils a request', async () => {
    const { server, writer } = await bench();
    server.always((operations) =>
      operations.some(({ id }) => id === 'd5')
        ? {
            does: 'status',
            status: 400,
            type: 'illegal_argument_exception',
            isApplied: false,
          }
        : { does: 'answer' },
    );
    const outcomes = await writer.write(several(9));
    expect(outcomes.map(({ state }) => state).indexOf('rejected')).toBe(5);
    expect(server.documents.size).toBe(8);
  });

  it.each([401, 403])('tells all who wait when it has no right to write: %s', async (status) => {
    const { server, writer } = await bench({ bulkMaxDocuments: 2, bulkConcurrency: 1 });
    server.always(() => ({ does: 'status', status, type: 'security_exception', isApplied: false }));
    const [one, other] = await Promise.allSettled([writer.write(several(6)), writer.write([put('z')])]);
    for (const result of [one, other]) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'data_unavailable' } });
      expect((result as PromiseRejectedResult).reason).not.toBeInstanceOf(TemporaryError);
    }
    server.always(() => ({ does: 'answer' }));
    expect(await states(writer.write(several(6)))).toEqual(Array(6).fill('written'));
    expect(writer.counts().waiting).toBe(0);
  });

  it('tells who wrote it when a document may not be written', async () => {
    const { server, writer } = await bench();
    server.next({ does: 'answer', items: () => refused(403, 'security_exception') });
    await expect(writer.write(several(2))).rejects.toThrow('security_exception');
    expect(writer.counts()).toMatchObject({ waiting: 0, waitingBytes: 0 });
  });
});

describe('conditions', () => {
  const writtenTo = (id: string, ifSeqNo: number): BulkOperation => ({
    action: 'index',
    index: 'x',
    id,
    ifSeqNo,
    ifPrimaryTerm: 1,
    body: { n: ifSeqNo },
  });
  it('compare and set', async () => {
    const { writer } = await bench();
    const [made] = await writer.write([{ action: 'create', index: 'x', id: 'a', body: {} }]);
    expect(made).toEqual({ state: 'written', seqNo: 1, primaryTerm: 1, isRepeated: false });
    expect(await states(writer.write([writtenTo('a', 1), writtenTo('a', 1)]))).toEqual([
      'written',
      'conflict',
    ]);
  });

  it('take what is not there for a conflict, unless it was to be deleted', async () => {
    const { server, writer } = await bench();
    const missing = refused(404, 'document_missing_exception');
    server.next({
      does: 'answer',
      items: (id) => ({ a: missing, b: { status: 404 }, c: { status: 404 } })[id],
    });
    const remove = { action: 'delete', index: 'x' } as const;
    const outcomes = await states(
      writer.write([
        { action: 'update', index: 'x', id: 'a', body: {} },
        { ...remove, id: 'b' },
        { ...remove, id: 'c', ifSeqNo: 4, ifPrimaryTerm: 1 },
      ]),
    );
    expect(outcomes).toEqual(['conflict', 'written', 'conflict']);
  });

  it('say which type a missing index has', async () => {
    const { server, writer } = await bench();
    server.next({ does: 'answer', items: () => refused(404, 'index_not_found_exception') });
    expect(await writer.write([put('a')])).toMatchObject([
      { state: 'rejected', type: 'index_not_found_exception' },
    ]);
  });
});

describe('windows', () => {
  it('are full by count, and several requests are under way', async () => {
    const { server, writer } = await bench({ bulkMaxDocuments: 10, bulkConcurrency: 3 });
    server.always(() => ({ does: 'answer', afterMs: 5 }));
    await writer.write(several(100));
    expect(server.requests.map((operations) => operations.length)).toEqual(Array(10).fill(10));
    expect(server.mostAtOnce).toBe(3);
  });

  it('are full by bytes, and a larger document goes alone', async () => {
    const { server, writer } = await bench({ bulkMaxBytes: 10_000 });
    const wide = (id: string, length: number) => put(id, 1, { text: 'ü'.repeat(length / 2) });
    await writer.write([wide('a', 4000), wide('b', 4000), wide('c', 30_000), wide('d', 4000)]);
    expect(server.requests.map((operations) => operations.map(({ id }) => id).join(''))).toEqual([
      'ab',
      'c',
      'd',
    ]);
  });

  it('gather what is written while a request is under way', async () => {
    const { server, writer } = await bench({ bulkMaxWaitMs: 60_000 });
    server.next({ does: 'answer', afterMs: 30 });
    const first = writer.write([put('a')]);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await Promise.all([first, ...several(7).map((operation) => writer.write([operation]))]);
    expect(server.requests.map((operations) => operations.length)).toEqual([1, 7]);
  });

  it('go while another request hangs, when they have waited long enough', async () => {
    const { server, writer } = await bench({ bulkMaxWaitMs: 5 }, 1000);
    server.next({ does: 'hang' });
    const hanging = writer.write([put('a')]);
    hanging.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(await states(writer.write([put('b')]))).toEqual(['written']);
  });

  it('never have one document twice under way, and keep its order', async () => {
    const { server, writer } = await bench({ bulkMaxDocuments: 3, bulkConcurrency: 4 });
    server.always(() => ({ does: 'answer', afterMs: 1 }));
    const unversioned = (n: number): BulkOperation => ({
      action: 'index',
      index: 'x',
      id: `d${n % 4}`,
      body: { n },
    });
    await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        writer.write(Array.from({ length: 10 }, (_, n) => unversioned(at * 10 + n))),
      ),
    );
    expect(server.collisions).toBe(0);
    expect([...server.documents].map(([key, { body }]) => [key, body]).sort()).toEqual([
      ['x/d0', { n: 96 }],
      ['x/d1', { n: 97 }],
      ['x/d2', { n: 98 }],
      ['x/d3', { n: 99 }],
    ]);
  });

  it('end with slow answers, however short they are', async () => {
    const { server, writer } = await bench({
      bulkMaxDocuments: 8,
      bulkMaxWaitMs: 1,
      bulkConcurrency: 1,
    });
    server.always(() => ({ does: 'answer', afterMs: 20 }));
    const writes: Promise<unknown>[] = [];
    for (let n = 0; n < 60; n++) {
      writes.push(writer.write([put(`d${n}`)]));
      if (n % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await Promise.all(writes);
    expect(server.documents.size).toBe(60);
  });
});

describe('pressure', () => {
  it('bounds what waits, in documents and bytes', async () => {
    const { server, writer } = await bench({ bulkMaxDocuments: 10, bulkMaxBytes: 10_000 });
    let most = 0;
    let mostBytes = 0;
    server.always(() => {
      const { waiting, waitingBytes } = writer.counts();
      most = Math.max(most, waiting);
      mostBytes = Math.max(mostBytes, waitingBytes);
      return { does: 'answer' };
    });
    await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        writer.write(
          Array.from({ length: 50 }, (_, n) => put(`${at}-${n}`, 1, { text: 'x'.repeat(n * 20) })),
        ),
      ),
    );
    expect(server.documents.size).toBe(400);
    expect(most).toBeLessThanOrEqual(40);
    expect(mostBytes).toBeLessThanOrEqual(40_000);
    expect(most).toBeGreaterThan(20);
  });

  it('waits while the cluster takes nothing, says so once, and goes on', async () => {
    const { server, writer, said, waitsFor } = await bench({ bulkMaxDocuments: 5 });
    let refusals = 0;
    const reasons = new Set<string | null>();
    server.always(() => {
      for (const reason of waitsFor()) reasons.add(reason);
      return ++refusals <= 20
        ? { does: 'status', status: 503, type: 'cluster_manager_not_discovered_exception', isApplied: false }
        : { does: 'answer' };
    });
    await writer.write(several(50));
    expect(server.documents.size).toBe(50);
    expect(said).toEqual([
      'warn: waits for OpenSearch to take documents',
      'info: OpenSearch takes documents again',
    ]);
    expect([...reasons].filter((reason) => reason?.includes('manager'))).toHaveLength(1);
    expect(waitsFor()).toEqual([null]);
    // Who waits asks one at a time.
    expect(writer.counts().requests).toBeLessThanOrEqual(20 + 10 + 2);
  });

  it('gives up when its patience is over, and serves who comes later', async () => {
    const { server, writer, said } = await bench({ opensearchPatienceMs: 50, bulkMaxDocuments: 5 });
    server.always(() => ({ does: 'status', status: 503, isApplied: false }));
    const all = await Promise.allSettled(
      Array.from({ length: 10 }, (_, at) =>
        writer.write(several(10).map((one) => ({ ...one, id: `${at}${one.id}` }))),
      ),
    );
    for (const result of all) {
      expect((result as PromiseRejectedResult).reason).toBeInstanceOf(TemporaryError);
      expect((result as PromiseRejectedResult).reason.message).toContain('503');
    }
    server.always(() => ({ does: 'answer' }));
    expect(await states(writer.write(several(10)))).toEqual(Array(10).fill('written'));
    expect(writer.counts()).toMatchObject({ written: 10, waiting: 0, waitingBytes: 0 });
    expect(said).toHaveLength(2);
  });

  it('gives up one document that is refused too long, and only that', async () => {
    const { server, writer } = await bench({ opensearchPatienceMs: 50 });
    server.always(() => ({
      does: 'answer',
      items: (id) => (id === 'a' ? refused(503, 'unavailable_shards_exception') : undefined),
    }));
    const [a, b] = await Promise.allSettled([writer.write([put('a')]), writer.write([put('b')])]);
    expect(a).toMatchObject({ status: 'rejected', reason: { code: 'data_unavailable' } });
    expect(b).toMatchObject({ status: 'fulfilled' });
    expect(writer.counts().waiting).toBe(0);
  });
});

describe('closing', () => {
  it('waits for what is under way and gives up the rest', async () => {
    const { server, writer } = await bench({ bulkMaxDocuments: 5, bulkConcurrency: 1 });
    server.always(() => ({ does: 'answer', afterMs: 20 }));
    const first = writer.write(several(5));
    const rest = writer.write(Array.from({ length: 100 }, (_, at) => put(`r${at}`)));
    const failed = expect(rest).rejects.toBeInstanceOf(TemporaryError);
    await writer.close();
    expect(await states(first)).toEqual(Array(5).fill('written'));
    await failed;
    expect(server.documents.size).toBe(5);
    await expect(writer.write([put('z')])).rejects.toBeInstanceOf(TemporaryError);
  });
});
