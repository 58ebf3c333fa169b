// kill -9 of a crawl whose ledger and index lie in OpenSearch: the same command carries on, and all is there once.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { CrawlReport } from '../../src/crawl-report.ts';
import { hasOpenSearch, lines } from '../opensearch/shared.ts';
import { pictureFolder } from '../pictures.ts';
import { addsUp, documents, onOpenSearch, openWorld } from '../world.ts';

const program = fileURLToPath(new URL('./crawl-with-fault.ts', import.meta.url));
const pictures = 30;
/** Where a transaction would have joined two steps that OpenSearch cannot join. */
const points = [
  'before found images are put',
  'after the location is written',
  'after the index is written',
  'after the image is marked clean',
  'before the acknowledgment',
];

async function run(args: readonly string[]): Promise<{ signal: string | null; report: CrawlReport | null }> {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const signal = await new Promise<string | null>((ended) => child.once('close', (_, by) => ended(by)));
  const row = output.trim().split('\n').at(-1);
  return { signal, report: row ? (JSON.parse(row) as CrawlReport) : null };
}

describe.skipIf(!hasOpenSearch)('kill -9 with the data in OpenSearch', { timeout: 300_000 }, () => {
  test.each(lines)('of %s.x: nothing is lost, nothing is there twice', async (line) => {
    const flags = await onOpenSearch(line);
    const world = await openWorld(flags);
    try {
      const photos = await pictureFolder(join(world.folder, 'photos'), pictures);
      const args = (point: string, count: number) => [
        join(world.folder, 'data'),
        photos,
        point,
        String(count),
        JSON.stringify({ ...flags, describers: 1 }),
      ];
      const killed: string[] = [];
      for (const point of points) {
        const { signal } = await run(args(point, point.startsWith('before found') ? 1 : 3));
        if (signal === 'SIGKILL') killed.push(point);
      }
      expect(killed).toEqual(points);
      const { report } = await run(args('nowhere', 1));
      addsUp(report!);
      expect(report).toMatchObject({ found: pictures, indexed: pictures, failed: 0, gone: 0 });
      const all = await documents(world);
      expect(all).toHaveLength(pictures);
      expect(new Set(all.map(({ sha256 }) => sha256)).size).toBe(pictures);
      const { ledger } = world.parts;
      expect(await ledger.list('image', { dirty: true }, { limit: 10 })).toEqual([]);
      expect(await ledger.list('crawl', {}, { limit: 10 })).toHaveLength(1);
      process.stdout.write(`OpenSearch ${line}.x: ${killed.length} kills, ${all.length} images, each once\n`);
    } finally {
      await world.close();
    }
  });
});
