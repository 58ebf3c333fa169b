// The options of an OpenSearch that keeps the ledger and the image index.
import { z } from 'zod';
import { type OptionTable, option, type Values } from '../options.ts';

const address = z.string().superRefine((text, context) => {
  if (/^https?:\/\/[^\s/@?#]+\/?$/.test(text)) return;
  const message = `an address such as https://search.example.org:9200: ${fault(text)}`;
  context.addIssue({ code: 'custom', message });
});

function fault(text: string): string {
  if (text.includes('@')) return 'a login belongs in opensearchUser and opensearchPassword';
  if (!/^https?:\/\//.test(text)) return 'http:// or https:// is missing';
  return 'it may have no path';
}

export const openSearchOptions = {
  opensearchUrls: option(
    z.array(address).min(1),
    ['http://127.0.0.1:9200'],
    'Nodes of the OpenSearch cluster, where `store` is opensearch',
  ),
  opensearchUser: option(z.string(), '', 'Name for basic authentication at OpenSearch; empty: none'),
  opensearchPassword: {
    ...option(
      z.string(),
      '',
      'Password for basic authentication at OpenSearch; better given by the environment',
    ),
    isSecret: true,
  },
  opensearchCaFile: {
    ...option(
      z.string(),
      '',
      'PEM file with the certificate authority of the cluster, where it is one of its own; others are then not trusted',
    ),
    isPath: true,
  },
  opensearchAwsRegion: option(
    z.string().regex(/^$|^[a-z0-9-]+$/, 'a region such as eu-central-1'),
    '',
    'Region of an Amazon OpenSearch Service domain: requests are then signed (SigV4) with the usual AWS credentials',
  ),
  opensearchPrefix: option(
    z.string().regex(/^[a-z0-9][a-z0-9_]{0,30}$/, 'lower-case letters, digits and _, at most 31'),
    'imagedex',
    'What the names of all indices in OpenSearch begin with',
  ),
  opensearchShards: option(
    z.number().int().min(1).max(1024),
    1,
    'Primary shards of an image index that is made from now on',
  ),
  opensearchReplicas: option(
    z.number().int().min(0).max(10),
    1,
    'Most replicas of each index; with fewer nodes there are fewer',
  ),
  opensearchPatienceMs: option(
    z.number().int().min(1000).max(86_400_000),
    600_000,
    'How long a crawl waits for an OpenSearch that is away, full or too busy before it stops, to be carried on later',
  ),
  bulkMaxDocuments: option(
    z.number().int().min(1).max(10_000),
    500,
    'Documents in one bulk request to OpenSearch',
  ),
  bulkMaxBytes: option(
    z.number().int().min(10_000).max(100_000_000),
    5_000_000,
    'Bytes of one bulk request to OpenSearch; a larger document goes alone',
  ),
  bulkMaxWaitMs: option(
    z.number().int().min(0).max(60_000),
    20,
    'How long a document waits for others to share a bulk request with',
  ),
  bulkConcurrency: option(
    z.number().int().min(1).max(64),
    2,
    'Bulk requests to OpenSearch that are under way at a time',
  ),
} satisfies OptionTable;

export type OpenSearchSettings = Values<typeof openSearchOptions>;
