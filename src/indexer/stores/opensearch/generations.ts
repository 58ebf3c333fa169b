// The generations of the image index: concrete indices behind one alias that is read and one that is written.
import { setTimeout as sleep } from 'node:timers/promises';
import { ImagedexError } from '../../../errors.ts';
import { asked } from '../../../opensearch/asked.ts';
import type { Cluster } from '../../../opensearch/cluster.ts';
import { errorType } from '../../../opensearch/faults.ts';
import type { Generation } from '../../generations.ts';

/** Searches go to it, and it lies on one generation only. */
export const readAlias = (cluster: Cluster): string => cluster.name('images');
/** It lies on every generation that is given each document; the read one is its write index. */
export const writeAlias = (cluster: Cluster): string => cluster.name('images-write');
/** It lies on a generation that is being made. Taking it away is part of the switch: of two who try, one fails. */
export const nextAlias = (cluster: Cluster): string => cluster.name('images-next');

/**
 * It lies on a generation that has taken everything the searched one has. A writer takes it away, so that a switch or a
 * rollback that was decided a moment before fails.
 */
export const wholeAlias = (index: string): string => `${index}-whole`;

export const generationName = (cluster: Cluster, number: number): string =>
  `${cluster.name('images')}-${String(number).padStart(6, '0')}`;

type AliasesByIndex = Readonly<
  Record<string, { readonly aliases: Readonly<Record<string, { readonly is_write_index?: boolean }>> }>
>;

async function readAliases(cluster: Cluster): Promise<AliasesByIndex> {
  const { body, statusCode } = await asked(cluster, () =>
    cluster.client.indices.getAlias(
      { index: `${cluster.name('images')}-*`, expand_wildcards: 'all' },
      { ignore: [404] },
    ),
  );
  return statusCode === 404 ? {} : (body as AliasesByIndex);
}

/** All there are, those included that were left by somebody who died; by number. */
export async function readGenerations(cluster: Cluster): Promise<readonly Generation[]> {
  const pattern = new RegExp(`^${cluster.name('images')}-(\\d{6,})$`);
  return Object.entries(await readAliases(cluster))
    .flatMap(([index, { aliases }]) => {
      const number = pattern.exec(index)?.[1];
      const has = (alias: string) => Object.hasOwn(aliases, alias);
      if (number === undefined) return [];
      return [
        {
          index,
          number: Number(number),
          isRead: has(readAlias(cluster)),
          isWritten: has(writeAlias(cluster)),
          isUnfinished: has(nextAlias(cluster)),
          isWhole: has(wholeAlias(index)),
        },
      ];
    })
    .sort((a, b) => a.number - b.number);
}

/** Who has which part. Throws where there is no generation that searches go to. */
export function partsOf(cluster: Cluster, all: readonly Generation[]) {
  const current = all.find(({ isRead }) => isRead);
  if (current === undefined)
    throw new ImagedexError(
      'not_found',
      `there is no image index behind the alias ${readAlias(cluster)}: a crawl makes it, a snapshot brings it back`,
    );
  const others = all.filter(({ isRead }) => !isRead);
  const previous = others.findLast(({ isWritten, isUnfinished }) => isWritten && !isUnfinished);
  return {
    current,
    /** Whole and up to date: what `rollback` goes to. */
    previous,
    /** Unfinished, or no longer written, or older than the previous one. */
    leftovers: others.filter((one) => one !== previous),
  };
}

interface AliasPlace {
  readonly index: string;
  readonly alias: string;
  readonly is_write_index?: boolean;
  readonly must_exist?: true;
}
type AliasAction = Readonly<Record<'add' | 'remove', AliasPlace>>;

/** All of them at once, or none: a `remove` of what is not there any more fails. */
export async function changeAliases(
  cluster: Cluster,
  actions: readonly Partial<AliasAction>[],
): Promise<void> {
  try {
    const { body } = await asked(cluster, () =>
      cluster.client.indices.updateAliases({ body: { actions: actions as never } }),
    );
    if (!body.acknowledged)
      throw new ImagedexError(
        'data_unavailable',
        'not every node of OpenSearch has taken the change of aliases',
      );
  } catch (error) {
    if (errorType(error) !== 'aliases_not_found_exception') throw error;
    // It may have been our first try, whose answer was lost.
    if (await areDone(cluster, actions)) return;
    throw new ImagedexError(
      'data_unavailable',
      'another process has changed the aliases of the image index meanwhile: `imagedex store status` shows how they are',
      { cause: error },
    );
  }
}

/** Whether the aliases are as these actions, one after the other, leave them. */
async function areDone(cluster: Cluster, actions: readonly Partial<AliasAction>[]): Promise<boolean> {
  const all = await readAliases(cluster);
  const wanted = new Map(
    actions.flatMap((action) =>
      Object.values(action).map(({ index, alias }) => [`${index} ${alias}`, action] as const),
    ),
  );
  return [...wanted.values()].every(({ add, remove }) => {
    if (add === undefined) return all[remove!.index]?.aliases[remove!.alias] === undefined;
    const there = all[add.index]?.aliases[add.alias];
    return there !== undefined && (add.is_write_index ?? there.is_write_index) === there.is_write_index;
  });
}

export const addAlias = (index: string, alias: string, isWriteIndex?: boolean): Partial<AliasAction> => ({
  add: { index, alias, ...(isWriteIndex === undefined ? {} : { is_write_index: isWriteIndex }) },
});
export const removeAlias = (index: string, alias: string): Partial<AliasAction> => ({
  remove: { index, alias, must_exist: true },
});

/** Fails the change that it is part of where the generation is not whole (any more). */
export const mustBeWhole = (index: string): readonly Partial<AliasAction>[] => [
  removeAlias(index, wholeAlias(index)),
  addAlias(index, wholeAlias(index)),
];

/** From now on no search can be led to them. */
export async function markLacking(cluster: Cluster, indices: readonly string[]): Promise<void> {
  const whole = (await readGenerations(cluster)).filter(
    ({ index, isWhole }) => isWhole && indices.includes(index),
  );
  if (whole.length === 0) return;
  await changeAliases(
    cluster,
    whole.map(({ index }) => removeAlias(index, wholeAlias(index))),
  );
}

/** Nobody is told to write to them any more, and when whoever still does has ended they are deleted. */
export async function retire(cluster: Cluster, indices: readonly string[], graceMs: number): Promise<void> {
  const there = (await readGenerations(cluster)).filter(({ index }) => indices.includes(index));
  if (there.some(({ isRead }) => isRead))
    throw new ImagedexError('data_unavailable', `searches go to ${indices.join(', ')}: it is not deleted`);
  const removals = there.flatMap(({ index, isWritten, isUnfinished }) => [
    ...(isWritten ? [removeAlias(index, writeAlias(cluster))] : []),
    ...(isUnfinished ? [removeAlias(index, nextAlias(cluster))] : []),
  ]);
  if (removals.length > 0) await changeAliases(cluster, removals);
  if (there.some(({ isWritten }) => isWritten)) await sleep(graceMs);
  for (const { index } of there) {
    await asked(cluster, () => cluster.client.indices.delete({ index }, { ignore: [404] }));
  }
}
