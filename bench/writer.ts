// What the bulk writer costs: the same documents in the same batches through it, and through a bare loop over client.bulk.
import { performance } from 'node:perf_hooks';
import { openIndex } from '../src/drivers.ts';
import type { ImageDocument } from '../src/indexer/image-index.ts';
import { sourceOf } from '../src/indexer/stores/opensearch/source.ts';
import { openLog } from '../src/log.ts';
import { openBulkWriter } from '../src/opensearch/bulk-writer.ts';
import { type Cluster, openCluster } from '../src/opensearch/cluster.ts';
import type { Bench, BenchCall, Outcome } from './bench.ts';
import { makeDocuments } from './documents.ts';
import { inTurn, ratio } from './pairs.ts';
import type { BenchServer } from './server.ts';
import { median } from './statistics.ts';

const rounds = 7;
/** So many are made before the clock runs; they are written by one way after the other. */
const perChunk = 10_000;
const wanted = 0.9;

interface Way {
  readonly name: string;
  write(batch: readonly ImageDocument[]): Promise<void>;
  close(): Promise<void>;
}

export const writer: Bench = {
  name: 'writer',
  about: 'the bulk writer against a bare loop over client.bulk, with the same batches and as many in flight',
  async run(call) {
    const documents = call.documents(100_000);
    const server = await call.server();
    const perSecond: number[][] = [];
    // Round 0 warms up: this process and the server's are slow at first.
    for (let round = 0; round <= rounds; round++) {
      const count = round === 0 ? Math.min(documents, perChunk) : documents;
      const cluster = await openCluster(
        { ...server.settings, opensearchPrefix: `${server.prefix}w${round}` },
        openLog('warn'),
      );
      const ways = await openWays(cluster);
      const seconds = await writeAll(call, ways, cluster, round, count);
      if (round > 0) perSecond.push(seconds.map((one) => documents / one));
      for (const way of ways) await way.close();
      await cluster.close();
      await dropRound(server, round);
    }
    return outcome(documents, perSecond);
  },
};

async function openWays(cluster: Cluster): Promise<Way[]> {
  // The index's template is there as soon as the image index has been opened.
  const index = await openIndex({ driver: 'opensearch', cluster });
  const bulk = openBulkWriter(cluster);
  const [bare, own] = [cluster.name('images-900001'), cluster.name('images-900002')];
  for (const name of [bare, own]) await cluster.client.indices.create({ index: name });
  return [
    { name: 'bare loop', write: (batch) => writeBare(cluster, bare, batch), async close() {} },
    {
      name: 'bulk writer',
      async write(batch) {
        const outcomes = await bulk.write(
          batch.map((document) => ({
            action: 'index' as const,
            index: own,
            id: document.id,
            version: document.revision,
            body: sourceOf(document),
          })),
        );
        if (outcomes.some(({ state }) => state !== 'written')) throw new Error('a document was not written');
      },
      close: () => bulk.close(),
    },
    {
      name: 'image index (put)',
      async write(batch) {
        const rejected = await index.put(batch);
        if (rejected.length > 0) throw new Error(`a document was rejected: ${rejected[0]!.reason}`);
      },
      close: () => index.close(),
    },
  ];
}

async function writeBare({ client }: Cluster, index: string, batch: readonly ImageDocument[]): Promise<void> {
  const { body } = await client.bulk({
    body: batch.flatMap((document) => [
      { index: { _index: index, _id: document.id, version: document.revision, version_type: 'external' } },
      sourceOf(document),
    ]),
  });
  if (body.errors) throw new Error('a document was not written');
}

/** Seconds of each way, chunk by chunk in turn. */
async function writeAll(
  call: BenchCall,
  ways: readonly Way[],
  { settings }: Cluster,
  round: number,
  documents: number,
): Promise<number[]> {
  const { bulkMaxDocuments, bulkConcurrency } = settings;
  const seconds = ways.map(() => 0);
  for (let from = 0; from < documents; from += perChunk) {
    const chunk = [...makeDocuments(from, Math.min(documents, from + perChunk))];
    await inTurn(round + from / perChunk, ways, async (way, at) => {
      const started = performance.now();
      let next = 0;
      const one = async () => {
        while (next < chunk.length) {
          const first = next;
          next += bulkMaxDocuments;
          await way.write(chunk.slice(first, next));
        }
      };
      await Promise.all(Array.from({ length: bulkConcurrency }, one));
      seconds[at]! += (performance.now() - started) / 1000;
    });
  }
  call.progress(
    `round ${round} of ${rounds}: ${ways.map(({ name }, at) => `${name} ${seconds[at]!.toFixed(1)} s`).join(', ')}`,
  );
  return seconds;
}

async function dropRound({ ask, prefix }: BenchServer, round: number): Promise<void> {
  const all = await ask<{ index: string }[]>('GET', `/_cat/indices/${prefix}w${round}-*?format=json`);
  for (const { index } of all) await ask('DELETE', `/${index}`);
}

function outcome(documents: number, perSecond: readonly (readonly number[])[]): Outcome {
  const names = ['bare loop over client.bulk', 'bulk writer', 'image index (put)'];
  const column = (at: number) => perSecond.map((round) => round[at]!);
  const ratios = names.map((_, at) => ratio(column(at), column(0)));
  return {
    documents,
    tables: [
      {
        title: 'Documents a second',
        head: ['', 'median', 'to the bare loop', 'lower bound'],
        rows: names.map((name, at) =>
          at === 0
            ? [name, median(column(at)), '', '']
            : [name, median(column(at)), ratios[at]!.median, ratios[at]!.lowerBound],
        ),
        notes: [
          `${rounds} rounds of ${documents.toLocaleString('en')} documents; within a round the ways take turns every ${perChunk.toLocaleString('en')} documents, each into an index of its own. Making the documents is not counted; making the index's fields of them is, for all three.`,
        ],
      },
    ],
    findings: [1, 2].map((at) => ({
      what: `${names[at]} to the bare loop, median`,
      wanted: `≥ ${wanted.toFixed(2)}`,
      came: `${ratios[at]!.median.toFixed(2)} (lower bound ${ratios[at]!.lowerBound.toFixed(2)})`,
      holds: ratios[at]!.median >= wanted,
    })),
  };
}
