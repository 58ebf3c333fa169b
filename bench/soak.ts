// An hour of crawling while servers do everything wrong, or as many minutes as SOAK_MINUTES says.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, Outcome } from './bench.ts';
import { growthAnHour, soak } from './soak-run.ts';

const allowedShare = 0.1;

export const soakBench: Bench = {
  name: 'soak',
  about: 'crawls again and again for an hour, one request in a hundred meeting each kind of fault',
  async run(call): Promise<Outcome> {
    const minutes = Number(process.env['SOAK_MINUTES'] ?? 60);
    const folder = await mkdtemp(join(tmpdir(), 'imagedex-bench-'));
    const images = call.documents(1000);
    try {
      const { crawls, samples, faults, requests, browserKills, left, sockets } = await soak({
        folder,
        seconds: minutes * 60,
        pages: Math.round(images / 2.5),
        images,
        progress: call.progress,
      });
      const last = samples.at(-1)!;
      const growth = growthAnHour(samples, 'rssBytes');
      const files = growthAnHour(samples, 'files');
      const megabytes = (bytes: number) => `${(bytes / 1024 ** 2).toFixed(1)} MB`;
      return {
        documents: images,
        tables: [
          {
            title: `${minutes} minutes`,
            head: ['', ''],
            rows: [
              ['crawls', crawls.length],
              ['requests', requests],
              ['faults', Object.values(faults).reduce((sum, one) => sum + one, 0)],
              ['browsers killed', browserKills],
              ['memory at the end', megabytes(last.rssBytes)],
              ['open files at the end', last.files],
            ],
            notes: [
              `Faults: ${Object.entries(faults)
                .map(([kind, count]) => `${kind} ${count}`)
                .join(', ')}.`,
            ],
          },
        ],
        findings: [
          {
            what: 'growth of memory an hour, fitted over the second half',
            wanted: `≤ ${allowedShare * 100} %`,
            came: `${megabytes(growth)} (${((growth / last.rssBytes) * 100).toFixed(1)} %)`,
            holds: growth <= last.rssBytes * allowedShare,
          },
          {
            what: 'growth of open files an hour',
            wanted: '≤ 5',
            came: files.toFixed(1),
            holds: files <= 5,
          },
          {
            what: 'processes and connections left',
            wanted: '0',
            came: String(left.length + sockets),
            holds: left.length + sockets === 0,
          },
        ],
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
