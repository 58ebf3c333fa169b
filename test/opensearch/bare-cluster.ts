// A cluster as drivers get it, unchecked, with settings of the test's own and what it says kept.
import { type Cluster, connectCluster } from '../../src/opensearch/cluster.ts';
import type { OpenSearchSettings } from '../../src/opensearch/options.ts';
import { openSearchSettings } from './settings.ts';

export interface BareCluster {
  readonly cluster: Cluster;
  /** What it warned of and told, each as `warn: message`. */
  readonly said: string[];
}

export async function bareCluster(
  url: string,
  settings: Partial<OpenSearchSettings> = {},
): Promise<BareCluster> {
  const said: string[] = [];
  const log = {
    debug: () => {},
    info: (message: string) => void said.push(`info: ${message}`),
    warn: (message: string) => void said.push(`warn: ${message}`),
    error: (message: string) => void said.push(`error: ${message}`),
  };
  const cluster = await connectCluster({ ...openSearchSettings, opensearchUrls: [url], ...settings }, log);
  return { cluster, said };
}
