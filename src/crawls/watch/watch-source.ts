// Watches one source: looks at it when it is told of a change or when it is time to, and has crawled what it sees.
import { setTimeout as sleep } from 'node:timers/promises';
import type { CrawlReport } from '../../crawl-report.ts';
import type { CrawlerSettings } from '../../crawler/options.ts';
import type { Lookout, Source } from '../../crawler/source.ts';
import { ImagedexError, messageOf } from '../../errors.ts';
import type { WatchRecord } from '../../ledger.ts';
import type { Log } from '../../log.ts';
import { now, type SourceId } from '../../record.ts';
import type { Changes } from '../change-items.ts';
import type { Begun } from '../crawl-runner.ts';
import { leftUnfinished, type UnfinishedParts } from './left-unfinished.ts';
import { Sightings, type TakenChanges } from './sightings.ts';
import { LostWatchError, rememberWatch, type Watched } from './watch-state.ts';

export interface WatchTarget extends Watched {
  readonly settings: CrawlerSettings;
}

export interface WatchParts extends UnfinishedParts {
  readonly log: Log;
  readonly openSource: (collection: string, id: SourceId, settings: CrawlerSettings) => Promise<Source>;
  /** Starts a crawl of these sources, whole or of nothing but the changes. Throws `crawl_running`. */
  readonly startCrawl: (
    collection: string,
    sources: readonly SourceId[],
    changes: Changes | undefined,
  ) => Promise<Begun>;
  readonly timing?: WatchTiming;
}

export interface WatchTiming {
  /** What is told together is looked at together. */
  readonly gatherMs: number;
  /** While files still come, those that are there wait for them so long at most. */
  readonly holdMs: number;
  /** A crawl of the sources runs: the next try. */
  readonly busyMs: number;
  /** Events get lost: a look at everything. */
  readonly wholeLookMs: number;
  /** A crawl of everything, which also tries again what has failed. */
  readonly wholeCrawlMs: number;
  readonly maxBackoffMs: number;
}

export const usualTiming: WatchTiming = {
  gatherMs: 250,
  holdMs: 30_000,
  busyMs: 1_000,
  wholeLookMs: 300_000,
  wholeCrawlMs: 3_600_000,
  maxBackoffMs: 60_000,
};

/** Long looks and crawls are taken less often: they take at most such a part of the time. */
const [lookShare, wholeShare] = [4, 10] as const;
/** More often nobody needs to know that it looks. */
const leastTellMs = 5_000;
/** More parts at once are as good as all of them. */
const maxParts = 5_000;
/** Tries at a source that somebody else crawls, after which it is said. */
const toldBusy = 60;

/** Until the signal. Throws `LostWatchError` where another process watches it now. */
export async function watchSource(
  parts: WatchParts,
  target: WatchTarget,
  signal: AbortSignal,
): Promise<void> {
  const source = await parts.openSource(target.collection, target.source, target.settings);
  const watching = new Watching(parts, target, source, signal);
  try {
    await watching.run();
  } finally {
    watching.close();
    await source.close();
  }
}

class Watching {
  readonly #parts: WatchParts;
  readonly #target: WatchTarget;
  readonly #signal: AbortSignal;
  readonly #timing: WatchTiming;
  readonly #lookout: Lookout;
  readonly #sightings: Sightings;
  /** What it was told of and has not looked at; null: everything. */
  #told: Set<string> | null = null;
  #toldMs: number | null = 0;
  #wake = new AbortController();
  #wholeLookMs = 0;
  #wholeCrawlMs = 0;
  #lookMs = 0;
  #tryMs = 0;
  #failures = 0;
  #busy = 0;
  #hasToldError = false;
  #toldStateMs = Number.NEGATIVE_INFINITY;

  constructor(parts: WatchParts, target: WatchTarget, source: Source, signal: AbortSignal) {
    [this.#parts, this.#target, this.#signal] = [parts, target, signal];
    this.#timing = parts.timing ?? usualTiming;
    this.#lookout = source.lookout!(target.collection, {
      onChange: (part) => this.#onChange(part),
      onDeaf: (reason) => {
        parts.log.warn(
          `${target.source} tells nothing of its changes (${reason}): it is looked at every ${target.settings.watchPollMs / 1000} s`,
        );
        this.#wake.abort();
      },
    });
    const settleMs = this.#lookout.grows ? target.settings.watchSettleMs : 0;
    this.#sightings = new Sightings({ settleMs });
  }

  close(): void {
    this.#lookout.close();
  }

  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        const isLookDue = performance.now() >= this.#nextLookMs();
        if (isLookDue) await this.#look();
        const isCrawlDue = performance.now() >= this.#nextCrawlMs();
        if (isCrawlDue) await this.#crawl();
        if (isLookDue || isCrawlDue) await this.#succeeded();
      } catch (error) {
        if (this.#signal.aborted) return;
        if (error instanceof LostWatchError) throw error;
        await this.#failed(error);
      }
      await this.#rest();
    }
  }

  #onChange(part: string | null): void {
    if (part === null || (this.#told !== null && this.#told.size >= maxParts)) this.#told = null;
    else this.#told?.add(part);
    if (this.#toldMs !== null) return;
    this.#toldMs = performance.now();
    this.#wake.abort();
  }

  #nextLookMs(): number {
    const due = [this.#wholeLookMs];
    if (this.#toldMs !== null) due.push(Math.max(this.#toldMs + this.#timing.gatherMs, this.#lookMs));
    const { growing } = this.#sightings;
    if (growing !== null) due.push(Math.max(growing.dueMs, this.#lookMs));
    return Math.max(this.#tryMs, Math.min(...due));
  }

  #nextCrawlMs(): number {
    const { changedMs, growing } = this.#sightings;
    const due = [this.#wholeCrawlMs];
    if (changedMs !== null) due.push(growing === null ? changedMs : changedMs + this.#timing.holdMs);
    return Math.max(this.#tryMs, Math.min(...due));
  }

  async #look(): Promise<void> {
    const startMs = performance.now();
    const isWhole = this.#told === null || startMs >= this.#wholeLookMs;
    const parts = isWhole ? null : [...(this.#told ?? []), ...(this.#sightings.growing?.parts ?? [])];
    [this.#told, this.#toldMs] = [new Set(), null];
    try {
      await this.#sightings.take(this.#lookout.look(parts, this.#signal));
    } catch (error) {
      // What was told is not seen: the next look is at everything.
      [this.#told, this.#toldMs] = [null, startMs];
      throw error;
    }
    const endMs = performance.now();
    const restMs = lookShare * (endMs - startMs);
    this.#lookMs = endMs + restMs;
    const { wholeLookMs } = this.#timing;
    const everyMs = this.#lookout.isTold ? wholeLookMs : this.#target.settings.watchPollMs;
    if (isWhole) this.#wholeLookMs = Math.max(startMs + everyMs, this.#lookMs);
    await this.#tell({ lookedAt: now() });
  }

  async #crawl(): Promise<void> {
    const { collection, source } = this.#target;
    const left = await leftUnfinished(this.#parts, this.#target);
    const isWhole = left !== null || this.#sightings.isOverfull || performance.now() >= this.#wholeCrawlMs;
    const hasChanged = this.#sightings.changedMs !== null;
    const changes = this.#sightings.takeChanges();
    const startMs = performance.now();
    try {
      const begun = await this.#parts.startCrawl(collection, left ?? [source], isWhole ? undefined : changes);
      await this.#tell({ crawlId: begun.crawlId, ...(hasChanged ? { changedAt: now() } : {}) });
      const report = await begun.ended;
      this.#busy = 0;
      if (report.state === 'running') this.#sightings.giveBack(changes);
      else if (isWhole) {
        const restMs = wholeShare * (performance.now() - startMs);
        this.#wholeCrawlMs = startMs + Math.max(this.#timing.wholeCrawlMs, restMs);
      }
      this.#tellCrawl(report, changes);
    } catch (error) {
      this.#sightings.giveBack(changes);
      if (!(error instanceof ImagedexError) || error.code !== 'crawl_running') throw error;
      await this.#wait(error);
    }
  }

  /** Somebody else crawls it: what has changed waits. Said where that takes long. */
  async #wait({ message }: ImagedexError): Promise<void> {
    this.#tryMs = performance.now() + this.#timing.busyMs;
    this.#busy++;
    if (this.#busy === toldBusy) await this.#tellError(`what has changed waits: ${message}`);
  }

  #tellCrawl({ crawlId, state, found, indexed, failed, gone }: CrawlReport, changes: TakenChanges): void {
    const { log } = this.#parts;
    const facts = { seen: changes.found.length, left: changes.gone.length, found, indexed, failed, gone };
    log.info(`crawl ${crawlId} of what changed in ${this.#target.source}: ${state}`, facts);
  }

  async #succeeded(): Promise<void> {
    if (this.#busy === 0 && this.#hasToldError) {
      this.#parts.log.warn(`${this.#target.source} is watched again`);
      this.#hasToldError = false;
      await this.#tell({ error: null });
    }
    this.#failures = 0;
  }

  async #failed(error: unknown): Promise<void> {
    const { maxBackoffMs } = this.#timing;
    const { settings } = this.#target;
    this.#failures++;
    const mostMs = Math.min(maxBackoffMs, settings.watchPollMs * 2 ** Math.min(this.#failures - 1, 10));
    this.#tryMs = performance.now() + mostMs * (0.5 + Math.random() / 2);
    if (this.#failures > 1) return;
    await this.#tellError(messageOf(error));
  }

  async #tellError(error: string): Promise<void> {
    this.#parts.log.warn(`${this.#target.source} cannot be watched for now: ${error}`);
    this.#hasToldError = true;
    await this.#tell({ error });
  }

  async #tell(change: Partial<WatchRecord>): Promise<void> {
    const isNews = Object.keys(change).some((name) => name !== 'lookedAt');
    if (!isNews && performance.now() - this.#toldStateMs < leastTellMs) return;
    this.#toldStateMs = performance.now();
    const by = this.#lookout.isTold ? 'events' : 'polling';
    await rememberWatch(this.#parts, this.#target, { ...change, by });
  }

  async #rest(): Promise<void> {
    const untilMs = Math.min(this.#nextLookMs(), this.#nextCrawlMs());
    const waitMs = Math.max(0, Math.min(untilMs - performance.now(), 2 ** 30));
    const signal = AbortSignal.any([this.#signal, this.#wake.signal]);
    await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (this.#wake.signal.aborted) this.#wake = new AbortController();
  }
}
