// Turns what an S3 service answers into a failure, or into why the source cannot be opened, in words that help.
import { type Failure, failure, ImagedexError, messageOf, type Stage } from '../../../errors.ts';
import { netFailure } from '../../../net/net-failure.ts';
import { retryAfterMs } from '../../../net/retry-after.ts';
import type { Access } from '../../../s3/client.ts';
import { about, isPassing, NotS3Error, serviceError, whoAsked } from '../../../s3/faults.ts';

/** What a request came to that was not answered as it should. */
export function requestFailure(stage: Stage, url: string, error: unknown): Failure {
  if (error instanceof NotS3Error) return failure(stage, 'bad_response', `${url}: ${error.message}`);
  const said = serviceError(error);
  if (said === undefined) return netFailure(stage, url, error);
  const { status } = said;
  const reason = `${url}: ${about(said, 's3Region')}`;
  if (status < 300) return failure(stage, 'bad_response', reason);
  if (!isPassing(said)) return failure(stage, 'http_error', reason);
  const waitMs = retryAfterMs(said.retryAfter);
  return {
    ...failure(stage, 'server_error', reason),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  };
}

/** Why the source cannot be opened. */
export function openingFault(url: string, error: unknown, access: Access | undefined): ImagedexError {
  const why =
    access === undefined ? `${url}: ${messageOf(error)}` : requestFailure('find', url, error).reason;
  const said = serviceError(error);
  const hints = access === undefined ? [] : whoAsked(access, said, 's3:ListBucket');
  const message = [`SOURCE could not be opened: ${why}`, ...hints].join('; ');
  return new ImagedexError('source_unavailable', message, { cause: error });
}
