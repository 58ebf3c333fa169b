// A process that crawls for long while servers do everything wrong: what it holds after each crawl, and what it leaves.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { familyOf, holdingsOf } from './family.ts';
import { faultKinds } from './site-faults.ts';
import { startSite } from './site-server.ts';
import { writeTinyModel } from './tiny-model.ts';

export interface SoakSample {
  readonly seconds: number;
  readonly rssBytes: number;
  readonly files: number;
  readonly processes: number;
}

export interface SoakReport {
  readonly state: string;
  readonly pages: number;
  readonly found: number;
  readonly indexed: number;
  readonly skipped: number;
  readonly failed: number;
  readonly pending: number;
}

export interface Soaked {
  readonly crawls: readonly SoakReport[];
  /** After each crawl, browsers apart. */
  readonly samples: readonly SoakSample[];
  readonly faults: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly browserKills: number;
  /** Of all processes that it ever had, those that still run after its end. */
  readonly left: readonly number[];
  /** Connections that the server still had. */
  readonly sockets: number;
  readonly code: number | null;
}

export interface SoakOptions {
  readonly folder: string;
  readonly seconds: number;
  readonly pages: number;
  readonly images: number;
  readonly progress?: (line: string) => void;
}

const browserKillMs = 20_000;
const isBrowser = (name: string): boolean => /chrom/i.test(name);
const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** One request in a hundred meets each kind of fault; now and then a browser is killed. */
export async function soak({ folder, seconds, pages, images, progress }: SoakOptions): Promise<Soaked> {
  const dataDir = join(folder, 'data');
  await writeTinyModel(dataDir, 64);
  const site = await startSite({
    pages,
    images,
    sides: [90, 240],
    faultShare: faultKinds.length / 100,
    scriptedEvery: 50,
  });
  const file = fileURLToPath(new URL('./soak-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', file, dataDir, `${site.url}/`, String(seconds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = child.pid!;
  const started = performance.now();
  const crawls: SoakReport[] = [];
  const samples: SoakSample[] = [];
  const everSeen = new Set<number>();
  let browserKills = 0;
  const watching = setInterval(() => {
    for (const one of familyOf(pid)) everSeen.add(one);
  }, 1000);
  const killing = setInterval(() => {
    const [browser] = holdingsOf(pid, isBrowser).pids;
    if (browser === undefined) return;
    process.kill(browser, 'SIGKILL');
    browserKills++;
  }, browserKillMs);
  try {
    const closed = once(child, 'close');
    for await (const line of createInterface({ input: child.stdout })) {
      const report = JSON.parse(line) as SoakReport;
      if (report.state === 'closed') continue;
      crawls.push(report);
      const { rssBytes, files, processes } = holdingsOf(pid, (name) => !isBrowser(name));
      samples.push({ seconds: (performance.now() - started) / 1000, rssBytes, files, processes });
      progress?.(`${crawls.length} crawls, ${Math.round(rssBytes / 1024 ** 2)} MB, ${files} open files`);
    }
    const [code] = (await closed) as [number | null];
    // Zombies of others are reaped, and sockets closed, in their own time.
    await sleep(2000);
    const { faults, requests, sockets } = await site.log();
    const left = [...everSeen].filter((one) => one !== pid && isRunning(one));
    return { crawls, samples, faults, requests, browserKills, left, sockets, code };
  } finally {
    clearInterval(watching);
    clearInterval(killing);
    child.kill('SIGKILL');
    await site.close();
  }
}

/** How much it grows in an hour, fitted over the second half: at first caches fill and code is compiled. */
export function growthAnHour(samples: readonly SoakSample[], of: 'rssBytes' | 'files'): number {
  const half = samples.slice(samples.length >> 1);
  const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  const [at, level] = [mean(half.map(({ seconds }) => seconds)), mean(half.map((one) => one[of]))];
  const spread = half.reduce((sum, { seconds }) => sum + (seconds - at) ** 2, 0);
  const slope = half.reduce((sum, one) => sum + (one.seconds - at) * (one[of] - level), 0) / spread;
  return slope * 3600;
}
