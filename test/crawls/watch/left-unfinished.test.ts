import { afterEach, expect, test } from 'vitest';
import { leftUnfinished } from '../../../src/crawls/watch/left-unfinished.ts';
import type { CrawlRecord } from '../../../src/ledger.ts';
import { openWorld, type World } from '../../world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
});

async function left(fields: Partial<CrawlRecord>) {
  world = await openWorld();
  const { ledger } = world.parts;
  const [owner, queue] = [await world.parts.openOwner(), await world.parts.openQueue()];
  const record: CrawlRecord = {
    collection: 'default',
    sources: ['folder:/x', 'folder:/y'],
    state: 'running',
    fresh: false,
    isRetry: false,
    maxImages: null,
    partial: false,
    isCutAtDepth: false,
    settings: {},
    counts: null,
    startedAt: '2026-11-21T10:00:00.000Z',
    endedAt: null,
    seconds: 0,
    gone: 0,
    owner: null,
    queue: queue.id,
    ...(fields.owner === 'us' ? { ...fields, owner: owner.id } : fields),
  };
  const unfinished = { 'folder:/x': 'c1', 'folder:/y': 'c1' };
  await ledger.change([
    { kind: 'crawl', id: 'c1', expect: 0, record },
    {
      kind: 'collection',
      id: 'default',
      expect: 0,
      record: { name: 'default', sources: record.sources, unfinished, unpurged: [] },
    },
  ]);
  return leftUnfinished({ ledger, owner, queue }, { collection: 'default', source: 'folder:/x' });
}

test.each([
  ['that nobody works on', {}, ['folder:/x', 'folder:/y']],
  ['whose process is dead', { owner: 'dead' }, ['folder:/x', 'folder:/y']],
  ['that runs', { owner: 'us' }, null],
  ['that is cancelled', { state: 'cancelled' }, null],
  ['of changes alone', { changesOnly: true }, null],
  ['of failures alone', { isRetry: true }, null],
  ['whose items lie elsewhere', { queue: 'another' }, null],
] as const)('a crawl %s', async (_, fields, expected) => {
  expect(await left(fields as Partial<CrawlRecord>)).toEqual(expected);
});
