// Two crawls of the generated site, one undisturbed and one that is killed again and again: what differs, what was asked
// for twice without need, and what they hold in memory on the way.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { contentsOf, inFlight, type Running, type SiteReport, startCrawl } from './site-crawl.ts';
import type { SiteServer } from './site-server.ts';

export interface Undisturbed {
  readonly report: SiteReport;
  readonly contents: readonly string[];
  readonly requests: number;
  /** Of all its processes, when that share of all requests had been made. */
  readonly rssBytes: ReadonlyMap<number, number>;
  readonly seconds: number;
}

const shares = [0.1, 0.5, 1];

/** `requests`: about how many it will make. */
export async function crawlUndisturbed(
  site: SiteServer,
  folder: string,
  requests: number,
  options: Readonly<Record<string, string>> = {},
): Promise<Undisturbed> {
  const dataDir = join(folder, 'undisturbed');
  await site.forget();
  const started = performance.now();
  const running = await startCrawl({ site, dataDir, options });
  const rssBytes = new Map<number, number>();
  let isOver = false;
  const over = running.ended.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await Promise.race([over, sleep(250)]);
    if (isOver) break;
    const made = (await site.report()).requests / requests;
    const { rssBytes: now } = running.holdings();
    for (const share of shares) {
      // At the end, the most of the last tenth.
      if (share === 1 && made >= 0.9) rssBytes.set(1, Math.max(rssBytes.get(1) ?? 0, now));
      else if (made >= share && !rssBytes.has(share)) rssBytes.set(share, now);
    }
  }
  const { report } = await over;
  return {
    report: report!,
    contents: contentsOf(dataDir),
    requests: (await site.report()).requests,
    rssBytes,
    seconds: (performance.now() - started) / 1000,
  };
}

export interface Killed {
  readonly report: SiteReport;
  readonly contents: readonly string[];
  readonly kills: number;
  /** What was in flight at the kills. */
  readonly inFlight: number;
  /** Paths that were asked for again, and how often, though they were in flight at fewer kills. */
  readonly needless: readonly string[];
  readonly again: number;
}

/** Kills all its processes `kills` times, evenly over the requests that it makes. */
export async function crawlKilled(
  site: SiteServer,
  folder: string,
  requests: number,
  kills: number,
  options: Readonly<Record<string, string>> = {},
): Promise<Killed> {
  const dataDir = join(folder, 'killed');
  await site.forget();
  const flying = new Map<string, number>();
  let done = 0;
  let flew = 0;
  for (;;) {
    const running = await startCrawl({ site, dataDir, options });
    const isKilled = done < kills && (await killedAt(running, site, ((done + 1) * requests) / (kills + 1)));
    const { report } = await running.ended;
    if (!isKilled) {
      const { again, needless } = askedAgain((await site.log()).asked, flying, done);
      return { report: report!, contents: contentsOf(dataDir), kills: done, inFlight: flew, again, needless };
    }
    done++;
    for (const address of inFlight(dataDir)) {
      flew++;
      const { pathname } = new URL(address);
      flying.set(pathname, (flying.get(pathname) ?? 0) + 1);
    }
  }
}

async function killedAt(running: Running, site: SiteServer, requests: number): Promise<boolean> {
  let isOver = false;
  const over = running.ended.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    if ((await site.report()).requests >= requests) {
      running.kill('SIGKILL');
      await over;
      return true;
    }
    await Promise.race([over, sleep(20)]);
  }
  return false;
}

/** Each process asks for robots.txt and looks whether the site, its start page and sitemap, are there. */
const isAskedByEach = (path: string): boolean => ['/', '/robots.txt', '/sitemap.xml'].includes(path);

function askedAgain(
  asked: Readonly<Record<string, number>>,
  flying: ReadonlyMap<string, number>,
  kills: number,
): { again: number; needless: string[] } {
  const needless: string[] = [];
  let again = 0;
  for (const [path, times] of Object.entries(asked)) {
    const allowed = 1 + (isAskedByEach(path) ? kills : 0) + (flying.get(path) ?? 0);
    if (times > 1) again += times - 1;
    if (times > allowed)
      needless.push(`${path}: ${times} times, in flight at ${flying.get(path) ?? 0} kills`);
  }
  return { again, needless };
}

/** The first lines that only one of them has. */
export function differences(one: readonly string[], other: readonly string[]): string[] {
  const [inOne, inOther] = [new Set(one), new Set(other)];
  return [
    ...one.filter((line) => !inOther.has(line)).map((line) => `- ${line}`),
    ...other.filter((line) => !inOne.has(line)).map((line) => `+ ${line}`),
  ].slice(0, 20);
}
