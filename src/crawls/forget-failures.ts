// Failures of what is not there any more: nobody can try them again.
import { batches } from '../batches.ts';
import { amend, amendment, type Ledger, listAll } from '../ledger.ts';
import type { SourceId } from '../record.ts';

const piece = 200;

/** After a complete crawl of the source: those of images and pages that it has not come to. */
export async function forgetLostFailures(
  ledger: Ledger,
  crawlId: string,
  collection: string,
  source: SourceId,
): Promise<void> {
  const older = listAll(ledger, 'failure', { collection, source, crawlIdNot: crawlId });
  for await (const some of batches(older, piece)) {
    const ids = some.map(({ id }) => id);
    // What is wrong with an entry of a list has neither: the list itself says when that is over.
    const known = [...(await ledger.get('location', ids)), ...(await ledger.get('page', ids))];
    const lost = known.filter(({ record }) => record.crawlId !== crawlId).map(({ id }) => id);
    await forgetFailures(ledger, lost);
  }
}

export const forgetFailures = (ledger: Ledger, ids: readonly string[]): Promise<number> =>
  amend(
    ledger,
    ids.map((id) => amendment('failure', id, () => null)),
  );
