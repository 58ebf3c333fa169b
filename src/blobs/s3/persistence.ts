// What of an S3 service's faults is asked again, and in which words the rest is told.
import { setTimeout as sleep } from 'node:timers/promises';
import { ImagedexError, messageOf, TemporaryError } from '../../errors.ts';
import { netFailure } from '../../net/net-failure.ts';
import { retryAfterMs } from '../../net/retry-after.ts';
import type { Access } from '../../s3/client.ts';
import { about, isPassing, NotS3Error, serviceError, whoAsked } from '../../s3/faults.ts';

const maxTries = 5;
const firstDelayMs = 100;
const maxDelayMs = 5000;

/** A few seconds at most: whoever can wait longer tries again himself. */
export async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === maxTries || !mayPass(error)) throw error;
      const said = retryAfterMs(serviceError(error)?.retryAfter);
      const delayMs = Math.random() * firstDelayMs * 2 ** tries;
      await sleep(Math.min(maxDelayMs, Math.max(delayMs, said ?? 0)));
    }
  }
}

/** Where no answer came at all: what the system or the connection says has a code, faults of ours have none. */
function mayPass(error: unknown): boolean {
  if (error instanceof NotS3Error) return false;
  const said = serviceError(error);
  if (said !== undefined) return isPassing(said) && !isFull(said);
  const { name, code } = error as NodeJS.ErrnoException;
  if (/CERT|SELF_SIGNED|ALTNAME|SSL|TLS/.test(String(code ?? ''))) return false;
  return typeof code === 'string' || name === 'TimeoutError';
}

const isFull = ({ code, status }: { readonly code: string; readonly status: number }): boolean =>
  status === 507 || /StorageFull|QuotaExceeded|InsufficientStorage/.test(code);

/** `right`: what may be missing where access is denied. */
export function explained(
  url: string,
  error: unknown,
  access: Access | undefined,
  right: string,
): ImagedexError {
  const said = serviceError(error);
  const hints = access === undefined ? [] : whoAsked(access, said, right);
  const message = [`blobs in ${why(url, error)}`, ...hints].join('; ');
  const isTemporary = mayPass(error) || (said !== undefined && isFull(said));
  const options = { cause: error };
  return isTemporary
    ? new TemporaryError('data_unavailable', message, options)
    : new ImagedexError('data_unavailable', message, options);
}

function why(url: string, error: unknown): string {
  const said = serviceError(error);
  if (said === undefined)
    return mayPass(error) ? netFailure('find', url, error).reason : `${url}: ${messageOf(error)}`;
  if (isFull(said))
    return `${url}: the service is full: make room there (${said.code}, status ${said.status})`;
  return `${url}: ${about(said, 'blobsRegion')}`;
}
