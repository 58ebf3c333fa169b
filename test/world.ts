// A data directory of its own for a test, and the app on it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openParts, type Parts } from '../src/app/parts.ts';
import { type App, assembleApp } from '../src/app.ts';
import { loadConfig } from '../src/config/config.ts';
import type { CrawlReport } from '../src/crawl-report.ts';
import type { ImageDocument } from '../src/indexer/image-index.ts';
import type { Line } from './opensearch/distribution.ts';

export interface World {
  readonly folder: string;
  readonly parts: Parts;
  readonly app: App;
  crawl(source: string, more?: { fresh?: boolean; maxImages?: number }): Promise<CrawlReport>;
  close(): Promise<void>;
}

export const testFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'imagedex-test-'));

/**
 * `folder`: an older world's, which is then not removed, nor are its indices. A configuration file in it is read.
 * With `await onOpenSearch(line)` among the flags the data lie there.
 */
export async function openWorld(flags: Record<string, unknown> = {}, folder?: string): Promise<World> {
  const own = folder ?? (await testFolder());
  const config = await loadConfig({
    cwd: own,
    flags: { dataDir: join(own, 'data'), retryDelayMs: 10, logLevel: 'error', ...flags },
  });
  const parts = await openParts(config);
  const app = assembleApp(parts);
  return {
    folder: own,
    parts,
    app,
    crawl: (source, { fresh = false, maxImages } = {}) =>
      app.crawl(
        { sources: [source], collection: 'default', fresh, maxImages: maxImages ?? null },
        new AbortController().signal,
      ),
    async close() {
      await app.close();
      if (folder !== undefined) return;
      await rm(own, { recursive: true, force: true });
      const { store, opensearchUrls, opensearchPrefix } = config.values;
      if (store !== 'opensearch') return;
      const { removeIndices } = await import('./opensearch/shared.ts');
      await removeIndices(opensearchUrls[0]!, opensearchPrefix);
    },
  };
}

/** Flags for a world whose data lie in OpenSearch, in indices of its own. */
export async function onOpenSearch(line: Line): Promise<Record<string, unknown>> {
  // Only who wants one looks for servers.
  const { openSearchUrl, ownPrefix } = await import('./opensearch/shared.ts');
  return {
    store: 'opensearch',
    opensearchUrls: [await openSearchUrl(line)],
    opensearchPrefix: ownPrefix(),
  };
}

/** Everything that searches find. */
export async function documents({ parts }: Pick<World, 'parts'>): Promise<ImageDocument[]> {
  const all: ImageDocument[] = [];
  const query = {
    collection: 'default',
    filter: {},
    orderBy: { field: 'DATE', direction: 'DESC' },
    first: 100,
  } as const;
  for (let page = await parts.index.search(query); ; ) {
    all.push(...page.hits.map(({ document }) => document));
    if (!page.hasMore) return all;
    page = await parts.index.search({ ...query, after: page.hits.at(-1)!.sortKey });
  }
}

/** A crawl's counts, at its end. */
export const addsUp = (report: CrawlReport): void => {
  expect(report.found).toBe(report.indexed + report.skipped + report.failed);
  expect(report.pending).toBe(0);
  expect(report.state).toBe('complete');
};

/** Stops when the server has been asked so often: by what has happened, not by the clock. */
export function stopAfter(server: { readonly asked: readonly unknown[] }, requests: number): AbortSignal {
  const stop = new AbortController();
  const timer = setInterval(() => {
    if (server.asked.length < requests) return;
    clearInterval(timer);
    stop.abort();
  }, 5);
  return stop.signal;
}
