// Facets stay exact where shards have more values than they give at first.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageDocument, ImageIndex } from '../../../../src/indexer/image-index.ts';
import { facets } from '../../../../src/indexer/stores/opensearch/facets.ts';
import { open } from '../../../../src/indexer/stores/opensearch.ts';
import { dice, document, query } from '../../../contracts/image-documents.ts';
import { referenceFacets } from '../../../contracts/image-reference.ts';
import { type BareCluster, bareCluster } from '../../../opensearch/bare-cluster.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from '../../../opensearch/shared.ts';

const roll = dice(5);
/** 120 hosts, nearly all as frequent as the next one. */
const documents: ImageDocument[] = Array.from({ length: 600 }, (_, at) =>
  document(`f-${at}`, {
    hosts: [...new Set(Array.from({ length: 3 }, () => `h${roll.upTo(120)}.example`))],
    labels: [...new Set(Array.from({ length: 3 }, () => roll.upTo(120)))].map(
      (name) => `l${name} ${100 + roll.upTo(100)}`,
    ),
  }),
);

describe.skipIf(!hasOpenSearch).each(lines)('facets on OpenSearch %s', (line) => {
  const prefix = ownPrefix();
  let bare: BareCluster;
  let index: ImageIndex;
  beforeAll(async () => {
    bare = await bareCluster(await openSearchUrl(line), { opensearchPrefix: prefix, opensearchShards: 3 });
    index = await open(bare.cluster);
    await index.put(documents);
    await index.refresh();
  });
  afterAll(async () => {
    await index.close();
    await bare.cluster.close();
    await removeIndices(await openSearchUrl(line), prefix);
  });

  it.each([
    { usualValues: 200, mostValues: 200 },
    { usualValues: 20, mostValues: 200 },
    { usualValues: 5, mostValues: 30 },
    { usualValues: 5, mostValues: 10 },
  ])('are the same with %j', async (sizes) => {
    const none = async () => [];
    for (const limit of [1, 5, 10])
      expect(await facets(bare.cluster, none, query(), limit, sizes)).toEqual(
        referenceFacets(documents, query(), limit),
      );
  });

  it('count sure labels of ids that are not WordNet’s, the ties by id', async () => {
    for (const minConfidence of [0, 100, 137, 200, 201]) {
      const asked = query({}, { minConfidence });
      for (const limit of [1, 10, 200])
        expect((await index.facets(asked, limit)).labels).toEqual(
          referenceFacets(documents, asked, limit).labels,
        );
    }
  });
});
