// The guarded fetch: GET, and OPTIONS for a browser, over http(s) to public hosts only, with a bound on everything. What
// the other side does wrong is a value, never an exception. Each redirect is a request of its own and passes every check
// again.
import type { Readable } from 'node:stream';
import type { Agent } from 'undici';
import { type Failure, failure, type Stage } from '../errors.ts';
import { type Answer, type Head, headerOf, type Refused } from './answer.ts';
import { readAuthorities, trusting } from './authorities.ts';
import { BlockedPortError } from './blocked-ports.ts';
import { readConnectTo } from './connect-to.ts';
import { type ConnectorOptions, guardedConnector, type Lookup, PrivateAddressError } from './connector.ts';
import { Deadline } from './deadline.ts';
import { acceptEncoding, encodingsOf } from './decode.ts';
import { netFailure } from './net-failure.ts';
import { firstBytes, type LeastPace, type Memory, readBody, smallBytes, TooLargeError } from './read-body.ts';

/** A permitted request; `end` is called once, when it is over: with its head, or null where none came, and what went
 * wrong between us and the host. */
export interface Turn {
  end(head: Head | null, problem?: Failure): void;
}

export interface FetchRequest {
  readonly url: string;
  /** GET, unless a browser must know first what a host allows. */
  readonly method?: 'GET' | 'OPTIONS';
  readonly stage: Stage;
  readonly headers?: Readonly<Record<string, string>>;
  /** False: without those of its origin, for whoever asks is not of it. */
  readonly withSecrets?: boolean;
  readonly maxBytes: number;
  /** `cut` gives what fits, `refuse` skips with `too_many_bytes` or `decompressed_too_large`. */
  readonly atCap: 'cut' | 'refuse';
  /** Asked before every request, redirects included: waits for its turn, or refuses. */
  readonly before?: (url: URL, signal: AbortSignal) => Promise<Refused | Turn>;
  /** Looks at an answer that is no redirect before its body is read. */
  readonly screen?: (head: Head) => Refused | 'discard' | undefined;
  /** Waits until that many bytes more may be held. */
  readonly memory?: Memory;
  readonly signal: AbortSignal;
}

export interface Fetcher {
  fetch(request: FetchRequest): Promise<Answer | Refused>;
  close(): Promise<void>;
}

export interface GuardOptions {
  /** For one request as a whole, the waiting for its turn and for memory left out. */
  readonly timeoutMs: number;
  /** Hosts and `host:port` pairs that may be private. */
  readonly allowHosts: readonly string[];
  readonly lookup?: Lookup;
  /** `host:port=host:port`: where connections for an address really go. */
  readonly connectTo?: readonly string[];
  /** PEM file of an authority that is trusted beside the usual ones; '' for none. */
  readonly caFile?: string;
}

export interface FetcherOptions extends GuardOptions {
  readonly userAgent: string;
  /** From the request to the end of the answer's headers. */
  readonly firstByteTimeoutMs?: number;
  /** Between two pieces of a body. */
  readonly stallTimeoutMs?: number;
  readonly originHeaders?: OriginHeaders;
}

/** Secrets: sent with each request to this origin, redirects to it included, and to no other; a request may do without. */
export interface OriginHeaders {
  /** Scheme, host and port: `https://example.org`. */
  readonly origin: string;
  /** Names in lower case; they win over those of the request. */
  readonly headers: Readonly<Record<string, string>>;
}

const maxRedirects = 5;
const maxHeaderBytes = 32 * 1024;
const paceMs = 10_000;
const discardBytes = 64 * 1024;

export async function openFetcher(options: FetcherOptions): Promise<Fetcher> {
  const { Agent, buildConnector } = await import('undici');
  const { timeoutMs } = options;
  const agent = new Agent({
    connect: guardedConnector(buildConnector, await connectorOptions(options)),
    headersTimeout: within(timeoutMs, options.firstByteTimeoutMs ?? 30_000),
    bodyTimeout: within(timeoutMs, options.stallTimeoutMs ?? 20_000),
    maxHeaderSize: maxHeaderBytes,
  });
  return {
    fetch: (request) => follow(agent, options, request),
    close: () => agent.destroy(),
  };
}

/** 0, which is none, where the time for the whole is up no later. */
const within = (wholeMs: number, partMs: number): number => (wholeMs <= partMs ? 0 : partMs);

/** Slower, not even a small body would come in the time for the whole. */
function leastPace({ timeoutMs, stallTimeoutMs = paceMs }: FetcherOptions): LeastPace {
  const inMs = Math.min(paceMs, stallTimeoutMs);
  return { bytes: smallBytes * (inMs / timeoutMs), inMs };
}

/** How this machine is left: for everything that connects for a crawl, be it this fetch or a browser's proxy. */
export async function connectorOptions(options: GuardOptions): Promise<ConnectorOptions> {
  const { allowHosts, lookup, timeoutMs, connectTo = [], caFile = '' } = options;
  return {
    allowHosts,
    connectTimeoutMs: Math.min(timeoutMs, 10_000),
    connectTo: readConnectTo(connectTo),
    ...(lookup === undefined ? {} : { lookup }),
    ...(caFile === '' ? {} : { secureContext: trusting(await readAuthorities(caFile, 'caFile')) }),
  };
}

async function follow(
  agent: Agent,
  options: FetcherOptions,
  request: FetchRequest,
): Promise<Answer | Refused> {
  let url = URL.canParse(request.url) ? new URL(request.url) : null;
  if (url === null)
    return { outcome: 'skipped', code: 'unsupported_scheme', reason: `${request.url} is no address` };
  let headers = request.headers ?? {};
  for (let redirects = 0; ; redirects++) {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      return {
        outcome: 'skipped',
        code: 'unsupported_scheme',
        reason: `${url.protocol} is neither http nor https`,
      };
    }
    const answer: Answer | Refused | { to: URL } = await hop(agent, options, request, url, headers);
    if (!('to' in answer)) return answer;
    if (redirects === maxRedirects) {
      const reason = `${request.url}: more than ${maxRedirects} redirects`;
      return { outcome: 'failed', failure: failure(request.stage, 'too_many_redirects', reason) };
    }
    if (answer.to.origin !== url.origin) headers = withoutCredentials(headers);
    url = answer.to;
  }
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  const secret = ['authorization', 'cookie', 'proxy-authorization'];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !secret.includes(name.toLowerCase())));
}

async function hop(
  agent: Agent,
  options: FetcherOptions,
  request: FetchRequest,
  url: URL,
  headers: Readonly<Record<string, string>>,
): Promise<Answer | Refused | { to: URL }> {
  const deadline = new Deadline(options.timeoutMs, request.signal);
  let turn: Turn | undefined;
  let head: Head | null = null;
  let problem: Failure | undefined;
  try {
    const permit = await request.before?.(url, request.signal);
    if (permit !== undefined && 'outcome' in permit) return permit;
    turn = permit;
    request.signal.throwIfAborted();
    deadline.start();
    const response = await agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: request.method ?? 'GET',
      headers: {
        'user-agent': options.userAgent,
        'accept-encoding': acceptEncoding,
        ...headers,
        ...(request.withSecrets === false ? {} : secretsOf(url, options.originHeaders)),
      },
      signal: deadline.signal,
    });
    // A body that is destroyed says so once more, to nobody: whoever reads it hears it first.
    response.body.on('error', () => undefined);
    head = { url: url.href, status: response.statusCode, headers: response.headers };
    return await take(request, head, response.body, deadline, leastPace(options));
  } catch (error) {
    const refused = refusalOf(request, url, error, deadline);
    if (refused.outcome === 'failed' && !request.signal.aborted) problem = refused.failure;
    return refused;
  } finally {
    deadline.stop();
    turn?.end(head, problem);
  }
}

const secretsOf = (url: URL, of: OriginHeaders | undefined): Readonly<Record<string, string>> =>
  of?.origin === url.origin ? of.headers : {};

async function take(
  request: FetchRequest,
  head: Head,
  body: Readable & { dump(options: { limit: number }): Promise<void> },
  deadline: Deadline,
  pace: LeastPace,
): Promise<Answer | Refused | { to: URL }> {
  const discard = async <T>(result: T): Promise<T> => {
    await body.dump({ limit: discardBytes }).catch(() => undefined);
    return result;
  };
  if ([301, 302, 303, 307, 308].includes(head.status)) return discard(redirect(request, head));
  const verdict = request.screen?.(head);
  if (verdict !== undefined && verdict !== 'discard') return discard(verdict);
  const answer = { outcome: 'answered', ...head, body: Buffer.alloc(0), isCut: false } as const;
  if (verdict === 'discard' || head.status !== 200) return discard(answer);
  try {
    return { ...answer, body: await read(request, head, body, deadline, pace) };
  } catch (error) {
    if (!(error instanceof TooLargeError)) throw error;
    body.destroy();
    return request.atCap === 'cut'
      ? { ...answer, body: error.content(), isCut: true }
      : tooMany(request, head.url, error.isDecompressed);
  }
}

function redirect(request: FetchRequest, head: Head): Refused | { to: URL } {
  const location = headerOf(head, 'location');
  // Servers send UTF-8, which a header's bytes as Latin-1 hide.
  const target = location === undefined ? '' : Buffer.from(location, 'latin1').toString('utf8');
  const spelled = target.includes('\ufffd') ? (location as string) : target;
  if (location !== undefined && URL.canParse(spelled, head.url)) {
    const to = new URL(spelled, head.url);
    to.username = '';
    to.password = '';
    to.hash = '';
    return { to };
  }
  const reason = `${head.url}: status ${head.status} without an address to go to`;
  return { outcome: 'failed', failure: failure(request.stage, 'bad_response', reason) };
}

async function read(
  request: FetchRequest,
  head: Head,
  body: Readable,
  deadline: Deadline,
  pace: LeastPace,
): Promise<Buffer> {
  const encodings = encodingsOf(headerOf(head, 'content-encoding') ?? '');
  const length = headerOf(head, 'content-length');
  const expectedBytes = encodings.length === 0 && length !== undefined ? Number(length) : undefined;
  const { maxBytes, memory, signal } = request;
  if (request.atCap === 'refuse' && Number(length ?? 0) > maxBytes)
    throw new TooLargeError(maxBytes, false, () => Buffer.alloc(0));
  const reservedBytes = Math.min(expectedBytes ?? firstBytes, firstBytes, maxBytes);
  if (memory !== undefined) {
    // Waiting for memory is no fault of the other side.
    deadline.stop();
    await memory.reserve(reservedBytes, signal);
    deadline.start();
  }
  return readBody(body, encodings, {
    maxBytes,
    expectedBytes,
    reservedBytes,
    leastPace: pace,
    memory,
    pause: async (wait) => {
      deadline.stop();
      await wait(signal);
      deadline.start();
    },
    signal: deadline.signal,
  });
}

const tooMany = ({ maxBytes }: FetchRequest, url: string, isDecompressed: boolean): Refused =>
  isDecompressed
    ? {
        outcome: 'skipped',
        code: 'decompressed_too_large',
        reason: `${url} grows too much when it is decompressed: to more than ${maxBytes} bytes, or 200 times`,
      }
    : { outcome: 'skipped', code: 'too_many_bytes', reason: `${url} is larger than ${maxBytes} bytes` };

function refusalOf(request: FetchRequest, url: URL, error: unknown, deadline: Deadline): Refused {
  const { timeoutMs } = deadline;
  if (error instanceof PrivateAddressError) {
    return { outcome: 'skipped', code: 'private_address', reason: `${url.href}: ${error.message}` };
  }
  if (error instanceof BlockedPortError)
    return { outcome: 'skipped', code: 'blocked_port', reason: `${url.href}: ${error.message}` };
  if (request.signal.aborted) {
    return { outcome: 'failed', failure: failure(request.stage, 'network_error', `${url.href}: stopped`) };
  }
  if (deadline.isPast) {
    return {
      outcome: 'failed',
      failure: failure(request.stage, 'timed_out', `${url.href}: not complete within ${timeoutMs / 1000} s`),
    };
  }
  return { outcome: 'failed', failure: netFailure(request.stage, url.href, error) };
}
