// Nobody waits for a long merge, but an error of it is one.
import { expect, it } from 'vitest';
import { purge } from '../../../../src/indexer/stores/opensearch/purge.ts';
import { json, startAnswering } from '../../../opensearch/answering-server.ts';
import { bareCluster } from '../../../opensearch/bare-cluster.ts';

it('leaves a merge that takes long to the cluster', async () => {
  const { url } = await startAnswering(() => {});
  const { cluster } = await bareCluster(url);
  await purge(cluster, ['images'], 100);
  await cluster.close();
});

it('passes on what is wrong', async () => {
  const { url } = await startAnswering(
    json(403, {
      error: { type: 'security_exception', reason: 'no permissions for [indices:admin/forcemerge]' },
    }),
  );
  const { cluster } = await bareCluster(url);
  await expect(purge(cluster, ['images'])).rejects.toThrow('no right to indices:admin/forcemerge');
  await cluster.close();
});
