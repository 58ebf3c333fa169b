// Turns what goes wrong between two machines into a failure with words that help.
import { type Failure, type FailureCode, failure, messageOf, type Stage } from '../errors.ts';
import { EncodingError } from './decode.ts';

const words: Readonly<Record<string, readonly [FailureCode, string, 'never'?]>> = {
  // What the name server itself denies; where it does not answer there is hope.
  ENOTFOUND: ['network_error', 'its host name is not known', 'never'],
  EAI_AGAIN: ['network_error', 'its host name could not be looked up'],
  ECONNREFUSED: ['network_error', 'the connection was refused'],
  ECONNRESET: ['network_error', 'the connection was reset'],
  EPIPE: ['network_error', 'the connection broke'],
  EHOSTUNREACH: ['network_error', 'the host cannot be reached'],
  ENETUNREACH: ['network_error', 'the network cannot be reached'],
  UND_ERR_SOCKET: ['network_error', 'the connection was closed before the answer was complete'],
  ETIMEDOUT: ['timed_out', 'the connection could not be made in time'],
  UND_ERR_CONNECT_TIMEOUT: ['timed_out', 'the connection could not be made in time'],
  UND_ERR_HEADERS_TIMEOUT: ['timed_out', 'no answer began in time'],
  UND_ERR_BODY_TIMEOUT: ['timed_out', 'the answer stood still'],
  BODY_TOO_SLOW: ['timed_out', 'the answer came too slowly to be waited for'],
  UND_ERR_HEADERS_OVERFLOW: ['bad_response', 'its headers are too large'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['bad_response', 'its body has not the length that it said'],
  UND_ERR_INVALID_ARG: ['bad_response', 'it cannot be asked for'],
};

export function netFailure(stage: Stage, url: string, error: unknown): Failure {
  const { code, about, retry } = explained(error);
  const problem = failure(stage, code, `${url}: ${about}`);
  return retry === undefined ? problem : { ...problem, retry };
}

/** What is wrong with a certificate or what else TLS asks for, by the code that Node.js gives it. */
function unsafeBecause(name: string): string | undefined {
  if (name === 'CERT_HAS_EXPIRED') return 'its certificate has expired';
  if (name === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'its certificate is for another name';
  if (/SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|CERT_UNTRUSTED|INVALID_CA/.test(name))
    return 'its certificate is not signed by an authority that is trusted here; caFile can name one';
  if (/CERT|CRL_|^INVALID_PURPOSE|^HOSTNAME_MISMATCH|^PATH_LENGTH/.test(name))
    return 'its certificate is not valid';
  return /SSL|TLS/.test(name) ? 'it does not speak TLS as this machine does' : undefined;
}

interface Explained {
  readonly code: FailureCode;
  readonly about: string;
  /** Where it is not as its code says. */
  readonly retry?: 'never' | undefined;
}

/** No certificate becomes a good one within minutes; a handshake that broke may succeed. */
const isCertificate = (name: string): boolean => !/SSL|TLS(?!_CERT)/.test(name);

/** Also the errors inside one: attempts at several addresses come as an AggregateError. */
function explained(error: unknown): Explained {
  for (const one of causes(error)) {
    const name = String((one as NodeJS.ErrnoException).code ?? '');
    const known = words[name];
    if (known !== undefined) return { code: known[0], about: known[1], retry: known[2] };
    if (one.name === 'HTTPParserError')
      return { code: 'bad_response', about: `its answer is no HTTP: ${one.message}` };
    if (/^(Z_|ERR_BROTLI|ERR__|ERR_ZSTD|ZSTD)/.test(name)) {
      return { code: 'bad_response', about: `its body cannot be decompressed (${name})` };
    }
    if (one instanceof EncodingError) return { code: 'bad_response', about: one.message };
    const unsafe = unsafeBecause(name);
    if (unsafe !== undefined) {
      const about = `no safe connection: ${unsafe} (${messageOf(one)})`;
      return { code: 'network_error', about, retry: isCertificate(name) ? 'never' : undefined };
    }
  }
  return { code: 'network_error', about: messageOf(error) || 'the connection failed' };
}

function causes(error: unknown): Error[] {
  const all: unknown[] = [error];
  // The list grows while it is walked.
  for (const one of all) {
    if (one instanceof AggregateError) all.push(...one.errors);
    if (one instanceof Error && one.cause !== undefined && all.length < 20) all.push(one.cause);
  }
  return all.filter((one) => one instanceof Error);
}
