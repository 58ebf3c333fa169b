// Counts of more combinations than one request answers, while changes are under way.
import { describe, expect, test } from 'vitest';
import type { Change } from '../../../src/ledger.ts';
import { openDecisions } from '../../../src/ledgers/opensearch/decisions.ts';
import { Intents } from '../../../src/ledgers/opensearch/intents.ts';
import { openRecords } from '../../../src/ledgers/opensearch/records.ts';
import { openTables } from '../../../src/ledgers/opensearch/tables.ts';
import { tallyRecords } from '../../../src/ledgers/opensearch/tally.ts';
import { openBulkWriter } from '../../../src/opensearch/bulk-writer.ts';
import { location } from '../../contracts/ledger.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from '../../opensearch/shared.ts';
import { open, openPlace } from '../open-opensearch.ts';
import { openKillingProxy } from './killing-proxy.ts';

describe.skipIf(!hasOpenSearch).each(lines)('OpenSearch %s', (line) => {
  test('counts go page by page, each record once, also those that are being changed', async () => {
    const place = { url: await openSearchUrl(line), prefix: ownPrefix() };
    const proxy = await openKillingProxy(place.url);
    const { ledger, close } = await open({ ...place, url: proxy.url });
    const hosts = Array.from({ length: 60 }, (_, n) => `h${String(n % 25).padStart(2, '0')}.example`);
    const made = hosts.map(
      (host, n): Change => ({ kind: 'location', id: `l${n}`, expect: 0, record: location({ host }) }),
    );
    expect(await ledger.change(made)).toEqual({ conflict: false });
    const cluster = await openPlace(place);
    const tables = await openTables(cluster);
    const writer = openBulkWriter(cluster);
    const records = openRecords(cluster, tables);
    const decisions = await openDecisions(cluster, tables, writer);
    const intents = new Intents(tables, records, writer, decisions, cluster.log);
    const tally = async (pageSize: number) => {
      const all = await tallyRecords({ records, intents }, 'location', { crawlId: 'c1' }, ['host'], pageSize);
      return all.map(({ values, count }) => `${values.host} ${count}`).sort();
    };
    const counts = new Map<string, number>();
    for (const host of hosts) counts.set(host, (counts.get(host) ?? 0) + 1);
    const expected = [...counts].map(([host, count]) => `${host} ${count}`).sort();
    for (const pageSize of [4, 25, 26, 10_000]) expect(await tally(pageSize)).toEqual(expected);

    // Two are about to go elsewhere, and one is about to come: nothing of it counts before it is decided.
    const stored = await ledger.get('location', ['l0', 'l1']);
    const held = proxy.holdAt(2);
    const moving = ledger.change([
      ...stored.map(
        ({ id, version, record }): Change => ({
          kind: 'location',
          id,
          expect: version,
          record: { ...record, host: 'new.example' },
        }),
      ),
      { kind: 'location', id: 'new', expect: 0, record: location({ host: 'new.example' }) },
    ]);
    const release = await held;
    for (const pageSize of [4, 10_000]) expect(await tally(pageSize)).toEqual(expected);
    release();
    await moving;
    counts.set('h00.example', counts.get('h00.example')! - 1);
    counts.set('h01.example', counts.get('h01.example')! - 1);
    counts.set('new.example', 3);
    const moved = [...counts].map(([host, count]) => `${host} ${count}`).sort();
    for (const pageSize of [4, 10_000]) expect(await tally(pageSize)).toEqual(moved);
    await writer.close();
    await cluster.close();
    await close();
    await proxy.close();
    await removeIndices(place.url, place.prefix);
  });
});
