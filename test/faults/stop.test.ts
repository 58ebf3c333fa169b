// SIGTERM: the crawl ends what is under way and leaves no process behind; the next start carries on where it stood.
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { familyOf } from '../../bench/family.ts';
import { inFlight, startCrawl } from '../../bench/site-crawl.ts';
import { startSite } from '../../bench/site-server.ts';
import { testFolder } from '../world.ts';

const [pages, images] = [60, 150];
const mostSeconds = 15;

const isRunning = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe.skipIf(process.platform !== 'linux')('SIGTERM', { timeout: 180_000 }, () => {
  test('crawl 62: drains in seconds though servers hang, leaves no process, and the second start resumes', async () => {
    const folder = await testFolder();
    // Some answers never come: who waited for them would not end.
    const site = await startSite({ pages, images, sides: [60, 90], delayMs: 40 });
    const dataDir = join(folder, 'data');
    try {
      const running = await startCrawl({ site, dataDir, options: { HOST_CONNECTIONS: '8' } });
      while ((await site.report()).requests < 60) await sleep(20);
      await site.setDelay(60_000);
      await sleep(300);
      const family = familyOf(running.pid);
      expect(family.length).toBeGreaterThan(1);
      const started = performance.now();
      process.kill(running.pid, 'SIGTERM');
      const { code, report } = await running.ended;
      expect((performance.now() - started) / 1000).toBeLessThan(mostSeconds);
      expect([code, report?.state]).toEqual([143, 'running']);
      expect(family.filter(isRunning)).toEqual([]);
      // Nothing is leased by the dead: what was under way is free for the next.
      expect(inFlight(dataDir)).toEqual([]);

      const before = (await site.log()).asked;
      await site.setDelay(0);
      const again = await startCrawl({ site, dataDir });
      const second = await again.ended;
      expect(second.report).toMatchObject({ state: 'complete', indexed: images });
      const { asked } = await site.log();
      // What was answered before the stop is not asked for again.
      const repeated = Object.keys(before).filter((path) => (asked[path] ?? 0) > (before[path] ?? 0));
      expect(repeated.length).toBeLessThan(16);
    } finally {
      await site.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
