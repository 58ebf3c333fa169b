// The one file that knows the SQLite package: one connection, its statements cached. Loaded in the thread only.
import Libsql from 'libsql';

export type Value = string | number | bigint | boolean | null | undefined | Uint8Array;
export type Row = Record<string, string | number | ArrayBuffer | null>;

/** Synchronous. Blobs come back as ArrayBuffer, booleans as 0 or 1. */
export interface Connection {
  all<R = Row>(sql: string, params?: readonly Value[]): R[];
  /** The first row. */
  get<R = Row>(sql: string, params?: readonly Value[]): R | undefined;
  /** For statements that give no rows; those with RETURNING go through `all`. Returns the number of rows changed. */
  run(sql: string, params?: readonly Value[]): number;
  /** Several statements, no parameters. */
  exec(sql: string): void;
  readonly inTransaction: boolean;
  close(): void;
}

const maxStatements = 300;
/** Short, because SQLite's own waiting backs off to 100 ms and starves beside a busy process; busy.ts goes on. */
const busyTimeoutMs = 10;

export function openConnection(file: string): Connection {
  const database = new Libsql(file);
  const statements = new Map<string, Libsql.Statement<unknown[]>>();
  const prepare = (sql: string) => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      if (statements.size === maxStatements) statements.delete(statements.keys().next().value!);
      statements.set(sql, statement);
    }
    return statement;
  };
  // Always an array: a bare Buffer aborts the process. `all` even for one row: the package's `get` leaves a
  // RETURNING statement open, and with it the write lock.
  const all = <R>(sql: string, params: readonly Value[] = []) =>
    prepare(sql).all(params.map(bindable)) as R[];
  return {
    all,
    get: (sql, params) => all<never>(sql, params)[0],
    run: (sql, params = []) => prepare(sql).run(params.map(bindable)).changes,
    exec: (sql) => void database.exec(sql),
    get inTransaction() {
      return database.inTransaction;
    },
    close() {
      statements.clear();
      database.close();
    },
  };
}

/** A boolean aborts the process, and a number is bound as a real: JSON and text columns would get '5.0'. */
function bindable(value: Value): unknown {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return Number.isSafeInteger(value) ? BigInt(value as number) : value;
}

/** What every connection needs; run with retries, as another process may be doing the same. */
export function configure(connection: Connection): void {
  const pragmas = [
    `busy_timeout = ${busyTimeoutMs}`,
    'journal_mode = WAL',
    'synchronous = NORMAL',
    'foreign_keys = OFF',
    'temp_store = MEMORY',
    'cache_size = -32768',
    'journal_size_limit = 67108864',
    // What is deleted is overwritten: a take-down leaves nothing to be read out of the file.
    'secure_delete = ON',
  ];
  for (const pragma of pragmas) connection.all(`PRAGMA ${pragma}`);
}
