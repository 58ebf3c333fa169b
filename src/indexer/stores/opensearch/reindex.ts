// Makes the next generation while searches and crawls go on, and lets searches go there once it holds the same.
import { setTimeout as sleep } from 'node:timers/promises';
import { ImagedexError } from '../../../errors.ts';
import { asked } from '../../../opensearch/asked.ts';
import { openBulkWriter } from '../../../opensearch/bulk-writer.ts';
import type { Cluster } from '../../../opensearch/cluster.ts';
import type { ReindexReport } from '../../generations.ts';
import { compare, type ReindexWatch } from './compare.ts';
import { type Copied, type Copying, copyPage, nothingCopied, sumOf } from './copy.ts';
import { countDocuments } from './counts.ts';
import {
  addAlias,
  changeAliases,
  generationName,
  mustBeWhole,
  nextAlias,
  partsOf,
  readAlias,
  readGenerations,
  removeAlias,
  retire,
  writeAlias,
} from './generations.ts';
import { createGeneration } from './install.ts';
import { imagesTemplate } from './mapping.ts';
import { eachPage } from './pages.ts';
import { documentOf, sourceOf, type Tombstone } from './source.ts';
import { walkDocuments } from './walk.ts';

/** `graceMs`: how long writers may go by what they knew before. */
export async function reindex(
  cluster: Cluster,
  watch: ReindexWatch,
  graceMs: number,
): Promise<ReindexReport> {
  const { signal, onProgress } = watch;
  const startedAt = performance.now();
  const { current, previous, leftovers } = await removeLeftovers(cluster, watch, graceMs);
  const number = Math.max(...[current, previous, ...leftovers].map((one) => one?.number ?? 0)) + 1;
  const from = current.index;
  const to = generationName(cluster, number);
  const writer = openBulkWriter(cluster);
  const copying: Copying = { cluster, writer, from, to, rewrite };
  let isSwitched = false;
  try {
    await makeNext(cluster, number);
    onProgress({ step: 'waiting', done: 0, total: 0 });
    // Then every writer knows the next generation.
    await sleep(graceMs, undefined, { signal });
    const copied = await copyAll(copying, watch);
    await finishSettings(cluster, to);
    const compared = await compareWhole(copying, copied, watch);
    signal.throwIfAborted();
    onProgress({ step: 'switching', done: 0, total: 0 });
    isSwitched = compared.differences.length === 0;
    if (isSwitched) {
      await switchTo(cluster, from, to);
      if (previous !== undefined) await retire(cluster, [previous.index], graceMs);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    return { from, to, isSwitched, copied: copied.written, ...compared, seconds };
  } finally {
    await writer.close();
    if (!isSwitched) {
      onProgress({ step: 'removing', done: 0, total: 0 });
      await retire(cluster, [to], graceMs);
    }
  }
}

/** A crawl that goes on may have been refused a document by the next one after that was compared. */
async function compareWhole(copying: Copying, copied: Copied, watch: ReindexWatch) {
  const compared = await compare(copying, copied, watch);
  const all = await readGenerations(copying.cluster);
  if (all.some(({ index, isWhole }) => index === copying.to && isWhole)) return compared;
  const refused = `${copying.to} has refused a document that was written meanwhile`;
  return { ...compared, differences: [...compared.differences, refused] };
}

/** What somebody who died has left is taken away first. */
async function removeLeftovers(cluster: Cluster, { onProgress }: ReindexWatch, graceMs: number) {
  const parts = partsOf(cluster, await readGenerations(cluster));
  if (parts.leftovers.length === 0) return parts;
  onProgress({ step: 'removing', done: 0, total: parts.leftovers.length });
  cluster.log.warn('removes what a reindex before has left', {
    indices: parts.leftovers.map(({ index }) => index).join(', '),
  });
  await retire(
    cluster,
    parts.leftovers.map(({ index }) => index),
    graceMs,
  );
  return parts;
}

/** Tombstones stay as they are. */
const rewrite = (source: object): object => {
  const document = documentOf(source as Tombstone);
  return document === undefined ? source : sourceOf(document);
};

/** Writers give it each document from now on; nobody searches it. */
const makeNext = (cluster: Cluster, number: number): Promise<string> =>
  createGeneration(
    cluster,
    number,
    { [nextAlias(cluster)]: {}, [writeAlias(cluster)]: { is_write_index: false } },
    { auto_expand_replicas: false, number_of_replicas: 0, refresh_interval: '-1' },
  );

/** Pages that are on their way at a time. */
const pagesAtOnce = 3;

async function copyAll(copying: Copying, { signal, onProgress }: ReindexWatch): Promise<Copied> {
  const { cluster, from } = copying;
  const { documents, tombstones } = await countDocuments(cluster, from);
  const total = documents + tombstones;
  let sum = nothingCopied;
  await eachPage(walkDocuments(cluster, from, signal), pagesAtOnce, async (page) => {
    const copied = await copyPage(copying, page);
    sum = sumOf(sum, copied);
    onProgress({ step: 'copying', done: sum.walked, total: Math.max(total, sum.walked) });
  });
  return sum;
}

/** As the template wants them for an index that is searched; waits until its shards are there. */
async function finishSettings(cluster: Cluster, index: string): Promise<void> {
  const { settings } = imagesTemplate(cluster).body['template'] as {
    readonly settings: Readonly<Record<string, unknown>>;
  };
  const { refresh_interval, auto_expand_replicas = false } = settings;
  await asked(cluster, () =>
    cluster.client.indices.putSettings({
      index,
      body: { index: { refresh_interval, auto_expand_replicas } } as never,
    }),
  );
  const { body } = await asked(cluster, () =>
    cluster.client.cluster.health(
      { index, wait_for_status: 'yellow', wait_for_no_initializing_shards: true, timeout: '60s' },
      { requestTimeout: 70_000, ignore: [408] },
    ),
  );
  if (body.timed_out)
    throw new ImagedexError(
      'data_unavailable',
      `${index} is still ${body.status} after a minute: \`imagedex store status\` says what is wrong with the cluster`,
    );
}

/** In one step, and only if the next generation is still the one that was made here, and whole. */
export const switchTo = (cluster: Cluster, from: string, to: string): Promise<void> =>
  changeAliases(cluster, [
    removeAlias(to, nextAlias(cluster)),
    ...mustBeWhole(to),
    removeAlias(from, readAlias(cluster)),
    addAlias(to, readAlias(cluster)),
    addAlias(from, writeAlias(cluster), false),
    addAlias(to, writeAlias(cluster), true),
  ]);
