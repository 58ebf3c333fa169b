// Fetches one object: unchanged by what its listing said, its format from its first bytes, and only then the whole of it.
import type { Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { failure } from '../../../errors.ts';
import { Deadline } from '../../../net/deadline.ts';
import { TooLargeError } from '../../../net/read-body.ts';
import { type Location, sha256Of, type Validators } from '../../../record.ts';
import type { CrawlerSettings } from '../../options.ts';
import type { Budget, Fetched } from '../../source.ts';
import { mustBeImage, NoImageError, readObject } from './body.ts';
import type { Gateway } from './client.ts';
import { contextOf } from './context.ts';
import { isMissingObject, requestFailure, serviceError } from './faults.ts';
import { readTags } from './tags.ts';

export interface ObjectRequest {
  readonly gateway: Gateway;
  readonly bucket: string;
  readonly location: Location;
  /** Those of the bytes that were described before. */
  readonly earlier: Validators;
  readonly settings: Pick<CrawlerSettings, 'maxImageBytes' | 'fetchTimeoutMs'>;
  readonly budget: Budget;
}

type Skipped = Extract<Fetched, { outcome: 'skipped' }>;

export async function fetchObject(request: ObjectRequest, signal: AbortSignal): Promise<Fetched> {
  const { location, earlier, settings, budget } = request;
  const { listed } = location;
  if (listed !== undefined && isSame(listed, earlier)) return { outcome: 'unchanged' };
  const skip = listed?.sizeBytes === undefined ? undefined : bySize(location.url, listed.sizeBytes, settings);
  if (skip !== undefined) return skip;
  // Before the request, so that no connection waits for memory.
  const reservedBytes = listed?.sizeBytes ?? 0;
  const release = await budget.reserve(reservedBytes, signal);
  const deadline = new Deadline(settings.fetchTimeoutMs, signal);
  let isKept = false;
  try {
    deadline.start();
    const fetched = await get(request, reservedBytes, deadline, signal);
    isKept = fetched.outcome === 'fetched';
    return fetched;
  } catch (error) {
    return refusalOf(request, error, deadline, signal);
  } finally {
    deadline.stop();
    if (!isKept) release();
  }
}

/** Where a service gives no etags, the time and the size must do. */
function isSame(listed: Validators, earlier: Validators): boolean {
  if (listed.sizeBytes === undefined || listed.sizeBytes !== earlier.sizeBytes) return false;
  if (listed.etag !== undefined || earlier.etag !== undefined)
    return listed.etag !== undefined && plain(listed.etag) === plain(earlier.etag ?? '');
  return listed.lastModified !== undefined && seconds(listed) === seconds(earlier);
}

const plain = (etag: string): string => etag.replace(/^W\//, '').replaceAll('"', '');
/** An answer says seconds only, a listing more. */
const seconds = ({ lastModified = '' }: Validators): number => Math.floor(Date.parse(lastModified) / 1000);

function bySize(
  url: string,
  sizeBytes: number,
  { maxImageBytes }: ObjectRequest['settings'],
): Skipped | undefined {
  if (sizeBytes === 0)
    return { outcome: 'skipped', code: 'not_an_image', reason: `${url}: expected an image, but it is empty` };
  return sizeBytes > maxImageBytes ? tooMany(url, `${sizeBytes} bytes`, maxImageBytes) : undefined;
}

const tooMany = (url: string, size: string, maxImageBytes: number): Skipped => ({
  outcome: 'skipped',
  code: 'too_many_bytes',
  reason: `${url}: ${size} are more than maxImageBytes, ${maxImageBytes}`,
});

async function get(
  request: ObjectRequest,
  reservedBytes: number,
  deadline: Deadline,
  signal: AbortSignal,
): Promise<Fetched> {
  const { gateway, bucket, location, settings } = request;
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  // What a listing has just said to have changed needs no condition.
  const etag = location.listed === undefined ? request.earlier.etag : undefined;
  const command = new GetObjectCommand({
    Bucket: bucket,
    Key: location.address,
    ...(etag === undefined ? {} : { IfNoneMatch: etag }),
  });
  const answer = await gateway.ask((client) => client.send(command, { abortSignal: deadline.signal }));
  const body = answer.Body as Readable;
  // A body that is destroyed says so once more, to nobody: whoever reads it hears it first.
  body.on('error', () => undefined);
  try {
    const skip =
      answer.ContentLength === undefined ? undefined : bySize(location.url, answer.ContentLength, settings);
    if (skip !== undefined) return skip;
    const { maxImageBytes: maxBytes } = settings;
    const limits = { maxBytes, reservedBytes, budget: request.budget, deadline };
    const content = await readObject(body, answer, limits, signal);
    const format = mustBeImage(content);
    const tags = await readTags(gateway, bucket, location.address, answer.TagCount, deadline.signal);
    const context = contextOf(location.address, answer.Metadata ?? {}, tags);
    return {
      outcome: 'fetched',
      content,
      sha256: sha256Of(content),
      format,
      validators: validatorsOf(answer, content.length),
      ...(context === undefined ? {} : { context }),
    };
  } finally {
    body.destroy();
  }
}

/** Of what was read, whatever the listing said: if the object has changed since, the next listing differs from this. */
const validatorsOf = (
  { ETag, LastModified, ContentLength }: GetObjectCommandOutput,
  bytes: number,
): Validators => ({
  ...(ETag === undefined || ETag === '' ? {} : { etag: ETag }),
  ...(LastModified === undefined ? {} : { lastModified: LastModified.toISOString() }),
  // As it is stored, which is what listings say: compressed where it is.
  sizeBytes: ContentLength ?? bytes,
});

function refusalOf(
  { location: { url }, settings }: ObjectRequest,
  error: unknown,
  deadline: Deadline,
  signal: AbortSignal,
): Fetched {
  signal.throwIfAborted();
  if (error instanceof NoImageError)
    return { outcome: 'skipped', code: error.skip, reason: `${url}: ${error.message}` };
  if (error instanceof TooLargeError) return tooMany(url, 'its bytes', settings.maxImageBytes);
  if (deadline.isPast)
    return { outcome: 'failed', failure: failure('fetch', 'timed_out', `${url}: not complete in time`) };
  if (serviceError(error)?.status === 304) return { outcome: 'unchanged' };
  if (isMissingObject(error)) {
    const reason = `${url}: there is no such object any more`;
    return { outcome: 'gone', failure: failure('fetch', 'not_found', reason) };
  }
  return { outcome: 'failed', failure: requestFailure('fetch', url, error) };
}
