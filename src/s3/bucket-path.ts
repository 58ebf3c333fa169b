// `bucket/prefix`: which names a bucket can have, and URLs that any key comes back from.

export interface BucketPath {
  readonly bucket: string;
  /** As S3 takes it: what keys begin with, not a folder. Empty for the whole bucket. */
  readonly prefix: string;
}

export function splitPath(address: string): BucketPath {
  const slash = address.indexOf('/');
  return slash === -1
    ? { bucket: address, prefix: '' }
    : { bucket: address.slice(0, slash), prefix: address.slice(slash + 1) };
}

/** Why no bucket can have the name. */
export function bucketProblem(bucket: string): string | undefined {
  if (bucket === '') return 'there is no bucket’s name';
  if (bucket.startsWith('arn:')) return 'an ARN came; name the bucket, or the alias of the access point';
  // Their listings have no order and cannot be carried on from a key.
  if (bucket.endsWith('--x-s3')) return `${bucket} is a directory bucket, which is not supported`;
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

export function encodeKey(key: string): string {
  // By way of its bytes, for half a surrogate is no character.
  const encoded = encodeURIComponent(Buffer.from(key).toString());
  // Whoever parses a URL takes segments of dots away, so there the slashes are none.
  const hasDots = /(?:^|\/)\.{1,2}(?:\/|$)/.test(key);
  return hasDots ? encoded : encoded.replaceAll('%2F', '/');
}
