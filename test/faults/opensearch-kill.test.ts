// OpenSearch killed with -9 while it is written to: when it is back, or its other node has taken over, nothing is missing.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { openBulkWriter } from '../../src/opensearch/bulk-writer.ts';
import { bareCluster } from '../opensearch/bare-cluster.ts';
import { type OpenSearchNode, startCluster, startOpenSearch } from '../opensearch/server.ts';
import { hasOpenSearch, lines } from '../opensearch/shared.ts';
import { accountOf, makeIndex, nothingLost, writeLoad } from './opensearch-load.ts';

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const documents = 1500;

/** Writes to all nodes and kills the one that `victim` chooses when a part is done; `after` goes on beside. */
async function writeThroughKill(
  name: string,
  nodes: readonly OpenSearchNode[],
  victim: () => Promise<OpenSearchNode>,
  after: (killed: OpenSearchNode) => Promise<void>,
) {
  const replicas = nodes.length - 1;
  const urls = nodes.map(({ url }) => url);
  const { cluster, said } = await bareCluster(urls[0]!, {
    opensearchUrls: urls,
    bulkMaxDocuments: 50,
    bulkConcurrency: 3,
  });
  const writer = openBulkWriter(cluster, { requestTimeoutMs: 10_000, baseMs: 50, maxMs: 1000 });
  opened.push(
    () => cluster.close(),
    () => writer.close(),
  );
  await makeIndex(cluster, 'x', replicas);
  let following: Promise<void> | undefined;
  const load = await writeLoad(
    writer,
    'x',
    async (part) => {
      if (part < 0.2 || following !== undefined) return;
      following = (async () => {
        const node = await victim();
        await node.kill();
        await after(node);
      })();
    },
    documents,
  );
  await following;
  const account = await accountOf(cluster, 'x', load);
  const counts = writer.counts();
  process.stdout.write(`${name}: ${JSON.stringify({ told: load.outcomes, account, counts })}\n`);
  expect(following).toBeDefined();
  expect(account).toEqual(nothingLost(documents));
  expect(counts).toMatchObject({ waiting: 0, waitingBytes: 0 });
  expect(counts.retries).toBeGreaterThan(0);
  return { said };
}

/** Of two nodes one alone may go on: the one whose vote is enough. Until one is, both are needed. */
async function notNeeded(nodes: readonly OpenSearchNode[]): Promise<OpenSearchNode> {
  const path = '_cluster/state/metadata,nodes?filter_path=metadata.cluster_coordination,nodes.*.name';
  for (;;) {
    const { metadata, nodes: known } = (await (await fetch(`${nodes[0]!.url}/${path}`)).json()) as {
      metadata: { cluster_coordination: { last_committed_config: readonly string[] } };
      nodes: Readonly<Record<string, { readonly name: string }>>;
    };
    const voters = metadata.cluster_coordination.last_committed_config;
    if (voters.length === 1) return nodes[known[voters[0]!]!.name === 'node-0' ? 1 : 0]!;
    await sleep(100);
  }
}

describe.skipIf(!hasOpenSearch)('kill -9 in mid-bulk', { timeout: 600_000 }, () => {
  it.each(lines)('OpenSearch %s, started again', async (line) => {
    const node = await startOpenSearch({ line, heapMb: 384 });
    opened.push(() => node.close());
    const { said } = await writeThroughKill(
      `OpenSearch ${line} killed and started again`,
      [node],
      async () => node,
      async () => {
        await sleep(500);
        await node.start();
      },
    );
    expect(said).toEqual([
      'warn: waits for OpenSearch to take documents',
      'info: OpenSearch takes documents again',
    ]);
  });

  it('one of two nodes, with one replica', async () => {
    const nodes = await startCluster('3', 2);
    opened.push(...nodes.map((node) => () => node.close()));
    await writeThroughKill(
      'one of two nodes killed',
      nodes,
      () => notNeeded(nodes),
      async () => {},
    );
  });
});
