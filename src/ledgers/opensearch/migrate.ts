// Brings the ledger's indices to the version of this program.
import { ImagedexError } from '../../errors.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { type Migration, migrateTemplate } from '../../opensearch/migrate.ts';
import { ledgerTemplate } from './tables.ts';

export async function migrateLedger(cluster: Cluster): Promise<Migration> {
  const migration = await migrateTemplate(cluster, ledgerTemplate(cluster));
  if (migration.outcome !== 'rewrite') return migration;
  throw new ImagedexError(
    'data_unavailable',
    `the ledger's indices of version ${migration.from} cannot become version ${migration.to} as they are: copy each collection with the older imagedex into sqlite (\`imagedex store copy\`), and from there with this one under another opensearchPrefix`,
  );
}
