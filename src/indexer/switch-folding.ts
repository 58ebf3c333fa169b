// A collection whose images are to be folded from now on, or no more: all of them are projected anew.
import { batches } from '../batches.ts';
import { amend, amendment, type Ledger, listAll, raiseRevision } from '../ledger.ts';

const batchSize = 200;

/** `isWanted`: undefined for as it is. Cut off, the next call finishes it. */
export async function rememberFoldAlike(
  ledger: Ledger,
  collection: string,
  isWanted: boolean | undefined,
): Promise<void> {
  const [stored] = await ledger.get('collection', [collection]);
  if (stored === undefined) return;
  const isSwitched = isWanted !== undefined && (stored.record.foldAlike ?? true) !== isWanted;
  if (!isSwitched && stored.record.mustFoldAnew !== true) return;
  if (isSwitched) {
    await amend(ledger, [
      amendment(
        'collection',
        collection,
        (old) => old && { ...old, foldAlike: isWanted, mustFoldAnew: true },
      ),
    ]);
  }
  for await (const some of batches(listAll(ledger, 'image', { collection }), batchSize))
    await amend(
      ledger,
      some.map(({ id }) => raiseRevision(id)),
    );
  await amend(ledger, [
    amendment('collection', collection, (old) => {
      if (old === undefined) return undefined;
      const { mustFoldAnew: _, ...done } = old;
      return done;
    }),
  ]);
}
