// Who watches a source, and what it came to, as the ledger has it: of several processes one watches.
import { amend, amendment, changePlanned, type Ledger, type Stored, type WatchRecord } from '../../ledger.ts';
import type { Owner } from '../../owner.ts';
import { now, type SourceId, watchId } from '../../record.ts';

export interface Watched {
  readonly collection: string;
  readonly source: SourceId;
}

interface StateParts {
  readonly ledger: Ledger;
  readonly owner: Owner;
}

/** Another process watches it now. */
export class LostWatchError extends Error {}

/** False while somebody else who lives watches it. */
export async function claimWatch({ ledger, owner }: StateParts, watched: Watched): Promise<boolean> {
  const id = watchId(watched.collection, watched.source);
  let isOurs = false;
  await changePlanned(ledger, async () => {
    const [stored] = await ledger.get('watch', [id]);
    isOurs = await isFree(owner, stored);
    if (!isOurs) return [];
    const record: WatchRecord = {
      lookedAt: null,
      changedAt: null,
      crawlId: null,
      ...stored?.record,
      ...watched,
      owner: owner.id,
      by: 'polling',
      since: now(),
      error: null,
    };
    return [{ kind: 'watch', id, expect: stored?.version ?? 0, record }];
  });
  return isOurs;
}

const isFree = async (owner: Owner, stored: Stored<'watch'> | undefined): Promise<boolean> =>
  stored === undefined ||
  stored.record.owner === null ||
  stored.record.owner === owner.id ||
  !(await owner.isAlive(stored.record.owner));

/** Throws `LostWatchError` where it is not ours any more. */
export async function rememberWatch(
  { ledger, owner }: StateParts,
  { collection, source }: Watched,
  change: Partial<WatchRecord>,
): Promise<void> {
  const written = await amend(ledger, [
    amendment('watch', watchId(collection, source), (old) =>
      old?.owner === owner.id ? { ...old, ...change } : undefined,
    ),
  ]);
  if (written === 0) throw new LostWatchError(`another process watches ${source}`);
}

export const leaveWatch = ({ ledger, owner }: StateParts, { collection, source }: Watched): Promise<number> =>
  amend(ledger, [
    amendment('watch', watchId(collection, source), (old) =>
      old?.owner === owner.id ? { ...old, owner: null } : undefined,
    ),
  ]);
