// What keeps the data, looked at and looked after: the state of the store, and the life of its image index.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { migrateLedger, openGenerations } from '../drivers.ts';
import { ImagedexError, messageOf } from '../errors.ts';
import type { Generation, Generations, OnReindexProgress, ReindexReport } from '../indexer/generations.ts';
import { openLog } from '../log.ts';
import { asked } from '../opensearch/asked.ts';
import type { Finding } from '../opensearch/checks.ts';
import { type Cluster, connectCluster, openCluster } from '../opensearch/cluster.ts';
import { type ClusterState, inspectCluster } from '../opensearch/inspect.ts';
import type { Migration } from '../opensearch/migrate.ts';

export interface DatabaseState {
  readonly store: 'sqlite';
  readonly file: string;
  readonly bytes: number;
  /** Of the journal beside it, which SQLite writes into first. */
  readonly journalBytes: number;
}
export interface OpenSearchState extends ClusterState {
  readonly store: 'opensearch';
  readonly generations: readonly Generation[];
}
export type StoreState = DatabaseState | OpenSearchState;

export async function storeState(config: Config): Promise<StoreState> {
  if (config.values.store === 'sqlite') return databaseState(config.values.dataDir);
  const cluster = await connectCluster(config.values, openLog(config.values.logLevel));
  try {
    const state = await inspectCluster(cluster);
    const life = await openGenerations(cluster);
    const unknown: Finding[] = [];
    const generations = await life.list().catch((error) => {
      unknown.push({
        level: 'warning',
        message: `the generations of the image index are not known (${messageOf(error)})`,
        cure: 'give the login the right to see the aliases of these indices',
      });
      return [];
    });
    return { store: 'opensearch', ...state, findings: [...state.findings, ...unknown], generations };
  } finally {
    await cluster.close();
  }
}

/** Whether a crawl has made anything yet where searches would look. */
export async function isStoreThere(config: Config): Promise<boolean> {
  const cluster = await connectCluster(config.values, openLog(config.values.logLevel));
  try {
    const { client, name } = cluster;
    const { body } = await asked(cluster, (quick) =>
      client.indices.getAlias({ index: name('images*'), name: name('images') }, { ignore: [404], ...quick }),
    );
    return Object.values(body).some(({ aliases }) => aliases !== undefined);
  } finally {
    await cluster.close();
  }
}

async function databaseState(dataDir: string): Promise<DatabaseState> {
  const file = join(dataDir, 'imagedex.db');
  const bytesOf = async (path: string): Promise<number | null> =>
    (await stat(path).catch(() => null))?.size ?? null;
  const bytes = await bytesOf(file);
  if (bytes === null) throw new ImagedexError('not_found', `there is no data directory ${dataDir} yet`);
  return { store: 'sqlite', file, bytes, journalBytes: (await bytesOf(`${file}-wal`)) ?? 0 };
}

/** `verb`: for the message where the store has no generations. */
export const withGenerations = <T>(
  config: Config,
  verb: string,
  work: (generations: Generations) => Promise<T>,
): Promise<T> => withCluster(config, verb, async (cluster) => work(await openGenerations(cluster)));

async function withCluster<T>(
  config: Config,
  verb: string,
  work: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  if (config.values.store !== 'opensearch')
    throw new ImagedexError(
      'usage',
      `store ${verb} is for \`store: opensearch\`; the database of sqlite is brought up to date whenever it is opened`,
    );
  const cluster = await openCluster(config.values, openLog(config.values.logLevel));
  try {
    return await work(cluster);
  } finally {
    await cluster.close();
  }
}

export interface MigrationReport {
  readonly ledger: Migration;
  readonly images: Migration;
  /** Null where the documents did not have to be written again, or nobody allowed it. */
  readonly reindex: ReindexReport | null;
}

export const migrateStore = (
  config: Config,
  mayReindex: boolean,
  signal: AbortSignal,
  onProgress: OnReindexProgress,
): Promise<MigrationReport> =>
  withCluster(config, 'migrate', async (cluster) => {
    const generations = await openGenerations(cluster);
    const ledger = await migrateLedger(cluster);
    const images = await generations.migrate();
    const reindex =
      images.outcome === 'rewrite' && mayReindex
        ? await generations.reindexToVersion(signal, onProgress)
        : null;
    return { ledger, images, reindex };
  });
