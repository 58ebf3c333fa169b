// Every request of the crawler: allowed by robots.txt of its host, in its turn, and through the guarded fetch.
import { failure, type Stage } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Answer, Refused } from '../net/answer.ts';
import type { Lookup } from '../net/connector.ts';
import { type FetchRequest, type OriginHeaders, openFetcher, type Turn } from '../net/guarded-fetch.ts';
import { isLoopbackHost } from '../net/public-address.ts';
import { HostGate, maxCrawlDelayMs } from './host-gate.ts';
import { askedRestMs, healthOf } from './host-health.ts';
import type { NotNow, Politeness } from './host-turn.ts';
import type { CrawlerSettings } from './options.ts';
import { agentToken, Robots } from './robots.ts';
import type { RobotsFiles } from './robots-files.ts';

export interface PoliteRequest extends Omit<FetchRequest, 'before'> {
  /** Asked first about each address, redirects included; a refusal ends the request before anything is sent. */
  readonly isInBounds?: (url: URL) => Refused | undefined;
}

export interface PoliteFetch {
  fetch(request: PoliteRequest): Promise<Answer | Refused>;
  /** The sitemaps that the origin's robots.txt names. */
  sitemaps(origin: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Milliseconds until the host may be asked again. */
  restMs(host: string): number;
  /** Hosts from which something was wanted and which are left alone because they are unwell. */
  unwellHosts(): readonly string[];
  close(): Promise<void>;
}

/** What the crawler is given beside a source's settings. */
export interface Surroundings {
  /** Asked about each address, redirects included: what was taken down is not asked for. */
  readonly isTakenDown?: IsTakenDown;
  readonly robotsFiles?: RobotsFiles;
  readonly log?: Pick<Log, 'info' | 'warn'>;
}

export interface PoliteFetchOptions extends Surroundings {
  readonly settings: CrawlerSettings;
  readonly allowHosts: readonly string[];
  readonly lookup?: Lookup;
  readonly originHeaders?: OriginHeaders;
  readonly gate?: HostGate;
  readonly robotsUnreachableForMs?: number;
}

export type IsTakenDown = (url: string) => Promise<boolean>;

// One for the process: two sources on one host are one guest.
const processGate = new HostGate();

export async function openPoliteFetch(options: PoliteFetchOptions): Promise<PoliteFetch> {
  const { settings, gate = processGate } = options;
  const fetcher = await openFetcher({ ...fetcherOptions(options), userAgent: userAgent(settings.contact) });
  const unwell = new Set<string>();
  const turn = openTurns(options, gate, unwell);
  const down = async ({ href }: URL): Promise<Refused | undefined> =>
    (await options.isTakenDown?.(href)) === true
      ? { outcome: 'skipped', code: 'taken_down', reason: `${href} was taken down` }
      : undefined;
  const robots = new Robots({
    ...robotsOptions(options, gate),
    fetcher,
    before: async (url, signal) => (await down(url)) ?? (await turn(url, 'fetch', signal)),
  });
  const permit = async (url: URL, stage: Stage, signal: AbortSignal): Promise<Refused | Turn> =>
    (await down(url)) ?? (await robots.refusal(url, stage, signal)) ?? (await turn(url, stage, signal));
  return {
    fetch: ({ isInBounds, ...request }) =>
      fetcher.fetch({
        ...request,
        before: async (url, signal) => isInBounds?.(url) ?? (await permit(url, request.stage, signal)),
      }),
    sitemaps: (origin, signal) => robots.sitemaps(origin, signal),
    restMs: (host) => gate.restMs(host),
    unwellHosts: () => [...unwell].filter((host) => gate.isUnwell(host)),
    close: () => fetcher.close(),
  };
}

const fetcherOptions = ({ settings, allowHosts, lookup, originHeaders }: PoliteFetchOptions) => ({
  timeoutMs: settings.fetchTimeoutMs,
  allowHosts,
  connectTo: settings.connectTo,
  caFile: settings.caFile,
  ...(lookup === undefined ? {} : { lookup }),
  ...(originHeaders === undefined ? {} : { originHeaders }),
});

function robotsOptions(
  { settings, originHeaders, robotsUnreachableForMs, robotsFiles, log }: PoliteFetchOptions,
  gate: HostGate,
) {
  const elsewhere = settings.connectTo.join(' ');
  return {
    shared: gate.robots,
    ...(robotsFiles === undefined ? {} : { files: robotsFiles }),
    ...(robotsUnreachableForMs === undefined ? {} : { unreachableForMs: robotsUnreachableForMs }),
    // On this machine people change theirs and want to see it; with a secret it may be another one.
    sharedAs: (origin: string) =>
      isLoopbackHost(new URL(origin).hostname) || hasSecrets(originHeaders, origin)
        ? undefined
        : `${origin} ${elsewhere}`,
    onRules: (site: URL, delayMs: number | null, isAsked: boolean) => {
      // What another process asked of it a moment ago is not known here.
      if (!isAsked) gate.rest(site.host, settings.hostDelayMs);
      gate.setCrawlDelay(site, delayMs ?? 0);
      if (delayMs !== null && delayMs > maxCrawlDelayMs)
        log?.warn(
          `robots.txt of ${site.host} asks for ${Math.round(delayMs / 1000)} s between two requests: ${maxCrawlDelayMs / 1000} s are kept`,
        );
    },
  };
}

const hasSecrets = (of: OriginHeaders | undefined, origin: string): boolean =>
  of?.origin === origin && Object.keys(of.headers).length > 0;

type Turns = (url: URL, stage: Stage, signal: AbortSignal) => Promise<Refused | Turn>;

/** `unwell`: where hosts are noted that are. */
function openTurns({ settings, log }: PoliteFetchOptions, gate: HostGate, unwell: Set<string>): Turns {
  const { hostDelayMs, hostConnections: connections } = settings;
  return async (url, stage, signal) => {
    const { host } = url;
    const politeness: Politeness = { delayMs: isLoopbackHost(url.hostname) ? 0 : hostDelayMs, connections };
    const turn = await gate.turn(host, politeness, signal);
    if ('restMs' in turn) {
      if (turn.isUnwell) unwell.add(host);
      return resting(url, stage, turn);
    }
    return {
      end: (head, problem) => {
        const change = turn.end(healthOf(head, problem), head === null ? undefined : askedRestMs(head));
        if (change === 'unwell') {
          unwell.add(host);
          const pauseS = Math.ceil(gate.restMs(host) / 1000);
          log?.warn(`${host} fails again and again: it is left alone for ${pauseS} s`);
        } else if (change === 'well') log?.info(`${host} answers again`);
      },
    };
  };
}

const userAgent = (contact: string): string =>
  `${agentToken} (image search; ${contact === '' ? `obeys robots.txt as ${agentToken}` : `+${contact}`})`;

function resting(url: URL, stage: Stage, { restMs, isUnwell }: NotNow): Refused {
  const seconds = Math.ceil(restMs / 1000);
  const problem = isUnwell
    ? failure(
        stage,
        'host_unwell',
        `${url.href}: its host failed again and again and is left alone for ${seconds} s`,
      )
    : failure(stage, 'server_error', `${url.href}: its host asked not to be asked again for ${seconds} s`);
  return { outcome: 'failed', failure: { ...problem, retryAfterMs: restMs, isUnasked: true } };
}
