// A site of 20,000 pages and 50,000 images, crawled twice: once undisturbed, once killed ten times.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, Outcome } from './bench.ts';
import { crawlKilled, crawlUndisturbed, differences } from './killed-crawl.ts';
import { startSite } from './site-server.ts';

const kills = 10;
const allowedBytes = 300 * 1024 ** 2;
const megabytes = (bytes: number | undefined): string =>
  `${Math.round((bytes ?? Number.NaN) / 1024 ** 2)} MB`;

export const crawlSite: Bench = {
  name: 'crawl-site',
  about: 'a generated site: memory on the way, and ten kills that must change nothing',
  async run(call): Promise<Outcome> {
    const images = call.documents(50_000);
    const pages = Math.round(images / 2.5);
    const folder = await mkdtemp(join(tmpdir(), 'imagedex-bench-'));
    const site = await startSite({ pages, images, sides: [160, 400], keptBytes: 2e9 });
    try {
      call.progress('undisturbed');
      const whole = await crawlUndisturbed(site, folder, pages + images);
      call.progress(`${kills} kills`);
      const killed = await crawlKilled(site, folder, whole.requests, kills);
      const differing = differences(whole.contents, killed.contents);
      const [early, half, late] = [0.1, 0.5, 1].map((share) => whole.rssBytes.get(share));
      return {
        documents: images,
        tables: [
          {
            title: 'An undisturbed crawl, and one that is killed',
            head: ['', 'undisturbed', 'killed'],
            rows: [
              ['images indexed', whole.report.indexed, killed.report.indexed],
              ['records and documents', whole.contents.length, killed.contents.length],
              ['inferences, of the last run', whole.report.inferences, killed.report.inferences],
              ['images a second', whole.report.indexed / whole.seconds, ''],
              ['kills', 0, killed.kills],
              ['in flight at kills', 0, killed.inFlight],
              ['memory at 10 %', megabytes(early), ''],
              ['memory at 50 %', megabytes(half), ''],
              ['memory at 100 %, the most of the last tenth', megabytes(late), ''],
            ],
            notes: ['Memory: resident sets of all its processes, so what they share counts for each.'],
          },
        ],
        findings: [
          {
            what: 'records and documents that differ after ten kills',
            wanted: '0',
            came: String(differing.length),
            holds: differing.length === 0 && killed.kills === kills,
          },
          {
            what: 'addresses asked for again that were not in flight at a kill',
            wanted: '0',
            came: String(killed.needless.length),
            holds: killed.needless.length === 0,
          },
          {
            what: 'memory at 100 % over that at 10 %',
            wanted: `≤ ${megabytes(allowedBytes)} more`,
            came: megabytes((late ?? 0) - (early ?? 0)),
            holds: late !== undefined && late <= (early ?? 0) + allowedBytes,
          },
        ],
      };
    } finally {
      await site.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};
