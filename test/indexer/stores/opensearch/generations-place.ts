// A cluster with indices of its own, and what tests of generations look at.

import { openGenerations } from '../../../../src/indexer/stores/opensearch/life.ts';
import { type Walked, walkDocuments } from '../../../../src/indexer/stores/opensearch/walk.ts';
import { open } from '../../../../src/indexer/stores/opensearch.ts';
import { openLog } from '../../../../src/log.ts';
import { type Cluster, openCluster } from '../../../../src/opensearch/cluster.ts';
import type { OpenSearchSettings } from '../../../../src/opensearch/options.ts';
import { openSearchSettings } from '../../../opensearch/settings.ts';

/** Writers of these tests go by what they know only so long, so that nobody waits for ten seconds. */
export const shortTimes = {
  heartbeat: { everyMs: 200, maxSilenceMs: 1500 },
  writeSet: { keepMs: 300, graceMs: 1000 },
};

export async function openPlace(settings: Partial<OpenSearchSettings>) {
  const cluster = await openCluster({ ...openSearchSettings, ...settings }, openLog('error'));
  const index = await open(cluster, shortTimes.writeSet);
  return {
    cluster,
    index,
    generations: openGenerations(cluster, shortTimes),
    async close() {
      await index.close();
      await cluster.close();
    },
  };
}

/** Every document of one index, by id. */
export async function allOf(cluster: Cluster, index: string): Promise<Map<string, Walked>> {
  const all = new Map<string, Walked>();
  for await (const page of walkDocuments(cluster, index, new AbortController().signal)) {
    for (const walked of page) {
      if (all.has(walked.id)) throw new Error(`${walked.id} is there twice`);
      all.set(walked.id, walked);
    }
  }
  return all;
}
