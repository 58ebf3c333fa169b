// DRIVER of the image index: an index of OpenSearch behind a read and a write alias.
import type { Cluster } from '../../opensearch/cluster.ts';
import type { ImageIndex } from '../image-index.ts';

export async function open(cluster: Cluster): Promise<ImageIndex> {
  throw new Error(`no image index in ${cluster.name('images')} yet`);
}
