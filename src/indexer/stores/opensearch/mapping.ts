// The template of the image index: what each field is, and how its indices are kept.
import type { Cluster } from '../../../opensearch/cluster.ts';
import type { Template } from '../../../opensearch/templates.ts';
import { textTiers } from '../../image-index.ts';

/** Raised with every change of the template; every index carries the one it was made with. */
export const schema = 1;

const keyword = { type: 'keyword' };
const long = { type: 'long' };
/** Only kept, to be read with the document. */
const kept = { type: 'long', index: false, doc_values: false };
/** Tokens come ready from text.ts: nothing is folded, stemmed or ranked by how rare it is. */
const tokens = {
  properties: Object.fromEntries(
    textTiers.map((tier) => [tier, { type: 'text', analyzer: 'whitespace', norms: false }]),
  ),
};

const mappings = {
  dynamic: 'strict',
  _meta: { schema },
  properties: {
    imageId: keyword,
    revision: kept,
    collection: keyword,
    sha256: keyword,
    model: keyword,
    format: keyword,
    width: long,
    height: long,
    pixels: long,
    sizeBytes: long,
    fetchedAt: { type: 'date', format: 'epoch_millis' },
    hosts: keyword,
    accepted: keyword,
    labelled: long,
    ranks: { type: 'rank_features' },
    ranksDown: { type: 'rank_features' },
    topConfidence: long,
    acceptedConfidence: long,
    tokens,
    localTokens: tokens,
    document: { type: 'object', enabled: false },
  },
};

export const imagesTemplate = (cluster: Cluster): Template => {
  const { opensearchShards, opensearchReplicas } = cluster.settings;
  return {
    name: cluster.name('images'),
    version: schema,
    body: {
      index_patterns: [cluster.name('images-*')],
      priority: 200,
      _meta: { owner: 'imagedex', schema },
      template: {
        settings: {
          number_of_shards: opensearchShards,
          ...(opensearchReplicas === 0
            ? { number_of_replicas: 0 }
            : { auto_expand_replicas: `0-${opensearchReplicas}` }),
          refresh_interval: '1s',
          // A forgotten image may come again with its first revision.
          gc_deletes: '0s',
          // `purge` rewrites every segment that still holds something of a forgotten image.
          'merge.policy.expunge_deletes_allowed': 0,
        },
        mappings,
      },
    },
  };
};
