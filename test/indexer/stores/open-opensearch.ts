// Opens the image index of an OpenSearch from its address and a prefix, for the contract suite and its second processes.
import { open as openIndex } from '../../../src/indexer/stores/opensearch.ts';
import { openLog } from '../../../src/log.ts';
import { openCluster } from '../../../src/opensearch/cluster.ts';
import type { OpenSearchSettings } from '../../../src/opensearch/options.ts';
import type { OpenedImageIndex } from '../../contracts/image-index.ts';
import { openSearchSettings } from '../../opensearch/settings.ts';

export async function open(settings: Partial<OpenSearchSettings>): Promise<OpenedImageIndex> {
  const cluster = await openCluster({ ...openSearchSettings, ...settings }, openLog('warn'));
  const index = await openIndex(cluster);
  return {
    index,
    async close() {
      await index.close();
      await cluster.close();
    },
  };
}
