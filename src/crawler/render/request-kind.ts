// What a browser wants with a request. It says so itself, but for plain http only by what it accepts.
import type { IncomingHttpHeaders } from 'node:http';
import { isImageUrl } from '../image-url.ts';

/** `asset`: a script or a style sheet, which many pages share. `needless`: what shows no picture. */
export type RequestKind = 'page' | 'frame' | 'image' | 'asset' | 'data' | 'needless';

const kinds: Readonly<Record<string, RequestKind>> = {
  document: 'page',
  iframe: 'frame',
  frame: 'frame',
  image: 'image',
  script: 'asset',
  style: 'asset',
  xslt: 'asset',
  worker: 'asset',
  sharedworker: 'asset',
  serviceworker: 'asset',
  json: 'data',
  empty: 'data',
};
const needless = /\.(woff2?|ttf|otf|eot|mp[34]|m4[av]|webm|og[gv]|wav|flac|mov|avi|m3u8|mpd|pdf|zip|wasm)$/i;

export function requestKind(url: URL, headers: IncomingHttpHeaders): RequestKind {
  if (/prefetch|prerender/.test(`${headers['sec-purpose'] ?? ''} ${headers['purpose'] ?? ''}`))
    return 'needless';
  const said = headers['sec-fetch-dest'];
  const kind = typeof said === 'string' ? (kinds[said] ?? 'needless') : guessed(url, headers.accept ?? '');
  if (kind !== 'data') return kind;
  // A script that fetches a picture shows it as a blob.
  if (isImageUrl(url.href)) return 'image';
  return needless.test(url.pathname) ? 'needless' : 'data';
}

function guessed(url: URL, accept: string): RequestKind {
  if (accept.startsWith('text/html')) return 'frame';
  if (accept.startsWith('image/')) return 'image';
  if (accept.startsWith('text/css') || /\.(m?js|css)$/i.test(url.pathname)) return 'asset';
  return 'data';
}
