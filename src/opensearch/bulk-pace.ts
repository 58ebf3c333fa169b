// When requests may start: several at a time while there are answers, after a shared pause and one at a time while there are none.
import { fullJitterMs, type RetryDelays } from '../full-jitter.ts';

export class BulkPace {
  readonly #delays: RetryDelays;
  readonly #concurrency: number;
  /** Requests in a row that got no answer. */
  #refusals = 0;
  #pausedUntilMs = 0;
  /** When the first of them got none. */
  refusedSinceMs = 0;

  constructor(delays: RetryDelays, concurrency: number) {
    this.#delays = delays;
    this.#concurrency = concurrency;
  }

  get pausedUntilMs(): number {
    return this.#pausedUntilMs;
  }

  /** While there are no answers one request at a time is enough to find out when there are some again. */
  mayStart(underWay: number): boolean {
    const most = this.#refusals > 0 ? 1 : this.#concurrency;
    return underWay < most && performance.now() >= this.#pausedUntilMs;
  }

  answered(): void {
    this.#refusals = 0;
  }

  refused(): void {
    const nowMs = performance.now();
    if (this.#refusals === 0) this.refusedSinceMs = nowMs;
    this.#refusals++;
    this.#pausedUntilMs = nowMs + fullJitterMs(this.#refusals, this.#delays);
  }
}
