// Writers of one process and of others hear of generations in time, and never bring back one that was deleted.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addAlias,
  changeAliases,
  nextAlias,
  removeAlias,
  writeAlias,
} from '../../../../src/indexer/stores/opensearch/generations.ts';
import { createGeneration, install } from '../../../../src/indexer/stores/opensearch/install.ts';
import { openWriteSet } from '../../../../src/indexer/stores/opensearch/write-set.ts';
import { open } from '../../../../src/indexer/stores/opensearch.ts';
import { document } from '../../../contracts/image-documents.ts';
import { type BareCluster, bareCluster } from '../../../opensearch/bare-cluster.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from '../../../opensearch/shared.ts';

describe.skipIf(!hasOpenSearch).each(lines)('the write set on OpenSearch %s', (line) => {
  let bare: BareCluster;
  let url: string;
  let prefix: string;
  beforeEach(async () => {
    [url, prefix] = [await openSearchUrl(line), ownPrefix()];
    bare = await bareCluster(url, { opensearchPrefix: prefix });
    await install(bare.cluster);
  });
  afterEach(async () => {
    await bare.cluster.close();
    await removeIndices(url, prefix);
  });

  const generation = (number: number) => `${prefix}-images-00000${number}`;
  const addSecond = () =>
    createGeneration(bare.cluster, 2, { [writeAlias(bare.cluster)]: { is_write_index: false } });
  const has = async (index: string, id: string): Promise<boolean> =>
    (await fetch(`${url}/${index}/_doc/${id}`)).status === 200;

  it('is what the alias names, asked for again after a while', async () => {
    const set = openWriteSet(bare.cluster, { keepMs: 0, graceMs: 60_000 });
    const written: string[] = [];
    const write = async (index: string, isCurrent: boolean) => {
      written.push(`${index.slice(-1)}${isCurrent ? ' current' : ''}`);
      return true;
    };
    await set.each(write);
    await addSecond();
    await set.each(write);
    expect(written.sort()).toEqual(['1 current', '1 current', '2']);
  });

  it('is written in turn so that nothing comes back: kept ones, the searched one, unfinished ones', async () => {
    await addSecond();
    const next = { [nextAlias(bare.cluster)]: {}, [writeAlias(bare.cluster)]: { is_write_index: false } };
    await createGeneration(bare.cluster, 3, next);
    await changeAliases(bare.cluster, [
      addAlias(generation(1), writeAlias(bare.cluster), false),
      addAlias(generation(2), writeAlias(bare.cluster), true),
    ]);
    const written: string[] = [];
    await openWriteSet(bare.cluster).each(async (index) => written.push(index.slice(-1)) > 0, 'in turn');
    expect(written).toEqual(['1', '2', '3']);
    await changeAliases(bare.cluster, [
      addAlias(generation(2), writeAlias(bare.cluster), false),
      addAlias(generation(1), writeAlias(bare.cluster), true),
    ]);
    await openWriteSet(bare.cluster).each(async (index) => written.push(index.slice(-1)) > 0, 'in turn');
    expect(written.slice(3)).toEqual(['2', '1', '3']);
  });

  it('a write that took longer than the grace also goes to who came meanwhile', async () => {
    const set = openWriteSet(bare.cluster, { keepMs: 60_000, graceMs: 50 });
    const written: string[] = [];
    await set.each(async (index) => {
      if (written.length === 0) {
        await addSecond();
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
      written.push(index);
      return true;
    });
    expect(written).toEqual([generation(1), generation(2)]);
  });

  it('a quick write is answered by what was known when it began', async () => {
    const set = openWriteSet(bare.cluster, { keepMs: 60_000, graceMs: 60_000 });
    const written: string[] = [];
    const write = async (index: string) => written.push(index) > 0;
    await set.each(write);
    await addSecond();
    await set.each(write);
    expect(written).toEqual([generation(1), generation(1)]);
  });

  it('documents go to every generation, also when one was deleted behind the back of a writer', async () => {
    await addSecond();
    const index = await open(bare.cluster, { keepMs: 60_000, graceMs: 60_000 });
    await index.put([document('a')]);
    expect([await has(generation(1), 'a'), await has(generation(2), 'a')]).toEqual([true, true]);

    await changeAliases(bare.cluster, [removeAlias(generation(2), writeAlias(bare.cluster))]);
    await fetch(`${url}/${generation(2)}`, { method: 'DELETE' });
    expect(await index.put([document('b')])).toEqual([]);
    await index.remove([{ id: 'a', collection: 'default', revision: 2 }]);
    await index.forget(['a']);
    expect(await has(generation(1), 'b')).toBe(true);
    expect((await fetch(`${url}/${generation(2)}`)).status).toBe(404);
    await index.close();
  });

  it('what is in the alias but cannot be written is an error, not silence', async () => {
    const set = openWriteSet(bare.cluster);
    await expect(set.each(async () => false)).rejects.toMatchObject({ code: 'data_unavailable' });
  });

  it('an alias that is missing or without a write index is told', async () => {
    await addSecond();
    const alias = writeAlias(bare.cluster);
    await changeAliases(bare.cluster, [addAlias(generation(1), alias, false)]);
    const write = () => openWriteSet(bare.cluster).each(async () => true);
    await expect(write()).rejects.toThrow(`${generation(1)}, ${generation(2)} with none`);
    await changeAliases(bare.cluster, [removeAlias(generation(1), alias), removeAlias(generation(2), alias)]);
    await expect(write()).rejects.toThrow('no such alias');
  });
});
