// The time of one page in the browser. What it waits for its hosts is not its own, but ends as well.
import type { PageTraffic } from './page-traffic.ts';

export interface PageLimits {
  /** For all that the page does itself. */
  readonly timeoutMs: number;
  /** For all waiting for hosts. */
  readonly waitMs: number;
  /** For one question to the browser. */
  readonly callMs: number;
}

const tickMs = 50;

export class PageClock {
  readonly #traffic: Pick<PageTraffic, 'waiting'>;
  readonly #limits: PageLimits;
  readonly #signal: AbortSignal;
  #ownMs = 0;
  #waitedMs = 0;
  #at = performance.now();
  /** Why the page cannot be gone on with; undefined while it can. */
  broken: string | undefined;

  constructor(traffic: Pick<PageTraffic, 'waiting'>, limits: PageLimits, signal: AbortSignal) {
    this.#traffic = traffic;
    this.#limits = limits;
    this.#signal = signal;
  }

  /** Milliseconds of its own time so far. */
  get ownMs(): number {
    this.#tick();
    return this.#ownMs;
  }

  /** Whether what there is has to do. */
  get isUp(): boolean {
    this.#tick();
    return this.#ownMs >= this.#limits.timeoutMs || this.#waitedMs >= this.#limits.waitMs;
  }

  /** The answer of the browser; throws where none comes in time, or none can come any more. */
  async call<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined);
    const began = this.ownMs;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await Promise.race([
        work,
        new Promise<never>((_, fail) => {
          timer = setInterval(() => {
            const why = this.#overdue(began);
            if (why !== undefined) fail(new Error(why));
          }, tickMs);
        }),
      ]);
    } finally {
      clearInterval(timer);
    }
  }

  #overdue(began: number): string | undefined {
    const ownMs = this.ownMs;
    if (this.#signal.aborted) return 'stopped';
    if (this.broken !== undefined) return this.broken;
    if (ownMs - began > this.#limits.callMs) {
      return `the page did not let the browser answer within ${this.#limits.callMs / 1000} s`;
    }
    const isLate = this.#waitedMs > this.#limits.waitMs + this.#limits.callMs;
    return isLate ? 'its hosts did not answer in time' : undefined;
  }

  #tick(): void {
    const now = performance.now();
    if (this.#traffic.waiting > 0) this.#waitedMs += now - this.#at;
    else this.#ownMs += now - this.#at;
    this.#at = now;
  }
}
