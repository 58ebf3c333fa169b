// Runs the calls that were waiting: all their writes share one transaction, each in a savepoint of its own.
import type { Connection } from './binding.ts';
import { whileBusy } from './busy.ts';
import { type Answer, type Call, sendable } from './messages.ts';
import type { SqliteModule } from './module.ts';

/** A transaction is committed after this long, so that neighbours get the lock too. */
const maxTransactionMs = 50;

/** Runs the calls and answers each, some together. A read sees the writes that came before it, and may see later ones. */
export function runBatch(
  db: Connection,
  modules: ReadonlyMap<string, SqliteModule>,
  calls: readonly Call[],
  answer: (answers: readonly Answer[]) => void,
): void {
  const isWrite = ({ module, name }: Call) => Object.hasOwn(modules.get(module)!.writes, name);
  const invoke = (call: Call): unknown => {
    const { reads, writes } = modules.get(call.module)!;
    const procedure = (isWrite(call) ? writes : reads)[call.name] as (...args: unknown[]) => unknown;
    return procedure(db, ...call.args);
  };
  const read = (some: readonly Call[]) => {
    if (some.length > 0) answer(snapshot(db, some, invoke));
  };

  const firstWrite = calls.findIndex(isWrite);
  const split = firstWrite === -1 ? calls.length : firstWrite;
  read(calls.slice(0, split));
  const rest = calls.slice(split);
  let writes = rest.filter(isWrite);
  while (writes.length > 0) {
    const answers = transact(db, writes, invoke);
    answer(answers);
    writes = writes.slice(answers.length);
  }
  read(rest.filter((call) => !isWrite(call)));
}

/** One state of the data for all statements of the reads. */
function snapshot(db: Connection, reads: readonly Call[], invoke: (call: Call) => unknown): Answer[] {
  const answers: Answer[] = [];
  let begun = false;
  const readOne = (call: Call): unknown =>
    whileBusy(() => {
      if (!db.inTransaction) db.run('BEGIN');
      begun = true;
      return invoke(call);
    });
  for (const call of reads) {
    try {
      answers.push({ id: call.id, result: readOne(call) });
    } catch (error) {
      answers.push({ id: call.id, error: sendable(error) });
    }
  }
  if (begun && db.inTransaction) db.run('ROLLBACK');
  return answers;
}

/** Runs as many of the writes as fit into one transaction, at least one. */
function transact(db: Connection, writes: readonly Call[], invoke: (call: Call) => unknown): Answer[] {
  const answers: Answer[] = [];
  try {
    whileBusy(() => db.run('BEGIN IMMEDIATE'));
    const deadline = Date.now() + maxTransactionMs;
    for (const call of writes) {
      if (answers.length > 0 && Date.now() > deadline) break;
      answers.push(savepoint(db, call, invoke));
    }
    db.run('COMMIT');
    return answers;
  } catch (error) {
    // The lock was not to be had, or the disk is full: nothing of this transaction was kept.
    if (db.inTransaction) db.run('ROLLBACK');
    return writes.map(({ id }) => ({ id, error: sendable(error) }));
  }
}

function savepoint(db: Connection, call: Call, invoke: (call: Call) => unknown): Answer {
  db.run('SAVEPOINT call');
  try {
    const result = invoke(call);
    db.run('RELEASE call');
    return { id: call.id, result };
  } catch (error) {
    // SQLite itself ends the transaction after some errors, and with it the calls before this one.
    if (!db.inTransaction) throw error;
    db.run('ROLLBACK TO call');
    db.run('RELEASE call');
    return { id: call.id, error: sendable(error) };
  }
}
