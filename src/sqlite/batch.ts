// Runs the calls that were waiting: all their writes share one transaction, each in a savepoint of its own.
import type { Connection } from './binding.ts';
import { whileBusy } from './busy.ts';
import { type Answer, type Call, sendable } from './messages.ts';
import type { SqliteModule } from './module.ts';

/** A transaction is committed after this long, so that neighbours get the lock too. */
const maxTransactionMs = 50;

/** Runs the calls and answers each. A read sees the writes that came before it, and may see later ones. */
export function runBatch(
  db: Connection,
  modules: ReadonlyMap<string, SqliteModule>,
  calls: readonly Call[],
  answer: (answer: Answer) => void,
): void {
  const isWrite = ({ module, name }: Call) => Object.hasOwn(modules.get(module)!.writes, name);
  const invoke = (call: Call): unknown => {
    const { reads, writes } = modules.get(call.module)!;
    const procedure = (isWrite(call) ? writes : reads)[call.name] as (...args: unknown[]) => unknown;
    return procedure(db, ...call.args);
  };
  const read = (call: Call) => answer(snapshot(db, call, invoke));

  const firstWrite = calls.findIndex(isWrite);
  const split = firstWrite === -1 ? calls.length : firstWrite;
  for (const call of calls.slice(0, split)) read(call);
  const rest = calls.slice(split);
  let writes = rest.filter(isWrite);
  while (writes.length > 0) {
    const answers = transact(db, writes, invoke);
    for (const one of answers) answer(one);
    writes = writes.slice(answers.length);
  }
  for (const call of rest) if (!isWrite(call)) read(call);
}

/** One state of the data for all statements of a read. */
function snapshot(db: Connection, call: Call, invoke: (call: Call) => unknown): Answer {
  try {
    const result = whileBusy(() => {
      db.run('BEGIN');
      try {
        return invoke(call);
      } finally {
        if (db.inTransaction) db.run('ROLLBACK');
      }
    });
    return { id: call.id, result };
  } catch (error) {
    return { id: call.id, error: sendable(error) };
  }
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
