// The options of a bucket that keeps the blobs.
import { z } from 'zod';
import { type OptionTable, option, type Values } from '../options.ts';
import { bucketProblem, splitPath } from './bucket-path.ts';

const address = z.string().superRefine((text, check) => {
  const { bucket, prefix } = splitPath(text);
  const problem = text === '' ? undefined : bucketProblem(bucket);
  if (problem !== undefined)
    check.addIssue({ code: 'custom', message: `BUCKET or BUCKET/PREFIX, but ${problem}` });
  else if (!/^[A-Za-z0-9._/-]*$/.test(prefix) || /(^|\/)\.{0,2}\/|\/\.{1,2}$/.test(prefix))
    check.addIssue({
      code: 'custom',
      message: 'a prefix of letters, digits, ., _, - and /, without empty segments and without .. ones',
    });
});

export const blobsOptions = {
  blobs: option(
    z.enum(['folder', 's3']),
    'folder',
    'What keeps the thumbnails: the data directory, or a bucket of an S3 service that several machines share',
  ),
  blobsBucket: option(address, '', 'Bucket, or BUCKET/PREFIX, that keeps the thumbnails where `blobs` is s3'),
  blobsEndpoint: option(
    z.string().regex(/^$|^https?:\/\/[^\s/@?#]+\/?$/, 'an address such as https://s3.example.org'),
    '',
    'Address of the S3 service that keeps the thumbnails; without one that of AWS, or what AWS_ENDPOINT_URL_S3 says',
  ),
  blobsRegion: option(
    z.string(),
    '',
    'Region of that bucket; without one what the AWS configuration says, else us-east-1',
  ),
} satisfies OptionTable;

export type BlobsSettings = Values<typeof blobsOptions>;
