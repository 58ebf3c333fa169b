// Which generations are written: all in the write alias, though it changes while writers of many processes are at work.

import { ImagedexError, TemporaryError } from '../../../errors.ts';
import { asked } from '../../../opensearch/asked.ts';
import type { Cluster } from '../../../opensearch/cluster.ts';
import { nextAlias, writeAlias } from './generations.ts';

export interface WriteSetTimes {
  /** How long a writer goes by what it knows of the alias. */
  readonly keepMs: number;
  /**
   * A write that was under way longer than this since its writer asked for the alias is not answered before the writer has
   * asked again. Whoever adds a generation waits this long before it copies from another, whoever takes one out waits this
   * long before it deletes it.
   */
  readonly graceMs: number;
}
export const writeSetTimes: WriteSetTimes = { keepMs: 2000, graceMs: 10_000 };

/**
 * Every generation has an alias of its own, by which it is written. Where the generation was deleted meanwhile its alias is
 * gone too, so that nothing is written; OpenSearch would make a new index of a concrete index's name.
 */
export const ownAlias = (index: string): string => `${index}-own`;

export interface WriteSet {
  /**
   * Calls `write` for each generation. When it resolves, every generation has what was written, or is younger than that
   * and will be given it by a copy. `write` gives false where there is no such generation any more. `in turn`: one after
   * the other; first those that are kept, so that going back does not bring back what only they still have; then the one
   * that is searched; and then what is being made from copies of that.
   */
  each(
    write: (index: string, isCurrent: boolean) => Promise<boolean>,
    order?: 'at once' | 'in turn',
  ): Promise<void>;
  /** The generation that is searched, asked for anew. */
  current(): Promise<string>;
}

export interface WrittenIndices {
  /** Kept ones, the searched one, unfinished ones. */
  readonly indices: readonly string[];
  /** The one that is searched. */
  readonly current: string;
}

interface Known extends WrittenIndices {
  /** By the monotonic clock, before the alias was asked for. */
  readonly askedAtMs: number;
}

export async function resolveWriteSet(cluster: Cluster): Promise<WrittenIndices> {
  const name = writeAlias(cluster);
  const { body, statusCode } = await asked(cluster, () =>
    // Not of all indices: a login may have no right to ask that.
    cluster.client.indices.getAlias(
      { index: cluster.name('images-*'), name: cluster.name('images-*') },
      { ignore: [404] },
    ),
  );
  const found = (statusCode === 404 ? [] : Object.entries(body)).filter(([, one]) => one.aliases[name]);
  const indices = found.map(([index]) => index).sort();
  const isMarked = ([, { aliases }]: (typeof found)[number]) => aliases[name]?.is_write_index === true;
  const current = found.find(isMarked)?.[0] ?? (indices.length === 1 ? indices[0] : undefined);
  const unfinished = found.filter(([, one]) => one.aliases[nextAlias(cluster)]).map(([index]) => index);
  const rank = (index: string) => (unfinished.includes(index) ? 2 : index === current ? 1 : 0);
  if (current !== undefined) return { indices: indices.sort((a, b) => rank(a) - rank(b)), current };
  throw new ImagedexError(
    'data_unavailable',
    `expected the alias ${name} in OpenSearch with one write index, found ${indices.length === 0 ? 'no such alias' : `it on ${indices.join(', ')} with none`}: set it by POST _aliases, or restore a snapshot with its aliases`,
  );
}

async function inTurn(
  indices: readonly string[],
  write: (index: string) => Promise<boolean>,
): Promise<readonly boolean[]> {
  const areWritten: boolean[] = [];
  for (const index of indices) areWritten.push(await write(index));
  return areWritten;
}

export function openWriteSet(cluster: Cluster, { keepMs, graceMs }: WriteSetTimes = writeSetTimes): WriteSet {
  let known: Promise<Known> | undefined;
  let askedAtMs = Number.NEGATIVE_INFINITY;

  const resolve = (isAnew: boolean): Promise<Known> => {
    if (known !== undefined && !isAnew && performance.now() - askedAtMs <= keepMs) return known;
    const at = performance.now();
    const asking = resolveWriteSet(cluster).then((set) => ({ ...set, askedAtMs: at }));
    asking.catch(() => {
      if (known === asking) known = undefined;
    });
    askedAtMs = at;
    known = asking;
    return asking;
  };

  return {
    async each(write, order = 'at once') {
      const tried = new Set<string>();
      for (let set = await resolve(false); ; set = await resolve(true)) {
        const left = set.indices.filter((index) => !tried.has(index));
        const one = (index: string) => write(index, index === set.current);
        const areWritten = order === 'at once' ? await Promise.all(left.map(one)) : await inTurn(left, one);
        const isGone = areWritten.includes(false);
        for (const index of left) tried.add(index);
        if (!isGone && performance.now() - set.askedAtMs <= graceMs) return;
        if (isGone) await mustBeOut(left.filter((_, place) => areWritten[place] === false));
      }
    },
    current: async () => (await resolve(true)).current,
  };

  /** What is gone must be out of the alias, too; else it is lost, not dropped. */
  async function mustBeOut(gone: readonly string[]): Promise<void> {
    const { indices } = await resolve(true);
    const lost = gone.filter((index) => indices.includes(index));
    if (lost.length === 0) return;
    throw new TemporaryError(
      'data_unavailable',
      `${lost.join(', ')} cannot be written under its own alias, though ${writeAlias(cluster)} names it`,
    );
  }
}
