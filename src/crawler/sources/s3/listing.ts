// One page of a bucket's listing: at most a thousand keys after a given one, in the order of their bytes.
import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import type { Validators } from '../../../record.ts';
import type { BucketPath } from '../../../s3/bucket-path.ts';
import type { Gateway } from '../../../s3/client.ts';
import { NotS3Error } from '../../../s3/faults.ts';
import { validatorsOf } from './validators.ts';

export interface ListedObject {
  readonly key: string;
  readonly listed: Validators;
}

export interface ListingPage {
  /** What may be images: all but the marks that some programs make of folders. */
  readonly objects: readonly ListedObject[];
  /** The key after which the next page begins; null at the end. */
  readonly next: string | null;
}

/**
 * Pages are told apart by the key that they begin after, not by tokens: those of one process may mean nothing to the next
 * one. Throws what the service answers otherwise.
 */
export async function listPage(
  gateway: Gateway,
  { bucket, prefix }: BucketPath,
  after: string,
  signal: AbortSignal,
): Promise<ListingPage> {
  const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
  let token: string | undefined;
  for (;;) {
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      EncodingType: 'url',
      ...(after === '' ? {} : { StartAfter: after }),
      ...(token === undefined ? {} : { ContinuationToken: token }),
    });
    const answer = await gateway.ask((client) => client.send(command, { abortSignal: signal }));
    const page = pageOf(answer, after);
    if (page !== undefined) return page;
    // Some services send pages without keys in between.
    token = answer.NextContinuationToken;
  }
}

/** undefined for a page without keys that is not the last. */
function pageOf(answer: ListObjectsV2CommandOutput, after: string): ListingPage | undefined {
  // An empty answer must not be taken for an empty bucket: all that it held would be gone.
  if (answer.IsTruncated === undefined) throw new NotS3Error('the answer is no listing of an S3 service');
  const isEncoded = answer.EncodingType === 'url';
  const start = Buffer.from(after);
  const objects = new Map<string, ListedObject>();
  let last: string | undefined;
  for (const { Key = '', ETag, Size, LastModified } of answer.Contents ?? []) {
    last = isEncoded ? decodeKey(Key) : Key;
    if (Buffer.compare(Buffer.from(last), start) <= 0) {
      throw new NotS3Error(`asked for the keys after ${JSON.stringify(after)}, got ${JSON.stringify(last)}`);
    }
    if (last.endsWith('/')) continue;
    objects.set(last, { key: last, listed: validatorsOf(ETag, Size, LastModified) });
  }
  if (last === undefined && answer.IsTruncated) {
    if (answer.NextContinuationToken === undefined)
      throw new NotS3Error('the listing ends without saying where it goes on');
    return undefined;
  }
  return { objects: [...objects.values()], next: answer.IsTruncated ? last! : null };
}

/** As forms are encoded: a plus is a space. */
function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    throw new NotS3Error(`its listing has a key that cannot be decoded: ${encoded.slice(0, 200)}`);
  }
}
