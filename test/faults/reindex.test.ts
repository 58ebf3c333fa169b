// Reindexing while processes write and clients search: no search fails, and every document is there once, as it was written last.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReindexProgress } from '../../src/indexer/generations.ts';
import { openGenerations } from '../../src/indexer/stores/opensearch/life.ts';
import { documentOf, type ImageSource } from '../../src/indexer/stores/opensearch/source.ts';
import { document, query } from '../contracts/image-documents.ts';
import { allOf, openPlace, shortTimes } from '../indexer/stores/opensearch/generations-place.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from '../opensearch/shared.ts';
import { type Expected, madeDocument, writerTimes } from './reindex-documents.ts';

/** A tenth of a million, on one line; the other has less of everything. */
const documentsOn = { '2': 5000, '3': 100_000 } as const;
const [clients, writers, sentinels] = [10, 3, 40];
const never = new AbortController().signal;
const program = new URL('reindex-writer.ts', import.meta.url).pathname;

interface Writer {
  readonly child: ChildProcess;
  /** What it says when it has ended. */
  end(): Promise<{ readonly rounds: number; readonly state: readonly [string, Expected | null][] }>;
}

async function startWriter(args: readonly string[]): Promise<Writer> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args]);
  const out: Buffer[] = [];
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  await once(child.stderr, 'data');
  return {
    child,
    async end() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'close');
      if (child.exitCode !== 0) throw new Error(`a writer ended with ${child.exitCode}: ${errors}`);
      return JSON.parse(Buffer.concat(out).toString());
    },
  };
}

describe.skipIf(!hasOpenSearch).each(lines)('a reindex on OpenSearch %s', (line) => {
  const started: Writer[] = [];
  let place: Awaited<ReturnType<typeof openPlace>>;
  let url: string;
  let prefix: string;

  beforeEach(async () => {
    [url, prefix] = [await openSearchUrl(line), ownPrefix()];
    place = await openPlace({ opensearchUrls: [url], opensearchPrefix: prefix, opensearchShards: 2 });
  });
  afterEach(async () => {
    for (const { child } of started) child.kill('SIGKILL');
    await place.close();
    await removeIndices(url, prefix);
  });

  /** Ten clients, each of which must always find all that nobody changes. */
  function startClients() {
    let isOver = false;
    let searches = 0;
    const failures: string[] = [];
    const client = async (number: number) => {
      while (!isOver) {
        const asked = { ...query({}, { collection: 'sentinel', first: 10 + number }) };
        try {
          const { totalCount, hits } = await place.index.search(asked);
          const ids = new Set(hits.map((hit) => hit.document.id));
          if (totalCount.value !== sentinels || ids.size !== asked.first)
            failures.push(`found ${totalCount.value}, ${ids.size} of ${asked.first}`);
          searches++;
          // Ten people, not ten loops.
          await new Promise((resolve) => setTimeout(resolve, 20));
        } catch (error) {
          failures.push(String(error));
        }
      }
    };
    const all = Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
    return async () => {
      isOver = true;
      await all;
      return { searches, failures };
    };
  }

  async function load(count: number) {
    const fixed = Array.from({ length: sentinels }, (_, at) =>
      document(`s-${at}`, { collection: 'sentinel', labels: ['dog 180'] }),
    );
    await place.index.put(fixed);
    const size = 2500;
    for (let at = 0; at < count; at += size) {
      await place.index.put(
        Array.from({ length: Math.min(size, count - at) }, (_, more) => madeDocument(`d-${at + more}`, 1)),
      );
    }
    await place.index.refresh();
  }

  async function mustHold(generation: string, expected: ReadonlyMap<string, Expected | null>) {
    const wrong: string[] = [];
    const there = await allOf(place.cluster, generation);
    for (const id of there.keys())
      if (!id.startsWith('s-') && expected.get(id) == null) wrong.push(`${id} should not be there`);
    for (const [id, wanted] of expected) {
      if (wanted === null) continue;
      const found = there.get(id);
      const content = found && documentOf(found.source as ImageSource);
      const isRight =
        found?.version === wanted.revision &&
        (wanted.isRemoved
          ? content === undefined
          : JSON.stringify(content) ===
            JSON.stringify(JSON.parse(JSON.stringify(madeDocument(id, wanted.revision)))));
      if (!isRight) wrong.push(`${id}: expected ${JSON.stringify(wanted)}, found ${found?.version}`);
    }
    expect(wrong.slice(0, 5), generation).toEqual([]);
    return there.size;
  }

  it('fails no search, loses and doubles no document, there, back and forth again', async () => {
    const count = documentsOn[line];
    await load(count);
    const endClients = startClients();
    const share = Math.floor(count / writers);
    for (let at = 0; at < writers; at++)
      started.push(
        await startWriter([url, prefix, String(at * share), String((at + 1) * share), String(at)]),
      );
    const frozen = started[0]!.child;
    const onProgress = ({ step, done, total }: ReindexProgress) => {
      if (step === 'checking' && done === total) frozen.kill('SIGSTOP');
    };
    const generations = openGenerations(place.cluster, { ...shortTimes, writeSet: writerTimes });
    let report = await generations.reindex(never, onProgress);
    // Stopped while it forgot: it may still mean to write what is not there, so searches stay until it is over.
    for (let tries = 1; !report.isSwitched && tries < 5; tries++) {
      for (const one of report.differences) expect(one).toMatch(/ is in .*, but not in /);
      frozen.kill('SIGCONT');
      report = await generations.reindex(never, onProgress);
    }
    expect(report).toMatchObject({ isSwitched: true, differences: [] });
    await generations.rollback();
    frozen.kill('SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 500));
    await generations.rollback();
    const ends = await Promise.all(started.map((writer) => writer.end()));
    const { searches, failures } = await endClients();
    expect(failures.slice(0, 5)).toEqual([]);
    const expected = new Map<string, Expected | null>(
      Array.from({ length: count - writers * share }, (_, at) => [
        `d-${writers * share + at}`,
        { revision: 1, isRemoved: false },
      ]),
    );
    for (const { state } of ends) for (const [id, one] of state) expected.set(id, one);
    const sizes = [await mustHold(report.from, expected), await mustHold(report.to, expected)];
    expect(sizes[0]).toBe(sizes[1]);
    const rounds = ends.map((end) => end.rounds).join(', ');
    process.stderr.write(
      `reindex on ${line}: ${count} documents in ${report.seconds.toFixed(1)} s, ${report.mended} mended, ${report.ahead} ahead, ` +
        `${searches} searches of ${clients} clients, none failed; rounds of ${writers} writers: ${rounds}\n`,
    );
  }, 900_000);
});
