// What touches the same things goes one after the other, so that it does not get into each other's way.

export class Turns {
  readonly #last = new Map<string, Promise<void>>();
  readonly #known = new Map<string, number>();

  /** All keys at once and in the order of the calls: nobody waits for somebody who waits for him. */
  async take<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = keys.map((key) => this.#last.get(key));
    let end = (): void => {};
    const mine = new Promise<void>((resolve) => {
      end = resolve;
    });
    for (const key of keys) this.#last.set(key, mine);
    try {
      await Promise.all(before);
      return await work();
    } finally {
      end();
      for (const key of keys) this.#leave(key, mine);
    }
  }

  /** Remembered as long as somebody waits for his turn: he need not ask the store whether his version is an old one. */
  learn(key: string, version: number): void {
    this.#known.set(key, version);
  }

  /** There was a greater one since: versions only grow. */
  isOld(key: string, version: number): boolean {
    return version > 0 && version < (this.#known.get(key) ?? 0);
  }

  #leave(key: string, mine: Promise<void>): void {
    if (this.#last.get(key) !== mine) return;
    this.#last.delete(key);
    this.#known.delete(key);
  }
}
