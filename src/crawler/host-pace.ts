// How fast a host is asked: half as fast at once where it says that this is too much, then faster step by step.

/** What is slowed down where no delay is set. */
const leastGapMs = 250;
const leastRate = 1 / 64;
const faster = 1 / 8;
const firstBackoffMs = 500;
const longestBackoffMs = 60_000;

export class HostPace {
  readonly #now: () => number;
  /** Part of the rate that is asked with usually. */
  #rate = 1;
  #steps = 0;
  #steppedAt = Number.NEGATIVE_INFINITY;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Milliseconds between two requests. */
  gapMs(delayMs: number): number {
    return this.#rate === 1 ? delayMs : Math.max(delayMs, leastGapMs) / this.#rate;
  }

  /**
   * The host had too much of a request that began at `beganAt`. Returns how long to leave it alone if it did not say: any
   * time up to a bound that doubles. What was under way when the last step was made is part of the same burst.
   */
  slower(beganAt: number): number {
    if (beganAt <= this.#steppedAt) return 0;
    this.#steppedAt = this.#now();
    this.#rate = Math.max(leastRate, this.#rate / 2);
    this.#steps++;
    return Math.random() * Math.min(firstBackoffMs * 2 ** this.#steps, longestBackoffMs);
  }

  faster(): void {
    this.#rate = Math.min(1, this.#rate + faster);
    if (this.#rate === 1) this.#steps = 0;
  }
}
