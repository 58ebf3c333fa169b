// A connection to an OpenSearch cluster, shared by the drivers that keep their data there.
import type { Client } from '@opensearch-project/opensearch';
import type { Log } from '../log.ts';
import type { OpenSearchSettings } from './options.ts';

export interface Cluster {
  readonly client: Client;
  readonly settings: OpenSearchSettings;
  readonly log: Log;
  /** `name('images')`: with the prefix in front. */
  name(of: string): string;
  close(): Promise<void>;
}

/** Throws `data_unavailable` where the cluster cannot be used, with what is wrong and how to mend it. */
export async function openCluster(settings: OpenSearchSettings, log: Log): Promise<Cluster> {
  const { Client } = await import('@opensearch-project/opensearch');
  const client = new Client({ nodes: [...settings.opensearchUrls] });
  return {
    client,
    settings,
    log,
    name: (of) => `${settings.opensearchPrefix}-${of}`,
    close: () => client.close(),
  };
}
