// Looks documents up by id, those that several callers want at the same time in one request.

export interface Wanted {
  readonly index: string;
  readonly id: string;
}

interface Caller<D> {
  readonly wanted: readonly Wanted[];
  readonly resolve: (documents: (D | undefined)[]) => void;
  readonly reject: (error: unknown) => void;
}

const maxRequests = 4;
const maxIds = 500;

/** `ask` answers for each id, in their order; undefined where there is no document. */
export class Lookup<D> {
  readonly #ask: (wanted: readonly Wanted[]) => Promise<readonly (D | undefined)[]>;
  #waiting: Caller<D>[] = [];
  #running = 0;

  constructor(ask: (wanted: readonly Wanted[]) => Promise<readonly (D | undefined)[]>) {
    this.#ask = ask;
  }

  /** As they are at some moment after the call. */
  async find(wanted: readonly Wanted[]): Promise<(D | undefined)[]> {
    const pieces: Promise<(D | undefined)[]>[] = [];
    for (let start = 0; start < wanted.length; start += maxIds)
      pieces.push(this.#findPiece(wanted.slice(start, start + maxIds)));
    return (await Promise.all(pieces)).flat();
  }

  #findPiece(wanted: readonly Wanted[]): Promise<(D | undefined)[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ wanted, resolve, reject });
      // Whoever calls in the same turn of the event loop comes along.
      queueMicrotask(() => this.#go());
    });
  }

  #go(): void {
    while (this.#running < maxRequests && this.#waiting.length > 0) {
      const callers: Caller<D>[] = [];
      for (let ids = 0; this.#waiting.length > 0; ) {
        ids += this.#waiting[0]!.wanted.length;
        if (callers.length > 0 && ids > maxIds) break;
        callers.push(this.#waiting.shift()!);
      }
      this.#running++;
      void this.#serve(callers).finally(() => {
        this.#running--;
        this.#go();
      });
    }
  }

  async #serve(callers: readonly Caller<D>[]): Promise<void> {
    const wanted = new Map(callers.flatMap((caller) => caller.wanted).map((one) => [keyOf(one), one]));
    try {
      const documents = await this.#ask([...wanted.values()]);
      const found = new Map([...wanted.keys()].map((key, place) => [key, documents[place]]));
      for (const caller of callers) caller.resolve(caller.wanted.map((one) => found.get(keyOf(one))));
    } catch (error) {
      for (const caller of callers) caller.reject(error);
    }
  }
}

const keyOf = ({ index, id }: Wanted): string => `${index} ${id}`;
