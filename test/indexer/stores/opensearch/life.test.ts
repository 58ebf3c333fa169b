// Generations of the image index: reindexed, switched, rolled back, dropped; interrupted and killed on the way.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReindexProgress } from '../../../../src/indexer/generations.ts';
import { compare } from '../../../../src/indexer/stores/opensearch/compare.ts';
import { copyPage, nothingCopied } from '../../../../src/indexer/stores/opensearch/copy.ts';
import { exclusively } from '../../../../src/indexer/stores/opensearch/exclusive.ts';
import { createGeneration } from '../../../../src/indexer/stores/opensearch/install.ts';
import { openGenerations } from '../../../../src/indexer/stores/opensearch/life.ts';
import { switchTo } from '../../../../src/indexer/stores/opensearch/reindex.ts';
import { sourceOf } from '../../../../src/indexer/stores/opensearch/source.ts';
import { open } from '../../../../src/indexer/stores/opensearch.ts';
import { openBulkWriter } from '../../../../src/opensearch/bulk-writer.ts';
import { anyDocument, dice, document, query } from '../../../contracts/image-documents.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from '../../../opensearch/shared.ts';
import { openTcpProxy } from '../../../opensearch/tcp-proxy.ts';
import { allOf, openPlace, shortTimes } from './generations-place.ts';

// Starting a process and taking over take seconds where all cores are busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const never = new AbortController().signal;
const quiet = () => {};

describe.skipIf(!hasOpenSearch).each(lines)('generations on OpenSearch %s', (line) => {
  let place: Awaited<ReturnType<typeof openPlace>>;
  let url: string;
  let prefix: string;
  const name = (of: string) => `${prefix}-images${of}`;
  const first = () => name('-000001');
  const second = () => name('-000002');

  beforeEach(async () => {
    [url, prefix] = [await openSearchUrl(line), ownPrefix()];
    place = await openPlace({ opensearchUrls: [url], opensearchPrefix: prefix, opensearchShards: 2 });
  });
  afterEach(async () => {
    await place.close();
    await removeIndices(url, prefix);
  });

  const put = async (count: number) => {
    const roll = dice(4);
    const documents = Array.from({ length: count }, (_, at) =>
      anyDocument(roll, `image-${at}`, 1 + (at % 5)),
    );
    await place.index.put(documents);
    const removed = documents.slice(0, Math.floor(count / 10));
    await place.index.remove(removed.map(({ id, collection }) => ({ id, collection, revision: 9 })));
    await place.index.refresh();
    return { live: count - removed.length, removed: removed.length };
  };
  const states = async () =>
    (await place.generations.list()).map(({ index, isRead, isWritten, isUnfinished }) =>
      [index.slice(-1), isRead && 'read', isWritten && 'written', isUnfinished && 'unfinished']
        .filter(Boolean)
        .join(' '),
    );
  const found = async () => (await place.index.search(query({}, { first: 1 }))).totalCount.value;

  it('takes every document and tombstone into the next one, and searches go there', async () => {
    const { live, removed } = await put(2500);
    const foundBefore = await found();
    const progress: ReindexProgress[] = [];
    const report = await place.generations.reindex(never, (one) => progress.push(one));
    expect(report).toMatchObject({
      from: first(),
      to: second(),
      isSwitched: true,
      differences: [],
      copied: live + removed,
      mended: 0,
      ahead: 0,
      after: { documents: live, tombstones: removed },
    });
    expect(report.after).toEqual(report.before);
    expect(report.searches).toBeGreaterThan(10);
    expect(await states()).toEqual(['1 written', '2 read written']);
    expect(await found()).toBe(foundBefore);
    expect(progress.map(({ step }) => step)).toEqual(
      expect.arrayContaining(['waiting', 'copying', 'checking', 'switching']),
    );
    const strip = (all: Awaited<ReturnType<typeof allOf>>) =>
      new Map([...all].map(([id, { version, source }]) => [id, { version, source }]));
    const [before, after] = [await allOf(place.cluster, first()), await allOf(place.cluster, second())];
    expect(after.size).toBe(2500);
    expect(strip(after)).toEqual(strip(before));
  });

  it('goes back and forth, losing nothing that was written meanwhile', async () => {
    await put(100);
    await place.generations.reindex(never, quiet);
    await place.index.put([document('meanwhile', { revision: 7 })]);
    expect(await place.generations.rollback()).toEqual({ from: second(), to: first() });
    expect(await states()).toEqual(['1 read written', '2 written']);
    expect((await place.index.get(['meanwhile'])).map(({ revision }) => revision)).toEqual([7]);
    await place.index.put([document('meanwhile', { revision: 8 })]);
    expect(await place.generations.rollback()).toEqual({ from: first(), to: second() });
    expect((await place.index.get(['meanwhile'])).map(({ revision }) => revision)).toEqual([8]);
    expect(await place.generations.dropPrevious()).toEqual({ removed: [first()] });
    expect(await states()).toEqual(['2 read written']);
    await expect(place.generations.rollback()).rejects.toMatchObject({ code: 'not_found' });
    await place.index.put([document('meanwhile', { revision: 9 })]);
    expect(await place.index.get(['meanwhile'])).toHaveLength(1);
  });

  it('goes back also when the answer was lost', async () => {
    await put(10);
    await place.generations.reindex(never, quiet);
    const proxy = await openTcpProxy(url);
    const there = await openPlace({ opensearchUrls: [proxy.url], opensearchPrefix: prefix });
    // Without heartbeats, whose answers might be lost instead.
    const heartbeat = { everyMs: 60_000, maxSilenceMs: 600_000 };
    const generations = openGenerations(there.cluster, { ...shortTimes, heartbeat });
    let isLost = false;
    there.cluster.client.on('request', (_, { meta }) => {
      if (isLost || meta.request.params.path !== '/_aliases') return;
      isLost = true;
      proxy.breaks(() => {
        proxy.breaks(() => undefined);
        return { does: 'reset', afterBytes: 0 };
      });
    });
    expect(await generations.rollback()).toEqual({ from: second(), to: first() });
    expect(proxy.faults).toBe(1);
    expect(await states()).toEqual(['1 read written', '2 written']);
    await there.close();
    await proxy.close();
  });

  it('never lets searches go where a document was refused that the searched one has', async () => {
    const takes = { properties: { sha256: { type: 'keyword', ignore_above: 1000 } } } as const;
    const tooLong = document('too-long', { sha256: 'f'.repeat(40_000) });
    await createGeneration(place.cluster, 2, {
      [name('-next')]: {},
      [name('-write')]: { is_write_index: false },
    });
    await new Promise((resolve) => setTimeout(resolve, shortTimes.writeSet.graceMs));
    expect(await place.index.put([tooLong])).toMatchObject([{ id: 'too-long' }]);
    expect((await place.generations.list()).map(({ isWhole }) => isWhole)).toEqual([true, true]);
    await place.cluster.client.indices.putMapping({ index: first(), body: takes });
    expect(await place.index.put([tooLong])).toEqual([]);
    expect((await place.generations.list()).map(({ isWhole }) => isWhole)).toEqual([true, false]);
    await expect(switchTo(place.cluster, first(), second())).rejects.toThrow('another process has changed');
    await place.cluster.client.indices.updateAliases({
      body: { actions: [{ remove: { index: second(), alias: name('-next') } }] },
    });
    await expect(place.generations.rollback()).rejects.toThrow('has refused documents that');
    expect(await states()).toEqual(['1 read written', '2 written']);
  });

  it('tells what the searched one refused, also a writer who does not know yet which that is', async () => {
    await place.index.put([document('one')]);
    await place.generations.reindex(never, quiet);
    const takes = { properties: { sha256: { type: 'keyword', ignore_above: 1000 } } } as const;
    await place.cluster.client.indices.putMapping({ index: second(), body: takes });
    const slow = await open(place.cluster, { keepMs: 60_000, graceMs: 60_000 });
    await slow.put([document('one')]);
    await place.generations.rollback();
    expect(await slow.put([document('too-long', { sha256: 'f'.repeat(40_000) })])).toMatchObject([
      { id: 'too-long' },
    ]);
    await slow.close();
  });

  it('leaves everything as it was when it is interrupted', async () => {
    await put(3000);
    const stop = new AbortController();
    const reindex = place.generations.reindex(stop.signal, ({ step }) => {
      if (step === 'copying') stop.abort();
    });
    await expect(reindex).rejects.toMatchObject({ name: 'AbortError' });
    expect(await states()).toEqual(['1 read written']);
    const report = await place.generations.reindex(never, quiet);
    expect(report).toMatchObject({ isSwitched: true, to: second() });
  });

  it('runs one at a time', async () => {
    await put(10);
    let end: () => void = quiet;
    const until = new Promise<void>((resolve) => {
      end = resolve;
    });
    const other = exclusively(place.cluster, 'store reindex', () => until, shortTimes.heartbeat);
    await expect
      .poll(() => fetch(`${url}/${prefix}-marks/_doc/generations`).then(({ status }) => status), {
        timeout: 30_000,
      })
      .toBe(200);
    await expect(place.generations.rollback()).rejects.toThrow(
      `store reindex is running already, as process ${process.pid}`,
    );
    end();
    await other;
    await place.generations.reindex(never, quiet);
  });

  it('cleans up after one that was killed, wherever it was', async () => {
    const { live, removed } = await put(200);
    const program = new URL('reindex-killed.ts', import.meta.url).pathname;
    for (const step of ['waiting', 'copying', 'checking', 'switching']) {
      const child = spawn(process.execPath, ['--import', 'tsx', program, url, prefix, step], {
        stdio: 'ignore',
      });
      expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
      const all = await states();
      expect(all[0]).toBe('1 read written');
      expect(all.at(-1), step).toContain('written unfinished');
      expect(all).toHaveLength(2);
    }
    const report = await place.generations.reindex(never, quiet);
    expect(report).toMatchObject({ isSwitched: true, after: { documents: live, tombstones: removed } });
    expect((await states()).map((state) => state.slice(1))).toEqual([' written', ' read written']);
  });

  it('lets searches stay where they were when the next one does not take a document', async () => {
    await put(20);
    const mappings = { properties: { sha256: { type: 'keyword', ignore_above: 1000 } } } as const;
    await place.cluster.client.indices.putMapping({ index: first(), body: mappings });
    expect(await place.index.put([document('too-long', { sha256: 'f'.repeat(40_000) })])).toEqual([]);
    const report = await place.generations.reindex(never, quiet);
    expect(report.isSwitched).toBe(false);
    expect(report.differences[0]).toMatch(/-000002 does not take too-long: .*immense term/);
    expect(await states()).toEqual(['1 read written']);
  });

  it('does not bring back what is forgotten between its reading and its writing', async () => {
    const ids = ['stays', 'forgotten', 'comes again'];
    await place.index.put(ids.map((id) => document(id, { revision: 5 })));
    const next = await createGeneration(place.cluster, 2, {
      [name('-next')]: {},
      [name('-write')]: { is_write_index: false },
    });
    await new Promise((resolve) => setTimeout(resolve, shortTimes.writeSet.graceMs));
    const read = [...(await allOf(place.cluster, first())).values()];
    await place.index.forget(['forgotten', 'comes again']);
    const writer = openBulkWriter(place.cluster);
    const copying = {
      cluster: place.cluster,
      writer,
      from: first(),
      to: next,
      rewrite: (one: object) => one,
    };
    const copied = await copyPage(copying, read);
    expect(copied).toMatchObject({ written: 3, rejected: [], doubtful: [] });
    expect([...(await allOf(place.cluster, next)).keys()]).toEqual(['stays']);
    await place.index.put([document('comes again', { revision: 6 })]);
    await copyPage(copying, read);
    expect([...(await allOf(place.cluster, next)).keys()].sort()).toEqual(['comes again', 'stays']);
    await place.cluster.client.indices.delete({ index: next });
    const late = await copyPage(copying, read);
    expect(late).toMatchObject({ written: 0 });
    expect(late.rejected).toHaveLength(3);
    expect((await fetch(`${url}/${next}`)).status).toBe(404);
    await writer.close();
  });

  it('takes over when comparing what the next one lacks or has an older revision of', async () => {
    await put(50);
    await place.index.put([document('newer', { revision: 3 })]);
    const next = await createGeneration(place.cluster, 2, { [name('-next')]: {} });
    await place.cluster.client.index({
      index: next,
      id: 'newer',
      version: 2,
      version_type: 'external',
      body: { ...sourceOf(document('newer', { revision: 2 })) },
    });
    const writer = openBulkWriter(place.cluster);
    const copying = {
      cluster: place.cluster,
      writer,
      from: first(),
      to: next,
      rewrite: (one: object) => one,
    };
    const compared = await compare(copying, nothingCopied, { signal: never, onProgress: quiet });
    expect(compared).toMatchObject({ mended: 51, ahead: 0, differences: [] });
    expect((await allOf(place.cluster, next)).get('newer')?.version).toBe(3);

    await place.cluster.client.delete({ index: first(), id: 'newer' });
    const again = await compare(copying, nothingCopied, { signal: never, onProgress: quiet });
    expect(again.ahead).toBe(0);
    expect(again.differences[0]).toMatch(
      /^newer is in .*-000002, but not in .*-000001, or was removed there/,
    );
    await writer.close();
  });
});
