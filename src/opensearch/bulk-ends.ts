// How operations end: with an outcome or given up, and when the last of a call has one its caller hears of it.
import { TemporaryError } from '../errors.ts';
import type { BulkEntry, BulkGroup } from './bulk-entry.ts';
import type { BulkOutcome } from './bulk-operation.ts';
import type { BulkQueue } from './bulk-queue.ts';
import { type BulkTrouble, openBulkTrouble } from './bulk-trouble.ts';
import type { Cluster } from './cluster.ts';

export class BulkEnds {
  readonly #queue: BulkQueue;
  readonly #patienceMs: number;
  readonly #groups = new Set<BulkGroup>();
  readonly #outcomes = { written: 0, conflict: 0, rejected: 0 };
  readonly trouble: BulkTrouble;

  constructor({ log, settings }: Pick<Cluster, 'log' | 'settings'>, queue: BulkQueue) {
    this.#queue = queue;
    this.#patienceMs = settings.opensearchPatienceMs;
    this.trouble = openBulkTrouble(log);
  }

  /** How many operations had each outcome. */
  get outcomes(): Readonly<Record<BulkOutcome['state'], number>> {
    return this.#outcomes;
  }

  begin(group: BulkGroup): void {
    this.#groups.add(group);
  }

  settle(entry: BulkEntry, outcome: BulkOutcome): void {
    const { group, place } = entry;
    this.#outcomes[outcome.state]++;
    this.#leave(entry, true);
    group.outcomes[place] = outcome;
    group.left--;
    if (group.left > 0 || group.isOver) return;
    this.#end(group);
    group.resolve(group.outcomes);
  }

  giveUp(entry: BulkEntry, error: unknown): void {
    this.fail(entry.group, error);
    this.#leave(entry, false);
  }

  /** Whoever asked for it has been told that it failed. */
  isDropped(entry: BulkEntry): boolean {
    if (entry.group.isOver) this.#leave(entry, false);
    return entry.group.isOver;
  }

  fail(group: BulkGroup, error: unknown): void {
    if (group.isOver) return;
    this.#end(group);
    group.reject(error);
  }

  failAll(error: unknown): void {
    for (const group of this.#groups) this.fail(group, error);
  }

  /** It failed once more. False where patience with it is over. */
  isBorne(entry: BulkEntry, reason: string): boolean {
    const nowMs = performance.now();
    entry.failingSinceMs ??= nowMs;
    if (nowMs - entry.failingSinceMs < this.#patienceMs) return true;
    this.giveUp(entry, this.#impatience(reason));
    return false;
  }

  /** The cluster takes nothing: whoever has waited for it long enough is told. */
  failOverdue(refusedSinceMs: number, reason: string): void {
    const nowMs = performance.now();
    for (const group of this.#groups) {
      const sinceMs = Math.max(group.askedAtMs, refusedSinceMs);
      if (nowMs - sinceMs >= this.#patienceMs) this.fail(group, this.#impatience(reason));
    }
  }

  #impatience(reason: string): TemporaryError {
    const seconds = Math.round(this.#patienceMs / 1000);
    return new TemporaryError(
      'data_unavailable',
      `OpenSearch has not taken documents for ${seconds} s: ${reason}`,
    );
  }

  #leave(entry: BulkEntry, isAnswered: boolean): void {
    this.trouble.left(entry.failures, isAnswered);
    this.#queue.leave(entry);
  }

  #end(group: BulkGroup): void {
    group.isOver = true;
    this.#groups.delete(group);
  }
}
