// What dead processes left behind: finished where it was committed, and after a while taken back where it was not.
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, TemporaryError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { pending } from './conditions.ts';
import type { Decisions } from './decisions.ts';
import type { Found } from './document.ts';
import { hasIntent, type Intents } from './intents.ts';
import type { Records } from './records.ts';

export interface RecoveryParts {
  readonly records: Records;
  readonly decisions: Decisions;
  readonly intents: Intents;
  readonly log: Log;
}

export interface Recovery {
  /** When it has stopped. */
  close(): Promise<void>;
}

/** A process that lives has long decided what it began before. */
const usualDelayMs = 10_000;
/** No request is under way so long: what was aborted then will not be committed any more. */
const forgetMs = 86_400_000;
const usualPageSize = 1000;

/** Resolves when what is committed is finished, where that is possible now; the rest is done beside other work. */
export async function recover(
  parts: RecoveryParts,
  delayMs = usualDelayMs,
  pageSize = usualPageSize,
): Promise<Recovery> {
  const another = (error: unknown): void =>
    parts.log.debug('clears up the ledger another time', { reason: messageOf(error) });
  const undecided = await settleAll(parts, pageSize).catch((error) => {
    // Readers do without: this opens also where nothing can be written.
    if (!(error instanceof TemporaryError)) throw error;
    another(error);
    return undefined;
  });
  const stop = new AbortController();
  const later = (async () => {
    if (undecided !== undefined) await clearUp(parts, undecided, delayMs, stop.signal);
  })().catch((error) => {
    if (!stop.signal.aborted) another(error);
  });
  return {
    close: () => {
      stop.abort();
      return later;
    },
  };
}

/** All of it. Returns what is not decided. */
async function settleAll({ records, intents }: RecoveryParts, pageSize: number): Promise<Found[]> {
  const undecided: Found[] = [];
  for await (const found of records.searchAll(pending, pageSize))
    undecided.push(...(await intents.settled(found)).filter(hasIntent));
  return undecided;
}

async function clearUp(
  { decisions, intents }: RecoveryParts,
  undecided: readonly Found[],
  delayMs: number,
  signal: AbortSignal,
): Promise<void> {
  await sleep(delayMs, undefined, { signal, ref: false });
  for (const one of undecided) {
    signal.throwIfAborted();
    await intents.outlast(one, 0);
  }
  // Now no intent is left of what was decided so long ago.
  const old = await decisions.find(await decisions.before(Date.now() - forgetMs));
  for (const [tx, decision] of old) {
    if (decision.state === 'committed') await intents.finishAll(tx, decision.members);
    else decisions.remove(tx);
  }
}
