// Reads an object's body into reserved memory, and gives it up at its first bytes where these are of no image.
import { Readable } from 'node:stream';
import type { SkipCode } from '../../../errors.ts';
import type { Deadline } from '../../../net/deadline.ts';
import { encodingsOf } from '../../../net/decode.ts';
import { readBody } from '../../../net/read-body.ts';
import type { Format } from '../../../record.ts';
import { formatBytes, imageFormat } from '../../image-format.ts';
import type { Budget } from '../../source.ts';

export class NoImageError extends Error {
  readonly skip: SkipCode;
  constructor(skip: SkipCode, reason: string) {
    super(reason);
    this.skip = skip;
  }
}

/** `content` may be the first bytes of it. */
export function mustBeImage(content: Uint8Array): Format {
  const told = imageFormat(content);
  if ('skip' in told) throw new NoImageError(told.skip, told.reason);
  return told.format;
}

export interface ObjectLimits {
  readonly maxBytes: number;
  readonly reservedBytes: number;
  readonly budget: Budget;
  /** Stands still while we wait for memory. */
  readonly deadline: Deadline;
}

export async function readObject(
  body: Readable,
  answer: {
    readonly ContentEncoding?: string | undefined;
    readonly ContentLength?: number | undefined;
  },
  { maxBytes, reservedBytes, budget, deadline }: ObjectLimits,
  signal: AbortSignal,
): Promise<Buffer> {
  // Some programs store how they sent it as if it were part of it.
  const encodings = encodingsOf(answer.ContentEncoding ?? '').filter((name) => name !== 'aws-chunked');
  const pause = async (wait: (signal: AbortSignal) => Promise<unknown>): Promise<void> => {
    deadline.stop();
    await wait(signal);
    deadline.start();
  };
  const expectedBytes = encodings.length === 0 ? answer.ContentLength : undefined;
  // The object may have grown since it was listed.
  const missingBytes = Math.max(0, (expectedBytes ?? 0) - reservedBytes);
  if (missingBytes > 0) await pause(() => budget.reserve(missingBytes, signal));
  return readBody(encodings.length === 0 ? Readable.from(screened(body)) : body, encodings, {
    maxBytes,
    expectedBytes,
    reservedBytes: reservedBytes + missingBytes,
    memory: budget,
    pause,
    signal: deadline.signal,
  });
}

/** A film must not be downloaded to learn that it is one. */
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
