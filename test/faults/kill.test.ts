// kill -9 of all processes, again and again, at every point of an image's way: nothing is lost, nothing is there twice.
import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { CrawlReport } from '../../src/crawl-report.ts';
import { openPhotoSite } from '../photo-site.ts';
import { photosPath } from '../shared.ts';
import { addsUp, documents, openWorld, testFolder } from '../world.ts';

const photos = photosPath();
const program = fileURLToPath(new URL('./crawl-with-fault.ts', import.meta.url));

/** Between every two steps of an image's way, in their order. */
const points = [
  'before found images are put',
  'after the fetch',
  'before the thumbnail is stored',
  'before the description is written',
  'before the location is written',
  'after the location is written',
  'before the index is written',
  'after the index is written',
  'before the image is marked clean',
  'after the image is marked clean',
  'before the location is settled',
  'before the acknowledgment',
];

interface Run {
  readonly signal: NodeJS.Signals | null;
  readonly report: CrawlReport | null;
}

async function run(dataDir: string, source: string, point: string, count: number, log: string): Promise<Run> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', program, dataDir, source, point, String(count)],
    {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, IMAGEDEX_INFERENCE_LOG: log },
    },
  );
  let output = '';
  child.stdout!.on('data', (chunk) => {
    output += chunk;
  });
  const signal = await new Promise<NodeJS.Signals | null>((ended) =>
    child.once('close', (_, by) => ended(by)),
  );
  const line = output.trim().split('\n').at(-1);
  return { signal, report: line ? (JSON.parse(line) as CrawlReport) : null };
}

const lines = async (file: string): Promise<string[]> =>
  (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');

async function temporaryFiles(folder: string): Promise<string[]> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  return all
    .filter((entry) => entry.isFile() && /tmp/.test(join(entry.parentPath, entry.name).slice(folder.length)))
    .map(({ name }) => name);
}

describe.skipIf(photos === null)('kill -9 of everything', { timeout: 600_000 }, () => {
  test('crawl 53: at each point, and after every fifteenth image: each is there once, and found', async () => {
    const folder = await testFolder();
    const site = await openPhotoSite(photos!, 50);
    const dataDir = join(folder, 'data');
    const log = join(folder, 'inferences');
    const source = `${site.server.url}/`;
    let kills = 0;
    try {
      for (const point of points) {
        const { signal } = await run(dataDir, source, point, 3, log);
        expect(signal, point).toBe('SIGKILL');
        kills++;
      }
      let last: Run;
      do {
        last = await run(dataDir, source, 'after an image is done', 15, log);
        if (last.signal === 'SIGKILL') kills++;
      } while (last.signal === 'SIGKILL');
      expect(last.report).not.toBeNull();
      addsUp(last.report!);
      await checkEnd(folder, site.photos, last.report!, await lines(log));
      expect(kills).toBeGreaterThanOrEqual(points.length + Math.floor(site.photos.length / 15) - 2);
    } finally {
      await site.server.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

async function checkEnd(
  folder: string,
  photoNames: readonly string[],
  report: CrawlReport,
  inferences: readonly string[],
): Promise<void> {
  const count = photoNames.length;
  expect(report).toMatchObject({ found: count, indexed: count, failed: 0, skipped: 0 });
  const world = await openWorld({ dataDir: join(folder, 'data') }, folder);
  try {
    const found = await documents(world);
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    expect(found).toHaveLength(count);
    expect(found.flatMap(({ locations }) => locations.map(({ url }) => url)).length).toBe(count);
    const { ledger } = world.parts;
    expect(await ledger.tally('location', {}, ['state'])).toEqual([{ values: { state: 'indexed' }, count }]);
    expect(await ledger.tally('image', {}, [])).toEqual([{ values: {}, count }]);
    expect(await ledger.list('image', { dirty: true }, { limit: 10 })).toEqual([]);
    expect(await temporaryFiles(join(folder, 'data'))).toEqual([]);
  } finally {
    await world.close();
  }
  expect(new Set(inferences).size).toBe(count);
  const inFlight = (await lines(join(folder, 'data.in-flight'))).map(Number);
  const most = inFlight.reduce((sum, one) => sum + one, 0);
  expect(inferences.length).toBeLessThanOrEqual(count + most);
  process.stdout.write(
    `${inFlight.length} kills with ${most} images in flight; ${inferences.length} inferences for ${count} images\n`,
  );
}
