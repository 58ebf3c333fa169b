// Memory for contents, in bytes: what is asked for beyond it waits, first come, first served.

export interface Hold {
  /** Waits until that many bytes may be held. Throws the signal's reason when it is aborted first. */
  reserve(bytes: number, signal: AbortSignal): Promise<() => void>;
  /** At once, or not at all. */
  tryReserve(bytes: number): boolean;
  /**
   * Beyond the budget if need be, for contents whose size nobody knew: waits until no other hold has grown so, and then
   * needs to wait no more.
   */
  grow(bytes: number, signal: AbortSignal): Promise<void>;
  /** Gives back all that was reserved through this hold. */
  release(): void;
}

interface GrowthTurn {
  begin?: () => void;
}

interface Waiter {
  readonly bytes: number;
  /** What its own hold has already: that never stands in its way. */
  readonly own: () => number;
  readonly go: () => void;
}

/** One hold that is larger than the whole budget passes when nothing else is held. */
export class ByteBudget {
  readonly #maxBytes: number;
  readonly #waiting: Waiter[] = [];
  /** The hold that has grown beyond the budget, and those that wait to. */
  #growing: GrowthTurn | undefined;
  readonly #wanting: GrowthTurn[] = [];
  #held = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get heldBytes(): number {
    return this.#held;
  }

  hold(): Hold {
    const turn: GrowthTurn = {};
    const releases: (() => void)[] = [];
    let own = 0;
    const kept = (bytes: number): (() => void) => {
      own += bytes;
      let isHeld = true;
      const release = () => {
        if (!isHeld) return;
        isHeld = false;
        own -= bytes;
        this.#held -= bytes;
        this.#admit();
      };
      releases.push(release);
      return release;
    };
    return {
      reserve: async (bytes, signal) => {
        if (!this.#take(bytes, own, signal)) await this.#wait(bytes, () => own, signal);
        return kept(bytes);
      },
      tryReserve: (bytes) => {
        const isTaken = this.#take(bytes, own);
        if (isTaken) kept(bytes);
        return isTaken;
      },
      grow: async (bytes, signal) => {
        await this.#mayGrow(turn, signal);
        this.#held += bytes;
        kept(bytes);
      },
      release: () => {
        this.#endGrowth(turn);
        for (const release of releases.splice(0)) release();
      },
    };
  }

  #fits(bytes: number, own: number): boolean {
    return this.#held === own || this.#held + bytes <= this.#maxBytes;
  }

  async #mayGrow(turn: GrowthTurn, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#growing ??= turn;
    if (this.#growing === turn) return;
    await new Promise<void>((resolve, reject) => {
      const stop = () => {
        this.#endGrowth(turn);
        reject(signal.reason);
      };
      turn.begin = () => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#wanting.push(turn);
    });
  }

  #endGrowth(turn: GrowthTurn): void {
    const at = this.#wanting.indexOf(turn);
    if (at >= 0) this.#wanting.splice(at, 1);
    if (this.#growing !== turn) return;
    this.#growing = this.#wanting.shift();
    this.#growing?.begin?.();
  }

  #take(bytes: number, own: number, signal?: AbortSignal): boolean {
    signal?.throwIfAborted();
    // One that holds something already goes first: those before it may be waiting for what it holds.
    const mayPass = this.#waiting.length === 0 || own > 0;
    if (!mayPass || !this.#fits(bytes, own)) return false;
    this.#held += bytes;
    return true;
  }

  #wait(bytes: number, own: () => number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const give = () => {
        const at = this.#waiting.indexOf(entry);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(signal.reason);
        this.#admit();
      };
      const entry: Waiter = {
        bytes,
        own,
        go: () => {
          signal.removeEventListener('abort', give);
          resolve();
        },
      };
      signal.addEventListener('abort', give, { once: true });
      // One that holds something already waits in front.
      if (own() > 0) this.#waiting.unshift(entry);
      else this.#waiting.push(entry);
    });
  }

  #admit(): void {
    for (
      let first = this.#waiting[0];
      first !== undefined && this.#fits(first.bytes, first.own());
      first = this.#waiting[0]
    ) {
      this.#waiting.shift();
      // Counted here, not by the waiter: until its promise has run, others must not see the room as free.
      this.#held += first.bytes;
      first.go();
    }
  }
}
