// What tells that an object's bytes have not changed: as its listing says it, and as its answer said it.
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import type { Validators } from '../../../record.ts';

export const validatorsOf = (
  etag: string | undefined,
  sizeBytes: number | undefined,
  modified: Date | undefined,
): Validators => ({
  ...(etag === undefined || etag === '' ? {} : { etag }),
  ...(sizeBytes === undefined ? {} : { sizeBytes }),
  ...(modified === undefined ? {} : { lastModified: modified.toISOString() }),
});

/**
 * Of what was read, whatever the listing said: if the object has changed since, the next listing differs from this. The
 * size is that of what is stored, compressed where it is.
 */
export const answerValidators = ({ ETag, ContentLength, LastModified }: GetObjectCommandOutput): Validators =>
  validatorsOf(ETag, ContentLength, LastModified);

/** Where a service gives no etags, the time and the size must do. */
export function isSame(listed: Validators, earlier: Validators): boolean {
  if (listed.sizeBytes === undefined || listed.sizeBytes !== earlier.sizeBytes) return false;
  if (listed.etag !== undefined || earlier.etag !== undefined)
    return listed.etag !== undefined && plain(listed.etag) === plain(earlier.etag ?? '');
  return listed.lastModified !== undefined && seconds(listed) === seconds(earlier);
}

const plain = (etag: string): string => etag.replace(/^W\//, '').replaceAll('"', '');
/** An answer says seconds only, a listing more. */
const seconds = ({ lastModified = '' }: Validators): number => Math.floor(Date.parse(lastModified) / 1000);
