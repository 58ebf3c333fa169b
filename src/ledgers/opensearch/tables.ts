// The ledger's indices: one for each kind of record, made when it is first used, and one for transactions.
import { ImagedexError } from '../../errors.ts';
import type { Kind } from '../../ledger.ts';
import { asked } from '../../opensearch/asked.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { errorType } from '../../opensearch/faults.ts';
import { ensureTemplate, type Template } from '../../opensearch/templates.ts';
import { columnsOf, computedColumnsOf } from '../kinds.ts';

export type TableName = Kind | 'tx';

export interface Tables {
  /** The alias of its index, which is there now. */
  ready(table: TableName): Promise<string>;
  /** Tables that have an index, whoever made it. */
  made(): Promise<readonly TableName[]>;
}

/** Raised with every change of the mapping. */
const schema = 2;

const kept = { type: 'keyword', index: false, doc_values: false } as const;

/** The columns of all kinds: where two have one of the same name, it is of the same type. */
const columns = Object.fromEntries(
  [...Object.values(columnsOf), ...Object.values(computedColumnsOf)]
    .flat()
    .map(({ name, type = 'keyword' }) => [name, { type }]),
);

const mappings = {
  dynamic: 'strict',
  _meta: { schema },
  properties: {
    id: { type: 'keyword' },
    body: kept,
    write: kept,
    version: { type: 'long', index: false, doc_values: false },
    intent: {
      properties: {
        tx: { type: 'keyword' },
        version: { type: 'long', index: false, doc_values: false },
        body: kept,
        ...columns,
      },
    },
    ...columns,
    // Of a transaction: when it was decided, in milliseconds.
    decidedAt: { type: 'long' },
  },
};

export const ledgerTemplate = (cluster: Cluster): Template => ({
  name: cluster.name('ledger'),
  version: schema,
  body: { index_patterns: [cluster.name('ledger-*')], priority: 200, template: { mappings } },
});

export async function openTables(cluster: Cluster): Promise<Tables> {
  const { client, settings, name } = cluster;
  const aliasOf = (table: TableName): string => name(`ledger-${table}`);
  await ensureTemplate(cluster, ledgerTemplate(cluster));
  const known = new Map<TableName, Promise<string>>();

  const made = async (): Promise<TableName[]> => {
    const { body } = await asked(cluster, () =>
      // Not of all indices: a login may have no right to ask that.
      client.indices.getAlias(
        { index: name('ledger-*'), name: aliasOf('*' as TableName) },
        { ignore: [404] },
      ),
    );
    const aliases = Object.values(body).flatMap((one) => Object.keys(one.aliases ?? {}));
    return aliases.map((alias) => alias.slice(aliasOf('' as TableName).length) as TableName);
  };
  for (const table of await made()) known.set(table, Promise.resolve(aliasOf(table)));

  const make = async (table: TableName): Promise<string> => {
    const alias = aliasOf(table);
    const body = {
      settings: {
        number_of_shards: 1,
        auto_expand_replicas: `0-${settings.opensearchReplicas}`,
        // Who lists refreshes.
        refresh_interval: '-1',
      },
      aliases: { [alias]: { is_write_index: true } },
    };
    try {
      await asked(cluster, () => client.indices.create({ index: `${alias}-000001`, body }));
    } catch (error) {
      const type = errorType(error);
      if (type === 'invalid_alias_name_exception')
        throw new ImagedexError(
          'data_unavailable',
          `expected no index called ${alias} in OpenSearch, where an alias belongs: delete or rename it, or set another opensearchPrefix`,
          { cause: error },
        );
      if (type !== 'resource_already_exists_exception') throw error;
      // Another process was first, or an earlier try of ours whose answer was lost.
      if ((await made()).includes(table)) return alias;
      throw new ImagedexError(
        'data_unavailable',
        `expected the alias ${alias} in OpenSearch, but ${alias}-000001 lies there without it: set it by POST _aliases, or restore a snapshot with its aliases`,
      );
    }
    return alias;
  };
  return {
    made,
    ready(table) {
      const before = known.get(table);
      if (before !== undefined) return before;
      const making = make(table);
      known.set(table, making);
      making.catch(() => known.delete(table));
      return making;
    },
  };
}
