// A store that is away for a while in mid-crawl: the crawl waits for it, and a stop does not.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type App, assembleApp } from '../../src/app.ts';
import type { CrawlProgress } from '../../src/crawls/crawl-clock.ts';
import { TemporaryError } from '../../src/errors.ts';
import { pictureFolder } from '../pictures.ts';
import { addsUp, documents, openWorld, type World } from '../world.ts';

let world: World;
let app: App;
let photos: string;
let isAway = false;
/** Calls until it goes away. */
let callsLeft = Number.POSITIVE_INFINITY;
const never = new AbortController().signal;

const unsteady = <Port extends object>(port: Port): Port =>
  Object.fromEntries(
    Object.entries(port).map(([name, verb]) => [
      name,
      async (...given: readonly unknown[]) => {
        if (callsLeft-- === 0) isAway = true;
        if (isAway && name !== 'close')
          throw new TemporaryError('data_unavailable', 'no node can be reached');
        return verb(...given);
      },
    ]),
  ) as Port;

beforeEach(async () => {
  world = await openWorld({ describers: 1 });
  photos = await pictureFolder(join(world.folder, 'photos'), 20);
  [isAway, callsLeft] = [false, Number.POSITIVE_INFINITY];
  const { ledger, index } = world.parts;
  app = assembleApp({ ...world.parts, ledger: unsteady(ledger), index: unsteady(index) });
});
afterEach(async () => {
  isAway = false;
  await world.close();
});

const crawl = (signal: AbortSignal, onProgress?: (progress: CrawlProgress) => void) =>
  app.crawl({ sources: [photos], collection: 'default', maxImages: null, fresh: false }, signal, onProgress);

test.each([3, 15, 60, 120])('the crawl waits from its call %i on, and loses nothing', async (calls) => {
  callsLeft = calls;
  const under = crawl(never);
  await expect
    .poll(() => world.parts.patience.waitingFor(), { timeout: 20_000 })
    .toBe('no node can be reached');
  isAway = false;
  const report = await under;
  addsUp(report);
  expect(report).toMatchObject({ found: 20, indexed: 20, failed: 0 });
  expect(await documents(world)).toHaveLength(20);
});

test('progress says that it waits; a stop ends the wait at once, and the crawl can be carried on', async () => {
  const seen: (string | null)[] = [];
  const stop = new AbortController();
  callsLeft = 80;
  const under = crawl(stop.signal, ({ waitingFor }) => {
    seen.push(waitingFor);
    if (waitingFor !== null) stop.abort();
  });
  await expect(under).rejects.toThrow('no node can be reached');
  expect(seen[0]).toBe(null);
  expect(seen.at(-1)).toBe('no node can be reached');
  isAway = false;
  const crawls = () => world.parts.ledger.list('crawl', {}, { limit: 10 });
  // That it has stopped it says as soon as it can.
  await expect.poll(async () => (await crawls())[0]!.record.owner, { timeout: 20_000 }).toBe(null);
  const report = await crawl(never);
  addsUp(report);
  expect(report).toMatchObject({ found: 20, indexed: 20 });
  expect((await crawls()).map(({ id }) => id)).toEqual([report.crawlId]);
});

test('a place of blobs that is away for a while is waited for, too', async () => {
  let failures = 3;
  const { blobs } = world.parts;
  const put: typeof blobs.put = async (...given) => {
    if (failures-- > 0) throw new TemporaryError('data_unavailable', 'status 503');
    return blobs.put(...given);
  };
  app = assembleApp({ ...world.parts, blobs: { ...blobs, put } });
  const report = await crawl(never);
  addsUp(report);
  expect(report).toMatchObject({ found: 20, indexed: 20, failed: 0 });
  expect(failures).toBeLessThan(0);
});

test('a crawl is opened once the store is back; a stop ends that wait', async () => {
  let left = Number.POSITIVE_INFINITY;
  const openWorkshop = async () => {
    if (left-- > 0) throw new TemporaryError('data_unavailable', 'no node can be reached');
    return world.parts.openWorkshop();
  };
  app = assembleApp({ ...world.parts, openWorkshop });
  await expect(crawl(AbortSignal.timeout(500))).rejects.toThrow('no node can be reached');
  left = 2;
  addsUp(await crawl(never));
});
