// robots.txt of each origin: fetched once, kept for a day, and asked before every request.
import { failure, type Stage } from '../errors.ts';
import { type Answer, headerOf, type Refused } from '../net/answer.ts';
import type { Fetcher, FetchRequest } from '../net/guarded-fetch.ts';
import { retryAfterMs } from '../net/retry-after.ts';
import { parseRobots, type RobotsRules } from './robots-rules.ts';

/** The name that robots.txt files use for us. */
export const agentToken = 'imagedex';

const maxRobotsBytes = 500 * 1024;
const dayMs = 24 * 3_600_000;
const maxOrigins = 10_000;

type Verdict = { readonly rules: RobotsRules } | { readonly refused: Refused };

export interface RobotsOptions {
  readonly fetcher: Fetcher;
  /** The guard of each request for a robots.txt: its turn at the host. */
  readonly before: NonNullable<FetchRequest['before']>;
  /** How long an answer that means "not now" is believed. */
  readonly unreachableForMs?: number;
  readonly onCrawlDelay: (host: string, delayMs: number) => void;
}

export class Robots {
  readonly #options: RobotsOptions;
  readonly #origins = new Map<string, { until: number; verdict: Promise<Verdict> }>();

  constructor(options: RobotsOptions) {
    this.#options = options;
  }

  /** Why this address must not be asked for; undefined where it may. */
  async refusal(url: URL, stage: Stage, signal: AbortSignal): Promise<Refused | undefined> {
    const verdict = await this.#verdict(url.origin, signal);
    if ('refused' in verdict) return staged(verdict.refused, stage);
    if (url.pathname === '/robots.txt' || verdict.rules.allows(url.pathname + url.search)) return undefined;
    return {
      outcome: 'skipped',
      code: 'robots_denied',
      reason: `robots.txt of ${url.host} does not allow ${url.href}`,
    };
  }

  async #verdict(origin: string, signal: AbortSignal): Promise<Verdict> {
    const known = this.#origins.get(origin);
    if (known !== undefined && known.until > Date.now()) return known.verdict;
    if (this.#origins.size >= maxOrigins) this.#origins.delete(this.#origins.keys().next().value as string);
    // All who ask meanwhile wait for this one answer.
    const entry = { until: Number.POSITIVE_INFINITY, verdict: this.#ask(origin, signal) };
    this.#origins.set(origin, entry);
    const verdict = await entry.verdict;
    const { unreachableForMs = 60_000 } = this.#options;
    if (signal.aborted) this.#origins.delete(origin);
    else entry.until = Date.now() + ('rules' in verdict ? dayMs : unreachableForMs);
    return verdict;
  }

  async #ask(origin: string, signal: AbortSignal): Promise<Verdict> {
    const url = `${origin}/robots.txt`;
    const { fetcher, before } = this.#options;
    const answer = await fetcher.fetch({
      url,
      stage: 'fetch',
      maxBytes: maxRobotsBytes,
      atCap: 'cut',
      before,
      signal,
    });
    const verdict = verdictOf(url, answer);
    if ('rules' in verdict && verdict.rules.crawlDelaySeconds !== null) {
      this.#options.onCrawlDelay(new URL(origin).host, verdict.rules.crawlDelaySeconds * 1000);
    }
    return verdict;
  }
}

const nothingForbidden: Verdict = { rules: { allows: () => true, crawlDelaySeconds: null } };

/** RFC 9309: 4xx means there are no rules; 5xx and no answer mean no. 429 is "not now", as Google takes it. */
function verdictOf(url: string, answer: Answer | Refused): Verdict {
  if (answer.outcome === 'skipped') return { refused: answer };
  if (answer.outcome === 'failed') {
    if (answer.failure.code === 'too_many_redirects') return nothingForbidden;
    return { refused: unreachable(answer.failure.reason, answer.failure.retryAfterMs) };
  }
  if (answer.status === 200) return { rules: parseRobots(answer.body, agentToken) };
  if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) return nothingForbidden;
  const waitMs = retryAfterMs(headerOf(answer, 'retry-after'));
  return { refused: unreachable(`${url}: the server answered with status ${answer.status}`, waitMs) };
}

const unreachable = (reason: string, waitMs: number | undefined): Refused => ({
  outcome: 'failed',
  failure: {
    ...failure('fetch', 'robots_unreachable', `${reason}; without robots.txt nothing is fetched from there`),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  },
});

const staged = (refused: Refused, stage: Stage): Refused =>
  refused.outcome === 'failed' ? { ...refused, failure: { ...refused.failure, stage } } : refused;
