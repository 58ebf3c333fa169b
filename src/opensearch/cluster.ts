// A connection to an OpenSearch cluster, shared by the drivers that keep their data there.
import type { Log } from '../log.ts';
import { checkCluster } from './check-cluster.ts';
import { type OpenClient, openClient } from './client.ts';
import type { OpenSearchSettings } from './options.ts';

export interface Cluster extends OpenClient {
  /** `name('images')`: with the prefix in front. */
  name(of: string): string;
  /** Who waits by itself for the cluster to take documents says here why; null: it does not wait. */
  readonly waits: Set<() => string | null>;
}

/**
 * Throws `data_unavailable` where the cluster cannot be used, with what is wrong and how to mend it, and `config_invalid`
 * where the settings do not go together; warns of what may go wrong later.
 */
export async function openCluster(settings: OpenSearchSettings, log: Log): Promise<Cluster> {
  const cluster = await connectCluster(settings, log);
  try {
    await checkCluster(cluster);
    return cluster;
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

/** Unchecked: to look at a cluster that may not be fit for use. */
export async function connectCluster(settings: OpenSearchSettings, log: Log): Promise<Cluster> {
  return {
    ...(await openClient(settings, log)),
    waits: new Set(),
    name: (of) => `${settings.opensearchPrefix}-${of}`,
  };
}
