// Addresses of the S3 source: `bucket/prefix` as typed, keys as words, and URLs that any key comes back from.
import { ImagedexError } from '../../../errors.ts';
import { nameWords } from '../../../text.ts';

export interface BucketPath {
  readonly bucket: string;
  /** As S3 takes it: what keys begin with, not a folder. Empty for the whole bucket. */
  readonly prefix: string;
}

/** Throws where no bucket can have the name. Asks nobody. */
export function bucketPath(address: string): BucketPath {
  const slash = address.indexOf('/');
  const bucket = slash === -1 ? address : address.slice(0, slash);
  const problem = problemOf(bucket);
  if (problem !== undefined) {
    throw new ImagedexError('usage', `SOURCE s3://${address}: expected s3://BUCKET/PREFIX, but ${problem}`);
  }
  return { bucket, prefix: slash === -1 ? '' : address.slice(slash + 1) };
}

function problemOf(bucket: string): string | undefined {
  if (bucket === '') return 'there is no bucket’s name';
  if (bucket.startsWith('arn:')) return 'an ARN came; name the bucket, or the alias of the access point';
  // Their listings have no order and cannot be carried on from a key.
  if (bucket.endsWith('--x-s3')) return `${bucket} is a directory bucket, which cannot be crawled`;
  const odd = /[^A-Za-z0-9._-]/u.exec(bucket)?.[0];
  if (odd !== undefined) return `no bucket’s name has ${JSON.stringify(odd)} in it: ${bucket}`;
  if (!/^[A-Za-z0-9].*[A-Za-z0-9]$/.test(bucket))
    return `a bucket’s name begins and ends with a letter or digit: ${bucket}`;
  // Old buckets of AWS and those of other services have longer names, capitals and underscores.
  if (bucket.length < 3 || bucket.length > 255) return `a bucket’s name has 3 to 255 characters: ${bucket}`;
  if (bucket.includes('..')) return `no bucket’s name has two dots in a row: ${bucket}`;
  return /^\d+\.\d+\.\d+\.\d+$/.test(bucket) ? `${bucket} is an IP address` : undefined;
}

/** A valid URL for every key: what follows the bucket's slash, percent-decoded, is the key. */
export const objectUrl = (bucket: string, key: string): string => `s3://${bucket}/${encodeKey(key)}`;

/** Where a listing goes on: nothing that people can open, but it says which part of the bucket it is. */
export const listingUrl = ({ bucket, prefix }: BucketPath, after: string): string =>
  after === '' ? objectUrl(bucket, prefix) : `${objectUrl(bucket, prefix)}?start-after=${encodeKey(after)}`;

function encodeKey(key: string): string {
  // By way of its bytes, for half a surrogate is no character.
  const encoded = encodeURIComponent(Buffer.from(key).toString());
  // Whoever parses a URL takes segments of dots away, so there the slashes are none.
  const hasDots = /(?:^|\/)\.{1,2}(?:\/|$)/.test(key);
  return hasDots ? encoded : encoded.replaceAll('%2F', '/');
}

export const keyWords = (key: string): string => nameWords(key.replace(/\.\w+$/, ''));

/** The folders of a key, as people would say them; undefined where it lies in none. */
export function folderWords(key: string): string | undefined {
  const folders = key
    .split('/')
    .slice(0, -1)
    .map((folder) => nameWords(folder).trim())
    .filter((words) => words !== '');
  return folders.length === 0 ? undefined : folders.join(' / ');
}
