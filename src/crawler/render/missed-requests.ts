// What a page asked for in the browser and did not get, though what it shows may hang on it.
import type { Failure } from '../../errors.ts';
import type { Missed } from '../../ledger.ts';
import { statusFailure } from '../../net/answer.ts';
import type { Got } from './asset-cache.ts';

const maxMissed = 50;

export class MissedRequests {
  readonly #host: string;
  readonly #missed = new Map<string, Missed>();

  /** `host`: the page's own. What another host does not have says nothing of the page; that it is unwell does. */
  constructor(host: string) {
    this.#host = host;
  }

  note(url: URL, got: Got): void {
    const problem = problemOf(got);
    if (problem === undefined) this.#missed.delete(url.href);
    else if (this.#missed.size < maxMissed && (problem.retry === 'later' || url.host === this.#host))
      this.#missed.set(url.href, { url: `${url.origin}${url.pathname}`, code: problem.code });
  }

  /** Each address once. */
  all(): readonly Missed[] {
    return [...new Map([...this.#missed.values()].map((one) => [one.url, one])).values()];
  }
}

function problemOf(got: Got): Failure | undefined {
  if (got.outcome === 'failed') return got.failure;
  return got.outcome === 'answered' && got.status >= 400 ? statusFailure('find', got) : undefined;
}
