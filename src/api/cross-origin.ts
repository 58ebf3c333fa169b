// What a browser must be told before it lets a page of another origin read an answer (CORS).
import type { IncomingHttpHeaders } from 'node:http';
import type { Access, Refusal } from './access.ts';

/** As long as Chromium remembers at most. */
const preflightSeconds = 7200;

/** `isOpen`: there are pages that may embed. Then others may read why they may not, for whoever sets it up. */
export function crossOriginHeaders(access: Access | Refusal, isOpen: boolean): Record<string, string> {
  if (access.kind === 'full') return { vary: 'Origin', 'cross-origin-resource-policy': 'same-origin' };
  if (access.kind === 'refused') {
    const isReadable = isOpen && access.status !== 421;
    return {
      vary: 'Origin',
      'cross-origin-resource-policy': 'same-origin',
      ...(isReadable ? { 'access-control-allow-origin': '*' } : {}),
    };
  }
  return {
    vary: 'Origin',
    // For pages that ask with Cross-Origin-Embedder-Policy. Those that do not ask by CORS are refused before.
    'cross-origin-resource-policy': 'cross-origin',
    'access-control-allow-origin': access.origin,
    'access-control-expose-headers': 'Retry-After',
  };
}

/** The answer to the question that a browser asks before a POST of JSON. No credentials, ever. */
export const preflightHeaders = (asked: IncomingHttpHeaders): Record<string, string> => ({
  'access-control-allow-methods': 'GET, HEAD, POST',
  'access-control-allow-headers': 'Content-Type, Apollo-Require-Preflight',
  'access-control-max-age': String(preflightSeconds),
  ...(asked['access-control-request-private-network'] === 'true'
    ? { 'access-control-allow-private-network': 'true' }
    : {}),
});
