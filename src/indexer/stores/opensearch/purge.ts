// Rewrites what still holds something of deleted documents.
import { asked } from '../../../opensearch/asked.ts';
import type { Cluster } from '../../../opensearch/cluster.ts';

/** Of a large index it rewrites much: the cluster goes on with it when nobody waits any more (docs/decisions/157). */
const maxWaitMs = 10_000;

export async function purge(
  { client, log }: Cluster,
  indices: readonly string[],
  requestTimeout = maxWaitMs,
): Promise<void> {
  const merge = async () => {
    const index = [...indices];
    try {
      return await client.indices.forcemerge({ index, only_expunge_deletes: true }, { requestTimeout });
    } catch (error) {
      if (!(error instanceof Error && error.name === 'TimeoutError')) throw error;
      log.debug('OpenSearch still merges, to let go of what was forgotten');
      return { body: {} };
    }
  };
  await asked({ log }, merge);
}
