// Totals are exact up to ten thousand and honest beyond; an answer without all shards is none.
import { describe, expect, it, onTestFinished } from 'vitest';
import { TemporaryError } from '../../../../src/errors.ts';
import { search } from '../../../../src/indexer/stores/opensearch/search.ts';
import { open } from '../../../../src/indexer/stores/opensearch.ts';
import { document, query } from '../../../contracts/image-documents.ts';
import { json, startAnswering } from '../../../opensearch/answering-server.ts';
import { bareCluster } from '../../../opensearch/bare-cluster.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from '../../../opensearch/shared.ts';

describe.skipIf(!hasOpenSearch).each(lines)('searches of OpenSearch %s', (line) => {
  it('count up to ten thousand', { timeout: 120_000 }, async () => {
    const [url, prefix] = [await openSearchUrl(line), ownPrefix()];
    const { cluster } = await bareCluster(url, { opensearchPrefix: prefix, opensearchShards: 2 });
    const index = await open(cluster);
    onTestFinished(async () => {
      await index.close();
      await cluster.close();
      await removeIndices(url, prefix);
    });
    for (let from = 0; from < 10_000; from += 2000)
      await index.put(Array.from({ length: 2000 }, (_, at) => document(`i-${from + at}`, { locations: [] })));
    await index.refresh();
    expect((await index.search(query())).totalCount).toEqual({ value: 10_000, relation: 'EQ' });
    await index.put([document('one-more')]);
    await index.refresh();
    expect((await index.search(query())).totalCount).toEqual({ value: 10_000, relation: 'GTE' });
    const few = query({ hosts: ['a.example'], width: { gte: 1 } }, { collection: 'other' });
    expect((await index.search(few)).totalCount).toEqual({ value: 0, relation: 'EQ' });
  });
});

it('a smaller set than there is, because a shard is away, is an error', { timeout: 30_000 }, async () => {
  const hits = { total: { value: 0, relation: 'eq' }, hits: [] };
  const answers = [
    { timed_out: false, _shards: { total: 2, successful: 1, failed: 1 }, hits },
    { timed_out: true, _shards: { total: 2, successful: 2, failed: 0 }, hits },
  ];
  await Promise.all(
    answers.map(async (answer) => {
      const { url } = await startAnswering(json(200, answer));
      const { cluster } = await bareCluster(url);
      await expect(search(cluster, query())).rejects.toThrow(TemporaryError);
      await cluster.close();
    }),
  );
});
