// What dead processes left behind, when there is more of it than one page.
import { describe, expect, test } from 'vitest';
import type { Change } from '../../../src/ledger.ts';
import { openDecisions } from '../../../src/ledgers/opensearch/decisions.ts';
import { Intents } from '../../../src/ledgers/opensearch/intents.ts';
import { openRecords } from '../../../src/ledgers/opensearch/records.ts';
import { recover } from '../../../src/ledgers/opensearch/recovery.ts';
import { openTables } from '../../../src/ledgers/opensearch/tables.ts';
import { openBulkWriter } from '../../../src/opensearch/bulk-writer.ts';
import { location } from '../../contracts/ledger.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from '../../opensearch/shared.ts';
import { open, openPlace } from '../open-opensearch.ts';
import { openKillingProxy } from './killing-proxy.ts';

describe.skipIf(!hasOpenSearch).each(lines)('OpenSearch %s', (line) => {
  test('all pages are settled', async () => {
    const place = { url: await openSearchUrl(line), prefix: ownPrefix() };
    const proxy = await openKillingProxy(place.url);
    const dead = await open({ ...place, url: proxy.url, patienceMs: 500 });
    const made = Array.from(
      { length: 5 },
      (_, n): Change => ({ kind: 'location', id: `l${n}`, expect: 0, record: location() }),
    );
    proxy.killAt(1, 'after');
    await expect(dead.ledger.change(made)).rejects.toThrow();
    await dead.close().catch(() => {});
    await proxy.close();

    const cluster = await openPlace(place);
    const tables = await openTables(cluster);
    const writer = openBulkWriter(cluster);
    const records = openRecords(cluster, tables);
    const decisions = await openDecisions(cluster, tables, writer);
    const intents = new Intents(tables, records, writer, decisions, cluster.log);
    const found = () => records.find(made);
    expect((await found()).length).toBe(5);
    const recovery = await recover({ records, decisions, intents, log: cluster.log }, 0, 2);
    await expect.poll(async () => (await found()).length, { timeout: 20_000 }).toBe(0);
    await recovery.close();
    await decisions.close();
    await writer.close();
    await cluster.close();
    await removeIndices(place.url, place.prefix);
  });
});
