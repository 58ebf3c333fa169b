// Source `s3`: the objects of a bucket whose keys begin with a prefix. Pages of the listing are items, each known by the
// key that it begins after, so a crawl resumes between them.

import { failure } from '../../errors.ts';
import { Deadline } from '../../net/deadline.ts';
import type { OptionTable } from '../../options.ts';
import { locationId } from '../../record.ts';
import { type BucketPath, objectUrl } from '../../s3/bucket-path.ts';
import { openGateway } from '../../s3/client.ts';
import { type CrawlerSettings, crawlerOptions } from '../options.ts';
import type { Expandable, Expansion, ImageSighting, Looked, Source } from '../source.ts';
import { bucketPath, keyWords, listingUrl } from './s3/address.ts';
import { openingFault, requestFailure } from './s3/faults.ts';
import { type ListedObject, type ListingPage, listPage } from './s3/listing.ts';
import { fetchObject } from './s3/object.ts';

export const options = {
  s3Endpoint: crawlerOptions.s3Endpoint,
  s3Region: crawlerOptions.s3Region,
  s3Anonymous: crawlerOptions.s3Anonymous,
} satisfies OptionTable;

export interface S3SourceOptions {
  /** `bucket/prefix`. */
  readonly address: string;
  readonly settings: Pick<
    CrawlerSettings,
    's3Endpoint' | 's3Region' | 's3Anonymous' | 'fetchTimeoutMs' | 'maxImageBytes'
  >;
  /** Sent with every request, such as `x-amz-request-payer`. */
  readonly headers?: Readonly<Record<string, string>>;
}

const maxConnectMs = 10_000;

export async function open({ address, settings, headers = {} }: S3SourceOptions): Promise<Source> {
  const path = bucketPath(address);
  const id = `s3:${path.bucket}/${path.prefix}`;
  const gateway = openGateway({
    endpoint: settings.s3Endpoint,
    region: settings.s3Region,
    isAnonymous: settings.s3Anonymous,
    connectTimeoutMs: Math.min(settings.fetchTimeoutMs, maxConnectMs),
    // The pipeline tries again, and knows when to stop.
    maxAttempts: 1,
    headers,
  });
  // The first page, which told whether the bucket can be opened, for the item that comes next.
  let first: ListingPage | undefined;
  const further = (after: string, depth: number): Expandable => ({ address: after, depth, partition: null });
  const list = (after: string, signal: AbortSignal): Promise<ListingPage> =>
    inTime(settings.fetchTimeoutMs, signal, (until) => listPage(gateway, path, after, until));
  return {
    id,
    unseen: 'gone',
    start: async (_collection, signal) => {
      try {
        first = await list('', signal);
      } catch (error) {
        signal.throwIfAborted();
        throw openingFault(objectUrl(path.bucket, path.prefix), error, gateway.access());
      }
      return [further('', 0)];
    },
    expand: async ({ address: after, depth }, collection, _earlier, signal): Promise<Expansion> => {
      try {
        const page = after === '' && first !== undefined ? first : await list(after, signal);
        first = undefined;
        return {
          outcome: 'expanded',
          page: null,
          further: page.next === null ? [] : [further(page.next, depth)],
          images: page.objects.map((object) => sighting(collection, id, path, object)),
          isPartial: false,
        };
      } catch (error) {
        signal.throwIfAborted();
        return { outcome: 'failed', failure: listingFailure(listingUrl(path, after), error) };
      }
    },
    fetch: (location, earlier, budget, signal) =>
      fetchObject({ gateway, bucket: path.bucket, location, earlier, settings, budget }, signal),
    further,
    urlOf: (after) => listingUrl(path, after),
    partitionOf: () => null,
    restMs: () => 0,
    lookout: (collection) => ({
      isTold: false,
      grows: false,
      async *look(_parts, signal) {
        for (let after: string | null = ''; after !== null; ) {
          const page: ListingPage = await list(after, signal).catch((error: unknown) => {
            signal.throwIfAborted();
            throw openingFault(listingUrl(path, after ?? ''), error, gateway.access());
          });
          yield { part: '', images: page.objects.map((object) => looked(collection, id, path, object)) };
          after = page.next;
        }
      },
      close: () => undefined,
    }),
    close: async () => gateway.close(),
  };
}

const sighting = (
  collection: string,
  id: string,
  { bucket }: BucketPath,
  { key, listed }: ListedObject,
): ImageSighting => ({
  location: {
    id: locationId(collection, id, key),
    address: key,
    url: objectUrl(bucket, key),
    host: '',
    words: keyWords(key),
    listed,
  },
  partition: null,
  context: null,
});

const looked = (collection: string, id: string, path: BucketPath, object: ListedObject): Looked => {
  const { etag, sizeBytes, lastModified } = object.listed;
  // Of objects that have etags the time does not matter: a copy onto itself changes nothing.
  return {
    sighting: sighting(collection, id, path, object),
    mark: `${etag ?? lastModified} ${sizeBytes}`,
  };
};

class TimedOutError extends Error {}

async function inTime<T>(
  timeoutMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(timeoutMs, signal);
  deadline.start();
  try {
    return await work(deadline.signal);
  } catch (error) {
    throw deadline.isPast ? new TimedOutError('not complete in time', { cause: error }) : error;
  } finally {
    deadline.stop();
  }
}

const listingFailure = (url: string, error: unknown) =>
  error instanceof TimedOutError
    ? failure('find', 'timed_out', `${url}: ${error.message}`)
    : requestFailure('find', url, error);
