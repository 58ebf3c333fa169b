// What robots.txt files said: each asked once by all who want to know, believed for a day, and bounded in memory.
import type { Refused } from '../net/answer.ts';
import type { RobotsRules } from './robots-rules.ts';

export type Verdict =
  | { readonly rules: RobotsRules; readonly bytes: number; readonly ageMs: number }
  /** Not now: `waitMs` where the host said for how long. */
  | { readonly refused: Refused; readonly waitMs: number };

interface Entry {
  readonly verdict: Promise<Verdict>;
  until: number;
  bytes: number;
  /** How long a refusal is believed; longer with each in a row. */
  pauseMs: number;
}

const dayMs = 24 * 3_600_000;
const maxOrigins = 10_000;
const maxBytes = 64 * 1024 ** 2;
const growth = 3;
const longestPauseMs = 15 * 60_000;

export class RobotsMemory {
  readonly #origins = new Map<string, Entry>();
  #bytes = 0;

  /** What is known of the origin. `ask` is called where nothing is; all who want to know meanwhile wait for its answer. */
  async verdict(
    origin: string,
    ask: () => Promise<Verdict>,
    firstPauseMs: number,
    signal: AbortSignal,
  ): Promise<Verdict> {
    for (;;) {
      signal.throwIfAborted();
      const known = this.#origins.get(origin);
      if (known === undefined || known.until <= Date.now())
        return this.#ask(origin, ask, known?.pauseMs ?? firstPauseMs, signal);
      // Whoever asked may have been stopped: then it is forgotten, and somebody else asks.
      const verdict = await known.verdict.catch(() => undefined);
      if (verdict !== undefined && this.#origins.get(origin) === known) return left(verdict, known);
    }
  }

  async #ask(
    origin: string,
    ask: () => Promise<Verdict>,
    pauseMs: number,
    signal: AbortSignal,
  ): Promise<Verdict> {
    this.#forget(origin);
    while (this.#origins.size >= maxOrigins) this.#forget(this.#origins.keys().next().value as string);
    const entry: Entry = { verdict: ask(), until: Number.POSITIVE_INFINITY, bytes: 0, pauseMs };
    this.#origins.set(origin, entry);
    try {
      const verdict = await entry.verdict;
      signal.throwIfAborted();
      if ('rules' in verdict) {
        entry.until = Date.now() + dayMs - verdict.ageMs;
        this.#keep(entry, verdict.bytes);
      } else {
        entry.until = Date.now() + Math.max(pauseMs, verdict.waitMs);
        entry.pauseMs = Math.min(pauseMs * growth, longestPauseMs);
      }
      return left(verdict, entry);
    } catch (error) {
      if (this.#origins.get(origin) === entry) this.#forget(origin);
      throw error;
    }
  }

  #keep(entry: Entry, bytes: number): void {
    entry.bytes = bytes;
    this.#bytes += bytes;
    for (const [origin, other] of this.#origins) {
      if (this.#bytes <= maxBytes) return;
      if (other !== entry && other.bytes > 0) this.#forget(origin);
    }
  }

  #forget(origin: string): void {
    this.#bytes -= this.#origins.get(origin)?.bytes ?? 0;
    this.#origins.delete(origin);
  }
}

/** A refusal says when it is worth asking again. */
const left = (verdict: Verdict, { until }: Entry): Verdict =>
  'rules' in verdict ? verdict : { ...verdict, waitMs: Math.max(0, until - Date.now()) };
