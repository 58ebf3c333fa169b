// Brings indices of an older template to its version, where OpenSearch can add what is new to their mappings.
import { ImagedexError } from '../errors.ts';
import { asked } from './asked.ts';
import type { Cluster } from './cluster.ts';
import { statusOf } from './faults.ts';
import { putTemplate, type Template, templateVersion } from './templates.ts';

export interface Migration {
  readonly template: string;
  /** The oldest version that the template or one of its indices had; null where there was nothing. */
  readonly from: number | null;
  readonly to: number;
  /** `rewrite`: nothing was changed, because the documents have to be written again into a new index. */
  readonly outcome: 'current' | 'migrated' | 'rewrite';
}

interface Mappings {
  readonly _meta?: { readonly schema?: number };
}

/** Indices first: when the template says that all is done, it is. Throws `data_newer` where something is newer. */
export async function migrateTemplate(cluster: Cluster, template: Template): Promise<Migration> {
  const { name, version, body } = template;
  const indices = await indexVersions(cluster, body.index_patterns);
  const there = await templateVersion(cluster, name);
  const all = [...indices.values(), ...(there === null ? [] : [there])];
  const newest = Math.max(0, ...all);
  if (newest > version)
    throw new ImagedexError(
      'data_newer',
      `expected version ${version} of ${name} or an older one, but OpenSearch has version ${newest}: it was written by a newer imagedex, use that`,
    );
  const from = all.length === 0 ? null : Math.min(...all);
  const done = { template: name, from, to: version };
  if (there === version && from === version) return { ...done, outcome: 'current' };
  const older = [...indices].filter(([, one]) => one < version).map(([index]) => index);
  if (!(await addToMappings(cluster, older, template))) return { ...done, outcome: 'rewrite' };
  await putTemplate(cluster, template);
  return { ...done, outcome: 'migrated' };
}

async function indexVersions(cluster: Cluster, patterns: readonly string[]): Promise<Map<string, number>> {
  const { body, statusCode } = await asked(cluster, () =>
    cluster.client.indices.getMapping(
      { index: patterns.join(','), expand_wildcards: 'all' },
      { ignore: [404] },
    ),
  );
  if (statusCode === 404) return new Map();
  const found = Object.entries(body as unknown as Readonly<Record<string, { readonly mappings: Mappings }>>);
  return new Map(found.map(([index, { mappings }]) => [index, mappings._meta?.schema ?? 0]));
}

/** All of them, or none. False where OpenSearch says that what is there cannot become what is wanted. */
async function addToMappings(
  cluster: Cluster,
  indices: readonly string[],
  { body }: Template,
): Promise<boolean> {
  if (indices.length === 0) return true;
  const { mappings } = body['template'] as { readonly mappings: object };
  try {
    await asked(cluster, () =>
      cluster.client.indices.putMapping({ index: indices.join(','), body: mappings as never }),
    );
    return true;
  } catch (error) {
    if (statusOf(error) === 400) return false;
    throw error;
  }
}
