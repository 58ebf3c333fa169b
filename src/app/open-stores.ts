// Opens the ledger and the image index, wherever they lie. Who has all day waits here for a cluster that is away.
import { openIndex, openLedger, type Store } from '../drivers.ts';
import type { ImageIndex } from '../indexer/image-index.ts';
import type { Ledger } from '../ledger.ts';
import { checkCluster } from '../opensearch/check-cluster.ts';
import type { Patience } from '../patient.ts';

export interface Stores {
  readonly ledger: Ledger;
  readonly index: ImageIndex;
}

/** `waitUntil`: the store is waited for, until the signal at most. Without it nobody waits. */
export async function openStores(
  findStore: () => Promise<Store>,
  patience: Patience,
  waitUntil?: AbortSignal,
): Promise<Stores> {
  const opening = { open: async () => openOnce(await findStore()) };
  const opener = waitUntil === undefined ? opening : patience.until(patience.patient(opening), waitUntil);
  try {
    return await opener.open();
  } catch (error) {
    // A wait that the signal has ended may still go on.
    patience.close();
    throw error;
  }
}

async function openOnce(store: Store): Promise<Stores> {
  if (store.driver === 'opensearch') await checkCluster(store.cluster);
  const ledger = await openLedger(store);
  try {
    return { ledger, index: await openIndex(store) };
  } catch (error) {
    await ledger.close().catch(() => {});
    throw error;
  }
}
