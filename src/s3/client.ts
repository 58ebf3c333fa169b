// The client of an S3 service: where it is, as whom we ask, and in which region a bucket lies.
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { messageOf } from '../errors.ts';

export interface ClientOptions {
  /** Empty: AWS, or what AWS_ENDPOINT_URL_S3 says. */
  readonly endpoint: string;
  /** Empty: what the AWS configuration says. */
  readonly region: string;
  readonly isAnonymous: boolean;
  readonly connectTimeoutMs: number;
  /** How long a connection may say nothing while a request is under way. Absent for readers that pause. */
  readonly silenceTimeoutMs?: number;
  /** Tries of one request, the first included. */
  readonly maxAttempts: number;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Whom we ask, and as whom: what an error message must say. */
export interface Access {
  readonly endpoint: string;
  readonly region: string;
  readonly isAnonymous: boolean;
}

export interface Opened extends Access {
  readonly client: S3Client;
}

const fallbackRegion = 'us-east-1';

export interface Gateway {
  /** Sends what `ask` makes of the client; once more where the service says that the bucket is in another region. */
  ask<T>(ask: (client: S3Client) => Promise<T>): Promise<T>;
  /** undefined until somebody has asked. */
  access(): Access | undefined;
  close(): void;
}

/** Connects to nobody before the first question. */
export function openGateway(options: ClientOptions): Gateway {
  let opening: Promise<Opened> | undefined;
  let opened: Opened | undefined;
  const clients: S3Client[] = [];
  const openIn = async (region: string | undefined): Promise<Opened> => {
    opened = await openClient(options, region);
    clients.push(opened.client);
    return opened;
  };
  const open = (): Promise<Opened> => {
    opening ??= openIn(undefined);
    // What could not be opened is tried again: credentials come and go.
    opening.catch(() => {
      opening = undefined;
    });
    return opening;
  };
  return {
    ask: async (ask) => {
      const { client, region } = await open();
      try {
        return await ask(client);
      } catch (error) {
        const right = rightRegion(error);
        if (right === undefined || right === region) throw error;
        // Whoever else is told so meanwhile finds the new client.
        if (opened?.region === region) opening = openIn(right);
        return ask((await open()).client);
      }
    },
    access: () => opened,
    close: () => {
      for (const client of clients) client.destroy();
    },
  };
}

async function openClient(
  { endpoint: given, region: wanted, maxAttempts, headers = {}, ...options }: ClientOptions,
  bucketRegion: string | undefined,
): Promise<Opened> {
  // What the SDK says of its future is for us, not for those who crawl.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const { S3Client } = await import('@aws-sdk/client-s3');
  const probe = new S3Client({});
  const named = bucketRegion ?? wanted;
  const region = named === '' ? await probe.config.region().catch(() => fallbackRegion) : named;
  const endpoint = given === '' ? await configuredEndpoint(probe) : given;
  const isAnonymous = options.isAnonymous || !(await hasCredentials(probe));
  const { credentials } = probe.config;
  const client = new S3Client({
    region,
    // One's own servers seldom have a host name for each bucket.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(isAnonymous ? anonymous : { credentials }),
    // Other services answer without checksums, or with those of parts.
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestChecksumCalculation: 'WHEN_REQUIRED',
    maxAttempts,
    requestHandler: {
      connectionTimeout: options.connectTimeoutMs,
      ...(options.silenceTimeoutMs === undefined ? {} : { socketTimeout: options.silenceTimeoutMs }),
    },
  });
  client.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: Record<string, string> }).headers, headers);
      return next(args);
    },
    // Before it is signed.
    { step: 'build', name: 'ownHeaders' },
  );
  probe.destroy();
  return { client, endpoint: endpoint ?? 'AWS', region, isAnonymous };
}

/** What AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL or the profile says. */
async function configuredEndpoint({ config }: S3Client): Promise<string | undefined> {
  const { serviceConfiguredEndpoint } = config as { serviceConfiguredEndpoint?: () => Promise<unknown> };
  const endpoint = await serviceConfiguredEndpoint?.();
  return typeof endpoint === 'string' && endpoint !== '' ? endpoint : undefined;
}

/** False where nothing gives any; what gives some that cannot be used, an expired login say, is an error. */
async function hasCredentials({ config }: S3Client): Promise<boolean> {
  try {
    await config.credentials();
    return true;
  } catch (error) {
    if (!/could not load credentials from any providers/i.test(messageOf(error))) throw error;
    // Whoever has named some does not mean to ask as nobody.
    const named = ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID'].find((name) => (process.env[name] ?? '') !== '');
    if (named === undefined) return false;
    const message = `${named} is set but gives no credentials: complete or remove it, or set s3Anonymous`;
    throw new Error(message, { cause: error });
  }
}

const anonymous: Pick<S3ClientConfig, 'credentials' | 'signer'> = {
  credentials: { accessKeyId: '', secretAccessKey: '' },
  signer: { sign: async (request) => request },
};

/** Where the service says that the bucket lies. */
function rightRegion(error: unknown): string | undefined {
  const { $metadata, $response, Region } = error as {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
    readonly Region?: unknown;
  };
  const status = $metadata?.httpStatusCode;
  if (status !== 301 && status !== 307 && status !== 400) return undefined;
  const said = $response?.headers?.['x-amz-bucket-region'] ?? Region;
  return typeof said === 'string' && said !== '' ? said : undefined;
}
