// What `import { open } from 'imagedex'` gives: crawl, search and classify from a program, with the command line's data.
import type { Server } from './api/server.ts';
import { fetchTyped } from './app/classify-all.ts';
import { type App, openApp } from './app.ts';
import { thumbnailKey } from './blobs/blobs.ts';
import { ByteBudget } from './budget.ts';
import { type Classified, classifyContent, classifyFetched, type NotClassified } from './classify.ts';
import { type ConfigValues, loadConfig } from './config/config.ts';
import { fromHome } from './config/config-file.ts';
import type { CrawlReport } from './crawl-report.ts';
import type { CrawlProgress } from './crawls/crawl-clock.ts';
import type { Hit } from './indexer/image-index.ts';
import type { Label as StoredLabel } from './labels/label-maker.ts';
import type { FailureRecord } from './ledger.ts';

export type { CrawlReport } from './crawl-report.ts';
export type { CrawlProgress } from './crawls/crawl-clock.ts';
export { type ErrorCode, ImagedexError } from './errors.ts';
export type { FailureRecord } from './ledger.ts';

/** Every option of docs/reference/options.md by its name; they win over the file and the environment. */
export interface OpenOptions extends Partial<ConfigValues> {
  /** What relative paths are relative to, and where imagedex.config.yaml is looked for. The current folder without it. */
  readonly cwd?: string;
  /** Another configuration file than that. */
  readonly configFile?: string;
}

export interface CrawlOptions {
  readonly collection?: string;
  /** Images that it finds at most. */
  readonly maxImages?: number;
  /** Abandons an unfinished crawl and looks at everything anew. */
  readonly fresh?: boolean;
  /** Stops it: the same call carries on where it stopped, and its report says `running`. */
  readonly signal?: AbortSignal;
  /** About twice a second. */
  readonly onProgress?: (progress: CrawlProgress) => void;
}

export interface SearchOptions {
  readonly collection?: string;
  /** Names or concept ids; an image must have all of them. */
  readonly labels?: readonly string[];
  /** 0 to 1: takes labels from this confidence on, accepted or not. */
  readonly minConfidence?: number;
  /** 1 to 1000; 20 without it. */
  readonly first?: number;
}

/** A concept with a confidence from 0 to 1, in steps of 0.005. */
export interface Label {
  readonly id: string;
  readonly name: string;
  readonly confidence: number;
  /** Whether the label rules accept it. */
  readonly isAccepted: boolean;
}

export interface FoundImage {
  readonly id: string;
  readonly sha256: string;
  /** Where it lies: the first of its places. */
  readonly url: string | null;
  /** The newest page that shows it. */
  readonly pageUrl: string | null;
  readonly alt: string | null;
  readonly format: string;
  /** Pixels, upright. */
  readonly width: number;
  readonly height: number;
  /** Greatest confidence first. */
  readonly labels: readonly Label[];
  /** Those that the words and labels of the search matched. */
  readonly matchedLabels: readonly Label[];
  /** How well the words match, 0 to 1; null without words. */
  readonly relevance: number | null;
}

export interface FoundImages {
  /** `GTE`: so many or more. */
  readonly totalCount: { readonly value: number; readonly relation: 'EQ' | 'GTE' };
  readonly images: readonly FoundImage[];
}

/** What a model says of one image; or why it says nothing. */
export type Classification =
  | (Omit<Classified, 'labels'> & { readonly labels: readonly Label[] })
  | NotClassified;

export interface Imagedex {
  /**
   * Finds, describes and indexes the images of folders, sites, buckets and lists; without sources those of the collection.
   * Throws ImagedexError `source_unavailable`, `crawl_running`.
   */
  crawl(sources?: string | readonly string[], options?: CrawlOptions): Promise<CrawlReport>;
  /** Throws ImagedexError `not_found` for a label that does not exist. */
  search(words: string, options?: SearchOptions): Promise<FoundImages>;
  /** A path, an address, or the bytes of one image; nothing of it is kept. Throws ImagedexError `source_unavailable`. */
  classify(image: string | URL | Uint8Array, signal?: AbortSignal): Promise<Classification>;
  /** The pages and images that could not be processed. */
  failures(collection?: string): Promise<readonly FailureRecord[]>;
  /** JPEG; null where there is none. */
  thumbnail(sha256: string): Promise<Uint8Array | null>;
  /** The search page and GraphQL on this machine, until `close`. Port 0 takes a free one. */
  serve(options?: { readonly port?: number }): Promise<Pick<Server, 'url' | 'port'>>;
  /** Stops what runs and closes everything. */
  close(): Promise<void>;
}

/** Opens a data directory, which is made where it is missing. Throws ImagedexError for what is wrong with the options. */
export async function open({ cwd, configFile, ...options }: OpenOptions = {}): Promise<Imagedex> {
  const config = await loadConfig({
    options,
    env: process.env,
    ...(cwd === undefined ? {} : { cwd }),
    ...(configFile === undefined ? {} : { file: configFile }),
  });
  const app = await openApp(config);
  const stop = new AbortController();
  const { collection: usual, port: usualPort } = config.values;
  return {
    crawl: (sources = [], { collection = usual, maxImages = null, fresh = false, signal, onProgress } = {}) =>
      app.crawl(
        {
          sources: (typeof sources === 'string' ? [sources] : sources).map(fromHome),
          collection,
          maxImages,
          fresh,
        },
        signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]),
        onProgress,
      ),
    async search(words, { collection = usual, labels = [], minConfidence, first = 20 } = {}) {
      const least = minConfidence === undefined ? {} : { minConfidence };
      const { totalCount, hits } = await app.search({ collection, words, labels, first, ...least });
      return { totalCount, images: hits.map(foundImage) };
    },
    classify: (image, signal = stop.signal) => classify(app, image, signal),
    failures: (collection = usual) => app.failures(collection),
    thumbnail: (sha256) => app.parts.blobs.get(thumbnailKey(sha256)),
    serve: ({ port = usualPort } = {}) => app.serve(port, stop.signal),
    async close() {
      stop.abort();
      await app.close();
    },
  };
}

async function classify(
  { parts }: App,
  image: string | URL | Uint8Array,
  signal: AbortSignal,
): Promise<Classification> {
  const { config, taxonomy } = parts;
  const { describers } = await parts.openWorkshop();
  const hold = new ByteBudget(config.values.maxHeldBytes).hold();
  try {
    const said =
      image instanceof Uint8Array
        ? await classifyContent(image, describers, taxonomy)
        : await classifyFetched(
            await fetchTyped(fromHome(String(image)), config, hold, signal),
            describers,
            taxonomy,
          );
    return said.outcome === 'refused' ? said : { ...said, labels: said.labels.map(label) };
  } finally {
    hold.release();
  }
}

const label = ({ id, name, confidence, accepted }: StoredLabel): Label => ({
  id,
  name,
  confidence: confidence / 200,
  isAccepted: accepted,
});

const foundImage = ({ document, matchedLabels, relevance }: Hit): FoundImage => ({
  id: document.id,
  sha256: document.sha256,
  url: document.locations[0]?.url ?? null,
  pageUrl: document.appearances[0]?.pageUrl ?? null,
  alt: document.appearances.find(({ context }) => context.alt !== undefined)?.context.alt ?? null,
  format: document.format,
  width: document.width,
  height: document.height,
  labels: document.labels.map(label),
  matchedLabels: matchedLabels.map(label),
  relevance,
});
