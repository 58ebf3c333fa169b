// A TLS endpoint before a real OpenSearch that lets in only who logs in, or who signs as AWS wants it (SigV4).
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificate } from './certificates.ts';

interface Refusal {
  readonly status: number;
  readonly body: object;
}
interface Received {
  readonly method: string;
  /** As it came, with its query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}
/** Undefined lets it through. */
export type Doorkeeper = (received: Received) => Refusal | undefined;

export interface AuthProxy {
  readonly port: number;
  /** How many requests came in over TLS, and how many were let through. */
  readonly counts: { came: number; passed: number };
  close(): Promise<void>;
}

export async function startAuthProxy(
  target: string,
  certificate: Certificate,
  isAllowed: Doorkeeper,
): Promise<AuthProxy> {
  const counts = { came: 0, passed: 0 };
  const server = createServer(certificate, async (request, response) => {
    counts.came++;
    const body = await bodyOf(request);
    const { method = 'GET', url = '/', headers } = request;
    const refusal = isAllowed({ method, target: url, headers, body });
    if (refusal !== undefined) {
      response.writeHead(refusal.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(refusal.body));
      return;
    }
    counts.passed++;
    const { authorization: _, host: __, ...rest } = headers;
    const onward = httpRequest(new URL(url, target), { method, headers: rest }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    onward.end(body);
  });
  await listening(server);
  return {
    port: (server.address() as AddressInfo).port,
    counts,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const listening = (server: Server): Promise<void> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** As OpenSearch's security plugin answers. */
export function basicLogin(user: string, password: string): Doorkeeper {
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return ({ headers }) =>
    same(headers.authorization ?? '', expected)
      ? undefined
      : { status: 401, body: { error: 'Unauthorized' } };
}

interface SignatureRules {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly region: string;
  /** What the server takes for now, in milliseconds since 1970. */
  readonly now?: () => number;
}

const maxSkewMs = 5 * 60_000;

/** Checks as AWS publishes it: the request in canonical form, hashed, signed with a key made from date, region and service. */
export function awsSignature(rules: SignatureRules): Doorkeeper {
  const no = (message: string): Refusal => ({ status: 403, body: { message } });
  return (received) => {
    const { headers, body } = received;
    const authorization =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
        headers.authorization ?? '',
      );
    if (authorization === null) return no('Missing Authentication Token');
    const [, accessKeyId, day, region, service, signedHeaders, signature] =
      authorization as unknown as string[];
    const time = String(headers['x-amz-date']);
    if (
      accessKeyId !== rules.accessKeyId ||
      (rules.sessionToken ?? undefined) !== headers['x-amz-security-token']
    )
      return no('The security token included in the request is invalid.');
    if (!signedHeaders!.split(';').includes('host') || region !== rules.region || service !== 'es')
      return no(`Credential should be scoped to a valid region, not '${region}'.`);
    const at = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
    const lateMs = (rules.now ?? Date.now)() - at;
    if (!(Math.abs(lateMs) <= maxSkewMs) || !time.startsWith(day!))
      return no(
        lateMs > 0
          ? `Signature expired: ${time} is now earlier than the least time.`
          : `Signature not yet current: ${time} is still later than the most.`,
      );
    if (headers['x-amz-content-sha256'] !== sha256(body)) return no('The body does not match its hash.');
    const canonical = canonicalRequest(received, signedHeaders!.split(';'));
    const scope = `${day}/${region}/${service}/aws4_request`;
    const key = [day!, region, service, 'aws4_request'].reduce<Buffer>(
      (made, part) => hmac(made, part!),
      Buffer.from(`AWS4${rules.secretAccessKey}`),
    );
    const expected = hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`).toString('hex');
    return same(signature!, expected)
      ? undefined
      : no(
          `The request signature we calculated does not match the signature you provided.\n\nThe Canonical String for this request should have been\n'${canonical}'`,
        );
  };
}

function canonicalRequest({ method, target, headers, body }: Received, signed: readonly string[]): string {
  const [path, query = ''] = target.split('?') as [string, string?];
  const pairs = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name, value = ''] = pair.split('=') as [string, string?];
      return [encoded(decoded(name)), encoded(decoded(value))] as const;
    })
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1));
  return [
    method,
    // The path as it was sent is encoded once more: so it is for every service but S3.
    path.split('/').map(encoded).join('/'),
    pairs.map(([name, value]) => `${name}=${value}`).join('&'),
    ...signed.map(
      (name) =>
        `${name}:${String(headers[name] ?? '')
          .trim()
          .replace(/ +/g, ' ')}`,
    ),
    '',
    signed.join(';'),
    sha256(body),
  ].join('\n');
}

const decoded = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const same = (one: string, other: string): boolean =>
  timingSafeEqual(Buffer.from(sha256(one)), Buffer.from(sha256(other)));
