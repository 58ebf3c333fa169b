// How many items are on their way at a time: those that wait for a slow host keep no others from beginning.

/** A host that has not answered by then is slow. */
const slowMs = 250;
/** So many times as many may wait for slow hosts. */
const slowShare = 3;

export interface Place {
  /** Its host has answered. */
  answered(): void;
  leave(): void;
}

export class InFlight {
  readonly #limit: number;
  readonly #slowMs: number;
  #busy = 0;
  #wake: (() => void) | undefined;

  constructor(limit: number, slowAfterMs = slowMs) {
    this.#limit = limit;
    this.#slowMs = slowAfterMs;
  }

  /** All together, those that wait for slow hosts included. */
  get most(): number {
    return this.#limit * (1 + slowShare);
  }

  /** Waits until one more may begin, one caller at a time; undefined where the signal comes first. */
  async enter(asksHost: boolean, signal: AbortSignal): Promise<Place | undefined> {
    while (this.#busy >= this.#limit && !signal.aborted) {
      await new Promise<void>((woken) => {
        const wake = () => {
          signal.removeEventListener('abort', wake);
          woken();
        };
        this.#wake = wake;
        signal.addEventListener('abort', wake, { once: true });
      });
    }
    return signal.aborted ? undefined : this.#begin(asksHost);
  }

  #begin(asksHost: boolean): Place {
    let isCounted = true;
    let isOver = false;
    this.#busy++;
    const free = () => {
      if (isCounted) this.#free();
      isCounted = false;
    };
    const timer = asksHost ? setTimeout(free, this.#slowMs) : undefined;
    return {
      answered: () => {
        clearTimeout(timer);
        if (isCounted || isOver) return;
        // Beyond the limit if need be: then nothing new begins.
        isCounted = true;
        this.#busy++;
      },
      leave: () => {
        clearTimeout(timer);
        isOver = true;
        free();
      },
    };
  }

  #free(): void {
    this.#busy--;
    this.#wake?.();
  }
}
