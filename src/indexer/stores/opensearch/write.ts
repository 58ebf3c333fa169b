// Writes documents, tombstones and removals into every generation of the write set.
import { setTimeout as sleep } from 'node:timers/promises';
import { ImagedexError, TemporaryError } from '../../../errors.ts';
import { asked } from '../../../opensearch/asked.ts';
import type { BulkOperation, BulkOutcome } from '../../../opensearch/bulk-operation.ts';
import type { BulkWriter } from '../../../opensearch/bulk-writer.ts';
import type { Cluster } from '../../../opensearch/cluster.ts';
import type { RejectedDocument } from '../../image-index.ts';
import { markLacking } from './generations.ts';
import { type Place, placesOf } from './walk.ts';
import { ownAlias, type WriteSet } from './write-set.ts';

export interface WriteParts {
  readonly cluster: Cluster;
  readonly writer: BulkWriter;
  readonly writeSet: WriteSet;
}
/** What one image's document becomes. */
export interface Written {
  readonly id: string;
  readonly revision: number;
  readonly source: object;
}

/** What is there with the same or a newer revision stays. */
export async function writeSources(
  parts: WriteParts,
  sources: readonly Written[],
): Promise<readonly RejectedDocument[]> {
  if (sources.length === 0) return [];
  const refusals = new Map<string, readonly RejectedDocument[]>();
  let searched = '';
  await parts.writeSet.each(async (index, isCurrent) => {
    const operations = sources.map(
      ({ id, revision, source }): BulkOperation => ({
        action: 'index',
        index: ownAlias(index),
        requireAlias: true,
        id,
        version: revision,
        body: source,
      }),
    );
    const outcomes = await writeAll(parts, operations);
    if (isGone(outcomes)) return false;
    const refused = outcomes.flatMap((outcome, place) =>
      outcome.state === 'rejected' ? [{ id: sources[place]!.id, reason: outcome.reason }] : [],
    );
    if (isCurrent) searched = index;
    if (refused.length > 0) refusals.set(index, refused);
    return true;
  });
  return refusals.size === 0 ? [] : refusedBySearched(parts, refusals, searched);
}

/**
 * A generation that is made for another version of the mapping, or kept, may take less than the one that is searched: then
 * searches must not go to it. Which one that is is asked for after the others were marked: if they went there before, it
 * is told here; if they were to go there afterwards, they cannot.
 */
async function refusedBySearched(
  { cluster, writeSet }: WriteParts,
  refusals: ReadonlyMap<string, readonly RejectedDocument[]>,
  knownAsSearched: string,
): Promise<readonly RejectedDocument[]> {
  for (let searched = knownAsSearched; ; ) {
    const rejected = refusals.get(searched) ?? [];
    const ids = new Set(rejected.map(({ id }) => id));
    const lacking = [...refusals].flatMap(([index, refused]) => {
      const first = refused.find(({ id }) => !ids.has(id));
      return index === searched || first === undefined ? [] : [{ index, ...first }];
    });
    for (const one of lacking) cluster.log.warn('an index takes not all documents', one);
    if (lacking.length > 0)
      await markLacking(
        cluster,
        lacking.map(({ index }) => index),
      );
    const current = await writeSet.current();
    if (current === searched) return rejected;
    searched = current;
  }
}

/** Without a trace in the index: what comes later may have any revision. In turn, so that a copy that is made meanwhile can
 * see that it is gone. */
export async function removeDocuments(parts: WriteParts, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await parts.writeSet.each(async (index) => removeFrom(parts, ownAlias(index), ids), 'in turn');
}

const maxRemovals = 30;
/** No document has it. */
const noSeqNo = Number.MAX_SAFE_INTEGER;

/**
 * Removes exactly what was seen there, and looks again: a removal that the server applies late must not take what came
 * again meanwhile. Before anything was seen it is removed in vain, behind whatever is on its way from this process.
 */
async function removeFrom(
  { cluster, writer }: WriteParts,
  index: string,
  ids: readonly string[],
): Promise<boolean> {
  let seen = new Map<string, Place>();
  let left = ids;
  for (let removals = 0; removals < maxRemovals; removals++) {
    const outcomes = await writer.write(
      left.map((id) => {
        const { seqNo: ifSeqNo = noSeqNo, primaryTerm: ifPrimaryTerm = 1 } = seen.get(id) ?? {};
        return { action: 'delete', index, requireAlias: true, id, ifSeqNo, ifPrimaryTerm };
      }),
    );
    if (isGone(outcomes)) return false;
    const refused = outcomes.find((outcome) => outcome.state === 'rejected');
    if (refused?.state === 'rejected')
      throw new ImagedexError('data_unavailable', `OpenSearch does not forget images: ${refused.reason}`);
    seen = await placesOf(
      cluster,
      index,
      left.filter((_, place) => outcomes[place]!.state === 'conflict'),
    );
    if (seen.size === 0) return true;
    left = [...seen.keys()];
  }
  throw new TemporaryError(
    'data_unavailable',
    `OpenSearch does not forget ${left[0]}, which is written again and again`,
  );
}

const isGone = (outcomes: readonly BulkOutcome[]): boolean =>
  outcomes.some((outcome) => outcome.state === 'rejected' && outcome.type === 'index_not_found_exception');

/** For a moment after an image was forgotten its version is still known, and a smaller one refused. */
const forgottenWaitMs = 100;
const maxForgottenWaits = 30;

async function writeAll(
  { cluster, writer }: WriteParts,
  operations: readonly BulkOperation[],
): Promise<readonly BulkOutcome[]> {
  const outcomes = [...(await writer.write(operations))];
  for (let waits = 0; ; waits++) {
    const conflicts = operations.flatMap((_, place) =>
      outcomes[place]!.state === 'conflict' ? [place] : [],
    );
    const missing = await withoutDocument(cluster, operations, conflicts);
    if (missing.length === 0) return outcomes;
    if (waits === maxForgottenWaits)
      throw new TemporaryError(
        'data_unavailable',
        `OpenSearch does not take ${operations[missing[0]!]!.id}, which was forgotten a moment ago`,
      );
    await sleep(forgottenWaitMs);
    const again = await writer.write(missing.map((place) => operations[place]!));
    for (const [at, place] of missing.entries()) outcomes[place] = again[at]!;
  }
}

/** A conflict with nothing. */
async function withoutDocument(
  { client, log }: Cluster,
  operations: readonly BulkOperation[],
  places: readonly number[],
): Promise<readonly number[]> {
  if (places.length === 0) return [];
  const { index } = operations[0]!;
  const ids = places.map((place) => operations[place]!.id);
  const { body } = await asked({ log }, () => client.mget({ index, _source: false, body: { ids } }));
  const docs = body.docs as unknown as readonly { readonly found?: boolean }[];
  return places.filter((_, at) => docs[at]!.found === false);
}
