// What an answer to a bulk request says of each of its operations, and what a request without a good answer means for all.
import { type ImagedexError, messageOf, TemporaryError } from '../errors.ts';
import type { BulkEntry } from './bulk-entry.ts';
import type { BulkOutcome } from './bulk-operation.ts';
import { answerFault, errorType, faultOf, isTemporary, isTemporaryStatus, statusOf } from './faults.ts';

export type Verdict =
  | { readonly is: 'settled'; readonly outcome: BulkOutcome }
  /** `isOwn`: the document may be to blame. `mayBeApplied`: it may have been written all the same. */
  | {
      readonly is: 'again';
      readonly reason: string;
      readonly mayBeApplied: boolean;
      readonly isOwn: boolean;
    }
  /** Not this document but all of us: no right, no login. */
  | { readonly is: 'refused'; readonly error: ImagedexError };

export type RequestFault =
  | { readonly is: 'again'; readonly reason: string; readonly mayBeApplied: boolean }
  /** Too large, or one of its operations spoils it. */
  | { readonly is: 'split'; readonly type: string; readonly reason: string; readonly isTooLarge: boolean }
  | { readonly is: 'refused'; readonly error: unknown };

interface AnswerError {
  readonly type?: string;
  readonly reason?: string;
  readonly caused_by?: AnswerError;
}
interface AnswerItem {
  readonly status?: number;
  readonly _seq_no?: number;
  readonly _primary_term?: number;
  readonly error?: AnswerError;
}

/** One verdict for each entry; a sentence where the answer is none. */
export function readAnswer(entries: readonly BulkEntry[], body: unknown): Verdict[] | string {
  const items = (body as { readonly items?: unknown } | null)?.items;
  if (!Array.isArray(items)) return 'expected an answer with items, but got something else';
  if (items.length !== entries.length)
    return `expected an answer of ${entries.length} items, but got ${items.length}`;
  return entries.map((entry, place) => verdictOf(entry, items[place]?.[entry.action]));
}

function verdictOf(entry: BulkEntry, item: AnswerItem | undefined): Verdict {
  const status = item?.status;
  if (item === undefined || typeof status !== 'number')
    return again('expected a status for each document, but got none', true);
  const { isRepeated } = entry;
  const { error = {} } = item;
  const type = error.type ?? '';
  if (status < 300 || (status === 404 && entry.action === 'delete' && type === '' && !entry.hasCondition))
    return settled({
      state: 'written',
      seqNo: item._seq_no ?? -1,
      primaryTerm: item._primary_term ?? 0,
      isRepeated,
    });
  if (status === 409 || (status === 404 && type !== 'index_not_found_exception'))
    return settled({ state: 'conflict', isRepeated });
  const fault = answerFault(status, { error });
  // A closed index is one that somebody is about to open again.
  if (fault instanceof TemporaryError || type === 'index_closed_exception')
    return {
      is: 'again',
      reason: fault.message,
      mayBeApplied: isTemporaryStatus(status) && status !== 429,
      isOwn: status === 500,
    };
  if (status === 401 || status === 403) return { is: 'refused', error: fault };
  return settled({ state: 'rejected', type, reason: reasonOf(error) || `status ${status}` });
}

const settled = (outcome: BulkOutcome): Verdict => ({ is: 'settled', outcome });
const again = (reason: string, mayBeApplied: boolean): Verdict => ({
  is: 'again',
  reason,
  mayBeApplied,
  isOwn: false,
});

/** Down to the root cause: "failed to parse" alone says little. */
function reasonOf(error: AnswerError): string {
  const reasons: string[] = [];
  for (let at: AnswerError | undefined = error; at !== undefined; at = at.caused_by) {
    if (at.reason && !reasons.includes(at.reason)) reasons.push(at.reason);
  }
  return reasons.join(': ').slice(0, 1000);
}

const connectionNames: ReadonlySet<string> = new Set(['ConnectionError', 'TimeoutError']);

/** `hasAnswered`: this cluster has taken requests before, so that a bad connection is no mistake of the settings. */
export function readFault(error: unknown, hasAnswered: boolean): RequestFault {
  const status = statusOf(error);
  const fault = faultOf(error);
  const reason = messageOf(fault);
  const type = errorType(error);
  // A 400 without a type is a proxy's, and says nothing of what was sent.
  if (status === 413 || (status === 400 && type !== undefined))
    return { is: 'split', type: type ?? '', reason, isTooLarge: status === 413 };
  const isConnection = error instanceof Error && connectionNames.has(error.name);
  // A proxy's 404 or 405 is no answer of a bulk request either.
  const isStrange = status !== undefined && status !== 401 && status !== 403;
  if (isTemporary(error) || (isConnection && hasAnswered) || isStrange)
    return { is: 'again', reason, mayBeApplied: status !== 429 && !/ECONNREFUSED/.test(reason) };
  return { is: 'refused', error: fault };
}
