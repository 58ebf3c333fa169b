// robots.txt of each origin: fetched once, kept for a day, and asked before every request.
import { type Failure, failure, type Stage } from '../errors.ts';
import { type Answer, headerOf, type Refused } from '../net/answer.ts';
import type { Fetcher, FetchRequest } from '../net/guarded-fetch.ts';
import { retryAfterMs } from '../net/retry-after.ts';
import type { RobotsFiles } from './robots-files.ts';
import { RobotsMemory, type Verdict } from './robots-memory.ts';
import { parseRobots } from './robots-rules.ts';

/** The name that robots.txt files use for us. */
export const agentToken = 'imagedex';

export const maxRobotsBytes = 500 * 1024;
const firstPauseMs = 10_000;

export interface RobotsOptions {
  readonly fetcher: Fetcher;
  /** The guard of each request for a robots.txt: its turn at the host. */
  readonly before: NonNullable<FetchRequest['before']>;
  /** Of the whole process. */
  readonly shared: RobotsMemory;
  /** What processes before this one were told. */
  readonly files?: RobotsFiles;
  /** The name that what the origin says is shared under; undefined where it may say something else to others. */
  readonly sharedAs: (origin: string) => string | undefined;
  /** How long an answer that means "not now" is believed at first. */
  readonly unreachableForMs?: number;
  /** What the site's robots.txt was found to ask for; `isAsked` where it was asked for that just now. */
  readonly onRules: (site: URL, crawlDelayMs: number | null, isAsked: boolean) => void;
}

export class Robots {
  readonly #options: RobotsOptions;
  readonly #own = new RobotsMemory();

  constructor(options: RobotsOptions) {
    this.#options = options;
  }

  /** Why this address must not be asked for; undefined where it may. */
  async refusal(url: URL, stage: Stage, signal: AbortSignal): Promise<Refused | undefined> {
    const verdict = await this.#verdict(url.origin, signal);
    if ('refused' in verdict) return staged(verdict, stage);
    if (url.pathname === '/robots.txt' || verdict.rules.allows(url.pathname + url.search)) return undefined;
    return {
      outcome: 'skipped',
      code: 'robots_denied',
      reason: `robots.txt of ${url.host} does not allow ${url.href}`,
    };
  }

  /** The sitemaps that the origin's robots.txt names. */
  async sitemaps(origin: string, signal: AbortSignal): Promise<readonly string[]> {
    const verdict = await this.#verdict(origin, signal);
    return 'rules' in verdict ? verdict.rules.sitemaps : [];
  }

  #verdict(origin: string, signal: AbortSignal): Promise<Verdict> {
    const { sharedAs, shared, unreachableForMs = firstPauseMs } = this.#options;
    const name = sharedAs(origin);
    const memory = name === undefined ? this.#own : shared;
    return memory.verdict(name ?? origin, () => this.#ask(origin, name, signal), unreachableForMs, signal);
  }

  async #ask(origin: string, name: string | undefined, signal: AbortSignal): Promise<Verdict> {
    const { files, onRules } = this.#options;
    const kept = name === undefined ? undefined : await files?.read(name);
    const verdict: Verdict = kept
      ? { ...verdictOn(kept.content), ageMs: kept.ageMs }
      : await this.#askServer(origin, name, signal);
    if ('rules' in verdict) {
      const seconds = verdict.rules.crawlDelaySeconds;
      onRules(new URL(origin), seconds === null ? null : seconds * 1000, kept === undefined);
    }
    return verdict;
  }

  async #askServer(origin: string, name: string | undefined, signal: AbortSignal): Promise<Verdict> {
    const url = `${origin}/robots.txt`;
    const { fetcher, before, files } = this.#options;
    const maxBytes = maxRobotsBytes;
    const answer = await fetcher.fetch({ url, stage: 'fetch', maxBytes, atCap: 'cut', before, signal });
    const content = contentOf(answer);
    if (content === undefined) return notNow(url, answer);
    if (name !== undefined) await files?.write(name, content);
    return verdictOn(content);
  }
}

const verdictOn = (content: Uint8Array): Extract<Verdict, { rules: unknown }> => ({
  rules: parseRobots(content, agentToken),
  bytes: content.length,
  ageMs: 0,
});

const nothing = new Uint8Array();

/**
 * RFC 9309: 4xx means that there are no rules, as do too many redirects; 5xx and no answer mean no. 429 is "not now", as
 * Google takes it. Undefined where it means no.
 */
function contentOf(answer: Answer | Refused): Uint8Array | undefined {
  if (answer.outcome === 'skipped') return undefined;
  if (answer.outcome === 'failed') return answer.failure.code === 'too_many_redirects' ? nothing : undefined;
  if (answer.status === 200) return answer.body;
  const isNone = answer.status === 204 || (answer.status >= 400 && answer.status < 500);
  return isNone && answer.status !== 429 ? nothing : undefined;
}

function notNow(url: string, answer: Answer | Refused): Verdict {
  if (answer.outcome === 'skipped') return { refused: answer, waitMs: 0 };
  const [reason, waitMs = 0] =
    answer.outcome === 'failed'
      ? [answer.failure.reason, answer.failure.retryAfterMs]
      : [
          `${url}: the server answered with status ${answer.status}`,
          retryAfterMs(headerOf(answer, 'retry-after')),
        ];
  const about = `${reason}; without robots.txt nothing is fetched from there`;
  const problem = failure('fetch', 'robots_unreachable', about);
  return { refused: { outcome: 'failed', failure: { ...problem, retry: retryOf(answer) } }, waitMs };
}

/** A name that does not exist, or a certificate that is not valid, is no better within minutes. */
const retryOf = (answer: Answer | Refused): Failure['retry'] =>
  answer.outcome === 'failed' && answer.failure.code === 'network_error' ? answer.failure.retry : 'later';

/** Before `waitMs` nothing will be asked there. */
const staged = ({ refused, waitMs }: Extract<Verdict, { refused: unknown }>, stage: Stage): Refused =>
  refused.outcome === 'failed'
    ? { ...refused, failure: { ...refused.failure, stage, retryAfterMs: waitMs } }
    : refused;
