// Opens one page of a list, wherever it lies.
import type { Readable } from 'node:stream';
import { failure, ImagedexError } from '../../../errors.ts';
import { type Answer, statusFailure } from '../../../net/answer.ts';
import { sha256Of, type Validators } from '../../../record.ts';
import type { PoliteFetch } from '../../polite-fetch.ts';
import { conditions, isMissing, isUnchangedPage, validatorsOf } from '../../web-answers.ts';
import type { ListAddress } from './address.ts';
import { type OpenedList, openBytes, type ReadOptions, type Unopened } from './opened-list.ts';
import { bytesInMemory, bytesOfFile, spool, stampOf } from './spool.ts';

export interface PageOptions extends ReadOptions {
  readonly root: ListAddress;
  readonly web: PoliteFetch;
  readonly stdin: () => Readable;
}

/** What the ledger knows of it. */
export interface Earlier {
  readonly validators: Validators;
  readonly isKnown: boolean;
}

export async function openPage(
  options: PageOptions,
  page: string,
  earlier: Earlier,
  signal: AbortSignal,
): Promise<OpenedList | Unopened> {
  const { root } = options;
  if (root.kind === 'web') return openWeb(options, page, earlier, signal);
  const name = root.text;
  if (root.kind === 'stdin') {
    const bytes = await spool(piped(options.stdin()), signal);
    if (bytes.sizeBytes === 0) {
      await bytes.close();
      return unreadable('expected a list on standard input, but there is nothing: pipe it to this command');
    }
    const found = { bytes, name, head: null, validators: { etag: bytes.sha256 }, version: bytes.sha256 };
    return openBytes(options, found, signal);
  }
  const stamped = await stampOf(page);
  if (stamped === null) return unreadable(`${page} is no file: pipe it to this command and name it -`);
  const { stamp, sizeBytes } = stamped;
  const bytes = bytesOfFile(page, sizeBytes);
  const found = { bytes, name, head: null, validators: { etag: stamp, sizeBytes }, version: stamp };
  return openBytes(options, found, signal);
}

const unreadable = (reason: string): Unopened => ({
  outcome: 'failed',
  failure: failure('find', 'unreadable', reason),
});

function piped(stdin: Readable & { readonly isTTY?: boolean }): Readable {
  if (stdin.isTTY === true) {
    throw new ImagedexError(
      'source_unavailable',
      'expected a list on standard input, but that is a terminal: pipe it to this command',
    );
  }
  return stdin;
}

const listHeaders = {
  accept:
    'application/json, application/x-ndjson, text/csv, text/tab-separated-values, text/plain;q=0.8, */*;q=0.5',
};

async function openWeb(
  options: PageOptions,
  page: string,
  { validators, isKnown }: Earlier,
  signal: AbortSignal,
): Promise<OpenedList | Unopened> {
  const { web, settings } = options;
  const ask = () =>
    web.fetch({
      url: page,
      stage: 'find',
      headers: { ...listHeaders, ...conditions(validators) },
      maxBytes: settings.maxListBytes,
      atCap: 'refuse',
      signal,
    });
  const first = await ask();
  const answer = isKnown && isMissing(first) ? await ask() : first;
  if (answer.outcome === 'skipped' && ['too_many_bytes', 'decompressed_too_large'].includes(answer.code)) {
    return { ...answer, reason: `${answer.reason}: raise maxListBytes` };
  }
  if (answer.outcome !== 'answered') return answer;
  if (isUnchangedPage(answer, validators)) return { outcome: 'unchanged' };
  if (answer.status !== 200) {
    const problem = statusFailure('find', answer);
    if (!isKnown || !isMissing(answer)) return { outcome: 'failed', failure: problem };
    return { outcome: 'gone', failure: problem, ...(answer.status === 404 && { isDoubtful: true }) };
  }
  return openAnswer(options, answer, signal);
}

/** More is kept in a file. */
const maxHeldBytes = 4 * 1024 ** 2;

async function openAnswer(
  options: PageOptions,
  answer: Answer,
  signal: AbortSignal,
): Promise<OpenedList | Unopened> {
  const { body } = answer;
  const bytes = body.length <= maxHeldBytes ? bytesInMemory(body) : await spool(oneChunk(body), signal);
  const found = {
    bytes,
    name: new URL(answer.url).pathname,
    head: answer,
    validators: validatorsOf(answer),
    version: sha256Of(body),
  };
  return openBytes(options, found, signal);
}

async function* oneChunk(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}
