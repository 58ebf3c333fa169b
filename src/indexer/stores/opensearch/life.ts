// The life of the image index in OpenSearch: one generation after the other, one process at a time.
import { ImagedexError } from '../../../errors.ts';
import type { Cluster } from '../../../opensearch/cluster.ts';
import { migrateTemplate } from '../../../opensearch/migrate.ts';
import { putTemplate } from '../../../opensearch/templates.ts';
import type { Generations, ReindexReport } from '../../generations.ts';
import type { ReindexWatch } from './compare.ts';
import { exclusively, type Heartbeat, usualHeartbeat } from './exclusive.ts';
import {
  addAlias,
  changeAliases,
  mustBeWhole,
  partsOf,
  readAlias,
  readGenerations,
  removeAlias,
  retire,
  writeAlias,
} from './generations.ts';
import { imagesTemplate } from './mapping.ts';
import { reindex } from './reindex.ts';
import { type WriteSetTimes, writeSetTimes } from './write-set.ts';

export interface LifeTimes {
  readonly heartbeat: Heartbeat;
  /** What writers go by. */
  readonly writeSet: WriteSetTimes;
}
const usualTimes: LifeTimes = { heartbeat: usualHeartbeat, writeSet: writeSetTimes };

export function openGenerations(
  cluster: Cluster,
  { heartbeat, writeSet }: LifeTimes = usualTimes,
): Generations {
  // A little more: clocks of several machines run at slightly different speeds.
  const graceMs = Math.ceil(writeSet.graceMs * 1.1);
  const alone = <T>(work: string, run: (lost: AbortSignal) => Promise<T>): Promise<T> =>
    exclusively(cluster, `store ${work}`, run, heartbeat);
  const either = (...signals: readonly AbortSignal[]) => AbortSignal.any([...signals]);
  return {
    list: () => readGenerations(cluster),
    reindex: (signal, onProgress) =>
      alone('reindex', (lost) => reindex(cluster, { signal: either(signal, lost), onProgress }, graceMs)),
    rollback: () => alone('rollback', () => rollback(cluster)),
    dropPrevious: () => alone('drop-previous', () => dropPrevious(cluster, graceMs)),
    migrate: () => alone('migrate', () => migrateTemplate(cluster, imagesTemplate(cluster))),
    reindexToVersion: (signal, onProgress) =>
      alone('migrate', (lost) =>
        reindexToVersion(cluster, { signal: either(signal, lost), onProgress }, graceMs),
      ),
  };
}

/** The generation of before has been written all the time, so nothing is lost; and it goes on with the other. */
async function rollback(cluster: Cluster): Promise<{ readonly from: string; readonly to: string }> {
  const { current, previous } = partsOf(cluster, await readGenerations(cluster));
  if (previous === undefined)
    throw new ImagedexError(
      'not_found',
      `${current.index} is the only generation of the image index: there is one to go back to after \`imagedex store reindex\`, until it is dropped`,
    );
  const [from, to] = [current.index, previous.index];
  if (!previous.isWhole)
    throw new ImagedexError(
      'data_unavailable',
      `${to} has refused documents that ${from} has, so searches stay at ${from}: \`imagedex store reindex\` makes a new generation, \`imagedex store drop-previous\` removes ${to}`,
    );
  await changeAliases(cluster, [
    ...mustBeWhole(to),
    removeAlias(from, readAlias(cluster)),
    // It fails where the other was dropped meanwhile.
    removeAlias(to, writeAlias(cluster)),
    addAlias(to, readAlias(cluster)),
    addAlias(from, writeAlias(cluster), false),
    addAlias(to, writeAlias(cluster), true),
  ]);
  return { from, to };
}

async function dropPrevious(
  cluster: Cluster,
  graceMs: number,
): Promise<{ readonly removed: readonly string[] }> {
  const { current } = partsOf(cluster, await readGenerations(cluster));
  const removed = (await readGenerations(cluster))
    .map(({ index }) => index)
    .filter((index) => index !== current.index);
  await retire(cluster, removed, graceMs);
  return { removed };
}

/** Documents of this version would not fit into the generation of before: it is not kept. */
async function reindexToVersion(
  cluster: Cluster,
  watch: ReindexWatch,
  graceMs: number,
): Promise<ReindexReport> {
  await putTemplate(cluster, imagesTemplate(cluster));
  const report = await reindex(cluster, watch, graceMs);
  if (report.isSwitched) await dropPrevious(cluster, graceMs);
  return report;
}
