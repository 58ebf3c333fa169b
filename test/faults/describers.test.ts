// Describers that die: their images are described all the same, the API stays up, and none outlives its parent.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { photosPath } from '../shared.ts';
import { addsUp, openWorld, testFolder } from '../world.ts';

const photos = photosPath();
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return pids.filter((pid) => {
    try {
      return (
        new RegExp(`^PPid:\\s+${parent}$`, 'm').test(readFileSync(`/proc/${pid}/status`, 'utf8')) &&
        isDescriber(pid)
      );
    } catch {
      return false;
    }
  });
}

const isDescriber = (pid: number): boolean =>
  readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('describer');

const isRunning = (pid: number): boolean => {
  try {
    return isDescriber(pid);
  } catch {
    return false;
  }
};

async function until<T>(what: string, ask: () => T | undefined | false, withinMs: number): Promise<T> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(20)) {
    const answer = ask();
    if (answer) return answer;
  }
  throw new Error(`${what}: not within ${withinMs} ms`);
}

describe.skipIf(photos === null || process.platform !== 'linux')('describers', { timeout: 240_000 }, () => {
  test('killed in mid-window: every image is described, and the API stays up', async () => {
    const world = await openWorld();
    try {
      const server = await world.app.serve(0, new AbortController().signal);
      let kills = 0;
      let indexed = 0;
      const crawl = world.app.crawl(
        { sources: [photos!], collection: 'default', maxImages: null, fresh: false },
        new AbortController().signal,
        (progress) => {
          indexed = progress.indexed;
        },
      );
      while (kills < 3) {
        const before = indexed;
        await until('the crawl goes on', () => indexed > before + 20, 60_000);
        const [describer] = childrenOf(process.pid);
        process.kill(describer!, 'SIGKILL');
        kills++;
        const live = await fetch(`${server.url}/health/live`);
        expect(live.status).toBe(200);
      }
      const report = await crawl;
      addsUp(report);
      expect(report).toMatchObject({ failed: 0, skipped: 0 });
      expect(report.indexed).toBe(report.found);
    } finally {
      await world.close();
    }
  });

  test('none is left five seconds after the main process was killed', async () => {
    const folder = await testFolder();
    const child = spawn(process.execPath, [cli, 'crawl', photos!, '--data-dir', join(folder, 'data')], {
      stdio: 'ignore',
    });
    try {
      const describers = await until(
        'describers work',
        () => {
          const pids = childrenOf(child.pid!);
          return pids.length > 0 && pids;
        },
        30_000,
      );
      await sleep(700);
      child.kill('SIGKILL');
      await until('all describers end', () => describers.every((pid) => !isRunning(pid)), 5000);
    } finally {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
