// The image index in OpenSearch behind connections that break: what `put` answered is there, once, in its newest revision.
// And a whole crawl through such connections, ledger included.
import { rm } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { ImageDocument } from '../../src/indexer/image-index.ts';
import { open } from '../../src/indexer/stores/opensearch.ts';
import { anyDocument, dice } from '../contracts/image-documents.ts';
import { bareCluster } from '../opensearch/bare-cluster.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from '../opensearch/shared.ts';
import { type AnswerFault, openTcpProxy } from '../opensearch/tcp-proxy.ts';
import { pictureFolder } from '../pictures.ts';
import { addsUp, documents, openWorld, testFolder } from '../world.ts';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const faults: readonly AnswerFault[] = [
  { does: 'reset', afterBytes: 0 },
  { does: 'reset', afterBytes: 200 },
  { does: 'end', afterBytes: 150 },
  { does: 'delay', ms: 40 },
];

describe.skipIf(!hasOpenSearch).each(lines)('OpenSearch %s', { timeout: 120_000 }, (line) => {
  async function behindProxy() {
    const url = await openSearchUrl(line);
    const opensearchPrefix = ownPrefix();
    const proxy = await openTcpProxy(url);
    opened.push(
      () => removeIndices(url, opensearchPrefix),
      () => proxy.close(),
    );
    return { url, opensearchPrefix, proxy };
  }

  it('puts, removes and reads images', async () => {
    const { opensearchPrefix, proxy } = await behindProxy();
    const settings = { opensearchPrefix, bulkMaxDocuments: 20 };
    const { cluster } = await bareCluster(proxy.url, settings);
    const index = await open(cluster);
    opened.push(
      () => cluster.close(),
      () => index.close(),
    );
    const random = dice(3);
    proxy.breaks(() => (random.chance(0.25) ? random.pick(faults) : undefined));
    const newest = new Map<string, number>();
    const put = async (revision: number): Promise<void> => {
      for (let from = 0; from < 200; from += 40) {
        const some = Array.from({ length: 40 }, (_, at) => anyDocument(random, `i${from + at}`, revision));
        expect(await index.put(some)).toEqual([]);
        for (const { id } of some) newest.set(id, Math.max(revision, newest.get(id) ?? 0));
      }
    };
    await Promise.all([put(3), put(1), put(2)]);
    const gone = Array.from({ length: 50 }, (_, at) => ({
      id: `i${at}`,
      collection: 'default',
      revision: 4,
    }));
    await index.remove(gone);
    await index.put(gone.map(({ id }) => anyDocument(random, id, 3)));
    await index.refresh();
    const found = await index.get([...newest.keys()]);
    const revisions = new Map(found.map((document: ImageDocument) => [document.id, document.revision]));
    process.stdout.write(`OpenSearch ${line}, images: ${proxy.faults} faults, ${found.length} found\n`);
    expect(proxy.faults).toBeGreaterThan(10);
    expect([found.length, revisions.size]).toEqual([150, 150]);
    for (const [id, revision] of newest) {
      const isGone = gone.some((image) => image.id === id);
      expect([id, revisions.get(id)]).toEqual([id, isGone ? undefined : revision]);
    }
  });

  it('crawls', async () => {
    const { opensearchPrefix, proxy } = await behindProxy();
    const folder = await testFolder();
    opened.push(() => rm(folder, { recursive: true, force: true }));
    await pictureFolder(`${folder}/pictures`, 40);
    const world = await openWorld({
      store: 'opensearch',
      opensearchUrls: [proxy.url],
      opensearchPrefix,
      describers: 1,
    });
    opened.push(() => world.close());
    const random = dice(5);
    proxy.breaks(() => (random.chance(0.1) ? random.pick(faults) : undefined));
    const report = await world.crawl(`${folder}/pictures`);
    proxy.breaks(() => undefined);
    const found = await documents(world);
    const { indexed, failed } = report;
    process.stdout.write(
      `OpenSearch ${line}, a crawl: ${proxy.faults} faults, ${indexed} indexed, ${failed} failed, ${found.length} found\n`,
    );
    expect(proxy.faults).toBeGreaterThan(10);
    expect(report.state).toBe('complete');
    addsUp(report);
    expect([indexed, failed, found.length]).toEqual([40, 0, 40]);
    expect(new Set(found.map(({ sha256 }) => sha256)).size).toBe(40);
  });
});
