// Every request of the crawler: allowed by robots.txt of its host, in its turn, and through the guarded fetch.
import { failure, type Stage } from '../errors.ts';
import { type Answer, type Head, headerOf, type Refused } from '../net/answer.ts';
import type { Lookup } from '../net/connector.ts';
import { type FetchRequest, type OriginHeaders, openFetcher, type Turn } from '../net/guarded-fetch.ts';
import { isLoopbackHost } from '../net/public-address.ts';
import { retryAfterMs } from '../net/retry-after.ts';
import { HostGate } from './host-gate.ts';
import type { CrawlerSettings } from './options.ts';
import { agentToken, Robots } from './robots.ts';

export interface PoliteRequest extends Omit<FetchRequest, 'before'> {
  /** Asked first about each address, redirects included; a refusal ends the request before anything is sent. */
  readonly isInBounds?: (url: URL) => Refused | undefined;
}

export interface PoliteFetch {
  fetch(request: PoliteRequest): Promise<Answer | Refused>;
  /** Milliseconds until the host may be asked again. */
  restMs(host: string): number;
  close(): Promise<void>;
}

export interface PoliteFetchOptions {
  readonly settings: CrawlerSettings;
  readonly allowHosts: readonly string[];
  readonly lookup?: Lookup;
  readonly originHeaders?: OriginHeaders;
  readonly gate?: HostGate;
  readonly robotsUnreachableForMs?: number;
  /** Asked about each address, redirects included: what was taken down is not asked for. */
  readonly isTakenDown?: IsTakenDown;
}

export type IsTakenDown = (url: string) => Promise<boolean>;

// One for the process: two sources on one host are one guest.
const processGate = new HostGate();

export async function openPoliteFetch(options: PoliteFetchOptions): Promise<PoliteFetch> {
  const { settings, allowHosts, lookup, originHeaders, robotsUnreachableForMs, gate = processGate } = options;
  const down = async ({ href }: URL): Promise<Refused | undefined> =>
    (await options.isTakenDown?.(href)) === true
      ? { outcome: 'skipped', code: 'taken_down', reason: `${href} was taken down` }
      : undefined;
  const fetcher = await openFetcher({
    userAgent: userAgent(settings.contact),
    timeoutMs: settings.fetchTimeoutMs,
    allowHosts,
    connectTo: settings.connectTo,
    caFile: settings.caFile,
    ...(lookup === undefined ? {} : { lookup }),
    ...(originHeaders === undefined ? {} : { originHeaders }),
  });
  const turn = async (url: URL, stage: Stage, signal: AbortSignal): Promise<Refused | Turn> => {
    const delayMs = isLoopbackHost(url.hostname) ? 0 : settings.hostDelayMs;
    const turn = await gate.turn(url.host, delayMs, signal);
    if ('restMs' in turn) return resting(url, stage, turn.restMs);
    return { end: (head) => turn.end(head === null ? 0 : askedRestMs(head)) };
  };
  const robots = new Robots({
    fetcher,
    before: (url, signal) => turn(url, 'fetch', signal),
    onCrawlDelay: (host, delayMs) => gate.setCrawlDelay(host, delayMs),
    ...(robotsUnreachableForMs === undefined ? {} : { unreachableForMs: robotsUnreachableForMs }),
  });
  return {
    fetch: ({ isInBounds, ...request }) =>
      fetcher.fetch({
        ...request,
        before: async (url, signal) =>
          isInBounds?.(url) ??
          (await down(url)) ??
          (await robots.refusal(url, request.stage, signal)) ??
          (await turn(url, request.stage, signal)),
      }),
    restMs: (host) => gate.restMs(host),
    close: () => fetcher.close(),
  };
}

const userAgent = (contact: string): string =>
  `${agentToken} (image search; ${contact === '' ? `obeys robots.txt as ${agentToken}` : `+${contact}`})`;

const askedRestMs = (head: Head): number =>
  head.status === 429 || head.status === 503 ? (retryAfterMs(headerOf(head, 'retry-after')) ?? 0) : 0;

const resting = (url: URL, stage: Stage, restMs: number): Refused => {
  const reason = `${url.href}: its host asked not to be asked again for ${Math.ceil(restMs / 1000)} s`;
  return { outcome: 'failed', failure: { ...failure(stage, 'server_error', reason), retryAfterMs: restMs } };
};
