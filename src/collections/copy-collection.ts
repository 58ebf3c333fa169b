// Copies a collection from one store into another, and compares the two when it is done. Cut off, the same call carries it
// on: the collection's own record, by which it is known there, is written last. Nothing depends on versions of records,
// which are each store's own.
import { ImagedexError } from '../errors.ts';
import { listAll, type Stored } from '../ledger.ts';
import { suggest } from '../suggest.ts';
import { compareAnswers } from './compare-answers.ts';
import {
  type CopyCounts,
  type CopyRequest,
  commandOf,
  copiedKinds,
  copyPass,
  countOf,
  type OnCopied,
} from './copy-pass.ts';
import { changeOf, settle } from './copy-records.ts';

export interface CopyReport extends Omit<CopyCounts, 'rejected'> {
  readonly collection: string;
  readonly rejected: readonly { readonly id: string; readonly reason: string }[];
  /** Records, documents and blobs that were not there, or otherwise; 0 where all was there already. */
  readonly written: number;
  /** Asked of both at the end, and answered alike. */
  readonly questions: number;
}

const mostPasses = 10;

/** Throws `not_found`, `crawl_running`, `file_exists` where the target has another one, and where it does not end equal. */
export async function copyCollection(
  request: CopyRequest,
  signal: AbortSignal,
  onProgress: OnCopied = () => {},
): Promise<CopyReport> {
  const { collection, from, to } = request;
  const source = await idleCollection(request);
  const [there] = await to.ledger.get('collection', [collection]);
  const permit = async (): Promise<void> => {
    signal.throwIfAborted();
    // Whoever crawls writes this record first.
    if (there !== undefined || (await to.ledger.get('collection', [collection])).length > 0)
      throw isThere(request);
  };
  let written = 0;
  for (let pass = 1; pass <= mostPasses; pass++) {
    const { counts, differed } = await copyPass(request, { signal, onProgress, permit });
    written += differed;
    // What one pass has written the next one looks at.
    if (differed > 0) continue;
    const now = await idleCollection(request);
    if (now.version !== source.version) break;
    const questions = await compare(request, counts);
    const change = changeOf('collection', { id: collection, to: there }, now.record);
    written += await settle({ ledger: to.ledger, permit }, change === undefined ? [] : [change]);
    const rejected = [...counts.rejected].map(([id, reason]) => ({ id, reason }));
    return { collection, ...counts, rejected, written, questions };
  }
  throw new ImagedexError(
    'crawl_running',
    `collection ${collection} changes while it is copied; stop what works on it in ${from.name} or ${to.name}, then copy again`,
  );
}

/** As it is when nothing crawls it. */
async function idleCollection(request: CopyRequest): Promise<Stored<'collection'>> {
  const { collection } = request;
  const { name, ledger } = request.from;
  const [stored] = await ledger.get('collection', [collection]);
  if (stored === undefined) throw await unknown(request);
  const [crawl] = Object.values(stored.record.unfinished);
  if (crawl === undefined) return stored;
  throw new ImagedexError(
    'crawl_running',
    `crawl ${crawl} of collection ${collection} is not finished, and what it has yet to do cannot be copied: ` +
      `let it end (${commandOf(request, name, `crawl --collection ${collection}`)} carries on one that was stopped), ` +
      `or give it up (${commandOf(request, name, `crawls cancel ${crawl}`)}), then copy again`,
  );
}

async function unknown({ collection, from: { name, ledger } }: CopyRequest): Promise<ImagedexError> {
  const names: string[] = [];
  for await (const { record } of listAll(ledger, 'collection', {})) names.push(record.name);
  const near = suggest(collection, names);
  const cure =
    near === undefined ? `there are ${names.sort().join(', ') || 'none'}` : `did you mean ${near}?`;
  return new ImagedexError('not_found', `there is no collection ${collection} in ${name}; ${cure}`);
}

function isThere(request: CopyRequest): ImagedexError {
  const { collection, from, to, withBlobs } = request;
  // Where both have the same thumbnails the source would lose them.
  const remove = `collections delete ${collection} --yes${withBlobs ? '' : ' --keep-thumbnails'}`;
  return new ImagedexError(
    'file_exists',
    `${to.name} has a collection ${collection} already, and it is not the same as in ${from.name}; nothing is overwritten. ` +
      `To copy it anew, delete it there first: ${commandOf(request, to.name, remove)}`,
  );
}

/** Returns how many questions both answered alike. */
async function compare({ collection, from, to }: CopyRequest, { rejected }: CopyCounts): Promise<number> {
  const differs = (what: string) =>
    new Error(`the copy of ${collection} in ${to.name} differs from ${from.name} in ${what}`);
  for (const kind of Object.keys(copiedKinds) as (keyof typeof copiedKinds)[]) {
    const [here, there] = await Promise.all(
      [from, to].map(({ ledger }) => countOf(ledger, kind, collection)),
    );
    if (here !== there) throw differs(`the number of ${copiedKinds[kind]}: ${there} for ${here}`);
  }
  await to.index.refresh();
  const { questions, difference } = await compareAnswers(from.index, to.index, collection);
  // Without the rejected ones answers must differ.
  if (difference !== null && rejected.size === 0) throw differs(`the answer to: ${difference}`);
  return questions;
}
