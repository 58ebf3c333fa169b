// A tenth of the bench's generated site: bounded memory, and ten kills that change nothing of what comes out.
import { rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { crawlKilled, crawlUndisturbed, differences } from '../../bench/killed-crawl.ts';
import { startSite } from '../../bench/site-server.ts';
import { testFolder } from '../world.ts';

const [pages, images, kills] = [2000, 5000, 10];
const allowedBytes = 200 * 1024 ** 2;
const megabytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MB`;

describe.skipIf(process.platform !== 'linux')(
  'a site of 2,000 pages and 5,000 images',
  { timeout: 1_200_000 },
  () => {
    test('takes bounded memory; after ten kills all is as it would be, and only what was in flight was asked for again', async () => {
      const folder = await testFolder();
      const site = await startSite({ pages, images, sides: [90, 160], keptBytes: 100e6 });
      try {
        const undisturbed = await crawlUndisturbed(site, folder, pages + images);
        const { report, rssBytes } = undisturbed;
        expect(report).toMatchObject({
          state: 'complete',
          found: report.indexed + report.skipped + report.failed,
        });
        expect(report.indexed).toBe(images);
        const [early, , late] = [0.1, 0.5, 1].map((share) => rssBytes.get(share)!);
        expect(late).toBeLessThan(early! + allowedBytes);

        const killed = await crawlKilled(site, folder, undisturbed.requests, kills);
        process.stdout.write(
          `memory at 10, 50 and 100 %: ${[...rssBytes.values()].map(megabytes).join(', ')}; ` +
            `${killed.kills} kills with ${killed.inFlight} in flight, ${killed.again} requests made again\n`,
        );
        expect(killed.kills).toBe(kills);
        expect(killed.needless).toEqual([]);
        expect(differences(undisturbed.contents, killed.contents)).toEqual([]);
        expect(killed.contents).toHaveLength(undisturbed.contents.length);
      } finally {
        await site.close();
        await rm(folder, { recursive: true, force: true });
      }
    });
  },
);
