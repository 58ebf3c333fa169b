// Where calls wait, first come, first served, until there is room for their operations. Only then are these serialised.
import { type BulkEntry, type BulkGroup, bulkEntry } from './bulk-entry.ts';
import type { BulkOperation } from './bulk-operation.ts';
import type { BulkQueue } from './bulk-queue.ts';

interface Call {
  readonly operations: readonly BulkOperation[];
  readonly group: BulkGroup;
  entered: number;
}

export class BulkIntake {
  readonly #queue: BulkQueue;
  readonly #calls: Call[] = [];
  /** Serialised, but for want of room not entered. */
  #next: BulkEntry | undefined;

  constructor(queue: BulkQueue) {
    this.#queue = queue;
  }

  add(operations: readonly BulkOperation[], group: BulkGroup): void {
    this.#calls.push({ operations, group, entered: 0 });
  }

  /** Lets in as much as there is room for. */
  refill(): void {
    for (let call = this.#calls[0]; call !== undefined; call = this.#calls[0]) {
      if (!call.group.isOver && !this.#enter(call)) return;
      this.#next = undefined;
      this.#calls.shift();
    }
  }

  /** False where there is no room for all. */
  #enter(call: Call): boolean {
    const { operations, group } = call;
    for (; call.entered < operations.length; call.entered++) {
      const entry = this.#next ?? bulkEntry(operations[call.entered]!, group, call.entered);
      this.#next = undefined;
      if (!this.#queue.enter(entry)) {
        this.#next = entry;
        return false;
      }
    }
    return true;
  }
}
