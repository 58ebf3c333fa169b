// Brings the ledger's indices to the version of this program.
import { ImagedexError } from '../../errors.ts';
import { listAll } from '../../ledger.ts';
import type { Cluster } from '../../opensearch/cluster.ts';
import { type Migration, migrateTemplate } from '../../opensearch/migrate.ts';
import { open } from '../opensearch.ts';
import { ledgerTemplate } from './tables.ts';

export async function migrateLedger(cluster: Cluster): Promise<Migration> {
  const migration = await migrateTemplate(cluster, ledgerTemplate(cluster));
  if (migration.outcome !== 'rewrite') {
    if (migration.from !== null) await fillFailures(cluster);
    return migration;
  }
  throw new ImagedexError(
    'data_unavailable',
    `the ledger's indices of version ${migration.from} cannot become version ${migration.to} as they are: copy each collection with the older imagedex into sqlite (\`imagedex store copy\`), and from there with this one under another opensearchPrefix`,
  );
}

/** Those of version 1 are not found by stage and subject before they are written again. Cut off, the next call goes on. */
async function fillFailures(cluster: Cluster): Promise<void> {
  const ledger = await open(cluster);
  try {
    const stages = await ledger.tally('failure', {}, ['stage']);
    if (!stages.some(({ values }) => values.stage === null)) return;
    // Who was faster has written it whole.
    for await (const { id, version: expect, record } of listAll(ledger, 'failure', {}))
      await ledger.change([{ kind: 'failure', id, expect, record }]);
  } finally {
    await ledger.close();
  }
}
