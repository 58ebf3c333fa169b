// DRIVER: the ledger in OpenSearch, an index for each kind of record.
import type { Kind, Ledger } from '../ledger.ts';
import { openBulkWriter } from '../opensearch/bulk-writer.ts';
import type { Cluster } from '../opensearch/cluster.ts';
import { openChanges } from './opensearch/changes.ts';
import { openDecisions } from './opensearch/decisions.ts';
import { storedOf } from './opensearch/document.ts';
import { Intents } from './opensearch/intents.ts';
import { listRecords, newestAppearances } from './opensearch/listing.ts';
import { openRecords } from './opensearch/records.ts';
import { recover } from './opensearch/recovery.ts';
import { openTables } from './opensearch/tables.ts';
import { tallyRecords } from './opensearch/tally.ts';

const maxLimit = 1000;
/** Small writes that somebody waits for: they hardly wait for company, and not for long where the cluster is away. */
const writing = { bulkMaxWaitMs: 1, bulkConcurrency: 4 };
const maxPatienceMs = 10_000;

/** `recoveryDelayMs`: how long what others have begun may stay undecided before it is taken back. */
export async function open(cluster: Cluster, recoveryDelayMs?: number): Promise<Ledger> {
  const { settings, log } = cluster;
  const opensearchPatienceMs = Math.min(settings.opensearchPatienceMs, maxPatienceMs);
  const tables = await openTables(cluster);
  const writer = openBulkWriter({ ...cluster, settings: { ...settings, ...writing, opensearchPatienceMs } });
  const records = openRecords(cluster, tables);
  const decisions = await openDecisions(cluster, tables, writer);
  const intents = new Intents(tables, records, writer, decisions, log);
  const change = openChanges({ tables, records, writer, decisions, intents, log });
  const recovery = await recover({ records, decisions, intents, log }, recoveryDelayMs);
  return {
    async get<K extends Kind>(kind: K, ids: readonly string[]) {
      const found = await intents.seen(await records.find(ids.map((id) => ({ kind, id }))));
      return found.flatMap((one) => storedOf<K>(one) ?? []);
    },
    change: async (changes) => ({ conflict: !(await change(changes)) }),
    async list(kind, where, { limit, after }) {
      if (limit > maxLimit)
        throw new RangeError(`ledger: expected a limit of at most ${maxLimit}, got ${limit}`);
      return listRecords({ records, intents }, kind, where, limit, after);
    },
    newestAppearances: (locationId, limit) => newestAppearances({ records, intents }, locationId, limit),
    tally: async (kind, where, by) => tallyRecords({ records, intents }, kind, where, by),
    async close() {
      await recovery.close();
      await intents.close();
      await decisions.close();
      await writer.close();
    },
  };
}
