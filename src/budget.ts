// Memory for contents, in bytes: what is asked for beyond it waits, first come, first served.

export interface Hold {
  /** Waits until that many bytes may be held. Throws the signal's reason when it is aborted first. */
  reserve(bytes: number, signal: AbortSignal): Promise<() => void>;
  /** Gives back all that was reserved through this hold. */
  release(): void;
}

/** One that is larger than the whole budget passes when nothing else is held. */
export class ByteBudget {
  readonly #maxBytes: number;
  readonly #waiting: { bytes: number; go: () => void }[] = [];
  #held = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get heldBytes(): number {
    return this.#held;
  }

  hold(): Hold {
    const releases: (() => void)[] = [];
    return {
      reserve: async (bytes, signal) => {
        const release = await this.#reserve(bytes, signal);
        releases.push(release);
        return release;
      },
      release: () => {
        for (const release of releases.splice(0)) release();
      },
    };
  }

  #fits(bytes: number): boolean {
    return this.#held === 0 || this.#held + bytes <= this.#maxBytes;
  }

  async #reserve(bytes: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#waiting.length > 0 || !this.#fits(bytes)) await this.#wait(bytes, signal);
    else this.#held += bytes;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#held -= bytes;
      this.#admit();
    };
  }

  #wait(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const give = () => {
        const at = this.#waiting.indexOf(entry);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(signal.reason);
        this.#admit();
      };
      const entry = {
        bytes,
        go: () => {
          signal.removeEventListener('abort', give);
          resolve();
        },
      };
      signal.addEventListener('abort', give, { once: true });
      this.#waiting.push(entry);
    });
  }

  #admit(): void {
    for (
      let first = this.#waiting[0];
      first !== undefined && this.#fits(first.bytes);
      first = this.#waiting[0]
    ) {
      this.#waiting.shift();
      // Counted here, not by the waiter: until its promise has run, others must not see the room as free.
      this.#held += first.bytes;
      first.go();
    }
  }
}
