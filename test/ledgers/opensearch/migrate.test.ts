// A ledger whose indices are of an older version.
import { describe, expect, it, vi } from 'vitest';
import { migrateLedger } from '../../../src/ledgers/opensearch/migrate.ts';
import { ledgerTemplate } from '../../../src/ledgers/opensearch/tables.ts';
import { open as openLedger } from '../../../src/ledgers/opensearch.ts';
import { openLog } from '../../../src/log.ts';
import { openCluster } from '../../../src/opensearch/cluster.ts';
import { putTemplate } from '../../../src/opensearch/templates.ts';
import { earlier } from '../../opensearch/earlier-template.ts';
import { openSearchSettings } from '../../opensearch/settings.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from '../../opensearch/shared.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe.skipIf(!hasOpenSearch).each(lines)('migration of the ledger on OpenSearch %s', (line) => {
  it('adds what is new, and says what to do where that cannot be', async () => {
    const [url, prefix] = [await openSearchUrl(line), ownPrefix()];
    const settings = { ...openSearchSettings, opensearchUrls: [url], opensearchPrefix: prefix };
    const cluster = await openCluster(settings, openLog('error'));
    await putTemplate(cluster, earlier(ledgerTemplate(cluster), { host: undefined }));
    await cluster.client.indices.create({
      index: `${prefix}-ledger-block-000001`,
      body: { aliases: { [`${prefix}-ledger-block`]: { is_write_index: true } } },
    });
    await expect(openLedger(cluster)).rejects.toThrow('run `imagedex store migrate`');
    expect(await migrateLedger(cluster)).toMatchObject({ from: 0, to: 2, outcome: 'migrated' });
    const ledger = await openLedger(cluster);
    expect(await ledger.get('block', ['x'])).toEqual([]);
    await ledger.close();
    await putTemplate(cluster, earlier(ledgerTemplate(cluster), { host: { type: 'long' } }));
    await cluster.client.indices.create({ index: `${prefix}-ledger-page-000001` });
    await expect(migrateLedger(cluster)).rejects.toThrow('copy each collection');
    await cluster.close();
    await removeIndices(url, prefix);
  });

  it('finds failures of before by stage and subject', async () => {
    const [url, prefix] = [await openSearchUrl(line), ownPrefix()];
    const settings = { ...openSearchSettings, opensearchUrls: [url], opensearchPrefix: prefix };
    const cluster = await openCluster(settings, openLog('error'));
    await putTemplate(cluster, earlier(ledgerTemplate(cluster), { stage: undefined, subject: undefined }));
    const index = `${prefix}-ledger-failure`;
    await cluster.client.indices.create({
      index: `${index}-000001`,
      body: { aliases: { [index]: { is_write_index: true } } },
    });
    const record = {
      ...{ collection: 'default', source: 'web:https://a.example/', crawlId: 'c1' },
      ...failure,
    };
    const { collection, source, crawlId, code } = record;
    const body = { id: 'f1', write: 'w', body: JSON.stringify(record), collection, source, crawlId, code };
    await cluster.client.index({ index, id: 'f1', body: { ...body, host: 'a.example' } });
    await migrateLedger(cluster);
    const ledger = await openLedger(cluster);
    for (const where of [{ stage: 'fetch' }, { subject: 'image' }] as const)
      expect((await ledger.list('failure', where, { limit: 10 })).map((one) => one.record)).toEqual([record]);
    await ledger.close();
    await cluster.close();
    await removeIndices(url, prefix);
  });
});

const failure = {
  ...{ subject: 'image', address: 'https://a.example/a.jpg', url: 'https://a.example/a.jpg', depth: 0 },
  ...{ stage: 'fetch', code: 'server_error', reason: 'expected 200, got 500', attempts: 4 },
  at: '2026-01-01T00:00:00.000Z',
};
