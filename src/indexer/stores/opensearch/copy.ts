// Takes documents of one generation over into another, with the revisions that they have there.
import type { BulkOutcome } from '../../../opensearch/bulk-operation.ts';
import type { BulkWriter } from '../../../opensearch/bulk-writer.ts';
import type { Cluster } from '../../../opensearch/cluster.ts';
import { documentsOf, type Place, placesOf, type Walked } from './walk.ts';
import { ownAlias } from './write-set.ts';

export interface Copying {
  readonly cluster: Cluster;
  readonly writer: BulkWriter;
  readonly from: string;
  readonly to: string;
  /** The document as `to` wants it. */
  readonly rewrite: (source: object) => object;
}

export interface Copied {
  /** Of `from`, written or found to be there already. */
  readonly walked: number;
  readonly written: number;
  readonly rejected: readonly string[];
  /** Gone from `from`, and perhaps brought back into `to` by a try whose answer was lost. */
  readonly doubtful: readonly string[];
}

/** What is newer in `to` already stays. */
export async function copyPage(copying: Copying, page: readonly Walked[]): Promise<Copied> {
  const { writer, to, rewrite } = copying;
  const outcomes = await writer.write(
    page.map(({ id, version, source }) => ({
      action: 'index',
      index: ownAlias(to),
      requireAlias: true,
      id,
      version,
      body: rewrite(source),
    })),
  );
  const rejected = page.flatMap(({ id }, place) => {
    const outcome = outcomes[place]!;
    return outcome.state === 'rejected' ? [`${id}: ${outcome.reason}`] : [];
  });
  const doubtful = await takeBackForgotten(copying, page, outcomes);
  return {
    walked: page.length,
    written: outcomes.filter(({ state }) => state === 'written').length,
    rejected,
    doubtful,
  };
}

/**
 * What was forgotten between its reading and its writing must not come back by the copy. Who forgets removes from
 * `from` before `to`: so either it is gone from there now, or its removal from `to` is still to come. Only
 * exactly what was written here is removed: a document that came again meanwhile stays.
 */
async function takeBackForgotten(
  { cluster, writer, from, to }: Copying,
  page: readonly Place[],
  outcomes: readonly BulkOutcome[],
): Promise<string[]> {
  const there = await placesOf(
    cluster,
    from,
    page.map(({ id }) => id),
  );
  const doubtful: string[] = [];
  const removals = page.flatMap(({ id }, place) => {
    const outcome = outcomes[place]!;
    if (there.has(id)) return [];
    if (outcome.state === 'conflict' && outcome.isRepeated) doubtful.push(id);
    if (outcome.state !== 'written') return [];
    const { seqNo: ifSeqNo, primaryTerm: ifPrimaryTerm } = outcome;
    return [
      { action: 'delete', index: ownAlias(to), requireAlias: true, id, ifSeqNo, ifPrimaryTerm } as const,
    ];
  });
  await writer.write(removals);
  return doubtful;
}

/** Those of `places` that `to` lacks or has an older revision of. */
export async function behind({ cluster, to }: Copying, places: readonly Place[]): Promise<string[]> {
  const there = await placesOf(
    cluster,
    to,
    places.map(({ id }) => id),
  );
  return places.filter(({ id, version }) => (there.get(id)?.version ?? -1) < version).map(({ id }) => id);
}

const mendedAtOnce = 500;

/** Takes them over as they are now. */
export async function mend(copying: Copying, ids: readonly string[]): Promise<Copied> {
  let sum: Copied = nothingCopied;
  for (let start = 0; start < ids.length; start += mendedAtOnce) {
    const page = await documentsOf(copying.cluster, copying.from, ids.slice(start, start + mendedAtOnce));
    sum = sumOf(sum, await copyPage(copying, page));
  }
  return sum;
}

/** No more are needed to see why. */
const mostRejected = 100;

export const nothingCopied: Copied = { walked: 0, written: 0, rejected: [], doubtful: [] };
export const sumOf = (a: Copied, b: Copied): Copied => ({
  walked: a.walked + b.walked,
  written: a.written + b.written,
  rejected: [...a.rejected, ...b.rejected].slice(0, mostRejected),
  doubtful: [...a.doubtful, ...b.doubtful],
});
