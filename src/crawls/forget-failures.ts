// Failures of what is not there any more: nobody can try them again.
import { batches } from '../batches.ts';
import { amend, amendment, type Ledger, listAll, type Stored } from '../ledger.ts';
import { pageId, type SourceId } from '../record.ts';

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
    const about = some.map((one) => subjectOf(one));
    const ids = [...new Set(about)];
    const known = [...(await ledger.get('location', ids)), ...(await ledger.get('page', ids))];
    const unseen = new Set(known.filter(({ record }) => record.crawlId !== crawlId).map(({ id }) => id));
    const lost = some.filter((_, index) => unseen.has(about[index]!)).map(({ id }) => id);
    await forgetFailures(ledger, lost);
  }
}

/** The image or page; what is wrong with an entry of a list or sitemap has an id of its own, and ends with that. */
const subjectOf = ({ id, record }: Stored<'failure'>): string =>
  record.subject === 'page' ? pageId(record.collection, record.source, record.address) : id;

export const forgetFailures = (ledger: Ledger, ids: readonly string[]): Promise<number> =>
  amend(
    ledger,
    ids.map((id) => amendment('failure', id, () => null)),
  );
