// The bulk writer on a real OpenSearch, through connections that break: afterwards every document is there once, with the
// newest revision, or its rejection and the reason are known.
import { afterEach, describe, expect, it } from 'vitest';
import { openBulkWriter } from '../../src/opensearch/bulk-writer.ts';
import type { OpenSearchSettings } from '../../src/opensearch/options.ts';
import { dice } from '../contracts/image-documents.ts';
import { bareCluster } from '../opensearch/bare-cluster.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from '../opensearch/shared.ts';
import { type AnswerFault, openTcpProxy } from '../opensearch/tcp-proxy.ts';
import { accountOf, makeIndex, nothingLost, writeLoad } from './opensearch-load.ts';

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

describe.skipIf(!hasOpenSearch).each(lines)('OpenSearch %s', (line) => {
  /** Two connections: the writer's goes through the proxy, the other is for looking. */
  async function bench(settings: Partial<OpenSearchSettings> = {}) {
    const url = await openSearchUrl(line);
    const prefix = ownPrefix();
    const proxy = await openTcpProxy(url);
    const [direct, faulty] = await Promise.all([
      bareCluster(url),
      bareCluster(proxy.url, { bulkMaxDocuments: 40, bulkConcurrency: 3, ...settings }),
    ]);
    const writer = openBulkWriter(faulty.cluster, { requestTimeoutMs: 700, baseMs: 20, maxMs: 200 });
    opened.push(
      () => removeIndices(url, prefix),
      () => proxy.close(),
      () => direct.cluster.close(),
      () => faulty.cluster.close(),
      () => writer.close(),
    );
    const index = `${prefix}-x`;
    await makeIndex(direct.cluster, index);
    return { url, proxy, writer, index, direct: direct.cluster, said: faulty.said };
  }
  type Bench = Awaited<ReturnType<typeof bench>>;

  async function accounted(
    name: string,
    { writer, index, direct, proxy }: Bench,
    step?: Parameters<typeof writeLoad>[2],
  ) {
    const load = await writeLoad(writer, index, step);
    const account = await accountOf(direct, index, load);
    const told = { told: load.outcomes, account, counts: writer.counts(), faults: proxy.faults };
    process.stdout.write(`OpenSearch ${line}, ${name}: ${JSON.stringify(told)}\n`);
    expect(account).toEqual(nothingLost());
    expect(load.outcomes.written + load.outcomes.conflict + load.outcomes.rejected).toBe(load.operations);
    expect(writer.counts()).toMatchObject({ waiting: 0, waitingBytes: 0 });
  }

  const faults: readonly (readonly [string, AnswerFault])[] = [
    ['a reset before the answer', { does: 'reset', afterBytes: 0 }],
    ['a reset in mid-answer', { does: 'reset', afterBytes: 300 }],
    ['an answer that ends too early', { does: 'end', afterBytes: 300 }],
    ['an answer that stops', { does: 'hang', afterBytes: 300 }],
    ['no answer in time, though it was applied', { does: 'hang', afterBytes: 0 }],
    ['slow answers', { does: 'delay', ms: 100 }],
  ];
  it.each(faults)('%s', async (name, fault) => {
    const all = await bench();
    const random = dice(7);
    all.proxy.breaks(() => (random.chance(fault.does === 'hang' ? 0.1 : 0.3) ? fault : undefined));
    await accounted(name, all);
    expect(all.proxy.faults).toBeGreaterThan(2);
    if (fault.does !== 'delay') expect(all.writer.counts().retries).toBeGreaterThan(40);
  });

  it('refused connections', async () => {
    const all = await bench();
    let isRefused = false;
    await accounted('refused connections', all, async (part) => {
      if (isRefused || part < 0.3) return;
      isRefused = true;
      await all.proxy.refuse(true);
      setTimeout(() => void all.proxy.refuse(false), 1500);
    });
    expect(isRefused).toBe(true);
    expect(all.said).toEqual([
      'warn: waits for OpenSearch to take documents',
      'info: OpenSearch takes documents again',
    ]);
  });

  it.each(['write', 'read_only_allow_delete'])('an index with the block %s', async (block) => {
    const all = await bench();
    const set = (value: boolean | null) =>
      all.direct.client.indices.putSettings({
        index: all.index,
        body: { [`index.blocks.${block}`]: value },
      } as never);
    let isBlocked = false;
    await accounted(`an index with the block ${block}`, all, async (part) => {
      if (isBlocked || part < 0.3) return;
      isBlocked = true;
      await set(true);
      setTimeout(() => void set(null), 1500);
    });
    expect(all.said).toEqual([
      'warn: waits for OpenSearch to take documents',
      'info: OpenSearch takes documents again',
    ]);
  });
});
