// What a driver gives to the SQLite thread: a module with its tables and procedures, and how these look from outside.
import type { Connection } from './binding.ts';

/** Synchronous; arguments and result must be cloneable. A write runs in a transaction: to throw is to undo it. */
export type Procedure = (db: Connection, ...args: never[]) => unknown;

export interface SqliteModule {
  readonly name: string;
  /** Each brings the tables one version further; once released, one is never edited. */
  readonly migrations: readonly string[];
  readonly reads: Readonly<Record<string, Procedure>>;
  /** Names differ from those of the reads. */
  readonly writes: Readonly<Record<string, Procedure>>;
}

type Remote<P> = {
  readonly [N in keyof P]: P[N] extends (db: Connection, ...args: infer A) => infer R
    ? (...args: A) => Promise<R>
    : never;
};
/** The module's reads and writes as the main thread calls them. */
export type Procedures<M extends SqliteModule> = Remote<M['reads']> & Remote<M['writes']>;
