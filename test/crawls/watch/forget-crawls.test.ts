import { afterEach, expect, test } from 'vitest';
import { forgetOldCrawls } from '../../../src/crawls/watch/forget-crawls.ts';
import type { Change, CrawlRecord } from '../../../src/ledger.ts';
import { openWorld, type World } from '../../world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
});

const ended = (number: number, fields: Partial<CrawlRecord> = {}): CrawlRecord => ({
  collection: 'default',
  sources: ['folder:/x'],
  state: 'complete',
  fresh: false,
  isRetry: false,
  changesOnly: true,
  maxImages: null,
  partial: true,
  isCutAtDepth: false,
  settings: {},
  counts: null,
  startedAt: new Date(Date.UTC(2026, 10, 21, 0, number)).toISOString(),
  endedAt: null,
  seconds: 0,
  gone: 0,
  owner: null,
  startedBy: 'watch',
  ...fields,
});

test('the newest fifty are kept, and every crawl that was not one of changes, or is still to be purged', async () => {
  world = await openWorld();
  const { ledger } = world.parts;
  const { changesOnly: _, ...whole } = ended(0);
  const changes: Change[] = [
    ...Array.from({ length: 60 }, (_, number): Change => {
      const id = `c${String(number).padStart(2, '0')}`;
      return { kind: 'crawl', id, expect: 0, record: ended(number) };
    }),
    { kind: 'crawl', id: 'whole', expect: 0, record: whole },
    { kind: 'crawl', id: 'other', expect: 0, record: ended(0, { collection: 'other' }) },
    {
      kind: 'collection',
      id: 'default',
      expect: 0,
      record: { name: 'default', sources: [], unfinished: {}, unpurged: ['c03'] },
    },
  ];
  expect(await ledger.change(changes)).toEqual({ conflict: false });
  await forgetOldCrawls(ledger, 'default');
  const left = (await ledger.list('crawl', {}, { limit: 100 })).map(({ id }) => id);
  const kept = Array.from({ length: 50 }, (_, number) => `c${number + 10}`);
  expect(left).toEqual(['c03', ...kept, 'other', 'whole']);
});
