// Who works on this data: each process has a random id and a heartbeat; what a dead one owned is free again.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { amend, amendment, type Ledger, listAll, type OwnerRecord, type Stored } from './ledger.ts';
import { now } from './record.ts';

export interface Owner {
  readonly id: string;
  isAlive(id: string): Promise<boolean>;
  close(): Promise<void>;
}

const heartbeatMs = 5_000;
const maxSilenceMs = 30_000;

export async function openOwner(ledger: Ledger): Promise<Owner> {
  const id = randomUUID();
  const beat = () =>
    amend(ledger, [
      amendment('owner', id, () => ({ host: hostname(), pid: process.pid, heartbeatAt: now() })),
    ]);

  await beat();
  for await (const stored of listAll(ledger, 'owner', {})) await isAliveOrRemoved(ledger, stored);
  // A beat that fails is followed by another; a ledger that stays away makes itself known to all who use it.
  const heart = setInterval(() => void beat().catch(() => {}), heartbeatMs).unref();
  return {
    id,
    isAlive: async (other) => other === id || (await isOwnerAlive(ledger, other)),
    async close() {
      clearInterval(heart);
      await amend(ledger, [amendment('owner', id, () => null)]);
    },
  };
}

export async function isOwnerAlive(ledger: Ledger, id: string): Promise<boolean> {
  const [stored] = await ledger.get('owner', [id]);
  return stored !== undefined && (await isAliveOrRemoved(ledger, stored));
}

async function isAliveOrRemoved(ledger: Ledger, { id, version, record }: Stored<'owner'>): Promise<boolean> {
  if (isRunning(record) && Date.now() - Date.parse(record.heartbeatAt) <= maxSilenceMs) return true;
  // Where the version has changed it has just shown that it lives.
  const { conflict } = await ledger.change([{ kind: 'owner', id, expect: version, record: null }]);
  return conflict && (await ledger.get('owner', [id])).length > 0;
}

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
