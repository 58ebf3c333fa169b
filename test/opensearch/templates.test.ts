import { afterAll, describe, expect, it } from 'vitest';
import { openLog } from '../../src/log.ts';
import { openCluster } from '../../src/opensearch/cluster.ts';
import { ensureTemplate, putTemplate, templateVersion } from '../../src/opensearch/templates.ts';
import { openSearchSettings } from './settings.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from './shared.ts';

describe.skipIf(!hasOpenSearch).each(lines)('a template in OpenSearch %s', (line) => {
  const prefix = ownPrefix();
  const name = `${prefix}-images`;
  const template = (version: number) => ({
    name,
    version,
    body: { index_patterns: [`${name}-*`], template: { settings: { number_of_shards: 2 } } },
  });
  const open = async () =>
    openCluster(
      { ...openSearchSettings, opensearchUrls: [await openSearchUrl(line)], opensearchPrefix: prefix },
      openLog('error'),
    );
  const opened = hasOpenSearch ? open() : undefined;

  afterAll(async () => {
    await removeIndices(await openSearchUrl(line), prefix);
    await (await opened)?.close();
  });

  it('is made where it is missing, and left alone where it is the same', async () => {
    const cluster = await opened!;
    expect(await templateVersion(cluster, name)).toBe(null);
    await ensureTemplate(cluster, template(3));
    await ensureTemplate(cluster, template(3));
    expect(await templateVersion(cluster, name)).toBe(3);
    await cluster.client.indices.create({ index: `${name}-000001` });
    const { body } = await cluster.client.indices.getSettings({ index: `${name}-000001` });
    expect(body[`${name}-000001`]?.settings?.index?.number_of_shards).toBe('2');
  });

  it('stops who expects another version, and says what to do', async () => {
    const cluster = await opened!;
    await expect(ensureTemplate(cluster, template(4))).rejects.toThrow(
      `expected version 4 of the index template ${name}, but OpenSearch has version 3: run \`imagedex store migrate\``,
    );
    await expect(ensureTemplate(cluster, template(2))).rejects.toMatchObject({ code: 'data_newer' });
    expect(await templateVersion(cluster, name)).toBe(3);
    await putTemplate(cluster, template(4));
    await ensureTemplate(cluster, template(4));
  });
});
