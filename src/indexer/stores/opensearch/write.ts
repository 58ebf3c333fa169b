// Writes documents, tombstones and removals into every generation of the write set.
import { setTimeout as sleep } from 'node:timers/promises';
import { ImagedexError, TemporaryError } from '../../../errors.ts';
import { asked } from '../../../opensearch/asked.ts';
import type { BulkOperation, BulkOutcome } from '../../../opensearch/bulk-operation.ts';
import type { BulkWriter } from '../../../opensearch/bulk-writer.ts';
import type { Cluster } from '../../../opensearch/cluster.ts';
import type { RejectedDocument } from '../../image-index.ts';
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
  let rejected: readonly RejectedDocument[] = [];
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
    // A generation that is made for another version of the mapping, or kept, may take less than the one that is searched.
    if (isCurrent) rejected = refused;
    else if (refused.length > 0)
      parts.cluster.log.warn('an index takes not all documents', { index, ...refused[0] });
    return true;
  });
  return rejected;
}

/** Without a trace in the index: what comes later may have any revision. In turn, so that a copy that is made meanwhile can
 * see that it is gone. */
export async function removeDocuments(
  { writer, writeSet }: WriteParts,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return;
  await writeSet.each(async (index) => {
    const outcomes = await writer.write(
      ids.map((id) => ({ action: 'delete', index: ownAlias(index), requireAlias: true, id })),
    );
    if (isGone(outcomes)) return false;
    const refused = outcomes.find((outcome) => outcome.state === 'rejected');
    if (refused?.state === 'rejected')
      throw new ImagedexError('data_unavailable', `OpenSearch does not forget images: ${refused.reason}`);
    return true;
  }, 'in turn');
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
