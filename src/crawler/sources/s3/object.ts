// Fetches one object: unchanged by what its listing said, its format from its first bytes, and only then the whole of it.
import { Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { failure, type SkipCode } from '../../../errors.ts';
import { Deadline } from '../../../net/deadline.ts';
import { encodingsOf } from '../../../net/decode.ts';
import { readBody, TooLargeError } from '../../../net/read-body.ts';
import { type Location, sha256Of, type Validators } from '../../../record.ts';
import { formatBytes, imageFormat } from '../../image-format.ts';
import type { CrawlerSettings } from '../../options.ts';
import type { Budget, Fetched } from '../../source.ts';
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
    const content = await read(request, answer, body, reservedBytes, deadline, signal);
    const told = imageFormat(content);
    if ('skip' in told) throw new NoImageError(told.skip, told.reason);
    const tags = await readTags(gateway, bucket, location.address, answer.TagCount, deadline.signal);
    const context = contextOf(location.address, answer.Metadata ?? {}, tags);
    return {
      outcome: 'fetched',
      content,
      sha256: sha256Of(content),
      format: told.format,
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

async function read(
  { settings, budget }: ObjectRequest,
  { ContentEncoding = '', ContentLength }: GetObjectCommandOutput,
  body: Readable,
  reservedBytes: number,
  deadline: Deadline,
  signal: AbortSignal,
): Promise<Buffer> {
  // Some programs store how they sent it as if it were part of it.
  const encodings = encodingsOf(ContentEncoding).filter((name) => name !== 'aws-chunked');
  const pause = async (wait: (signal: AbortSignal) => Promise<unknown>): Promise<void> => {
    deadline.stop();
    await wait(signal);
    deadline.start();
  };
  const expectedBytes = encodings.length === 0 ? ContentLength : undefined;
  const missingBytes = Math.max(0, (expectedBytes ?? 0) - reservedBytes);
  if (missingBytes > 0) await pause(() => budget.reserve(missingBytes, signal));
  return readBody(encodings.length === 0 ? Readable.from(screened(body)) : body, encodings, {
    maxBytes: settings.maxImageBytes,
    expectedBytes,
    reservedBytes: reservedBytes + missingBytes,
    memory: budget,
    pause,
    signal: deadline.signal,
  });
}

class NoImageError extends Error {
  readonly skip: SkipCode;
  constructor(skip: SkipCode, reason: string) {
    super(reason);
    this.skip = skip;
  }
}

/** Gives up at the first bytes of what is no image: a film must not be downloaded to learn that it is one. */
async function* screened(body: Readable): AsyncGenerator<Buffer> {
  const head: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (bytes < formatBytes) {
      head.push(chunk);
      bytes += chunk.length;
      if (bytes >= formatBytes) mustBeImage(Buffer.concat(head.splice(0)));
    }
    yield chunk;
  }
}

function mustBeImage(head: Buffer): void {
  const told = imageFormat(head);
  if ('skip' in told) throw new NoImageError(told.skip, told.reason);
}

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
