// What an S3 service answers where it does not do what it was asked, in words.
import type { Access } from './client.ts';

/** An answer that is none of the S3 protocol. */
export class NotS3Error extends Error {}

export interface ServiceError {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly retryAfter: string | undefined;
}

/** undefined where no answer came. */
export function serviceError(error: unknown): ServiceError | undefined {
  const { name, message, $metadata, $response } = error as {
    readonly name?: string;
    readonly message?: string;
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
  };
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return undefined;
  return {
    code: name ?? 'Unknown',
    status,
    message: message ?? '',
    retryAfter: $response?.headers?.['retry-after'],
  };
}

const words: Readonly<Record<string, string>> = {
  NoSuchBucket: 'there is no bucket of that name',
  InvalidBucketName: 'no bucket can have that name there',
  InvalidAccessKeyId: 'the access key is not known there',
  XAdminUserNotFound: 'the access key is not known there',
  SignatureDoesNotMatch: 'the secret key does not fit the access key',
  InvalidToken: 'the session token is not valid',
  ExpiredToken: 'the credentials have expired',
  TokenRefreshRequired: 'the credentials have expired',
  RequestTimeTooSkewed: 'this machine’s clock differs too much from the server’s: set it right',
  RequestExpired: 'this machine’s clock differs too much from the server’s: set it right',
  InvalidObjectState: 'the object is archived and must be restored first',
  SlowDown: 'the service asks for fewer requests',
};

/** May be over after a while. */
export const isPassing = ({ code, status }: ServiceError): boolean =>
  status >= 500 || [408, 425, 429].includes(status) || code === 'RequestTimeout';

const misplaced = ['AuthorizationHeaderMalformed', 'PermanentRedirect'];

/** `regionOption`: what to set where the bucket is in another region. */
export function about({ code, status, message }: ServiceError, regionOption: string): string {
  if (status < 300) return 'the answer is not one of an S3 service';
  const known = misplaced.includes(code)
    ? `the bucket is in another region: set ${regionOption}`
    : words[code];
  const coded = `${code.startsWith('Unknown') ? '' : `${code}, `}status ${status}`;
  if (known !== undefined) return `${known} (${coded})`;
  if (status === 403) return `access was denied (${coded})`;
  const told = /^(UnknownError)?$/.test(message) ? '' : `: ${message.slice(0, 200)}`;
  return `the service answered ${coded}${told}`;
}

/** A confirmed 404 of the object; where the bucket itself is gone, nothing is confirmed of what it held. */
export function isMissingObject(error: unknown): boolean {
  const said = serviceError(error);
  return said?.status === 404 && (said.code === 'NoSuchKey' || said.code === 'NotFound');
}

/** Who asked whom; where access was denied also what may be missing, `right` among it. */
export function whoAsked(
  { isAnonymous, endpoint, region }: Access,
  said: ServiceError | undefined,
  right: string,
): string[] {
  const asked = `asked: ${endpoint}, region ${region}`;
  if (said?.status !== 403 && said?.status !== 401) return [asked];
  return isAnonymous
    ? [
        'asked without credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, if it is not public',
        asked,
      ]
    : [`asked with credentials, which may lack ${right}`, asked];
}
