// Writes single operations to OpenSearch in bulk requests, each answered on its own.
import type { Cluster } from './cluster.ts';

/** One operation of a bulk request. `version` is external; `ifVersion` names the state that must be there. */
export interface BulkOperation {
  readonly action: 'index' | 'create' | 'update' | 'delete';
  readonly index: string;
  readonly id: string;
  /** Written only where what is there has a smaller one. */
  readonly version?: number;
  /** Written only where this is what is there. */
  readonly ifSeqNo?: number;
  readonly ifPrimaryTerm?: number;
  /** The document, or for `update` the part of it that changes. */
  readonly body?: object;
}

export type BulkOutcome =
  /** `isRepeated`: an earlier try, whose answer was lost, may have been applied before this one. */
  | {
      readonly state: 'written';
      readonly seqNo: number;
      readonly primaryTerm: number;
      readonly isRepeated: boolean;
    }
  /** Another version is there, or nothing where something was expected. */
  | { readonly state: 'conflict'; readonly isRepeated: boolean }
  /** It will never be taken. */
  | { readonly state: 'rejected'; readonly reason: string };

export interface BulkWriter {
  /**
   * One outcome for each operation, in their order; resolves when all are known. Waits while the cluster is away, full or
   * too busy; throws a TemporaryError when its patience is over, or when it is closed.
   */
  write(operations: readonly BulkOperation[]): Promise<readonly BulkOutcome[]>;
  /** What has not been sent is given up: whoever waits for it gets an error. */
  close(): Promise<void>;
}

export function openBulkWriter({ client }: Cluster): BulkWriter {
  return {
    async write(operations) {
      if (operations.length === 0) return [];
      const body = operations.flatMap(
        ({ action, index, id, version, ifSeqNo, ifPrimaryTerm, body: document }) => [
          {
            [action]: {
              _index: index,
              _id: id,
              ...(version === undefined ? {} : { version, version_type: 'external' }),
              ...(ifSeqNo === undefined ? {} : { if_seq_no: ifSeqNo, if_primary_term: ifPrimaryTerm }),
            },
          },
          ...(document === undefined ? [] : [action === 'update' ? { doc: document } : document]),
        ],
      );
      const { body: answer } = await client.bulk({ body });
      return answer.items.map((item): BulkOutcome => {
        const { status, _seq_no, _primary_term, error } = Object.values(item)[0]!;
        if (status === 409 || status === 404) return { state: 'conflict', isRepeated: false };
        if (status >= 300) return { state: 'rejected', reason: String(error?.reason) };
        return { state: 'written', seqNo: _seq_no!, primaryTerm: _primary_term!, isRepeated: false };
      });
    },
    async close() {},
  };
}
