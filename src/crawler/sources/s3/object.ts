// Fetches one object: unchanged by what its listing said, its format from its first bytes, and only then the whole of it.
import type { Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { failure } from '../../../errors.ts';
import type { LocationRecord } from '../../../ledger.ts';
import { Deadline } from '../../../net/deadline.ts';
import { TooLargeError } from '../../../net/read-body.ts';
import { type Location, sha256Of, type Validators } from '../../../record.ts';
import type { Gateway } from '../../../s3/client.ts';
import { isMissingObject, serviceError } from '../../../s3/faults.ts';
import type { CrawlerSettings } from '../../options.ts';
import type { Budget, Fetched } from '../../source.ts';
import { mustBeImage, NoImageError, readObject } from './body.ts';
import { contextOf } from './context.ts';
import { requestFailure } from './faults.ts';
import { readTags } from './tags.ts';
import { answerValidators, isSame } from './validators.ts';

export interface ObjectRequest {
  readonly gateway: Gateway;
  readonly bucket: string;
  readonly location: Location;
  readonly earlier: LocationRecord | undefined;
  readonly settings: Pick<CrawlerSettings, 'maxImageBytes' | 'fetchTimeoutMs'>;
  readonly budget: Budget;
}

type Skipped = Extract<Fetched, { outcome: 'skipped' }>;

export async function fetchObject(request: ObjectRequest, signal: AbortSignal): Promise<Fetched> {
  const { location, earlier, settings, budget } = request;
  const { listed } = location;
  if (listed !== undefined && earlier !== undefined && isSame(listed, earlier.validators))
    return { outcome: 'unchanged' };
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

function bySize(
  url: string,
  sizeBytes: number,
  { maxImageBytes }: ObjectRequest['settings'],
): Skipped | undefined {
  if (sizeBytes === 0) return noImage(`${url}: expected an image, but it is empty`, {});
  return sizeBytes > maxImageBytes ? tooMany(url, `${sizeBytes} bytes`, maxImageBytes) : undefined;
}

const noImage = (reason: string, validators: Validators): Skipped => ({
  outcome: 'skipped',
  code: 'not_an_image',
  reason,
  validators,
});

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
  const { gateway, bucket, location } = request;
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  // What a listing has just said to have changed needs no condition.
  const etag = location.listed === undefined ? request.earlier?.validators.etag : undefined;
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
    return await take(request, answer, body, reservedBytes, deadline, signal);
  } catch (error) {
    if (!(error instanceof NoImageError)) throw error;
    const reason = `${location.url}: ${error.message}`;
    return { outcome: 'skipped', code: error.skip, reason, validators: answerValidators(answer) };
  } finally {
    body.destroy();
  }
}

async function take(
  { gateway, bucket, location, settings, budget }: ObjectRequest,
  answer: GetObjectCommandOutput,
  body: Readable,
  reservedBytes: number,
  deadline: Deadline,
  signal: AbortSignal,
): Promise<Fetched> {
  const { address, url } = location;
  const skip = answer.ContentLength === undefined ? undefined : bySize(url, answer.ContentLength, settings);
  if (skip !== undefined) return skip;
  const limits = { maxBytes: settings.maxImageBytes, reservedBytes, budget, deadline };
  const content = await readObject(body, answer, limits, signal);
  const format = mustBeImage(content);
  const tags = await readTags(gateway, bucket, address, answer.TagCount, deadline.signal);
  const context = contextOf(address, answer.Metadata ?? {}, tags);
  return {
    outcome: 'fetched',
    content,
    sha256: sha256Of(content),
    format,
    validators: { sizeBytes: content.length, ...answerValidators(answer) },
    ...(context === undefined ? {} : { context }),
  };
}

function refusalOf(
  { location: { url }, settings }: ObjectRequest,
  error: unknown,
  deadline: Deadline,
  signal: AbortSignal,
): Fetched {
  signal.throwIfAborted();
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
