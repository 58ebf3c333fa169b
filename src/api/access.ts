// Decides what a request may do, in one place: everything, the search embedded in another site's page, or nothing.
// Stops DNS rebinding, requests from other sites' pages, and proxies that hide who asks.
import type { IncomingHttpHeaders } from 'node:http';

/** `full`: our own pages and programs on this machine. `embedded`: a page of another origin, for these collections. */
export type Access =
  | { readonly kind: 'full' }
  | {
      readonly kind: 'embedded';
      /** What is echoed to the browser: the page's origin, or `*` for what is nobody's secret. */
      readonly origin: string;
      readonly collections: ReadonlySet<string>;
    };

export interface Refusal {
  readonly kind: 'refused';
  readonly status: 403 | 405 | 421;
  readonly reason: string;
}

export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly httpVersion: string;
  readonly headers: IncomingHttpHeaders;
}

/** What the configuration opens. */
export interface Doors {
  readonly port: number;
  /** The port that proxies are pointed at: whatever a request calls the server there, it gets embedded access at most. */
  readonly embedOnly: boolean;
  /** Names under which a proxy makes the embedded search reachable. */
  readonly publicHosts: readonly string[];
  /** Origins of pages, each with the collections that it may search. */
  readonly origins: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Turns the collections' lists of origins round. */
export function originsOf(
  collections: ReadonlyMap<string, { readonly origins: readonly string[] }>,
): Doors['origins'] {
  const found = new Map<string, Set<string>>();
  for (const [name, { origins }] of collections) {
    for (const origin of origins) {
      const key = origin.toLowerCase();
      found.set(key, (found.get(key) ?? new Set()).add(name));
    }
  }
  return found;
}

export function accessOf(asked: Asked, doors: Doors): Access | Refusal {
  const host = asked.headers.host?.toLowerCase() ?? '';
  if (doors.embedOnly) return embeddedAccess(asked, host, doors);
  const names = ownNames(doors.port);
  const isOwnName = names.includes(host);
  if (!isOwnName && !doors.publicHosts.includes(host.replace(/:\d+$/, ''))) {
    return refused(421, `This server answers to ${names.join(', ')} only.`);
  }
  const { origin } = asked.headers;
  const isOwnPage = origin === undefined || origin.toLowerCase() === `http://${host}`;
  if (isOwnName && isOwnPage && !isForwarded(asked)) return ownAccess(asked);
  return embeddedAccess(asked, host, doors);
}

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];
const ownNames = (port: number): string[] =>
  loopbackNames.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));

const refused = (status: Refusal['status'], reason: string): Refusal => ({ kind: 'refused', status, reason });

/** Signs of a proxy. Many send on requests of the whole world as if somebody here had asked `127.0.0.1`: those never
 * get all. HTTP/1.0 is what a proxy without such signs speaks by default, and nothing else any more. */
const isForwarded = ({ headers, httpVersion }: Asked): boolean =>
  httpVersion === '1.0' || Object.keys(headers).some((name) => proxyHeader.test(name.replaceAll('_', '-')));

/** Their names alone count, for an empty one has been sent on, too. No browser and no program at a shell sends these. */
const proxyHeader = new RegExp(
  `^(?:${[
    '(?:x-)?forwarded(?:-.+)?',
    'via',
    'x-original-.+',
    'x-real-ip',
    '(?:true-|x-|x-cluster-)?client-ip',
    'x-proxyuser-ip',
    'x-remote-(?:ip|addr)',
    'x-scheme',
    'x-request-start',
    'cdn-loop',
    '(?:cf|fastly|fly|x-vercel|x-azure|x-appengine|x-arr|x-envoy|x-amzn|x-amz-cf)-.+',
  ].join('|')})$`,
);

/** A page of ours, a program, or a link that somebody follows here. */
function ownAccess({ headers, method }: Asked): Access | Refusal {
  const site = headers['sec-fetch-site'];
  const isLink =
    headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document' && method === 'GET';
  if (site === undefined || site === 'same-origin' || site === 'none' || isLink) return { kind: 'full' };
  return refused(403, 'Requests from pages of other sites are refused.');
}

/** All that pages of other origins may reach. What is not here, they may not. */
const openPaths: readonly { readonly path: RegExp; readonly methods: readonly string[] }[] = [
  { path: /^\/graphql$/, methods: ['GET', 'HEAD', 'POST'] },
  { path: /^\/thumbnails\/[0-9a-f]{64}\.jpg$/, methods: ['GET', 'HEAD'] },
  { path: /^\/widget\.js$/, methods: ['GET', 'HEAD'] },
];

function embeddedAccess({ headers, method, url }: Asked, host: string, doors: Doors): Access | Refusal {
  const mode = headers['sec-fetch-mode'];
  const origin = headers.origin?.toLowerCase() ?? sameOrigin(headers, host, doors);
  if (origin === undefined || (mode !== undefined && mode !== 'cors'))
    return refused(403, 'Here is only the search for pages that embed it, asked with their origin.');
  const path = url.replace(/[?#].*$/, '');
  const open = openPaths.find((one) => one.path.test(path));
  if (open === undefined) return refused(403, 'Pages of other origins may search, and nothing else.');
  const wanted = method === 'OPTIONS' ? (headers['access-control-request-method'] ?? '') : method;
  if (!open.methods.includes(wanted)) return refused(405, `${wanted} is not allowed here.`);
  // The element itself is no secret, and can only say why it is refused where it has been let in.
  if (path === '/widget.js' && doors.origins.size > 0)
    return { kind: 'embedded', origin: '*', collections: new Set() };
  const collections = doors.origins.get(origin);
  if (collections === undefined)
    return refused(403, `Pages of ${origin} may not search here: no collection names it in its origins.`);
  return { kind: 'embedded', origin, collections };
}

/** A browser leaves Origin out where page and server are of one origin: behind a proxy that serves both. */
function sameOrigin(headers: IncomingHttpHeaders, host: string, { origins }: Doors): string | undefined {
  if (headers['sec-fetch-site'] !== 'same-origin') return undefined;
  return [`https://${host}`, `http://${host}`].find((origin) => origins.has(origin));
}
