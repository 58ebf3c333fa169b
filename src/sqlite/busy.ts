// Waiting for another process that holds the database: short sleeps, so that a busy neighbour starves nobody.

const maxWaitMs = 60_000;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');

/** Runs it again while the database is busy. Blocks the thread. */
export function whileBusy<T>(attempt: () => T): T {
  const deadline = Date.now() + maxWaitMs;
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
      Atomics.wait(sleeper, 0, 0, 1 + Math.random() * 2);
    }
  }
}
