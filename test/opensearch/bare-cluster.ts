// A cluster as drivers get it, unchecked, with settings of the test's own and what it says kept.
import { type Cluster, connectCluster } from '../../src/opensearch/cluster.ts';
import { type OpenSearchSettings, openSearchOptions } from '../../src/opensearch/options.ts';

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
  const defaults = Object.fromEntries(
    Object.entries(openSearchOptions).map(([name, option]) => [name, option.default]),
  ) as OpenSearchSettings;
  const log = {
    debug: () => {},
    info: (message: string) => void said.push(`info: ${message}`),
    warn: (message: string) => void said.push(`warn: ${message}`),
    error: (message: string) => void said.push(`error: ${message}`),
  };
  const cluster = await connectCluster({ ...defaults, opensearchUrls: [url], ...settings }, log);
  return { cluster, said };
}
