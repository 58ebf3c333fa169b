// What the main thread and the SQLite thread say to each other, and how errors cross between them.
import { type ErrorCode, ImagedexError } from '../errors.ts';

export type Ask =
  | { readonly id: number; readonly verb: 'load'; readonly url: string }
  | {
      readonly id: number;
      readonly verb: 'call';
      readonly module: string;
      readonly name: string;
      readonly args: unknown[];
    }
  | { readonly id: number; readonly verb: 'close' };
export type Call = Extract<Ask, { verb: 'call' }>;

/** What `load` answers. */
export interface Loaded {
  readonly module: string;
  readonly names: readonly string[];
}

export interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: SentError;
}

export interface SentError {
  readonly isOurs: boolean;
  readonly code: string | undefined;
  readonly message: string;
  readonly stack: string | undefined;
}

export function sendable(error: unknown): SentError {
  if (!(error instanceof Error))
    return { isOurs: false, code: undefined, message: String(error), stack: undefined };
  const code = 'code' in error ? String(error.code) : undefined;
  return { isOurs: error instanceof ImagedexError, code, message: error.message, stack: error.stack };
}

/** Faults of the file or the disk under it: nothing that a caller did wrong. */
const unavailable =
  /^SQLITE_(BUSY|FULL|IOERR|CORRUPT|NOTADB|CANTOPEN|READONLY|PERM|PROTOCOL)|ConnectionFailed/;

export function received(error: SentError, file: string): Error {
  if (error.isOurs) return new ImagedexError(error.code as ErrorCode, error.message);
  if (unavailable.test(error.code || error.message)) {
    return new ImagedexError(
      'data_unavailable',
      `${file}: ${error.message} (${error.code || 'cannot be opened'})`,
    );
  }
  return Object.assign(new Error(error.message), {
    stack: error.stack,
    ...(error.code && { code: error.code }),
  });
}
