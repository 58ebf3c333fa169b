// Writes single operations to OpenSearch in bulk requests, each answered on its own, whatever befalls the requests.
import { type BulkCounts, BulkDispatch, type BulkTiming } from './bulk-dispatch.ts';
import { bulkGroup } from './bulk-entry.ts';
import type { BulkOperation, BulkOutcome } from './bulk-operation.ts';
import { BulkQueue } from './bulk-queue.ts';
import type { Cluster } from './cluster.ts';

export interface BulkWriter {
  /**
   * One outcome for each operation, in their order; resolves when all are known. Waits while the cluster is away, full or
   * too busy, and while too much waits already; throws a TemporaryError when its patience is over, or when it is closed.
   * Operations on the same document are sent one after the other, in the order of the calls.
   */
  write(operations: readonly BulkOperation[]): Promise<readonly BulkOutcome[]>;
  counts(): BulkCounts;
  /** What is under way is waited for, a few seconds; whoever waits for the rest gets an error. */
  close(): Promise<void>;
}

const usualTiming: BulkTiming = { requestTimeoutMs: 60_000, baseMs: 100, maxMs: 5000 };
/** So many full windows may wait while others are under way. */
const windowsAhead = 2;

export function openBulkWriter(cluster: Cluster, timing: Partial<BulkTiming> = {}): BulkWriter {
  const { bulkMaxDocuments, bulkMaxBytes, bulkMaxWaitMs, bulkConcurrency } = cluster.settings;
  const queue = new BulkQueue(
    { maxDocuments: bulkMaxDocuments, maxBytes: bulkMaxBytes, maxWaitMs: bulkMaxWaitMs },
    bulkConcurrency + windowsAhead,
  );
  const dispatch = new BulkDispatch(cluster, queue, { ...usualTiming, ...timing });

  return {
    write: (operations) =>
      new Promise((resolve, reject) => {
        if (operations.length === 0) resolve([]);
        else dispatch.add(operations, bulkGroup(operations.length, resolve, reject));
      }),
    counts: () => ({
      ...dispatch.counts,
      waiting: queue.held.documents,
      waitingBytes: queue.held.bytes,
    }),
    close: () => dispatch.close(),
  };
}
