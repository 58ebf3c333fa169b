// What dead processes left behind: finished where it was committed, and after a while taken back where it was not.
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../errors.ts';
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
const maxFound = 1000;

/** Resolves when what is committed is finished; the rest is done beside other work. */
export async function recover(parts: RecoveryParts, delayMs = usualDelayMs): Promise<Recovery> {
  const undecided = await settleAll(parts);
  const stop = new AbortController();
  const later = clearUp(parts, undecided, delayMs, stop.signal).catch((error) => {
    if (!stop.signal.aborted)
      parts.log.debug('clears up the ledger another time', { reason: messageOf(error) });
  });
  return {
    close: () => {
      stop.abort();
      return later;
    },
  };
}

/** Returns what is not decided. */
async function settleAll({ records, intents }: RecoveryParts): Promise<Found[]> {
  const found = await records.searchAll({ query: pending, size: maxFound });
  return (await intents.settled(found)).filter(hasIntent);
}

async function clearUp(
  parts: RecoveryParts,
  first: readonly Found[],
  delayMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { decisions, intents } = parts;
  for (let undecided = first; ; undecided = await settleAll(parts)) {
    await sleep(delayMs, undefined, { signal, ref: false });
    for (const one of undecided) {
      signal.throwIfAborted();
      await intents.outlast(one, 0);
    }
    if (undecided.length < maxFound) break;
  }
  const old = await decisions.find(await decisions.before(Date.now() - forgetMs));
  for (const [tx, decision] of old) {
    if (decision.state === 'committed') await intents.finishAll(tx, decision.members);
    else decisions.remove(tx);
  }
}
