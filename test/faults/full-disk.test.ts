// A disk that is full: the crawl ends with a clear word and leaves no process; with room again it carries on to its end.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { photosPath } from '../shared.ts';
import { addsUp, documents, openWorld, testFolder } from '../world.ts';

const photos = photosPath();
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
// A disk of a size that we choose needs the right to mount one.
const mayMount = process.platform === 'linux' && process.getuid?.() === 0;
const mount = (...words: string[]) => execFileSync('mount', words, { stdio: 'ignore' });

const describersOf = (dataDir: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(dataDir);
    } catch {
      return false;
    }
  });

async function crawl(dataDir: string): Promise<{ code: number | null; err: string }> {
  const child = spawn(process.execPath, [cli, 'crawl', photos!, '--data-dir', dataDir], {
    env: { ...process.env, TMPDIR: dataDir },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const code = await new Promise<number | null>((ended) => child.once('close', ended));
  return { code, err };
}

test.skipIf(photos === null || !mayMount)('crawl 53: a full disk', { timeout: 120_000 }, async () => {
  const folder = await testFolder();
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  mount('-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk);
  try {
    const { code, err } = await crawl(disk);
    expect(code).toBe(1);
    expect(err).toMatch(/full|ENOSPC|no space/i);
    expect(describersOf(disk)).toEqual([]);
    mount('-o', 'remount,size=200m', disk);
    const world = await openWorld({ dataDir: disk }, folder);
    try {
      const report = await world.crawl(photos!);
      addsUp(report);
      expect(report.indexed).toBe(report.found);
      expect(await documents(world)).toHaveLength(report.found);
    } finally {
      await world.close();
    }
  } finally {
    execFileSync('umount', ['-l', disk]);
    await rm(folder, { recursive: true, force: true });
  }
});
