// Crawling for long while servers do everything wrong: memory and open files stay where they are, and nothing is left.
// Six minutes under CI; SOAK_MINUTES says otherwise elsewhere, where it is one.
import { rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { faultKinds } from '../../bench/site-faults.ts';
import { growthAnHour, soak } from '../../bench/soak-run.ts';
import { testFolder } from '../world.ts';

const inCi = process.env['CI'] !== undefined && process.env['CI'] !== 'false';
const minutes = inCi ? 6 : Number(process.env['SOAK_MINUTES'] ?? 1);
/** Of what it holds: the allocator gives back in steps, and a short run sees only some of them. */
const allowedShare = 0.15;
const allowedFiles = 8;

describe.skipIf(process.platform !== 'linux')('a long crawl', { timeout: (minutes + 6) * 60_000 }, () => {
  test('crawl 63: long, with 1 % faults of every kind: memory and open files are flat, nothing is left', async () => {
    const folder = await testFolder();
    try {
      const soaked = await soak({ folder, seconds: minutes * 60, pages: 100, images: 250 });
      const { crawls, samples, faults, left, sockets, code, requests, browserKills } = soaked;
      expect(code).toBe(0);
      expect(crawls.length).toBeGreaterThan(minutes);
      for (const { state, found, indexed, skipped, failed, pending } of crawls)
        expect([state, indexed + skipped + failed, pending]).toEqual(['complete', found, 0]);
      if (inCi) expect(Object.keys(faults).sort()).toEqual([...faultKinds].sort());
      const second = samples.slice(samples.length >> 1);
      const level = second.reduce((sum, { rssBytes }) => sum + rssBytes, 0) / second.length;
      // Over the time that was fitted, not over an hour: so much is all that was seen.
      const hours = (second.at(-1)!.seconds - second[0]!.seconds) / 3600;
      const growth = growthAnHour(samples, 'rssBytes') * hours;
      process.stdout.write(
        `${crawls.length} crawls, ${requests} requests, ${Object.values(faults).reduce((sum, one) => sum + one, 0)} faults, ` +
          `${browserKills} browsers killed; ${Math.round(level / 1024 ** 2)} MB, ${(growth / 1024 ** 2).toFixed(1)} MB more in the second half\n`,
      );
      expect(growth).toBeLessThan(level * allowedShare);
      const most = (some: typeof samples) => Math.max(...some.map(({ files }) => files));
      expect(most(second)).toBeLessThanOrEqual(most(samples.slice(0, samples.length >> 1)) + allowedFiles);
      expect(left).toEqual([]);
      expect(sockets).toBe(0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
