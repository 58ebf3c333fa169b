// Turns what an S3 service answers into a failure, or into why the source cannot be opened, in words that help.
import { type Failure, failure, ImagedexError, messageOf, type Stage } from '../../../errors.ts';
import { netFailure } from '../../../net/net-failure.ts';
import { retryAfterMs } from '../../../net/retry-after.ts';
import type { Access } from './client.ts';

/** An answer that is none of the S3 protocol. */
export class NotS3Error extends Error {}

interface ServiceError {
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
  AuthorizationHeaderMalformed: 'the bucket is in another region: set s3Region',
  PermanentRedirect: 'the bucket is in another region: set s3Region',
  InvalidObjectState: 'the object is archived and must be restored first',
  SlowDown: 'the service asks for fewer requests',
};

/** What a request came to that was not answered as it should. */
export function requestFailure(stage: Stage, url: string, error: unknown): Failure {
  if (error instanceof NotS3Error) return failure(stage, 'bad_response', `${url}: ${error.message}`);
  const said = serviceError(error);
  if (said === undefined) return netFailure(stage, url, error);
  const { status } = said;
  const reason = `${url}: ${about(said)}`;
  if (status < 300) return failure(stage, 'bad_response', reason);
  const isPassing = status >= 500 || [408, 425, 429].includes(status) || said.code === 'RequestTimeout';
  if (!isPassing) return failure(stage, 'http_error', reason);
  const waitMs = retryAfterMs(said.retryAfter);
  return {
    ...failure(stage, 'server_error', reason),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  };
}

function about({ code, status, message }: ServiceError): string {
  if (status < 300) return 'the answer is not one of an S3 service';
  const known = words[code];
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

/** Why the source cannot be opened. */
export function openingFault(url: string, error: unknown, access: Access | undefined): ImagedexError {
  const why =
    access === undefined ? `${url}: ${messageOf(error)}` : requestFailure('find', url, error).reason;
  const said = serviceError(error);
  const hints = access === undefined ? [] : [asWhom(access, said?.status), `asked: ${asked(access)}`];
  const message = [`SOURCE could not be opened: ${why}`, ...hints.filter((hint) => hint !== '')].join('; ');
  return new ImagedexError('source_unavailable', message, { cause: error });
}

const asked = ({ endpoint, region }: Access): string => `${endpoint}, region ${region}`;

function asWhom({ isAnonymous }: Access, status: number | undefined): string {
  if (status !== 403 && status !== 401) return '';
  return isAnonymous
    ? 'asked without credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, if it is not public'
    : 'asked with credentials, which may lack s3:ListBucket';
}
