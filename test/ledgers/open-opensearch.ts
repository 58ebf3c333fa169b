// Opens the OpenSearch ledger from an address and a prefix, for the contract suite and its second processes.
import { open as openLedger } from '../../src/ledgers/opensearch.ts';
import { openLog } from '../../src/log.ts';
import { type Cluster, openCluster } from '../../src/opensearch/cluster.ts';
import { openSearchOptions } from '../../src/opensearch/options.ts';
import type { Values } from '../../src/options.ts';
import type { OpenedLedger } from '../contracts/ledger.ts';

export interface OpenSearchPlace {
  readonly url: string;
  readonly prefix: string;
  readonly patienceMs?: number;
  readonly recoveryDelayMs?: number;
}

const defaults = Object.fromEntries(
  Object.entries(openSearchOptions).map(([name, option]) => [name, option.default]),
) as Values<typeof openSearchOptions>;

export const openPlace = (place: OpenSearchPlace): Promise<Cluster> =>
  openCluster(
    {
      ...defaults,
      opensearchUrls: [place.url],
      opensearchPrefix: place.prefix,
      opensearchReplicas: 0,
      opensearchPatienceMs: place.patienceMs ?? 60_000,
    },
    openLog('error'),
  );

export async function open(place: OpenSearchPlace): Promise<OpenedLedger> {
  const cluster = await openPlace(place);
  const ledger = await openLedger(cluster, place.recoveryDelayMs);
  return {
    ledger,
    async close() {
      await ledger.close();
      await cluster.close();
    },
  };
}
