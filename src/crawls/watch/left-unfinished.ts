// A crawl of a watched source that nobody works on any more: its place is not taken, it is carried on with.
import type { Ledger } from '../../ledger.ts';
import type { Owner } from '../../owner.ts';
import type { Queue } from '../../queue/queue.ts';
import type { SourceId } from '../../record.ts';
import type { Work } from '../../work.ts';
import { isElsewhere, isInPart } from '../claim.ts';
import type { Watched } from './watch-state.ts';

export interface UnfinishedParts {
  readonly ledger: Ledger;
  readonly owner: Owner;
  readonly queue: Pick<Queue<Work>, 'id'>;
}

/** Its sources; null where there is none, or none that this process could carry on with. */
export async function leftUnfinished(
  { ledger, owner, queue }: UnfinishedParts,
  { collection, source }: Watched,
): Promise<readonly SourceId[] | null> {
  const [stored] = await ledger.get('collection', [collection]);
  const id = stored?.record.unfinished[source];
  const [crawl] = id === undefined ? [] : await ledger.get('crawl', [id]);
  if (crawl === undefined || crawl.record.state !== 'running') return null;
  const { owner: runner, sources } = crawl.record;
  if (isInPart(crawl.record) || isElsewhere(crawl.record, queue)) return null;
  return runner !== null && (await owner.isAlive(runner)) ? null : sources;
}
