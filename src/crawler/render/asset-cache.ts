// Scripts and style sheets that many pages of a site share: asked for once a crawl, as long as there is room for them.
import { type Answer, headerOf, type Refused } from '../../net/answer.ts';

/** The browser goes there itself. */
export interface Redirected {
  readonly outcome: 'redirected';
  readonly to: string;
}
export type Got = Answer | Refused | Redirected;

const maxBytes = 48 * 1024 ** 2;
const maxEntries = 2000;

export class AssetCache {
  readonly #assets = new Map<string, Promise<Got>>();
  readonly #sizes = new Map<string, number>();
  #bytes = 0;

  /** Whoever asks meanwhile waits for the same answer. Refusals are kept as well; what may pass is not. */
  get(key: string, ask: () => Promise<Got>): Promise<Got> {
    const known = this.#assets.get(key);
    if (known !== undefined) return known.then(withoutCookies);
    const asked = ask();
    this.#assets.set(key, asked);
    asked.then(
      (answer) => this.#keep(key, answer),
      () => this.#drop(key),
    );
    return asked;
  }

  #keep(key: string, answer: Got): void {
    if (!isLasting(answer)) {
      this.#drop(key);
      return;
    }
    const size = answer.outcome === 'answered' ? answer.body.length : 0;
    this.#sizes.set(key, size);
    this.#bytes += size;
    for (const [oldest] of this.#sizes) {
      if (this.#bytes <= maxBytes && this.#sizes.size <= maxEntries) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#sizes.get(key) ?? 0;
    this.#sizes.delete(key);
    this.#assets.delete(key);
  }
}

/** They are of the page that asked: others know nothing of its visit. */
const withoutCookies = (got: Got): Got =>
  got.outcome === 'answered' ? { ...got, headers: { ...got.headers, 'set-cookie': undefined } } : got;

function isLasting(answer: Got): boolean {
  if (answer.outcome !== 'answered' && answer.outcome !== 'failed') return true;
  if (answer.outcome === 'failed') return answer.failure.retry === 'never';
  if (answer.status !== 200) return answer.status === 404 || answer.status === 410;
  return !/no-store|private/i.test(headerOf(answer, 'cache-control') ?? '');
}
