// Makes the first generation where there is none, and sees to it that this program knows what is there.
import { ImagedexError } from '../../../errors.ts';
import { asked } from '../../../opensearch/asked.ts';
import type { Cluster } from '../../../opensearch/cluster.ts';
import { errorType } from '../../../opensearch/faults.ts';
import { ensureTemplate, mustBeVersion } from '../../../opensearch/templates.ts';
import { generationName, readAlias, wholeAlias, writeAlias } from './generations.ts';
import { imagesTemplate, schema } from './mapping.ts';
import { ownAlias } from './write-set.ts';

interface Found {
  readonly aliases?: Readonly<Record<string, unknown>>;
  readonly mappings?: { readonly _meta?: { readonly schema?: number } };
}

/** One request where all is there. Several processes may come here at once: one of them makes it. */
export async function install(cluster: Cluster): Promise<void> {
  if (await isInstalled(cluster)) return;
  await createGeneration(cluster, 1, {
    [readAlias(cluster)]: {},
    [writeAlias(cluster)]: { is_write_index: true },
  });
  if (await isInstalled(cluster)) return;
  throw new ImagedexError(
    'data_unavailable',
    `expected the aliases ${readAlias(cluster)} and ${writeAlias(cluster)} in OpenSearch, but ${generationName(cluster, 1)} lies there without them: set them by POST _aliases, or restore a snapshot with its aliases`,
  );
}

async function isInstalled(cluster: Cluster): Promise<boolean> {
  const { body } = await asked(cluster, () =>
    cluster.client.indices.get({
      index: `${cluster.name('images')}-*`,
      expand_wildcards: 'all',
      filter_path: ['*.aliases', '*.mappings._meta'],
    }),
  );
  const found = Object.entries(body as Readonly<Record<string, Found>>);
  const having = (alias: string) =>
    found.filter(([, { aliases = {} }]) => Object.hasOwn(aliases, alias)).map(([index]) => index);
  const [current, ...others] = having(readAlias(cluster));
  if (current === undefined || having(writeAlias(cluster)).length === 0) return false;
  if (others.length > 0)
    throw new ImagedexError(
      'data_unavailable',
      `expected the alias ${readAlias(cluster)} on one index, found it on ${[current, ...others].join(', ')}: take it from all but one by POST _aliases`,
    );
  // Others may be of another version while they are made, or kept.
  const { mappings } = found.find(([index]) => index === current)![1];
  mustBeVersion(`the mapping of ${current}`, mappings?._meta?.schema ?? 0, schema);
  return true;
}

/** Of the template, with its own two aliases besides `aliases`. One that is there already is left as it is. */
export async function createGeneration(
  cluster: Cluster,
  number: number,
  aliases: Readonly<Record<string, { readonly is_write_index?: boolean }>>,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  await ensureTemplate(cluster, imagesTemplate(cluster));
  const index = generationName(cluster, number);
  // The template may be from before this number was set.
  const body = {
    settings: { number_of_shards: cluster.settings.opensearchShards, ...settings },
    aliases: { ...aliases, [ownAlias(index)]: {}, [wholeAlias(index)]: {} },
  };
  try {
    await asked(cluster, () => cluster.client.indices.create({ index, body }));
    cluster.log.info('made an index for images in OpenSearch', { index });
  } catch (error) {
    const type = errorType(error);
    if (type === 'invalid_alias_name_exception')
      throw new ImagedexError(
        'data_unavailable',
        `expected no index called ${Object.keys(aliases).join(' or ')} in OpenSearch, where an alias belongs: delete or rename it, or set another opensearchPrefix`,
        { cause: error },
      );
    if (type !== 'resource_already_exists_exception') throw error;
  }
  return index;
}
