// Sends what waits, several requests at a time, and sends it again until each operation has its outcome or patience is over.
import { type ImagedexError, TemporaryError } from '../errors.ts';
import { type RequestFault, readAnswer, readFault, type Verdict } from './bulk-answer.ts';
import type { BulkEntry, BulkGroup } from './bulk-entry.ts';
import { BulkIntake } from './bulk-intake.ts';
import type { BulkOperation, BulkOutcome } from './bulk-operation.ts';
import type { BulkQueue } from './bulk-queue.ts';
import { type BulkRequest, sendBulk } from './bulk-request.ts';
import { type BulkTrouble, openBulkTrouble } from './bulk-trouble.ts';
import type { Cluster } from './cluster.ts';
import { fullJitterMs, type RetryDelays } from './full-jitter.ts';

export interface BulkTiming extends RetryDelays {
  readonly requestTimeoutMs: number;
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
  readonly #trouble: BulkTrouble;
  readonly #groups = new Set<BulkGroup>();
  readonly #underWay = new Set<BulkRequest>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #wake: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  /** Requests in a row that got no answer: then one at a time is enough to find out when there are answers again. */
  #refusals = 0;
  #refusedSinceMs = 0;
  #pausedUntilMs = 0;
  #hasAnswered = false;
  #isClosed = false;
  readonly #counts = { written: 0, conflicts: 0, rejected: 0, retries: 0, requests: 0, bytes: 0 };

  constructor(cluster: Cluster, queue: BulkQueue, timing: BulkTiming) {
    this.#cluster = cluster;
    this.#queue = queue;
    this.#intake = new BulkIntake(queue);
    this.#timing = timing;
    this.#trouble = openBulkTrouble(cluster.log);
    cluster.waits.add(this.waitingFor);
  }

  readonly waitingFor = (): string | null => this.#trouble.waitingFor();

  get counts() {
    return this.#counts;
  }

  add(operations: readonly BulkOperation[], group: BulkGroup): void {
    if (this.#isClosed) {
      this.#fail(group, closedError());
      return;
    }
    this.#groups.add(group);
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
    for (const group of this.#groups) this.#fail(group, closedError());
    this.#cluster.waits.delete(this.waitingFor);
  }

  /** Sends the windows that are full or due; what comes in with them in this turn of the event loop shares a request. */
  #pump(isTurnOver = false): void {
    while (!this.#isClosed) {
      this.#intake.refill();
      if (!this.#mayStart()) break;
      const atOnce = isTurnOver && this.#underWay.size === 0;
      const window = this.#queue.next(performance.now(), atOnce);
      if (window === undefined) break;
      const wanted = window.filter((entry) => !this.#isDropped(entry));
      if (wanted.length > 0) void this.#send(wanted);
    }
    this.#plan();
  }

  #mayStart(): boolean {
    const most = this.#refusals > 0 ? 1 : this.#cluster.settings.bulkConcurrency;
    return this.#underWay.size < most && performance.now() >= this.#pausedUntilMs;
  }

  /** Looks again when something is due, unless an answer will make us look. */
  #plan(): void {
    clearTimeout(this.#wake);
    const dueAtMs = this.#queue.dueAtMs();
    if (dueAtMs === undefined || this.#isClosed) return;
    const isIdle = this.#underWay.size === 0;
    const atMs = Math.max(this.#pausedUntilMs, isIdle ? 0 : dueAtMs);
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
    this.#counts.requests++;
    for (const entry of entries) {
      this.#counts.bytes += entry.bytes;
      if (entry.sends++ > 0) this.#counts.retries++;
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
    this.#refusals = 0;
    const again: [BulkEntry, Again][] = [];
    for (const [place, entry] of entries.entries()) {
      const verdict = verdicts[place]!;
      if (verdict.is === 'settled') this.#settle(entry, verdict.outcome);
      else if (verdict.is === 'again') again.push([entry, verdict]);
      else this.#giveUp(entry, verdict.error);
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
    if (isOwn && this.#counts.written > entry.writtenBefore) {
      entry.ownFaults++;
      entry.writtenBefore = this.#counts.written;
    }
    if (entry.ownFaults === mostOwnFaults) {
      this.#settle(entry, { state: 'rejected', type: '', reason });
      return false;
    }
    const nowMs = performance.now();
    this.#note(entry, reason, mayBeApplied);
    entry.failingSinceMs ??= nowMs;
    if (nowMs - entry.failingSinceMs < this.#patienceMs) return true;
    this.#giveUp(entry, this.#impatience(reason));
    return false;
  }

  #endure(entries: BulkEntry[], fault: RequestFault): void {
    if (fault.is === 'again') this.#refuse(entries, fault.reason, fault.mayBeApplied);
    else if (fault.is === 'split') this.#split(entries, fault);
    else {
      for (const group of this.#groups) this.#fail(group, fault.error);
      for (const entry of entries) this.#leave(entry, false);
    }
  }

  #split(entries: BulkEntry[], { type, reason, isTooLarge }: Split): void {
    if (entries.length === 1) {
      this.#settle(entries[0]!, { state: 'rejected', type, reason });
      return;
    }
    if (isTooLarge) this.#queue.shrink(entries.reduce((sum, { bytes }) => sum + bytes, 0));
    const middle = Math.ceil(entries.length / 2);
    this.#queue.putWindow(entries.slice(0, middle));
    this.#queue.putWindow(entries.slice(middle));
  }

  /** The cluster as a whole: one pause for all. */
  #refuse(entries: readonly BulkEntry[], reason: string, mayBeApplied: boolean): void {
    const nowMs = performance.now();
    if (this.#refusals === 0) this.#refusedSinceMs = nowMs;
    this.#refusals++;
    for (const entry of entries) this.#note(entry, reason, mayBeApplied);
    this.#queue.putBack(entries);
    for (const group of this.#groups) {
      const sinceMs = Math.max(group.askedAtMs, this.#refusedSinceMs);
      if (nowMs - sinceMs >= this.#patienceMs) this.#fail(group, this.#impatience(reason));
    }
    this.#pausedUntilMs = nowMs + fullJitterMs(this.#refusals, this.#timing);
  }

  get #patienceMs(): number {
    return this.#cluster.settings.opensearchPatienceMs;
  }

  #impatience(reason: string): ImagedexError {
    const seconds = Math.round(this.#patienceMs / 1000);
    return new TemporaryError(
      'data_unavailable',
      `OpenSearch has not taken documents for ${seconds} s: ${reason}`,
    );
  }

  #note(entry: BulkEntry, reason: string, mayBeApplied: boolean): void {
    entry.failures++;
    entry.isRepeated ||= mayBeApplied;
    this.#trouble.failed(entry.failures, reason);
  }

  #settle(entry: BulkEntry, outcome: BulkOutcome): void {
    const { group, place } = entry;
    if (outcome.state === 'written') this.#counts.written++;
    else if (outcome.state === 'conflict') this.#counts.conflicts++;
    else this.#counts.rejected++;
    this.#leave(entry, true);
    group.outcomes[place] = outcome;
    group.left--;
    if (group.left > 0 || group.isOver) return;
    group.isOver = true;
    this.#groups.delete(group);
    group.resolve(group.outcomes);
  }

  #giveUp(entry: BulkEntry, error: unknown): void {
    this.#fail(entry.group, error);
    this.#leave(entry, false);
  }

  /** Whoever asked for it has been told that it failed. */
  #isDropped(entry: BulkEntry): boolean {
    if (entry.group.isOver) this.#leave(entry, false);
    return entry.group.isOver;
  }

  #leave(entry: BulkEntry, isAnswered: boolean): void {
    this.#trouble.left(entry.failures, isAnswered);
    this.#queue.leave(entry);
  }

  #fail(group: BulkGroup, error: unknown): void {
    if (group.isOver) return;
    group.isOver = true;
    this.#groups.delete(group);
    group.reject(error);
  }
}

const closedError = () =>
  new TemporaryError('data_unavailable', 'the connection to OpenSearch is being closed');
