// The composition root: puts together what the ports, the use cases and the API need of each other.
import type { Server } from './api/server.ts';
import {
  configuredParts,
  configuredSources,
  makeCrawlParts,
  patientStore,
  sourceIdOf,
} from './app/crawl-parts.ts';
import { keepRetention } from './app/keep-retention.ts';
import { kept } from './app/kept.ts';
import { closeAll, openParts, type Parts } from './app/parts.ts';
import { openScheduledCrawls, runOwnCrawl, type ToBegin } from './app/scheduled-crawls.ts';
import { openWatchedSources } from './app/watched-sources.ts';
import type { Config } from './config/config.ts';
import type { CrawlReport } from './crawl-report.ts';
import type { OnProgress } from './crawls/crawl-clock.ts';
import { type OpenParts, openCrawlRunner } from './crawls/crawl-runner.ts';
import { type CrawlRequest, resumeCrawls, retryFailures, runCrawl } from './crawls/crawls.ts';
import { dryRun, type Preview } from './crawls/dry-run.ts';
import { ImagedexError } from './errors.ts';
import type { SearchResult } from './indexer/image-index.ts';
import { type FailureFilter, type FailureRecord, type Ledger, listAll, type StartedBy } from './ledger.ts';
import { type SourceId, standardInput } from './record.ts';
import { openSchedules, type Schedules } from './schedules/schedules.ts';
import { type SearchRequest, searchImages } from './search.ts';

export interface CrawlCommand {
  /** As typed: folders, files, addresses. None: the collection's own. */
  readonly sources: readonly string[];
  readonly collection: string;
  /** null: what the collection's configuration says. */
  readonly maxImages: number | null;
  readonly fresh: boolean;
  /** Asks only for pages that are due. */
  readonly onlyDue?: boolean;
}

export interface App {
  readonly parts: Parts;
  crawl(command: CrawlCommand, signal: AbortSignal, onProgress?: OnProgress): Promise<CrawlReport>;
  /** What `crawl` would fetch. Looks into pages and listings, and writes nothing. */
  dryRun(command: CrawlCommand, signal: AbortSignal): AsyncIterable<Preview>;
  /** null where nothing has failed. */
  retryFailures(
    collection: string,
    signal: AbortSignal,
    onProgress?: OnProgress,
    filter?: FailureFilter,
  ): Promise<CrawlReport | null>;
  failures(collection: string): Promise<readonly FailureRecord[]>;
  /** The id of what a person types as SOURCE. */
  sourceIdOf(typed: string): Promise<SourceId>;
  readonly schedules: Schedules;
  /** A crawl of the collection's own sources, now. Throws `crawl_running` while one of the collection is at work. */
  runSchedule(collection: string, signal: AbortSignal, onProgress?: OnProgress): Promise<CrawlReport>;
  search(request: SearchRequest): Promise<SearchResult>;
  /** Serves until closed, runs schedules, and carries on the crawls that were cut off until the signal. */
  serve(port: number, signal: AbortSignal): Promise<Server>;
  close(): Promise<void>;
}

/** `waitUntil`: a store that is away is waited for, until the signal at most. */
export const openApp = async (config: Config, waitUntil?: AbortSignal): Promise<App> =>
  assembleApp(await openParts(config, waitUntil));

export function assembleApp(parts: Parts): App {
  const { config, log, ledger, index, blobs, taxonomy } = parts;
  const { patience, openWorkshop } = parts;
  const patientWorkshop = patience.patient({ openWorkshop });
  const crawlParts = kept(() => makeCrawlParts({ ...parts, ...patientWorkshop }));
  let newest = config;
  const closing: (() => Promise<void>)[] = [];

  /** As it is now: the file may have changed, or have been written, since this program was started. */
  const configNow = async (): Promise<Config> => {
    newest = await newest.reload();
    return newest;
  };
  const openWith =
    (now: Config): OpenParts =>
    async (signal) => {
      const made = await patience.until({ open: crawlParts.open }, signal).open();
      return { ...made, ...configuredParts(now, made.ledger, log, parts.renderer) };
    };
  const openNow = async (): Promise<OpenParts> => openWith(await configNow());
  const toBegin = async (command: CrawlCommand, startedBy: StartedBy): Promise<ToBegin> => {
    const now = await configNow();
    return { request: await requestOf(now, ledger, command, startedBy), open: openWith(now) };
  };
  const ownCrawl = (collection: string, startedBy: StartedBy) =>
    toBegin({ sources: [], collection, maxImages: null, fresh: false }, startedBy);
  const schedules = openSchedules({ ledger, collections: async () => (await configNow()).collections });

  return {
    parts,
    schedules,
    runSchedule: (collection, signal, onProgress) =>
      runOwnCrawl(ownCrawl, collection, watch(signal, onProgress)),
    async crawl(command, signal, onProgress) {
      const { request, open } = await toBegin(command, 'command');
      return runCrawl(await open(signal), request, watch(signal, onProgress));
    },
    async *dryRun(command, signal) {
      const now = await configNow();
      yield* dryRun(
        { ledger, ...configuredParts(now, ledger, log, parts.renderer) },
        await requestOf(now, ledger, command, 'command'),
        signal,
      );
    },
    sourceIdOf: (typed) => sourceIdOf(typed, config),
    retryFailures: async (collection, signal, onProgress, filter = {}) =>
      retryFailures(
        await (await openNow())(signal),
        { collection, filter, startedBy: 'command' },
        watch(signal, onProgress),
      ),
    async failures(collection) {
      const records: FailureRecord[] = [];
      for await (const { record } of listAll(ledger, 'failure', { collection })) records.push(record);
      return records.sort((a, b) => (a.at < b.at ? -1 : 1));
    },
    search: (request) => searchImages(index, taxonomy, request),
    async serve(port, signal) {
      const [{ openServer }, { openApiActions }] = await Promise.all([
        import('./api/server.ts'),
        import('./app/api-actions.ts'),
      ]);
      const runner = openCrawlRunner(log);
      const actions = openApiActions(parts, {
        runner,
        schedules,
        openNow,
        ownCrawl: (wanted) => toBegin({ ...wanted, sources: [] }, 'api'),
      });
      const server = await openServer(
        {
          index,
          ledger,
          blobs,
          taxonomy,
          log,
          actions,
          ...(config.origins.collection === 'default' ? {} : { collection: config.values.collection }),
          collections: config.collections,
          publicHosts: config.values.publicHosts,
          ready: () => !signal.aborted,
        },
        { host: '127.0.0.1', port, embedPort: config.values.embedPort || null },
      );
      const scheduler = openScheduledCrawls(parts, runner, ownCrawl);
      const stopWatching = new AbortController();
      const watches = scheduler.caughtUp.then(() =>
        openWatchedSources(parts, { runner, configNow, openWith }, stopWatching.signal),
      );
      // What is due carries on what was cut off of its collection; the others follow.
      const resuming = scheduler.caughtUp.then(() => resumeWhatWasCutOff(parts, openNow, signal));
      const stopKeeping = new AbortController();
      const keeping = keepRetention(parts, stopKeeping.signal);
      closing.push(async () => {
        stopKeeping.abort();
        stopWatching.abort();
        await server.close();
        const stopped = watches.then((opened) => opened.close());
        await Promise.all([scheduler.close(), runner.close(), actions.close(), stopped]);
        await resuming;
        await keeping;
      });
      return server;
    },
    async close() {
      await closeAll([...closing, () => parts.close()]);
    },
  };
}

async function requestOf(
  config: Config,
  ledger: Ledger,
  { sources, collection, maxImages, fresh, onlyDue }: CrawlCommand,
  startedBy: StartedBy,
): Promise<CrawlRequest> {
  const ids = await Promise.all(sources.map((typed) => sourceIdOf(typed, config)));
  return {
    collection,
    sources: ids.length === 0 ? await ownSources(config, ledger, collection) : [...new Set(ids)],
    maxImages: maxImages ?? config.collections.get(collection)?.maxImages ?? null,
    fresh,
    startedBy,
    ...(onlyDue === true && { onlyDue }),
  };
}

const watch = (signal: AbortSignal, onProgress?: OnProgress) => ({
  signal,
  ...(onProgress === undefined ? {} : { onProgress }),
});

/** The sources that the configuration names for a collection; where it names none, those that were crawled before. */
async function ownSources(config: Config, ledger: Ledger, collection: string): Promise<readonly SourceId[]> {
  const configured = [...(await configuredSources(config, collection)).keys()];
  if (configured.length > 0) return configured;
  const [stored] = await ledger.get('collection', [collection]);
  const crawled = (stored?.record.sources ?? []).filter((source) => source !== standardInput);
  if (crawled.length > 0) return crawled;
  throw new ImagedexError(
    'not_found',
    `collection ${collection} has no sources: name them in the configuration, or as crawl SOURCE`,
  );
}

async function resumeWhatWasCutOff(
  parts: Parts,
  openNow: () => Promise<OpenParts>,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { ledger } = patientStore(parts, signal);
    const unfinished = await ledger.list('crawl', { state: 'running' }, { limit: 1 });
    // The model is not loaded for nothing.
    if (unfinished.length > 0) await resumeCrawls(await (await openNow())(signal), { signal });
  } catch (error) {
    parts.log.error('crawls that were cut off could not be resumed', { error: String(error) });
  }
}
