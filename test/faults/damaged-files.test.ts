// Files of the data directory that were cut off, emptied or overwritten while nothing ran: what can be recovered is, all
// else is refused with a word, and nothing is passed over in silence.
import { cp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../../bench/killed-crawl.ts';
import { contentsOf, startCrawl } from '../../bench/site-crawl.ts';
import { addsUp } from '../world.ts';
import { openSmallSite, type SmallSite, smallSite } from './small-site.ts';

let small: SmallSite;
/** Of a crawl that was killed half-way: with a queue, and a write-ahead log that is not empty. */
let halfWay: string;

beforeAll(async () => {
  small = await openSmallSite();
  halfWay = join(small.folder, 'half-way');
  await small.site.forget();
  await small.site.setDelay(100);
  const options = { HOST_CONNECTIONS: '2', DESCRIBERS: '1' };
  const running = await startCrawl({ site: small.site, dataDir: halfWay, options, side: 32 });
  while ((await small.site.report()).requests < 25) await new Promise((resolve) => setTimeout(resolve, 20));
  running.kill('SIGKILL');
  await running.ended;
  await small.site.setDelay(0);
}, 180_000);
afterAll(() => small.close());

let copies = 0;
async function copyOf(dataDir: string): Promise<string> {
  const copy = join(small.folder, `copy-${++copies}`);
  await cp(dataDir, copy, { recursive: true });
  return copy;
}

const zero = async (file: string): Promise<void> => {
  const { size } = await stat(file);
  await writeFile(file, Buffer.alloc(size));
};
const half = async (file: string): Promise<void> => truncate(file, Math.floor((await stat(file)).size / 2));
const overwriteMiddle = async (file: string): Promise<void> => {
  const content = await readFile(file);
  content.fill(0xff, content.length >> 2, content.length >> 1);
  await writeFile(file, content);
};

async function comesToTheSame(dataDir: string): Promise<void> {
  const report = await small.crawl(dataDir);
  addsUp(report);
  expect(report.indexed).toBe(smallSite.images);
  expect(differences(small.contents, contentsOf(dataDir))).toEqual([]);
}

describe('crawl 54: at start-up', { timeout: 120_000 }, () => {
  test('a killed crawl with all its files carries on', async () => {
    const copy = await copyOf(halfWay);
    expect((await stat(join(copy, 'imagedex.db-wal'))).size).toBeGreaterThan(0);
    await comesToTheSame(copy);
  });

  // What the log does not hold whole was never answered as written to the disk: an earlier state, and the rest again.
  test.each([
    { what: 'cut in half', damage: half },
    { what: 'of zeros', damage: zero },
    { what: 'overwritten in its middle', damage: overwriteMiddle },
    { what: 'empty', damage: (file: string) => truncate(file, 0) },
  ])(
    'a write-ahead log that is $what: an earlier state is carried on with, or it is refused',
    async ({ damage }) => {
      const copy = await copyOf(halfWay);
      await damage(join(copy, 'imagedex.db-wal'));
      await recoveredOrRefused(copy);
    },
  );

  test.each([
    { what: 'cut in half', damage: half },
    { what: 'of zeros', damage: zero },
    { what: 'overwritten in its middle', damage: overwriteMiddle },
    { what: 'cut to a few bytes', damage: (file: string) => truncate(file, 50) },
  ])(
    'a database with ledger and queue that is $what: recovered whole, or refused by name',
    async ({ damage }) => {
      const copy = await copyOf(join(small.folder, 'undisturbed'));
      await damage(join(copy, 'imagedex.db'));
      await recoveredOrRefused(copy);
    },
  );

  test('an empty database is a new one: all is found anew', async () => {
    const copy = await copyOf(join(small.folder, 'undisturbed'));
    await truncate(join(copy, 'imagedex.db'), 0);
    await comesToTheSame(copy);
  });

  test.each([
    { what: 'cut in half', damage: half },
    { what: 'of zeros', damage: zero },
    { what: 'empty', damage: (file: string) => truncate(file, 0) },
  ])('a model that is $what is refused by name', async ({ damage }) => {
    const dataDir = join(small.folder, `model-${++copies}`);
    const damaged = small.crawl(dataDir, (parts) => ({
      ...parts,
      openWorkshop: async () => {
        await damage(join(dataDir, 'models', 'tiny', '1', 'model.onnx'));
        return parts.openWorkshop();
      },
    }));
    await expect(damaged).rejects.toMatchObject({ code: 'model_invalid' });
    await expect(damaged).rejects.toThrow(/tiny/);
    await comesToTheSame(dataDir);
  });

  test('thumbnails that are gone are made again when their images are fetched anew', async () => {
    const copy = await copyOf(halfWay);
    await rm(join(copy, 'blobs'), { recursive: true, force: true });
    await comesToTheSame(copy);
    // Of what is unchanged nothing is fetched; who wants all thumbnails back says so.
    await small.crawlAnew(copy);
    const files = await readdir(join(copy, 'blobs', 'thumbnails'), { recursive: true, withFileTypes: true });
    expect(files.filter((file) => file.isFile())).toHaveLength(smallSite.images);
  });
});

async function recoveredOrRefused(dataDir: string): Promise<void> {
  const outcome = await small.crawl(dataDir).then(
    () => 'recovered',
    (error: unknown) => error,
  );
  if (outcome === 'recovered') {
    expect(differences(small.contents, contentsOf(dataDir))).toEqual([]);
    return;
  }
  expect(outcome).toMatchObject({ code: 'data_unavailable' });
  expect(String(outcome)).toMatch(/imagedex\.db: .*(damaged|not one|failed)/);
}
