// Indices of an older version: brought along where that can be, written again where it cannot.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openGenerations } from '../../../../src/indexer/stores/opensearch/life.ts';
import { imagesTemplate } from '../../../../src/indexer/stores/opensearch/mapping.ts';
import { sourceOf } from '../../../../src/indexer/stores/opensearch/source.ts';
import { open as openIndex } from '../../../../src/indexer/stores/opensearch.ts';
import { openLog } from '../../../../src/log.ts';
import { type Cluster, openCluster } from '../../../../src/opensearch/cluster.ts';
import { putTemplate, templateVersion } from '../../../../src/opensearch/templates.ts';
import { query, world } from '../../../contracts/image-documents.ts';
import { earlier } from '../../../opensearch/earlier-template.ts';
import { openSearchSettings } from '../../../opensearch/settings.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from '../../../opensearch/shared.ts';
import { shortTimes } from './generations-place.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe.skipIf(!hasOpenSearch).each(lines)('migration on OpenSearch %s', (line) => {
  let cluster: Cluster;
  let [url, prefix] = ['', ''];

  beforeEach(async () => {
    [url, prefix] = [await openSearchUrl(line), ownPrefix()];
    const settings = { ...openSearchSettings, opensearchUrls: [url], opensearchPrefix: prefix };
    cluster = await openCluster(settings, openLog('error'));
  });
  afterEach(async () => {
    await cluster.close();
    await removeIndices(url, prefix);
  });

  /** An index of version 0 with documents, as its program left it. */
  async function leaveOld(fields: Readonly<Record<string, object | undefined>>) {
    await putTemplate(cluster, earlier(imagesTemplate(cluster), fields));
    const index = `${prefix}-images-000001`;
    const aliases = {
      [`${prefix}-images`]: {},
      [`${prefix}-images-write`]: { is_write_index: true },
      [`${index}-own`]: {},
    };
    await cluster.client.indices.create({ index, body: { aliases } });
    const missing = Object.keys(fields).filter((name) => fields[name] === undefined);
    for (const document of world) {
      const source = Object.entries(sourceOf(document)).filter(([name]) => !missing.includes(name));
      await cluster.client.index({
        index,
        id: document.id,
        version: document.revision,
        version_type: 'external',
        body: Object.fromEntries(source),
      });
    }
  }
  const ids = async () => {
    const index = await openIndex(cluster, shortTimes.writeSet);
    await index.refresh();
    const { hits } = await index.search(query({}));
    await index.close();
    return hits.map(({ document }) => document.id).sort();
  };
  const expected = world.filter(({ collection }) => collection === 'default').map(({ id }) => id);

  it('adds what is new to the mappings of an older index', async () => {
    await leaveOld({ model: undefined });
    await expect(ids()).rejects.toThrow('run `imagedex store migrate`');
    const generations = openGenerations(cluster, shortTimes);
    expect(await generations.migrate()).toEqual({
      template: `${prefix}-images`,
      from: 0,
      to: 1,
      outcome: 'migrated',
    });
    expect(await ids()).toEqual(expected);
    expect(await generations.migrate()).toMatchObject({ from: 1, outcome: 'current' });
    const mapping = await cluster.client.indices.getMapping({ index: `${prefix}-images` });
    expect(Object.values(mapping.body)[0]!.mappings.properties).toHaveProperty('model');
  });

  it('writes the documents again where a field is of another type now', async () => {
    await leaveOld({ format: { type: 'text' } });
    const generations = openGenerations(cluster, shortTimes);
    expect(await generations.migrate()).toMatchObject({ from: 0, to: 1, outcome: 'rewrite' });
    expect(await templateVersion(cluster, `${prefix}-images`)).toBe(0);
    const report = await generations.reindexToVersion(new AbortController().signal, () => {});
    expect(report).toMatchObject({ isSwitched: true, differences: [], copied: world.length });
    expect((await generations.list()).map(({ index }) => index)).toEqual([`${prefix}-images-000002`]);
    expect(await ids()).toEqual(expected);
    expect(await generations.migrate()).toMatchObject({ outcome: 'current' });
  });

  it('leaves alone what is newer', async () => {
    await putTemplate(cluster, { ...imagesTemplate(cluster), version: 2 });
    await expect(openGenerations(cluster, shortTimes).migrate()).rejects.toMatchObject({
      code: 'data_newer',
    });
  });
});
