// DRIVER: the ledger in OpenSearch, an index for each kind of record.
import type { Ledger } from '../ledger.ts';
import type { Cluster } from '../opensearch/cluster.ts';

export async function open(cluster: Cluster): Promise<Ledger> {
  throw new Error(`no ledger in ${cluster.name('ledger')} yet`);
}
