// The composition root: opens what the configuration names, hands it down, closes it.
import { join } from 'node:path';
import type { Server } from './api/server.ts';
import { type Blobs, thumbnailKey } from './blobs/blobs.ts';
import { ByteBudget } from './budget.ts';
import { type ClassifyOutcome, classifyImage } from './classify.ts';
import type { Config } from './config.ts';
import type { OnProgress } from './crawl-clock.ts';
import type { CrawlReport } from './crawl-report.ts';
import { type CrawlerSettings, crawlerOptions } from './crawler/options.ts';
import { type CrawlParts, resumeCrawls, retryFailures, runCrawl } from './crawls.ts';
import { openBlobs, openIndex, openLedger, openQueue, openSource, typedSource } from './drivers.ts';
import { builtFile } from './entry.ts';
import { ImagedexError } from './errors.ts';
import type { ImageIndex, SearchResult } from './indexer/image-index.ts';
import { openProjector } from './indexer/project.ts';
import type { Describers } from './inference/describe.ts';
import { openDescribeStage } from './inference/describe-image.ts';
import { openDescribers } from './inference/describers.ts';
import { bundledModels, findModel, listModels, type ModelListing } from './inference/repository.ts';
import { type Taxonomy, wordnet } from './labels/taxonomy.ts';
import { type FailureRecord, type Ledger, listAll } from './ledger.ts';
import { type Log, openLog } from './log.ts';
import { type Owner, openOwner } from './owner.ts';
import type { Queue } from './queue/queue.ts';
import { type SearchRequest, searchImages } from './search.ts';
import { openDatabase } from './sqlite/database.ts';
import type { Work } from './work.ts';

export interface CrawlCommand {
  /** As typed: folders and http(s) addresses. */
  readonly sources: readonly string[];
  readonly collection: string;
  readonly maxImages: number | null;
  readonly fresh: boolean;
}

export interface App {
  crawl(command: CrawlCommand, signal: AbortSignal, onProgress?: OnProgress): Promise<CrawlReport>;
  /** null where nothing has failed. */
  retryFailures(
    collection: string,
    signal: AbortSignal,
    onProgress?: OnProgress,
  ): Promise<CrawlReport | null>;
  failures(collection: string): Promise<readonly FailureRecord[]>;
  search(request: SearchRequest): Promise<SearchResult>;
  /** Serves until closed, and carries on the crawls that were cut off until the signal. */
  serve(port: number, signal: AbortSignal): Promise<Server>;
  close(): Promise<void>;
}

/** What an app is made of. Tests put wrappers around the ports. */
export interface Parts {
  readonly config: Config;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly index: ImageIndex;
  readonly blobs: Blobs;
  readonly taxonomy: Taxonomy;
  /** What only crawls need, opened by the first. */
  openWorkshop(): Promise<Workshop>;
  close(): Promise<void>;
}

export interface Workshop {
  readonly owner: Owner;
  readonly queue: Queue<Work>;
  readonly describers: Describers;
}

export const openApp = async (config: Config): Promise<App> => assembleApp(await openParts(config));

export async function openParts(config: Config): Promise<Parts> {
  const { dataDir, logLevel } = config.values;
  const log = openLog(logLevel);
  const database = await openDatabase(join(dataDir, 'imagedex.db'));
  const [ledger, index, blobs] = await Promise.all([
    openLedger(database),
    openIndex(database),
    openBlobs(join(dataDir, 'blobs')),
  ]);
  let workshop: Promise<Workshop> | undefined;
  return {
    config,
    log,
    ledger,
    index,
    blobs,
    taxonomy: wordnet(),
    openWorkshop: () => {
      workshop ??= (async () => {
        // The slowest first: the model loads while the rest is opened.
        const describers = openModel(config, log);
        describers.catch(() => {});
        const owner = await openOwner(ledger);
        const queue = await openQueue<Work>(database, owner);
        return { owner, queue, describers: await describers };
      })();
      return workshop;
    },
    close: async () => {
      const opened = await workshop?.catch(() => undefined);
      // Each is closed whatever the others do: on a full disk the queue cannot even give back its leases.
      await closeAll([
        () => opened?.describers.close(),
        () => opened?.queue.stop(),
        () => opened?.owner.close(),
        () => index.close(),
        () => blobs.close(),
        () => ledger.close(),
        () => database.close(),
      ]);
    },
  };
}

/** One after the other, all of them; the first error is thrown at the end. */
async function closeAll(closers: readonly (() => Promise<void> | undefined)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const close of closers) {
    try {
      await close();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

export function assembleApp(parts: Parts): App {
  const { config, log, ledger, index, blobs, taxonomy } = parts;
  let crawlParts: Promise<CrawlParts> | undefined;
  const closing: (() => Promise<void>)[] = [];

  const openCrawlParts = () => {
    crawlParts ??= makeCrawlParts(parts);
    return crawlParts;
  };

  return {
    async crawl({ sources, ...rest }, signal, onProgress) {
      const ids = await Promise.all(sources.map((typed) => normalisedSource(typed, config)));
      return runCrawl(await openCrawlParts(), { ...rest, sources: [...new Set(ids)] }, signal, onProgress);
    },
    retryFailures: async (collection, signal, onProgress) =>
      retryFailures(await openCrawlParts(), collection, signal, onProgress),
    async failures(collection) {
      const records: FailureRecord[] = [];
      for await (const { record } of listAll(ledger, 'failure', { collection })) records.push(record);
      return records.sort((a, b) => (a.at < b.at ? -1 : 1));
    },
    search: (request) => searchImages(index, taxonomy, request),
    async serve(port, signal) {
      const { openServer } = await import('./api/server.ts');
      const server = await openServer(
        {
          index,
          ledger,
          blobs,
          taxonomy,
          log,
          collection: config.values.collection,
          ready: () => !signal.aborted,
        },
        { host: '127.0.0.1', port },
      );
      const resuming = resumeWhatWasCutOff(parts, openCrawlParts, signal);
      closing.push(async () => {
        await server.close();
        await resuming;
      });
      return server;
    },
    async close() {
      await closeAll([...closing, () => parts.close()]);
    },
  };
}

async function makeCrawlParts({
  config,
  log,
  ledger,
  index,
  blobs,
  taxonomy,
  openWorkshop,
}: Parts): Promise<CrawlParts> {
  const { owner, queue, describers } = await openWorkshop();
  const names = new Map(describers.model.classes.map(({ id, name }) => [id, name]));
  const { concurrency, retries, retryDelayMs, maxHeldBytes } = config.values;
  return {
    ledger,
    queue,
    owner,
    log,
    describeStage: openDescribeStage(ledger, describers, {
      has: async (sha256) => (await blobs.get(thumbnailKey(sha256))) !== null,
      put: (sha256, jpeg) => blobs.put(thumbnailKey(sha256), jpeg),
    }),
    projector: openProjector({ ledger, index, taxonomy, className: (concept) => names.get(concept) }),
    budget: new ByteBudget(maxHeldBytes),
    modelKey: describers.model.key,
    settings: { concurrency, retries, retryDelayMs },
    crawlerSettings: crawlerSettingsOf(config),
    openSource,
  };
}

/** The crawler's part of what is in force: it goes with a crawl, so that whoever resumes it is as polite. */
const crawlerSettingsOf = ({ values }: Config): CrawlerSettings =>
  Object.fromEntries(
    Object.keys(crawlerOptions).map((name) => [name, values[name as keyof CrawlerSettings]]),
  ) as CrawlerSettings;

async function normalisedSource(typed: string, config: Config): Promise<string> {
  const source = await openSource(typedSource(typed), config.values);
  await source.close();
  return source.id;
}

async function resumeWhatWasCutOff(
  parts: Parts,
  open: () => Promise<CrawlParts>,
  signal: AbortSignal,
): Promise<void> {
  try {
    const unfinished = await parts.ledger.list('crawl', { state: 'running' }, { limit: 1 });
    // The model is not loaded for nothing.
    if (unfinished.length > 0) await resumeCrawls(await open(), signal);
  } catch (error) {
    parts.log.error('crawls that were cut off could not be resumed', { error: String(error) });
  }
}

const modelRoots = ({ values }: Config): string[] => [bundledModels, join(values.dataDir, 'models')];

async function openModel(config: Config, log: Log): Promise<Describers> {
  return openDescribers({
    ...config.values,
    model: await findModel(modelRoots(config), config.values.model),
    entry: builtFile(new URL('./describer.ts', import.meta.url)),
    log,
  });
}

/** The models that the bundled repository and the data directory hold. */
export const listRepository = (config: Config): Promise<readonly ModelListing[]> =>
  listModels(modelRoots(config));

/** Classifies files and addresses one after the other. Leaves nothing in the data directory. */
export async function* classifyAll(
  files: readonly string[],
  config: Config,
  signal: AbortSignal,
): AsyncGenerator<ClassifyOutcome> {
  const describers = await openModel(config, openLog(config.values.logLevel));
  const budget = new ByteBudget(config.values.maxHeldBytes);
  try {
    for (const file of files) {
      const hold = budget.hold();
      try {
        const source = await openSource(typedSource(file), config.values);
        const [root] = await source.start('', signal);
        const expansion = await source.expand(root!, '', undefined, signal);
        const images = expansion.outcome === 'expanded' ? expansion.images : [];
        const [image] = images;
        // One picture and nothing around it: a page or a folder shows its pictures otherwise.
        if (image === undefined || images.length > 1 || image.context !== null) {
          throw new ImagedexError(
            'source_unavailable',
            `${file}: expected an image, came a page or a folder`,
          );
        }
        const fetched = await source.fetch(image.location, undefined, hold, signal);
        yield await classifyImage(file, fetched, describers, wordnet());
        await source.close();
      } catch (error) {
        if (!(error instanceof ImagedexError)) throw error;
        yield { file, error: { code: error.code, message: error.message } };
      } finally {
        hold.release();
      }
    }
  } finally {
    await describers.close();
  }
}
