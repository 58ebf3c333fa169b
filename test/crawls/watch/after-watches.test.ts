import { afterEach, expect, test } from 'vitest';
import { afterWatches } from '../../../src/crawls/watch/after-watches.ts';
import { ImagedexError } from '../../../src/errors.ts';
import type { CrawlRecord, StartedBy } from '../../../src/ledger.ts';
import { openWorld, type World } from '../../world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
});

const running = (startedBy: StartedBy): CrawlRecord => ({
  collection: 'default',
  sources: ['folder:/x'],
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
  owner: 'somebody',
  startedBy,
});
const refuse = () => {
  throw new ImagedexError('crawl_running', 'one is running');
};

async function begun(startedBy: StartedBy) {
  world = await openWorld();
  const { ledger } = world.parts;
  await ledger.change([{ kind: 'crawl', id: 'c1', expect: 0, record: running(startedBy) }]);
  return { ledger, owner: { isAlive: async (id: string) => id === 'somebody' } };
}
const never = new AbortController().signal;

test('the crawl of a watch is waited for', async () => {
  const parts = await begun('watch');
  let tries = 0;
  const start = async () => (++tries < 3 ? refuse() : 'begun');
  expect(await afterWatches(parts, 'default', never, start)).toBe('begun');
  expect(tries).toBe(3);
});

test('any other crawl is not, nor is another error, nor anything after the signal', async () => {
  const parts = await begun('command');
  await expect(afterWatches(parts, 'default', never, async () => refuse())).rejects.toMatchObject({
    code: 'crawl_running',
  });
  const fault = async () => Promise.reject(new Error('a fault'));
  await expect(afterWatches(parts, 'default', never, fault)).rejects.toThrow('a fault');
  await parts.ledger.change([{ kind: 'crawl', id: 'c1', expect: 1, record: running('watch') }]);
  await expect(
    afterWatches(parts, 'default', AbortSignal.abort(), async () => refuse()),
  ).rejects.toMatchObject({ code: 'crawl_running' });
});

test('one that is unfinished on another machine is not waited for; one that has ended meanwhile is in nobody’s way', async () => {
  const parts = await begun('watch');
  for (const [version, owner] of [null, 'dead'].entries()) {
    const record = { ...running('watch'), owner, queue: 'elsewhere' };
    await parts.ledger.change([{ kind: 'crawl', id: 'c1', expect: version + 1, record }]);
    let tries = 0;
    const start = async () => {
      tries++;
      return refuse();
    };
    await expect(afterWatches(parts, 'default', never, start)).rejects.toMatchObject({
      code: 'crawl_running',
    });
    expect(tries).toBe(2);
  }
  await parts.ledger.change([{ kind: 'crawl', id: 'c1', expect: 3, record: null }]);
  let tries = 0;
  const start = async () => (++tries < 2 ? refuse() : 'begun');
  expect(await afterWatches(parts, 'default', never, start)).toBe('begun');
});
