// The time that a request may take, as a signal.

/** Aborts when its time is up or the caller's signal is; its clock can be stopped and goes on where it stood. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly timeoutMs: number;
  #leftMs: number;
  #startedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  isPast = false;

  constructor(timeoutMs: number, outer: AbortSignal) {
    this.timeoutMs = timeoutMs;
    this.#leftMs = timeoutMs;
    this.#outer = outer;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly #pass = (): void => this.#controller.abort(this.#outer.reason);

  start(): void {
    if (this.#outer.aborted) this.#pass();
    this.#outer.addEventListener('abort', this.#pass, { once: true });
    this.#startedAt = Date.now();
    this.#timer = setTimeout(
      () => {
        this.isPast = true;
        this.#controller.abort(new Error('timed out'));
      },
      Math.max(0, this.#leftMs),
    );
  }

  stop(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#leftMs -= Date.now() - this.#startedAt;
    this.#outer.removeEventListener('abort', this.#pass);
  }
}
