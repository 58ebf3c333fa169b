// A small generated site, and crawls of it with faults in the ports: what they come to is compared with an undisturbed one.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { contentsOf } from '../../bench/site-crawl.ts';
import { type SiteServer, startSite } from '../../bench/site-server.ts';
import { tinyModel, writeTinyModel } from '../../bench/tiny-model.ts';
import { openParts, type Parts } from '../../src/app/parts.ts';
import { assembleApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/config.ts';
import type { CrawlReport } from '../../src/crawl-report.ts';
import { testFolder } from '../world.ts';

export const smallSite = { pages: 12, images: 30, sides: [60, 90] } as const;

export interface SmallSite {
  readonly folder: string;
  readonly site: SiteServer;
  /** What an undisturbed crawl has written down. */
  readonly contents: readonly string[];
  /** Crawls into that data directory, with wrappers around the ports. */
  crawl(dataDir: string, wrap?: (parts: Parts) => Parts): Promise<CrawlReport>;
  /** As if nothing had been fetched before. */
  crawlAnew(dataDir: string): Promise<CrawlReport>;
  close(): Promise<void>;
}

export async function openSmallSite(): Promise<SmallSite> {
  const folder = await testFolder();
  const site = await startSite(smallSite);
  const run = async (
    dataDir: string,
    wrap: (parts: Parts) => Parts,
    fresh: boolean,
  ): Promise<CrawlReport> => {
    await writeTinyModel(dataDir, 32);
    const flags = { dataDir, model: tinyModel, retryDelayMs: 10, logLevel: 'error', describers: 1 };
    const app = assembleApp(wrap(await openParts(await loadConfig({ cwd: folder, flags }))));
    try {
      const command = { sources: [`${site.url}/`], collection: 'default', maxImages: null, fresh };
      return await app.crawl(command, new AbortController().signal);
    } finally {
      await app.close();
    }
  };
  const crawl: SmallSite['crawl'] = (dataDir, wrap = (parts) => parts) => run(dataDir, wrap, false);
  const undisturbed = join(folder, 'undisturbed');
  await crawl(undisturbed);
  return {
    folder,
    site,
    contents: contentsOf(undisturbed),
    crawl,
    crawlAnew: (dataDir) => run(dataDir, (parts) => parts, true),
    async close() {
      await site.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
