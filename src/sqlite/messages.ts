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
  | { readonly id: number; readonly verb: 'copy'; readonly target: string }
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
  /** SQLite's own number for it, where it is SQLite's. */
  readonly sqliteCode: number | undefined;
  readonly message: string;
  readonly stack: string | undefined;
}

export function sendable(error: unknown): SentError {
  if (!(error instanceof Error))
    return {
      isOurs: false,
      code: undefined,
      sqliteCode: undefined,
      message: String(error),
      stack: undefined,
    };
  const code = 'code' in error ? String(error.code) : undefined;
  const sqliteCode =
    'rawCode' in error && Number.isInteger(error.rawCode) ? Number(error.rawCode) : undefined;
  return {
    isOurs: error instanceof ImagedexError,
    code,
    sqliteCode,
    message: error.message,
    stack: error.stack,
  };
}

/** Faults of the file or the disk under it, by SQLite's number: nothing that a caller did wrong. */
const faults: { readonly [sqliteCode: number]: string } = {
  3: 'it may not be used with the rights of this user: mend the rights, or name another data directory',
  5: 'another process has held it for too long: try again when that has ended',
  8: 'it cannot be written with the rights of this user: mend the rights, or name another data directory',
  10: 'reading or writing it failed: see whether the disk is in order',
  11: 'the database is damaged: put a copy of it back, or remove it and crawl again',
  13: 'the disk is full: make room, then try again',
  14: 'it cannot be opened or made: see that its folder is there, is a folder, and may be written to, or name another data directory',
  15: 'another process is in its way: try again',
  26: 'expected a database, but the file is not one: move it away, or name another data directory',
};
/** An opening that fails has no number but in its words. */
const failedOpening = /^ConnectionFailed\((?:.*: (\d+)"?\)$)?/s;

export function received(error: SentError, file: string): Error {
  if (error.isOurs) return new ImagedexError(error.code as ErrorCode, error.message);
  const opening = failedOpening.exec(error.message);
  const sqliteCode = error.sqliteCode ?? Number(opening?.[1]);
  // The lowest byte is the kind, what is above it says more of the same.
  const fault = faults[sqliteCode & 0xff] ?? (opening ? `it cannot be opened (${error.message})` : undefined);
  if (fault !== undefined) return new ImagedexError('data_unavailable', `${file}: ${fault}`);
  return Object.assign(new Error(error.message), {
    stack: error.stack,
    ...(error.code && { code: error.code }),
  });
}
