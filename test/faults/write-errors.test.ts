// Errors at every point where something is written: the crawl ends and says so, and the next one comes to what an
// undisturbed one comes to.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../../bench/killed-crawl.ts';
import { contentsOf } from '../../bench/site-crawl.ts';
import { tinyModel, writeTinyModel } from '../../bench/tiny-model.ts';
import type { Parts } from '../../src/app/parts.ts';
import { addsUp } from '../world.ts';
import { openSmallSite, type SmallSite } from './small-site.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
let small: SmallSite;

beforeAll(async () => {
  small = await openSmallSite();
}, 120_000);
afterAll(() => small.close());

const points = ['ledger', 'index', 'blobs', 'queue', 'acknowledgment'] as const;
type Point = (typeof points)[number];

/** Fails at the `count`-th write there: before it was made, or after, so that only its answer is lost. */
function failing(point: Point, count: number, code: string, isMade: boolean): (parts: Parts) => Parts {
  let writes = 0;
  const at = async <T>(here: Point, write: () => Promise<T>): Promise<T> => {
    const isHere = here === point && ++writes === count;
    const result = isHere && !isMade ? undefined : await write();
    if (isHere) throw Object.assign(new Error(`${code}: the test says so`), { code });
    return result as T;
  };
  return (parts) => ({
    ...parts,
    ledger: { ...parts.ledger, change: (changes) => at('ledger', () => parts.ledger.change(changes)) },
    index: { ...parts.index, put: (documents) => at('index', () => parts.index.put(documents)) },
    blobs: { ...parts.blobs, put: (key, content) => at('blobs', () => parts.blobs.put(key, content)) },
    openWorkshop: async () => {
      const { queue, ...workshop } = await parts.openWorkshop();
      const faulty = {
        ...queue,
        put: (items: Parameters<typeof queue.put>[0]) => at('queue', () => queue.put(items)),
        async *leases(...given: Parameters<typeof queue.leases>) {
          for await (const lease of queue.leases(...given))
            yield { ...lease, done: () => at('acknowledgment', () => lease.done()) };
        },
      };
      return { ...workshop, queue: faulty };
    },
  });
}

async function isMendedBy(dataDir: string): Promise<void> {
  addsUp(await small.crawl(dataDir));
  expect(differences(small.contents, contentsOf(dataDir))).toEqual([]);
  expect(await temporaryFiles(join(dataDir, 'blobs'))).toEqual([]);
}

async function temporaryFiles(blobs: string): Promise<string[]> {
  return await readdir(join(blobs, '.tmp')).catch(() => []);
}

describe('crawl 53: a write that fails', { timeout: 120_000 }, () => {
  const cases = points.flatMap((point, at) => [
    { point, count: 2 + at, code: 'EIO', isMade: false, when: 'before it is made' },
    { point, count: 5 + at, code: 'ENOSPC', isMade: true, when: 'when it was made' },
  ]);
  test.each(cases)('$point, $code $when: told, and mended by the next crawl', async (one) => {
    const { point, count, code, isMade } = one;
    const dataDir = join(small.folder, `${point}-${code}`);
    await expect(small.crawl(dataDir, failing(point, count, code, isMade))).rejects.toThrow(code);
    await isMendedBy(dataDir);
  });

  test('a thumbnail that cannot be renamed into its place: told, and nothing half is left', async () => {
    const dataDir = join(small.folder, 'rename');
    const inTheWay = new Set<string>();
    const blocked = (parts: Parts): Parts => ({
      ...parts,
      blobs: {
        ...parts.blobs,
        async put(key, content) {
          // A file where its folder would be.
          const [folder, name] = key.split('/') as [string, string];
          const place = join(dataDir, 'blobs', folder, `_${name.slice(0, 2)}`);
          await mkdir(join(dataDir, 'blobs', folder), { recursive: true });
          await writeFile(place, '');
          inTheWay.add(place);
          await parts.blobs.put(key, content);
        },
      },
    });
    await expect(small.crawl(dataDir, blocked)).rejects.toThrow(/a file is in its place/);
    expect(await temporaryFiles(join(dataDir, 'blobs'))).toEqual([]);
    for (const place of inTheWay) await rm(place);
    await isMendedBy(dataDir);
  });

  test.skipIf(process.platform === 'win32')(
    'a file that may not grow any more, so that writes are cut short: told, and mended by the next crawl',
    async () => {
      const dataDir = join(small.folder, 'short');
      await writeTinyModel(dataDir, 32);
      // Blocks of 512 bytes: room for the tables, and not for all records.
      const child = spawn(
        'sh',
        ['-c', 'ulimit -f 700; exec "$@"', 'sh', process.execPath, cli, 'crawl', `${small.site.url}/`],
        {
          cwd: dataDir,
          stdio: ['ignore', 'ignore', 'pipe'],
          env: { ...process.env, IMAGEDEX_DATA_DIR: dataDir, IMAGEDEX_MODEL: tinyModel },
        },
      );
      let errors = '';
      child.stderr.on('data', (chunk: Buffer) => {
        errors += chunk.toString();
      });
      const [code] = (await once(child, 'close')) as [number | null];
      expect([code, errors]).toEqual([1, expect.stringMatching(/disk|reading or writing it failed|full/)]);
      await isMendedBy(dataDir);
    },
  );
});
