// What a request comes to: an answer, or a refusal of ours or theirs as a value.
import { type Failure, failure, type SkipCode, type Stage } from '../errors.ts';
import { retryAfterMs } from './retry-after.ts';

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Status and headers of an answer, before its body is read. */
export interface Head {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
}

export interface Answer extends Head {
  readonly outcome: 'answered';
  /** Empty where the status is not 200 or `screen` said so. */
  readonly body: Buffer;
  /** True where the cap cut the body off. */
  readonly isCut: boolean;
}
export type Refused =
  | { readonly outcome: 'skipped'; readonly code: SkipCode; readonly reason: string }
  | { readonly outcome: 'failed'; readonly failure: Failure };

export function headerOf(head: Pick<Head, 'headers'>, name: string): string | undefined {
  const value = head.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** What a status says that is neither 200 nor one the caller knows what to do with. */
export function statusFailure(stage: Stage, head: Head): Failure {
  const { status, url } = head;
  const reason = `${url}: the server answered with status ${status}`;
  if (status === 404 || status === 410) return failure(stage, 'not_found', reason);
  if (status >= 500 || [408, 425, 429].includes(status)) {
    const waitMs = retryAfterMs(headerOf(head, 'retry-after'));
    return {
      ...failure(stage, 'server_error', reason),
      ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    };
  }
  return failure(stage, status >= 400 ? 'http_error' : 'bad_response', reason);
}
