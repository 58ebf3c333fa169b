// DRIVER of the image index: generations of an index in OpenSearch, behind an alias that is read and one that is written.
import { asked } from '../../opensearch/asked.ts';
import { openBulkWriter } from '../../opensearch/bulk-writer.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import type { ImageDocument, ImageIndex } from '../image-index.ts';
import { facets } from './opensearch/facets.ts';
import { readAlias, writeAlias } from './opensearch/generations.ts';
import { install } from './opensearch/install.ts';
import { purge } from './opensearch/purge.ts';
import { search } from './opensearch/search.ts';
import { documentOf, type ImageSource, sourceOf, tombstoneOf } from './opensearch/source.ts';
import { openSureLabels } from './opensearch/sure-labels.ts';
import { removeDocuments, writeSources } from './opensearch/write.ts';
import { openWriteSet, type WriteSetTimes, writeSetTimes } from './opensearch/write-set.ts';

export async function open(cluster: Cluster, times: WriteSetTimes = writeSetTimes): Promise<ImageIndex> {
  await install(cluster);
  const { client } = cluster;
  const writer = openBulkWriter(cluster);
  const parts = { cluster, writer, writeSet: openWriteSet(cluster, times) };
  const countSureLabels = openSureLabels(cluster);
  const index = [readAlias(cluster), writeAlias(cluster)];
  return {
    put: (documents) =>
      writeSources(
        parts,
        documents.map((document) => ({ ...placeOf(document), source: sourceOf(document) })),
      ),
    async remove(images) {
      await writeSources(
        parts,
        images.map((image) => ({ ...placeOf(image), source: tombstoneOf(image) })),
      );
    },
    forget: (ids) => removeDocuments(parts, ids),
    purge: () => purge(cluster, index),
    async get(all) {
      // OpenSearch refuses to be asked for an empty id, which no image has.
      const ids = [...new Set(all)].filter((id) => id !== '');
      if (ids.length === 0) return [];
      const { body } = await asked(cluster, (quick) =>
        client.mget({ index: readAlias(cluster), body: { ids } }, quick),
      );
      const found = body.docs as unknown as readonly { readonly _source?: ImageSource }[];
      return found.flatMap(({ _source }) => documentOf(_source) ?? []);
    },
    search: (query) => search(cluster, query),
    facets: (query, limit) => facets(cluster, countSureLabels, query, limit),
    async refresh() {
      await asked(cluster, () => client.indices.refresh({ index }));
    },
    close: () => writer.close(),
  };
}

const placeOf = ({ id, revision }: Pick<ImageDocument, 'id' | 'revision'>) => ({ id, revision });
