// What came of projections, written to the ledger: images that the index has caught up with, and those that it does not take.
import { batches } from '../batches.ts';
import {
  type Amendment,
  amend,
  amendment,
  type FailureRecord,
  type ImageRecord,
  type Ledger,
  type LocationRecord,
  listAll,
  type Stored,
} from '../ledger.ts';
import { now } from '../record.ts';
import { isLive } from './remember-location.ts';

/** An image as it was read, and what the index said of the document that was made from it. */
export interface Projected extends Stored<'image'> {
  /** Why the index does not take it; undefined where it did. */
  readonly reason: string | undefined;
}

/** Marks them clean. Returns the ids of images that the ledger does not know any more. */
export async function rememberProjected(ledger: Ledger, projected: readonly Projected[]): Promise<string[]> {
  for (const { id, record, reason } of projected) {
    // Before the image is clean: where this process is killed here, all of it is done again.
    if (reason !== undefined) await changeLocations(ledger, id, (location) => rejected(location, reason));
    else if (record.rejected !== undefined) await changeLocations(ledger, id, accepted);
  }
  const unknown = new Set<string>();
  await amend(
    ledger,
    projected.map(({ id, record: { revision }, reason }) =>
      amendment('image', id, (old) => {
        if (old === undefined) unknown.add(id);
        return old === undefined || old.indexedRevision >= revision
          ? undefined
          : caughtUp(old, revision, reason);
      }),
    ),
  );
  return [...unknown];
}

function caughtUp({ rejected: _, ...old }: ImageRecord, revision: number, reason?: string): ImageRecord {
  const clean = { ...old, indexedRevision: revision };
  return reason === undefined ? { ...clean, indexedAt: now() } : { ...clean, rejected: reason };
}

async function changeLocations(
  ledger: Ledger,
  imageId: string,
  change: (location: Stored<'location'>) => readonly Amendment[],
): Promise<void> {
  for await (const some of batches(listAll(ledger, 'location', { imageId }), 100))
    await amend(ledger, some.filter(({ record }) => isLive(record.state)).flatMap(change));
}

/** A failure of whichever crawl saw the location last. One that is still on its way settles itself. */
const rejected = ({ id, record }: Stored<'location'>, reason: string): Amendment[] => [
  amendment('failure', id, () => failureAt(record, reason)),
  amendment('location', id, (old) =>
    old?.imageId === record.imageId && old?.outcome !== null
      ? // Not `indexed`, so that no crawl takes it for settled because its bytes are the same.
        { ...old, state: 'described', outcome: 'failed', code: 'document_rejected' }
      : undefined,
  ),
];

const failureAt = (
  { collection, source, crawlId, address, url }: LocationRecord,
  reason: string,
): FailureRecord => ({
  collection,
  source,
  crawlId,
  subject: 'image',
  address,
  url,
  depth: 0,
  stage: 'index',
  code: 'document_rejected',
  reason,
  attempts: 1,
  at: now(),
});

const accepted = ({ id, record }: Stored<'location'>): Amendment[] => [
  amendment('failure', id, (old) => (old?.code === 'document_rejected' ? null : undefined)),
  amendment('location', id, (old) =>
    old?.imageId === record.imageId && old?.code === 'document_rejected'
      ? { ...old, state: 'indexed', outcome: 'indexed', code: null }
      : undefined,
  ),
];
