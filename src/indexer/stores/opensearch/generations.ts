// The generations of the image index: concrete indices behind one alias that is read and one that is written.
import { setTimeout as sleep } from 'node:timers/promises';
import { ImagedexError } from '../../../errors.ts';
import { asked } from '../../../opensearch/asked.ts';
import type { Cluster } from '../../../opensearch/cluster.ts';
import type { Generation } from '../../generations.ts';

/** Searches go to it, and it lies on one generation only. */
export const readAlias = (cluster: Cluster): string => cluster.name('images');
/** It lies on every generation that is given each document; the read one is its write index. */
export const writeAlias = (cluster: Cluster): string => cluster.name('images-write');
/** It lies on a generation that is being made. Taking it away is part of the switch: of two who try, one fails. */
export const nextAlias = (cluster: Cluster): string => cluster.name('images-next');

export const generationName = (cluster: Cluster, number: number): string =>
  `${cluster.name('images')}-${String(number).padStart(6, '0')}`;

/** All there are, those included that were left by somebody who died; by number. */
export async function readGenerations(cluster: Cluster): Promise<readonly Generation[]> {
  const { body, statusCode } = await asked(cluster, () =>
    cluster.client.indices.getAlias(
      { index: `${cluster.name('images')}-*`, expand_wildcards: 'all' },
      { ignore: [404] },
    ),
  );
  if (statusCode === 404) return [];
  const pattern = new RegExp(`^${cluster.name('images')}-(\\d{6,})$`);
  return Object.entries(body as Readonly<Record<string, { readonly aliases: object }>>)
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

type AliasAction = Readonly<Record<'add' | 'remove', Readonly<Record<string, unknown>>>>;

/** All of them at once, or none: a `remove` of what is not there any more fails. */
export async function changeAliases(
  cluster: Cluster,
  actions: readonly Partial<AliasAction>[],
): Promise<void> {
  const { body } = await asked(cluster, () =>
    cluster.client.indices.updateAliases({ body: { actions: actions as never } }),
  );
  if (!body.acknowledged)
    throw new ImagedexError(
      'data_unavailable',
      'not every node of OpenSearch has taken the change of aliases',
    );
}

export const addAlias = (index: string, alias: string, isWriteIndex?: boolean): Partial<AliasAction> => ({
  add: { index, alias, ...(isWriteIndex === undefined ? {} : { is_write_index: isWriteIndex }) },
});
export const removeAlias = (index: string, alias: string): Partial<AliasAction> => ({
  remove: { index, alias, must_exist: true },
});

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
