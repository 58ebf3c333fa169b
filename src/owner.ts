// Who works on this data: each process has a random id and a heartbeat; what a dead one owned is free again.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { amend, amendment, type Ledger, listAll, type OwnerRecord, type Stored } from './ledger.ts';
import { now } from './record.ts';

export interface Owner {
  readonly id: string;
  /** May take some seconds, where the heartbeat looks old. */
  isAlive(id: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface Heartbeat {
  readonly everyMs: number;
  /** A heartbeat whose time is as near as this to ours counts as one of a living process. */
  readonly nearMs: number;
  /** Any other is looked at as often, with a pause after each look; where it stays the same its owner is dead. */
  readonly looks: number;
  readonly pauseMs: number;
}
export const usualHeartbeat: Heartbeat = { everyMs: 5_000, nearMs: 30_000, looks: 12, pauseMs: 1_000 };

/** Far more than a store is away, or clocks differ. */
const forgottenMs = 24 * 3600 * 1000;

export async function openOwner(ledger: Ledger, heartbeat: Heartbeat = usualHeartbeat): Promise<Owner> {
  const id = randomUUID();
  const beat = () =>
    amend(ledger, [
      amendment('owner', id, () => ({ host: hostname(), pid: process.pid, heartbeatAt: now() })),
    ]);
  const remove = () => amend(ledger, [amendment('owner', id, () => null)]);

  await beat();
  try {
    await tidy(ledger);
  } catch (error) {
    await remove().catch(() => {});
    throw error;
  }
  let isBeating = false;
  // A beat that fails is followed by another; a ledger that stays away makes itself known to all who use it.
  const heart = setInterval(() => {
    if (isBeating) return;
    isBeating = true;
    beat()
      .catch(() => {})
      .finally(() => {
        isBeating = false;
      });
  }, heartbeat.everyMs).unref();
  return {
    id,
    isAlive: async (other) => other === id || (await isOwnerAlive(ledger, other, heartbeat)),
    async close() {
      clearInterval(heart);
      await remove();
    },
  };
}

/**
 * Clocks of machines differ, and while the store was away nobody's heart could beat: a time that looks old proves nothing.
 * Dead is who has no process on this machine, or whose heartbeat does not change while it is looked at.
 */
export async function isOwnerAlive(
  ledger: Ledger,
  id: string,
  { nearMs, looks, pauseMs }: Heartbeat = usualHeartbeat,
): Promise<boolean> {
  const [seen] = await ledger.get('owner', [id]);
  if (seen === undefined) return false;
  if (!isRunning(seen.record)) return !(await isRemoved(ledger, seen));
  if (Math.abs(ageMs(seen.record)) <= nearMs) return true;
  // Looks are counted, not the time: one who was halted himself may not blame others for it.
  for (let look = 0; look < looks; look++) {
    await sleep(pauseMs);
    const [found] = await ledger.get('owner', [id]);
    if (found?.version !== seen.version) return found !== undefined;
  }
  return !(await isRemoved(ledger, seen));
}

/** Nobody is waited for here: of other machines only what is long forgotten is removed. */
async function tidy(ledger: Ledger): Promise<void> {
  for await (const stored of listAll(ledger, 'owner', {})) {
    if (!isRunning(stored.record) || ageMs(stored.record) > forgottenMs) await isRemoved(ledger, stored);
  }
}

/** Where the version has changed it has just shown that it lives. */
async function isRemoved(ledger: Ledger, { id, version }: Stored<'owner'>): Promise<boolean> {
  const { conflict } = await ledger.change([{ kind: 'owner', id, expect: version, record: null }]);
  return !conflict || (await ledger.get('owner', [id])).length === 0;
}

const ageMs = ({ heartbeatAt }: OwnerRecord): number => Date.now() - Date.parse(heartbeatAt);

/** False only where this machine knows that there is no such process. */
function isRunning({ host, pid }: OwnerRecord): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
