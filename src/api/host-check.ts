// Who may talk to a server on loopback: only pages of its own. Stops DNS rebinding and requests from other sites.
import type { IncomingHttpHeaders } from 'node:http';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

export interface Refusal {
  readonly status: 403 | 421;
  readonly reason: string;
}

/** null where the request is welcome. */
export function refusal(headers: IncomingHttpHeaders, method: string, port: number): Refusal | null {
  const names = loopbackNames.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
  const host = headers.host?.toLowerCase();
  if (host === undefined || !names.includes(host)) {
    return { status: 421, reason: `This server answers to ${names.join(', ')} only.` };
  }
  const { origin } = headers;
  // A page under another name of loopback is another origin to the browser: it may not read us either.
  if (origin !== undefined && origin.toLowerCase() !== `http://${host}`) {
    return { status: 403, reason: 'Requests from pages of other origins are refused.' };
  }
  const site = headers['sec-fetch-site'];
  const isNavigation = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (
    site !== undefined &&
    site !== 'same-origin' &&
    site !== 'none' &&
    !(isNavigation && method === 'GET')
  ) {
    return { status: 403, reason: 'Requests from pages of other sites are refused.' };
  }
  return null;
}
