// Sends what waits, several requests at a time, and sends it again until each operation has its outcome or patience is over.
import { TemporaryError } from '../errors.ts';
import { fullJitterMs, type RetryDelays } from '../full-jitter.ts';
import { type RequestFault, readAnswer, readFault, type Verdict } from './bulk-answer.ts';
import { BulkEnds } from './bulk-ends.ts';
import type { BulkEntry, BulkGroup } from './bulk-entry.ts';
import { BulkIntake } from './bulk-intake.ts';
import type { BulkOperation } from './bulk-operation.ts';
import { BulkPace } from './bulk-pace.ts';
import type { BulkQueue } from './bulk-queue.ts';
import { type BulkRequest, sendBulk } from './bulk-request.ts';
import type { Cluster } from './cluster.ts';

export interface BulkTiming extends RetryDelays {
  readonly requestTimeoutMs: number;
}

export interface BulkCounts {
  readonly written: number;
  readonly conflicts: number;
  readonly rejected: number;
  /** Operations that were sent again. */
  readonly retries: number;
  readonly requests: number;
  readonly bytes: number;
  /** Operations that are not answered yet, and their bytes. */
  readonly waiting: number;
  readonly waitingBytes: number;
}

type Again = Extract<Verdict, { readonly is: 'again' }>;
type Split = Extract<RequestFault, { readonly is: 'split' }>;

/** So often a document may make the server stumble while others are written. */
const mostOwnFaults = 5;
const closeWaitMs = 5000;

export class BulkDispatch {
  readonly #cluster: Cluster;
  readonly #queue: BulkQueue;
  readonly #intake: BulkIntake;
  readonly #timing: BulkTiming;
  readonly #ends: BulkEnds;
  readonly #pace: BulkPace;
  readonly #underWay = new Set<BulkRequest>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #wake: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #hasAnswered = false;
  #isClosed = false;
  readonly #sent = { retries: 0, requests: 0, bytes: 0 };

  constructor(cluster: Cluster, queue: BulkQueue, timing: BulkTiming) {
    this.#cluster = cluster;
    this.#queue = queue;
    this.#intake = new BulkIntake(queue);
    this.#timing = timing;
    this.#ends = new BulkEnds(cluster, queue);
    this.#pace = new BulkPace(timing, cluster.settings.bulkConcurrency);
    cluster.waits.add(this.waitingFor);
  }

  readonly waitingFor = (): string | null => this.#ends.trouble.waitingFor();

  get counts(): Omit<BulkCounts, 'waiting' | 'waitingBytes'> {
    const { written, conflict, rejected } = this.#ends.outcomes;
    return { written, conflicts: conflict, rejected, ...this.#sent };
  }

  add(operations: readonly BulkOperation[], group: BulkGroup): void {
    if (this.#isClosed) {
      this.#ends.fail(group, closedError());
      return;
    }
    this.#ends.begin(group);
    this.#intake.add(operations, group);
    this.#pump();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const end = setTimeout(() => {
      for (const { abort } of this.#underWay) abort('the connection to OpenSearch is being closed');
    }, closeWaitMs);
    await Promise.allSettled([...this.#underWay].map(({ answer }) => answer));
    clearTimeout(end);
    clearTimeout(this.#wake);
    clearImmediate(this.#immediate);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#ends.failAll(closedError());
    this.#cluster.waits.delete(this.waitingFor);
  }

  /** Sends the windows that are full or due; what comes in with them in this turn of the event loop shares a request. */
  #pump(isTurnOver = false): void {
    while (!this.#isClosed) {
      this.#intake.refill();
      if (!this.#pace.mayStart(this.#underWay.size)) break;
      const atOnce = isTurnOver && this.#underWay.size === 0;
      const window = this.#queue.next(performance.now(), atOnce);
      if (window === undefined) break;
      const wanted = window.filter((entry) => !this.#ends.isDropped(entry));
      if (wanted.length > 0) void this.#send(wanted);
    }
    this.#plan();
  }

  /** Looks again when something is due, unless an answer will make us look. */
  #plan(): void {
    clearTimeout(this.#wake);
    const dueAtMs = this.#queue.dueAtMs();
    if (dueAtMs === undefined || this.#isClosed) return;
    const isIdle = this.#underWay.size === 0;
    const atMs = Math.max(this.#pace.pausedUntilMs, isIdle ? 0 : dueAtMs);
    const afterMs = atMs - performance.now();
    if (afterMs > 0) this.#wake = setTimeout(() => this.#pump(true), Math.ceil(afterMs));
    else if (isIdle)
      this.#immediate ??= setImmediate(() => {
        this.#immediate = undefined;
        this.#pump(true);
      });
  }

  async #send(entries: BulkEntry[]): Promise<void> {
    const request = sendBulk(this.#cluster.client, entries, this.#timing.requestTimeoutMs);
    this.#underWay.add(request);
    this.#sent.requests++;
    for (const entry of entries) {
      this.#sent.bytes += entry.bytes;
      if (entry.sends++ > 0) this.#sent.retries++;
    }
    try {
      const verdicts = readAnswer(entries, await request.answer);
      this.#underWay.delete(request);
      if (typeof verdicts === 'string') this.#refuse(entries, verdicts, true);
      else this.#judge(entries, verdicts);
    } catch (error) {
      this.#underWay.delete(request);
      this.#endure(entries, readFault(error, this.#hasAnswered));
    }
    this.#pump();
  }

  #judge(entries: readonly BulkEntry[], verdicts: readonly Verdict[]): void {
    this.#hasAnswered = true;
    this.#pace.answered();
    const again: [BulkEntry, Again][] = [];
    for (const [place, entry] of entries.entries()) {
      const verdict = verdicts[place]!;
      if (verdict.is === 'settled') this.#ends.settle(entry, verdict.outcome);
      else if (verdict.is === 'again') again.push([entry, verdict]);
      else this.#ends.giveUp(entry, verdict.error);
    }
    const left = again.filter(([entry, verdict]) => this.#isLeft(entry, verdict)).map(([entry]) => entry);
    if (left.length === 0) return;
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#queue.putBack(left);
        this.#pump();
      },
      fullJitterMs(Math.max(...left.map(({ failures }) => failures)), this.#timing),
    );
    this.#timers.add(timer);
  }

  /** False where it will not be tried again. */
  #isLeft(entry: BulkEntry, { reason, mayBeApplied, isOwn }: Again): boolean {
    const { written } = this.#ends.outcomes;
    if (isOwn && written > entry.writtenBefore) {
      entry.ownFaults++;
      entry.writtenBefore = written;
    }
    if (entry.ownFaults === mostOwnFaults) {
      this.#ends.settle(entry, { state: 'rejected', type: '', reason });
      return false;
    }
    this.#note(entry, reason, mayBeApplied);
    return this.#ends.isBorne(entry, reason);
  }

  #endure(entries: BulkEntry[], fault: RequestFault): void {
    if (fault.is === 'again') this.#refuse(entries, fault.reason, fault.mayBeApplied);
    else if (fault.is === 'split') this.#split(entries, fault);
    else {
      this.#ends.failAll(fault.error);
      for (const entry of entries) this.#ends.isDropped(entry);
    }
  }

  #split(entries: BulkEntry[], { type, reason, isTooLarge }: Split): void {
    if (entries.length === 1) {
      this.#ends.settle(entries[0]!, { state: 'rejected', type, reason });
      return;
    }
    if (isTooLarge) this.#queue.shrink(entries.reduce((sum, { bytes }) => sum + bytes, 0));
    const middle = Math.ceil(entries.length / 2);
    this.#queue.putWindow(entries.slice(0, middle));
    this.#queue.putWindow(entries.slice(middle));
  }

  /** The cluster as a whole: one pause for all. */
  #refuse(entries: readonly BulkEntry[], reason: string, mayBeApplied: boolean): void {
    this.#pace.refused();
    for (const entry of entries) this.#note(entry, reason, mayBeApplied);
    this.#queue.putBack(entries);
    this.#ends.failOverdue(this.#pace.refusedSinceMs, reason);
  }

  #note(entry: BulkEntry, reason: string, mayBeApplied: boolean): void {
    entry.failures++;
    entry.isRepeated ||= mayBeApplied;
    this.#ends.trouble.failed(entry.failures, reason);
  }
}

const closedError = () =>
  new TemporaryError('data_unavailable', 'the connection to OpenSearch is being closed');
