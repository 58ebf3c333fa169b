// Why no connection came about. The client keeps of it only the text that Node gives it.
import { ImagedexError, TemporaryError } from '../errors.ts';

const ownAuthority =
  'name the PEM file of the authority that signed it in opensearchCaFile, or give the node a certificate of a public one';

/** What does not get better by itself, with the cure. */
const lasting: readonly (readonly [said: RegExp, what: string, cure: string])[] = [
  [
    /hostname\/ip does not match/i,
    'the certificate of OpenSearch is for another name',
    'write in opensearchUrls a name that the certificate has, or give the node one with this name',
  ],
  [
    /certificate has expired/i,
    'the certificate of OpenSearch has expired',
    'renew it on the node (or set the clock of this machine right)',
  ],
  [
    /certificate is not yet valid/i,
    'the certificate of OpenSearch is not valid yet',
    'set the clock of this machine right',
  ],
  [
    /self[- ]signed certificate|unable to (verify|get)|cert_untrusted|certificate (signature failure|not trusted)|unknown ca/i,
    'the certificate of OpenSearch is signed by an authority that is not trusted here',
    ownAuthority,
  ],
  [
    /wrong version number|packet length too long|http_request|ssl routines.*unexpected message/i,
    'OpenSearch does not speak https at this address',
    'write http:// in opensearchUrls, or switch TLS on there',
  ],
  [
    /certificate required|bad certificate|handshake failure/i,
    'OpenSearch refuses the TLS connection',
    'see its log; client certificates are not supported',
  ],
];

const cures: readonly (readonly [said: RegExp, cure: string])[] = [
  [/ECONNREFUSED/, 'start it, or set opensearchUrls'],
  [/ENOTFOUND|EAI_AGAIN/, 'see whether opensearchUrls is spelt right'],
  [/parse error/i, 'see whether opensearchUrls names the http port (9200), not the transport port (9300)'],
  [/socket hang up|ECONNRESET|aborted/i, 'see its log; where it wants TLS, write https:// in opensearchUrls'],
];

/** From the message of the client's ConnectionError. */
export function connectionFault(said: string, options: ErrorOptions): ImagedexError {
  const known = lasting.find(([pattern]) => pattern.test(said));
  // OpenSSL's own words have several lines.
  const line = said.split('\n')[0]!.slice(0, 300);
  if (known !== undefined)
    return new ImagedexError('data_unavailable', `${known[1]} (${line}): ${known[2]}`, options);
  const cure = cures.find(([pattern]) => pattern.test(said))?.[1];
  const message = `OpenSearch cannot be reached (${line})${cure === undefined ? '' : `: ${cure}`}`;
  return new TemporaryError('data_unavailable', message, options);
}
