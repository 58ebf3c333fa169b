// The SQLite thread: takes all that is waiting at its port, runs it as one batch, answers.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { ImagedexError } from '../errors.ts';
import { runBatch } from './batch.ts';
import { type Connection, configure, openConnection } from './binding.ts';
import { whileBusy } from './busy.ts';
import { type Answer, type Ask, type Call, type Loaded, sendable } from './messages.ts';
import { migrate } from './migrate.ts';
import type { SqliteModule } from './module.ts';

const maxBatch = 500;
const port = parentPort!;
const modules = new Map<string, SqliteModule>();
const { file } = workerData as { file: string };

const db = opened();

function opened(): Connection {
  try {
    return whileBusy(() => {
      const connection = openConnection(file);
      try {
        configure(connection);
        return connection;
      } catch (error) {
        connection.close();
        throw error;
      }
    });
  } catch (error) {
    // As a message: an error that leaves the thread by itself comes out as an object without its words.
    answer([{ id: 0, error: sendable(error) }]);
    process.exit();
  }
}

async function load(url: string): Promise<Loaded> {
  const { module } = (await import(url)) as { module: SqliteModule };
  migrate(db, module);
  modules.set(module.name, module);
  return { module: module.name, names: [...Object.keys(module.reads), ...Object.keys(module.writes)] };
}

function close(): void {
  try {
    // The package keeps a file open while statements of it are not collected; so at least nothing is left in the WAL.
    db.all('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
}

/** One state of the data, whoever writes meanwhile: all that a read lock needs. */
function copy(target: string): void {
  db.run('VACUUM INTO ?', [target]);
  const copied = openConnection(target);
  try {
    const [first] = copied.all<{ integrity_check: string }>('PRAGMA integrity_check');
    if (first?.integrity_check !== 'ok') {
      throw new ImagedexError(
        'data_unavailable',
        `${target}: expected a copy without faults, but SQLite finds ${first?.integrity_check}; see whether the disks are in order`,
      );
    }
  } finally {
    copied.close();
  }
}

async function settle(id: number, work: () => unknown): Promise<void> {
  try {
    answer([{ id, result: await work() }]);
  } catch (error) {
    answer([{ id, error: sendable(error) }]);
  }
}

/** Together: to wake the other thread costs more than most of what is asked. */
function answer(answers: readonly Answer[]): void {
  try {
    port.postMessage(answers, [...new Set(answers.flatMap(({ result }) => buffersOf(result)))]);
  } catch (error) {
    const [only, ...others] = answers;
    // One of them cannot be sent: each by itself.
    if (others.length > 0) for (const one of answers) answer([one]);
    else if (only !== undefined)
      port.postMessage([{ id: only.id, error: sendable(error) }] satisfies Answer[]);
  }
}

/** Large binary results are handed over, not copied: one itself, in a row, or in rows. */
function buffersOf(result: unknown, depth = 0): ArrayBuffer[] {
  if (result instanceof ArrayBuffer) return [result];
  if (depth === 2 || typeof result !== 'object' || result === null) return [];
  return Object.values(result).flatMap((value) => buffersOf(value, depth + 1));
}

function take(first: readonly Ask[]): void {
  let calls: Call[] = [];
  const flush = () => {
    if (calls.length > 0) runBatch(db, modules, calls, answer);
    calls = [];
  };
  const takeOne = (ask: Ask) => {
    if (ask.verb === 'call') {
      if (calls.push(ask) === maxBatch) flush();
      return;
    }
    flush();
    if (ask.verb === 'load') void settle(ask.id, () => load(ask.url));
    else if (ask.verb === 'copy') void settle(ask.id, () => copy(ask.target));
    else void settle(ask.id, close);
  };
  type Asks = readonly Ask[] | undefined;
  for (let asks: Asks = first; asks !== undefined; asks = receiveMessageOnPort(port)?.message as Asks)
    for (const ask of asks) takeOne(ask);
  flush();
}

port.on('message', take);
answer([{ id: 0 }]);
