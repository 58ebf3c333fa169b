// A host that fails again and again is left alone, for pauses that grow, until one request shows that it is well.

/** What a request says of its host: `busy` asked us to come again later, `unwell` gave no answer that it made itself. */
export type Health = 'well' | 'busy' | 'unwell';

/** Failures in a row that open it. */
export const failuresToOpen = 10;
const firstPauseMs = 30_000;
export const longestPauseMs = 15 * 60_000;
/** Who has given nothing but refusals for so long is not waited for any more. */
const stalledMs = 15 * 60_000;
/** Successes in a row after which it is forgotten that it was ever unwell. */
const successesToForget = 20;

export class HostBreaker {
  readonly #now: () => number;
  #failures = 0;
  #successes = 0;
  /** Since when nothing has come of any request; null while something does. */
  #failingSince: number | null = null;
  /** Pauses so far: each is twice as long as the one before. */
  #pauses = 0;
  #pausedUntil = 0;
  #isOpen = false;
  #isProbed = false;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Milliseconds until the next request may be tried; 0 where it may be at once. */
  pauseMs(): number {
    return this.#isOpen ? Math.max(0, this.#pausedUntil - this.#now()) : 0;
  }

  /** Whether a request may begin now. Of an open one whose pause is over, one at a time may. */
  admits(): boolean {
    if (!this.#isOpen) return true;
    if (this.pauseMs() > 0 || this.#isProbed) return false;
    this.#isProbed = true;
    return true;
  }

  /** A request is over: null where it says nothing of the host, for it was stopped by us. */
  note(health: Health | null): void {
    const wasProbe = this.#isProbed;
    this.#isProbed = false;
    if (health === null) return;
    if (health === 'well') {
      this.#close();
      return;
    }
    this.#successes = 0;
    this.#failingSince ??= this.#now();
    if (health === 'unwell') this.#failures++;
    if (this.#now() - this.#failingSince >= stalledMs) this.#open(longestPauseMs);
    else if (health === 'unwell' && (wasProbe || (this.#failures >= failuresToOpen && !this.#isOpen)))
      this.#open(Math.min(firstPauseMs * 2 ** this.#pauses, longestPauseMs));
  }

  #open(pauseMs: number): void {
    this.#isOpen = true;
    this.#pauses++;
    this.#pausedUntil = this.#now() + pauseMs;
  }

  #close(): void {
    this.#isOpen = false;
    this.#failures = 0;
    this.#failingSince = null;
    if (++this.#successes >= successesToForget) this.#pauses = 0;
  }
}
