// One operation on its way through the bulk writer: the lines it is sent as, what has befallen it, and who waits for it.
import { type BulkOperation, type BulkOutcome, linesOf } from './bulk-operation.ts';

/** The operations of one call, answered together. */
export interface BulkGroup {
  readonly outcomes: BulkOutcome[];
  readonly askedAtMs: number;
  left: number;
  /** Answered, or given up: what has not been sent of it is not sent any more. */
  isOver: boolean;
  readonly resolve: (outcomes: readonly BulkOutcome[]) => void;
  readonly reject: (error: unknown) => void;
}

export interface BulkEntry {
  readonly group: BulkGroup;
  /** Among the operations of its group. */
  readonly place: number;
  readonly action: BulkOperation['action'];
  readonly hasCondition: boolean;
  /** Operations with the same key are never under way together. */
  readonly key: string;
  readonly lines: string;
  readonly bytes: number;
  sends: number;
  failures: number;
  failingSinceMs: number | undefined;
  isRepeated: boolean;
  /** How often it failed by what looks like its own fault, and how many operations were written by then. */
  ownFaults: number;
  writtenBefore: number;
}

export const bulkGroup = (
  count: number,
  resolve: BulkGroup['resolve'],
  reject: BulkGroup['reject'],
): BulkGroup => ({
  outcomes: new Array(count),
  askedAtMs: performance.now(),
  left: count,
  isOver: false,
  resolve,
  reject,
});

export function bulkEntry(operation: BulkOperation, group: BulkGroup, place: number): BulkEntry {
  const lines = linesOf(operation);
  return {
    group,
    place,
    action: operation.action,
    hasCondition: operation.ifSeqNo !== undefined,
    key: `${operation.index}/${operation.id}`,
    lines,
    bytes: Buffer.byteLength(lines),
    sends: 0,
    failures: 0,
    failingSinceMs: undefined,
    isRepeated: false,
    ownFaults: 0,
    writtenBefore: -1,
  };
}
