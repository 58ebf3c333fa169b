// Blobs in a bucket. A service stores an object whole or not at all, so nothing is renamed here.
import type { S3Client } from '@aws-sdk/client-s3';
import { ImagedexError } from '../errors.ts';
import { type BucketPath, objectUrl, splitPath } from '../s3/bucket-path.ts';
import { openGateway } from '../s3/client.ts';
import { isMissingObject, NotS3Error, serviceError } from '../s3/faults.ts';
import { type BlobsSettings, blobsOptions } from '../s3/options.ts';
import { type BlobEntry, type Blobs, isKey, mustBeKey } from './blobs.ts';
import { open as openFolder } from './folder.ts';
import { limited } from './s3/limited.ts';
import { explained, persistently } from './s3/persistence.ts';

export const options = blobsOptions;

export type S3BlobsSettings = Omit<BlobsSettings, 'blobs'>;

const maxInFlight = 32;

/** Throws where the bucket is not there, or nothing may be written into it. */
export async function open(settings: S3BlobsSettings): Promise<Blobs> {
  const place = placeOf(settings);
  const { ask, close } = openBucket(settings, place);
  const { PutObjectCommand, GetObjectCommand, HeadObjectCommand, DeleteObjectCommand } = await import(
    '@aws-sdk/client-s3'
  );
  const at = (key: string) => ({ Bucket: place.bucket, Key: objectKey(place, key) });
  const folders = new Map<string, Promise<Blobs>>();
  const get = (key: string): Promise<Uint8Array | null> => {
    const input = at(key);
    return ask(async (client) => {
      const { Body } = await client.send(new GetObjectCommand(input));
      return (await Body?.transformToByteArray()) ?? null;
    }, 's3:GetObject and s3:ListBucket').catch(nullWhereMissing);
  };
  const sizeOf = (key: string): Promise<number | null> => {
    const input = at(key);
    return ask(
      async (client) => (await client.send(new HeadObjectCommand(input))).ContentLength ?? 0,
      's3:GetObject and s3:ListBucket',
    ).catch(nullWhereMissing);
  };
  try {
    await ask(async (client) => client.send(new PutObjectCommand(mark(place))), 's3:PutObject').catch(
      nothingWhereMarked,
    );
  } catch (error) {
    close();
    throw error;
  }
  return {
    put: async (key, content) => {
      const input = { ...at(key), Body: content };
      await ask((client) => client.send(new PutObjectCommand(input)), 's3:PutObject');
    },
    get,
    sizeOf,
    remove: async (key) => {
      const input = at(key);
      await ask((client) => client.send(new DeleteObjectCommand(input)), 's3:DeleteObject');
    },
    copyTo: async (key, folder) => {
      const copies = folders.get(folder) ?? openFolder({ folder });
      folders.set(folder, copies);
      if ((await (await copies).sizeOf(key)) !== null) return sizeOf(key);
      const content = await get(key);
      if (content !== null) await (await copies).put(key, content);
      return content?.length ?? null;
    },
    list: (prefix) => listed(ask, place, prefix),
    close: async () => close(),
  };
}

type Ask = <T>(work: (client: S3Client) => Promise<T>, right: string) => Promise<T>;

/** Asks again what may succeed, a bounded number of questions at a time. `right`: what may be missing where it is denied. */
function openBucket(
  { blobsEndpoint, blobsRegion }: S3BlobsSettings,
  place: BucketPath,
): { readonly ask: Ask; readonly close: () => void } {
  const gateway = openGateway({
    endpoint: blobsEndpoint,
    region: blobsRegion,
    isAnonymous: false,
    connectTimeoutMs: 5000,
    silenceTimeoutMs: 20_000,
    // Here, so that a body that breaks off is asked for again, too.
    maxAttempts: 1,
  });
  const take = limited(maxInFlight);
  const url = objectUrl(place.bucket, place.prefix);
  return {
    ask: async (work, right) => {
      try {
        return await persistently(() => take(() => gateway.ask(work)));
      } catch (error) {
        throw explained(url, error, gateway.access(), right);
      }
    },
    close: () => gateway.close(),
  };
}

function placeOf({ blobsBucket }: S3BlobsSettings): BucketPath {
  if (blobsBucket === '') {
    throw new ImagedexError(
      'config_invalid',
      'blobs is s3, but blobsBucket is empty: expected the bucket for the thumbnails, such as my-bucket/imagedex',
    );
  }
  const { bucket, prefix } = splitPath(blobsBucket);
  return { bucket, prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/` };
}

/**
 * `a/b` lies at `a_/b`: services that keep objects as files cannot have both `a` and `a/b`, and keys have no underscore.
 */
const objectKey = ({ prefix }: BucketPath, key: string): string =>
  prefix + mustBeKey(key).replaceAll('/', '_/');

/** Says whose place it is. Where it is there already the service answers 412, once it knows that we may write. */
const mark = ({ bucket, prefix }: BucketPath) => ({
  Bucket: bucket,
  Key: `${prefix}imagedex_blobs`,
  Body: 'The thumbnails of imagedex lie here.\n',
  IfNoneMatch: '*',
});

function nothingWhereMarked(error: unknown): void {
  // 409: another process is marking it at this moment.
  const status = serviceError((error as Error).cause)?.status;
  if (status !== 412 && status !== 409) throw error;
}

function nullWhereMissing(error: unknown): null {
  if (isMissingObject((error as Error).cause ?? {})) return null;
  throw error;
}

async function* listed(ask: Ask, place: BucketPath, prefix: string): AsyncGenerator<BlobEntry> {
  const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
  const input = { Bucket: place.bucket, Prefix: place.prefix + prefix.replaceAll('/', '_/') };
  for (let token: string | undefined; ; ) {
    const next: { ContinuationToken?: string } = token === undefined ? {} : { ContinuationToken: token };
    const page = await ask(async (client) => {
      const answer = await client.send(new ListObjectsV2Command({ ...input, ...next }));
      if (answer.IsTruncated === undefined) throw new NotS3Error('the answer is no listing of an S3 service');
      return answer;
    }, 's3:ListBucket');
    for (const { Key = '', Size = 0 } of page.Contents ?? []) {
      const key = Key.slice(place.prefix.length).replaceAll('_/', '/');
      // What others have put there is none of ours.
      if (isKey(key)) yield { key, sizeBytes: Size };
    }
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    if (token === undefined) return;
  }
}
