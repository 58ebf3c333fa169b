// An index that has lost everything, an index of OpenSearch that somebody deleted: its documents can be made again.
import { batches } from '../batches.ts';
import { amend, amendment, type Ledger, listAll } from '../ledger.ts';
import type { ImageIndex } from './image-index.ts';

const batchSize = 200;

/**
 * Makes all images of the collection dirty where the ledger knows some that are indexed and the index has none. Returns how
 * many there are.
 */
export async function mendEmptied(ledger: Ledger, index: ImageIndex, collection: string): Promise<number> {
  const [known] = await ledger.tally('location', { collection, state: 'indexed' }, []);
  if ((known?.count ?? 0) === 0 || (await hasImages(index, collection))) return 0;
  // What was put a moment ago need not be found yet.
  await index.refresh();
  if (await hasImages(index, collection)) return 0;
  let images = 0;
  for await (const some of batches(listAll(ledger, 'image', { collection }), batchSize)) {
    images += some.length;
    await Promise.all(
      some.map(({ id }) =>
        amend(ledger, [
          amendment('image', id, (old) =>
            old === undefined || old.indexedRevision === 0 ? undefined : { ...old, indexedRevision: 0 },
          ),
        ]),
      ),
    );
  }
  return images;
}

async function hasImages(index: ImageIndex, collection: string): Promise<boolean> {
  const orderBy = { field: 'DATE', direction: 'DESC' } as const;
  return (await index.search({ collection, filter: {}, orderBy, first: 1 })).hits.length > 0;
}
