// Makes the client of OpenSearch from the settings: nodes, login or signature, and whom to trust.
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP } from 'node:net';
import type { Client } from '@opensearch-project/opensearch';
import { ImagedexError } from '../errors.ts';
import type { Log } from '../log.ts';
import { readAuthorities } from '../net/authorities.ts';
import { mended, quickPool } from './client-mends.ts';
import type { OpenSearchSettings } from './options.ts';
import { openSigner } from './signer.ts';

const requestTimeoutMs = 30_000;
/** Less than the minute after which load balancers forget a connection that nobody uses. */
const idleConnectionMs = 50_000;
const maxConnectionsPerNode = 256;

/** Whom to ask. */
export interface Link {
  readonly client: Client;
  readonly settings: OpenSearchSettings;
  readonly log: Log;
}
export interface OpenClient extends Link {
  /** What is under way ends with an error. */
  close(): Promise<void>;
}

/** Asks nobody anything. Throws `config_invalid` where settings do not go together. */
export async function openClient(settings: OpenSearchSettings, log: Log): Promise<OpenClient> {
  mustGoTogether(settings);
  for (const message of doubts(settings)) log.warn(message);
  const ca = await authorities(settings.opensearchCaFile);
  const { Client, Connection, ConnectionPool } = await import('@opensearch-project/opensearch');
  const { opensearchUser: username, opensearchPassword: password, opensearchAwsRegion: region } = settings;
  const signer = region === '' ? undefined : await openSigner(region);
  const limits = { keepAlive: true, maxSockets: maxConnectionsPerNode, timeout: idleConnectionMs };
  const client = new Client({
    nodes: nodes(settings),
    requestTimeout: requestTimeoutMs,
    // The client repeats at once and whatever it was; `asked` and the bulk writer wait between, and know what may be repeated.
    maxRetries: 0,
    // It looks through every answer for names that nobody here assigns to objects: a tenth of what a search takes us.
    disablePrototypePoisoningProtection: true,
    Connection: mended(signer?.Connection ?? Connection),
    ConnectionPool: quickPool(ConnectionPool),
    agent: ({ url }) =>
      url.protocol === 'http:' ? new HttpAgent(limits) : new HttpsAgent({ ...limits, ...ca }),
    ...(signer === undefined ? {} : { Transport: signer.Transport }),
    ...(username === '' ? {} : { auth: { username, password } }),
  });
  let closing: Promise<void> | undefined;
  return {
    client,
    settings,
    log,
    // Closed twice, the client never says that it is.
    close: () => {
      closing ??= client.close();
      return closing;
    },
  };
}

const nodes = ({ opensearchUrls }: OpenSearchSettings): string[] => [
  ...new Set(opensearchUrls.map((url) => new URL(url).href)),
];

function mustGoTogether(settings: OpenSearchSettings): void {
  const { opensearchUser: user, opensearchPassword: password, opensearchAwsRegion: region } = settings;
  if (region !== '' && (user !== '' || password !== ''))
    throw wrong(
      'expected opensearchUser with its password, or opensearchAwsRegion, but both are set: remove one',
    );
  if (user !== '' && password === '')
    throw wrong(
      'expected a password for opensearchUser, but there is none: set IMAGEDEX_OPENSEARCH_PASSWORD',
    );
  if (user === '' && password !== '')
    throw wrong('expected opensearchUser for the password of OpenSearch, but there is none: set it');
  if (user.includes(':')) throw wrong('opensearchUser: expected a name without a colon');
}

function doubts(settings: OpenSearchSettings): string[] {
  const urls = nodes(settings).map((url) => new URL(url));
  const plain = urls.filter(({ protocol }) => protocol === 'http:');
  const exposed = plain.find(({ hostname }) => !isLoopback(hostname));
  const { opensearchPassword, opensearchAwsRegion, opensearchCaFile } = settings;
  const secret = opensearchPassword !== '' ? 'The password' : 'What is signed';
  return [
    ...(exposed !== undefined && (opensearchPassword !== '' || opensearchAwsRegion !== '')
      ? [`${secret} for OpenSearch goes unencrypted to ${exposed.host}: write https:// in opensearchUrls`]
      : []),
    ...(opensearchCaFile !== '' && plain.length === urls.length
      ? ['opensearchCaFile has no effect, as no address in opensearchUrls begins with https://']
      : []),
  ];
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));

/** Only these are trusted then, and no public ones. */
const authorities = async (file: string): Promise<{ readonly ca?: string }> =>
  file === '' ? {} : { ca: (await readAuthorities(file, 'opensearchCaFile')).join('\n') };

const wrong = (message: string): ImagedexError => new ImagedexError('config_invalid', message);
