// The main thread's side of SQLite: one thread and one connection for index, ledger and queue of this process.
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { builtFile } from '../entry.ts';
import { ImagedexError, messageOf } from '../errors.ts';
import { type Answer, type Ask, type Loaded, received } from './messages.ts';
import type { Procedures, SqliteModule } from './module.ts';

export interface Database {
  /** Brings a driver's procedures into the thread: `load<typeof module>(builtFile(new URL('./x.ts', import.meta.url)))`. */
  load<M extends SqliteModule>(module: URL): Promise<Procedures<M>>;
  /**
   * Writes one state of all the data into a file that is not there yet, and looks through it for faults. Holds up this
   * connection's callers, but nobody else who uses the file.
   */
  copyInto(target: string): Promise<void>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

type Unnumbered = { [V in Ask['verb']]: Omit<Extract<Ask, { verb: V }>, 'id'> }[Ask['verb']];
interface Waiting {
  /** Which file a fault of the disk is about. */
  readonly about: string;
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** The file is made where there is none, its folder too, both for this user alone; those that are there stay as they are. */
export async function openDatabase(file: string): Promise<Database> {
  const { ask, end } = await startThread(file);
  let closing: Promise<void> | undefined;
  return {
    async load<M extends SqliteModule>(url: URL) {
      const { module, names } = await ask<Loaded>({ verb: 'load', url: url.href });
      const procedure =
        (name: string) =>
        (...args: unknown[]) =>
          ask({ verb: 'call', module, name, args });
      return Object.fromEntries(names.map((name) => [name, procedure(name)])) as Procedures<M>;
    },
    copyInto: (target) => {
      makePrivate(target);
      return ask<void>({ verb: 'copy', target }, target);
    },
    close() {
      closing ??= ask<void>({ verb: 'close' }).finally(end);
      return closing;
    },
  };
}

/** SQLite would make it for everybody to read; what it lays beside it has the rights of the file. */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'ax', 0o600));
  } catch {
    // It is there, or cannot be made: SQLite says what is wrong.
  }
}

interface Thread {
  ask<R>(ask: Unnumbered, about?: string): Promise<R>;
  end(): Promise<void>;
}

async function startThread(file: string): Promise<Thread> {
  const unavailable = (why: string) => new ImagedexError('data_unavailable', `${file}: ${why}`);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unavailable(`its folder cannot be made (${messageOf(error)}); name another data directory`);
  }
  makePrivate(file);
  const thread = new Worker(builtFile(new URL('./thread.ts', import.meta.url)), { workerData: { file } });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let ended: Error | undefined;

  const fail = (error: Error) => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  thread.on('message', (answers: readonly Answer[]) => {
    for (const { id, result, error } of answers) {
      const { resolve, reject, about } = waiting.get(id)!;
      waiting.delete(id);
      if (error) reject(received(error, about));
      else resolve(result as never);
    }
    // An idle thread does not keep the process alive.
    if (waiting.size === 0) thread.unref();
  });
  thread.on('error', (error: unknown) => fail(unavailable(wordsOf(error))));
  thread.on('exit', () => fail(unavailable('the database is closed')));

  await new Promise<void>((resolve, reject) => waiting.set(0, { resolve, reject, about: file }));
  const post = (asks: readonly Ask[]): void => {
    try {
      thread.postMessage(asks);
    } catch (error) {
      const [only, ...others] = asks;
      // One of them cannot be sent: each by itself.
      if (others.length > 0) for (const one of asks) post([one]);
      else if (only !== undefined) {
        waiting.get(only.id)?.reject(error as Error);
        waiting.delete(only.id);
      }
    }
  };
  // What is asked in one turn of the event loop goes together: to wake the thread costs more than most of what is asked.
  let gathered: Ask[] = [];
  const gather = (ask: Ask): void => {
    if (gathered.push(ask) > 1) return;
    setImmediate(() => {
      const asks = gathered;
      gathered = [];
      post(asks);
    });
  };
  const ask = <R>(ask: Unnumbered, about = file) =>
    new Promise<R>((resolve, reject) => {
      if (ended) return reject(ended);
      if (waiting.size === 0) thread.ref();
      lastId += 1;
      waiting.set(lastId, { resolve, reject, about });
      gather({ id: lastId, ...ask } as Ask);
    });
  return { ask, end: async () => void (await thread.terminate()) };
}

/** What leaves a thread is not always an error any more by the time it is here. */
const wordsOf = (error: unknown): string =>
  error instanceof Error ? error.message : JSON.stringify(error) || String(error);
