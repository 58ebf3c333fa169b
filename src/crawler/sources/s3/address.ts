// Addresses of the S3 source: `bucket/prefix` as typed, keys as words, and URLs that any key comes back from.
import { ImagedexError } from '../../../errors.ts';
import { type BucketPath, bucketProblem, encodeKey, objectUrl, splitPath } from '../../../s3/bucket-path.ts';
import { nameWords } from '../../../text.ts';

/** Throws where no bucket can have the name. Asks nobody. */
export function bucketPath(address: string): BucketPath {
  const path = splitPath(address);
  const problem = bucketProblem(path.bucket);
  if (problem !== undefined) {
    throw new ImagedexError('usage', `SOURCE s3://${address}: expected s3://BUCKET/PREFIX, but ${problem}`);
  }
  return path;
}

/** Where a listing goes on: nothing that people can open, but it says which part of the bucket it is. */
export const listingUrl = ({ bucket, prefix }: BucketPath, after: string): string =>
  after === '' ? objectUrl(bucket, prefix) : `${objectUrl(bucket, prefix)}?start-after=${encodeKey(after)}`;

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
