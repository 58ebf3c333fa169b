// Which headers pass between the browser and the web, and what stands in for a picture.
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Headers } from '../../net/answer.ts';

/** Ours to say, or of one connection alone: the polite fetch says who asks, and reads what was compressed. */
const notSent =
  /^(host|connection|keep-alive|te|trailer|upgrade.*|transfer-encoding|content-.*|expect|proxy-.*|user-agent|accept-encoding|range|if-.*|sec-.*|forwarded|via|x-forwarded-.*)$/;
const notPassed =
  /^(connection|keep-alive|te|trailer|upgrade|transfer-encoding|content-length|content-encoding|content-disposition|proxy-.*|alt-svc|strict-transport-security|public-key-pins.*|report-to|reporting-endpoints|nel|link|refresh|x-robots-tag|www-authenticate|etag|last-modified|expires|age)$/;
const maxSentBytes = 8 * 1024;

/** What a script asks with: a key for an interface, a cookie of its own host. Nothing of it lasts longer than the page. */
export function originHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const sent: Record<string, string> = {};
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || notSent.test(name)) continue;
    const text = Array.isArray(value) ? value.join(', ') : value;
    bytes += name.length + text.length;
    if (bytes > maxSentBytes) break;
    sent[name] = text;
  }
  return sent;
}

/** Whether who asks in the browser is of the address's own origin. Where it does not say so, it is not: without TLS the
 * browser names the asker only as a page lets it. */
export function isOfItsOrigin(url: URL, headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const asker = headers.origin ?? headers.referer ?? '';
  return URL.canParse(asker) && new URL(asker).origin === url.origin;
}

export function browserHeaders(headers: Headers): OutgoingHttpHeaders {
  const passed: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !notPassed.test(name)) passed[name] = value;
  }
  return passed;
}

/** What a host says of who may ask it, and how. */
export function allowedBy(headers: Headers): OutgoingHttpHeaders {
  const said = Object.entries(headers).filter(([name]) => name.startsWith('access-control-'));
  return Object.fromEntries(said);
}

/** What lets a script of another host read it: for what holds nothing (a picture that stands in, a redirect). */
export function allowance(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const { origin } = headers;
  if (origin === undefined) return {};
  const asked = headers['access-control-request-headers'];
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET, HEAD',
    ...(asked === undefined ? {} : { 'access-control-allow-headers': asked }),
  };
}

export const transparent = {
  headers: { 'content-type': 'image/gif', 'cache-control': 'no-store' },
  body: Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
} as const;
