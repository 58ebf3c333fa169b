// Pages of one kind that a browser found nothing new on, again and again, are not opened in it for a while.

interface Kind {
  /** Renderings in a row that found nothing new. */
  vain: number;
  /** Pages that are still left as they are. */
  left: number;
  /** How many that is the next time. */
  next: number;
}

const patience = 3;
const firstRest = 25;
const maxRest = 400;
const maxKinds = 1000;

export class Prediction {
  readonly #kinds = new Map<string, Kind>();

  isInVain(url: string): boolean {
    const kind = this.#kinds.get(kindOf(url));
    if (kind === undefined || kind.left === 0) return false;
    kind.left--;
    return true;
  }

  learn(url: string, hasFoundMore: boolean): void {
    const name = kindOf(url);
    if (hasFoundMore) {
      this.#kinds.delete(name);
      return;
    }
    const kind = this.#kinds.get(name) ?? { vain: 0, left: 0, next: firstRest };
    kind.vain++;
    if (kind.vain >= patience) {
      kind.left = kind.next;
      kind.next = Math.min(maxRest, kind.next * 2);
    }
    if (this.#kinds.size >= maxKinds) this.#kinds.delete(this.#kinds.keys().next().value as string);
    this.#kinds.set(name, kind);
  }
}

/** Its host and the shape of its path: `/album/12/photo` and `/album/7/photo` are of one kind. */
function kindOf(url: string): string {
  const { host, pathname } = new URL(url);
  const steps = pathname.split('/').slice(1);
  const shape = steps.map((step, at) => (at === steps.length - 1 || /\d|.{25}/.test(step) ? '*' : step));
  return `${host}/${shape.join('/')}`.slice(0, 300);
}
