import { afterAll, describe, expect, it } from 'vitest';
import { TemporaryError } from '../../src/errors.ts';
import { openLog } from '../../src/log.ts';
import { connectCluster, openCluster } from '../../src/opensearch/cluster.ts';
import { inspectCluster } from '../../src/opensearch/inspect.ts';
import { ensureTemplate } from '../../src/opensearch/templates.ts';
import { openSearchSettings } from './settings.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from './shared.ts';

describe.skipIf(!hasOpenSearch).each(lines)('the state of OpenSearch %s', (line) => {
  const prefix = ownPrefix();
  const said: string[] = [];
  const log = openLog('warn', (text) => said.push(text), true);
  const settings = async () => ({
    ...openSearchSettings,
    opensearchUrls: [await openSearchUrl(line)],
    opensearchPrefix: prefix,
  });
  const index = `${prefix}-images-000002`;

  afterAll(async () => removeIndices(await openSearchUrl(line), prefix));

  it('is told of a cluster that has nothing of ours', async () => {
    const cluster = await openCluster(await settings(), log);
    expect(await inspectCluster(cluster)).toMatchObject({
      distribution: 'opensearch',
      version: expect.stringMatching(line === '2' ? /^2\.19/ : /^3\./),
      health: 'green',
      nodes: [{ name: expect.any(String), disk: { totalBytes: expect.any(Number) } }],
      indices: [],
      templates: [],
    });
    await cluster.close();
  });

  it('is told of our indices and templates', async () => {
    const cluster = await openCluster(await settings(), log);
    await ensureTemplate(cluster, {
      name: `${prefix}-images`,
      version: 7,
      body: { index_patterns: [`${prefix}-images-*`] },
    });
    await cluster.client.indices.create({
      index,
      body: {
        settings: { number_of_shards: 2, number_of_replicas: 1 },
        aliases: { [`${prefix}-images`]: {}, [`${prefix}-images-write`]: { is_write_index: true } },
      },
    });
    await cluster.client.index({ index, body: { a: 1 }, refresh: true });
    const state = await inspectCluster(cluster);
    expect(state).toMatchObject({ health: 'yellow', templates: [{ name: `${prefix}-images`, version: 7 }] });
    expect(state.indices).toEqual([
      {
        name: index,
        health: 'yellow',
        isOpen: true,
        documents: 1,
        bytes: expect.any(Number),
        generation: 2,
        shards: 2,
        replicas: 1,
        aliases: [
          { name: `${prefix}-images`, isWriteIndex: false },
          { name: `${prefix}-images-write`, isWriteIndex: true },
        ],
        blocks: [],
      },
    ]);
    await cluster.close();
  });

  it('is complained of in the log where writes are blocked, which is no reason not to search', async () => {
    const cluster = await connectCluster(await settings(), log);
    const block = (value: true | null) =>
      cluster.client.indices.putSettings({
        index,
        body: { 'index.blocks.read_only_allow_delete': value },
      } as never);
    await block(true);
    said.length = 0;
    await (await openCluster(await settings(), log)).close();
    expect(said.filter((text) => text.includes(`takes no writes for ${index}`)).length).toBe(1);
    expect((await inspectCluster(cluster)).findings[0]).toMatchObject({ level: 'error' });
    await block(null);
    await cluster.close();
  });

  it('makes opening fail where an index is red, and names it', async () => {
    const cluster = await connectCluster(await settings(), log);
    const red = `${prefix}-images-000003`;
    await cluster.client.indices.create({
      index: red,
      wait_for_active_shards: '0',
      body: { settings: { 'index.routing.allocation.require._name': 'nobody' } },
    } as never);
    const opening = openCluster(await settings(), log);
    await expect(opening).rejects.toThrow(TemporaryError);
    await expect(opening).rejects.toThrow(`cannot answer for ${red}: a primary shard is missing`);
    const state = await inspectCluster(cluster);
    expect([state.health, state.findings[0]!.message]).toEqual(['red', expect.stringContaining(red)]);
    await cluster.client.indices.delete({ index: red });
    await cluster.close();
  });
});
