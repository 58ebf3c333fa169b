// What crawls are given: ports, settings, and how a source is opened with what the configuration says of it.
import { join } from 'node:path';
import { thumbnailKey } from '../blobs/blobs.ts';
import { ByteBudget } from '../budget.ts';
import { isBlocked } from '../collections/blocks.ts';
import type { SourceConfig } from '../collections/collection-config.ts';
import { type Config, crawlerSettings } from '../config/config.ts';
import type { CrawlerSettings } from '../crawler/options.ts';
import type { Renderer } from '../crawler/render/renderer.ts';
import { openRobotsFiles } from '../crawler/robots-files.ts';
import { placeOf } from '../crawler/taken-down.ts';
import type { CrawlParts } from '../crawls/crawls.ts';
import { openSource, typedSource } from '../drivers.ts';
import { openProjector } from '../indexer/project.ts';
import { openDescribeStage } from '../inference/describe-image.ts';
import type { Ledger } from '../ledger.ts';
import type { Log } from '../log.ts';
import type { SourceId } from '../record.ts';
import type { Parts } from './parts.ts';

export async function makeCrawlParts(parts: Parts): Promise<CrawlParts> {
  const { config, log, taxonomy, patience } = parts;
  const { ledger, index, blobs } = patientStore(parts);
  const { owner, queue, describers } = await parts.openWorkshop();
  const names = new Map(describers.model.classes.map(({ id, name }) => [id, name]));
  const projector = openProjector({
    ledger,
    index,
    taxonomy,
    className: (concept) => names.get(concept),
    foldsAlike: (collection) => config.collections.get(collection)?.foldAlike ?? config.values.foldAlike,
    log,
  });
  const thumbnails = {
    has: async (sha256: string) => (await blobs.sizeOf(thumbnailKey(sha256))) !== null,
    put: (sha256: string, jpeg: Uint8Array) => blobs.put(thumbnailKey(sha256), jpeg),
  };
  return {
    ledger,
    index,
    blobs,
    queue,
    owner: patience.patient(owner),
    patience,
    log,
    describeStage: openDescribeStage(ledger, describers, thumbnails, projector.project),
    projector,
    budget: new ByteBudget(config.values.maxHeldBytes),
    modelKey: describers.model.key,
    ...configuredParts(config, ledger, log, parts.renderer),
  };
}

/** Ledger, index and blobs for work that waits for them; with a signal, until then. */
export function patientStore(
  { ledger, index, blobs, patience }: Parts,
  signal?: AbortSignal,
): Pick<Parts, 'ledger' | 'index' | 'blobs'> {
  const waiting = {
    ledger: patience.patient(ledger),
    index: patience.patient(index),
    blobs: patience.patient(blobs, 'the place of the blobs'),
  };
  if (signal === undefined) return waiting;
  return {
    ledger: patience.until(waiting.ledger, signal),
    index: patience.until(waiting.index, signal),
    blobs: patience.until(waiting.blobs, signal),
  };
}

/** What the configuration says of how to crawl and of how sources are opened. It may be a newer one than the other parts'. */
export function configuredParts(
  config: Config,
  ledger: Ledger,
  log: Log,
  renderer?: Renderer,
): Pick<CrawlParts, 'settings' | 'settingsOf' | 'openSource'> {
  const { concurrency, retries, retryDelayMs, maxPixels } = config.values;
  const surroundings = {
    isTakenDown: (url: string) => isBlocked(ledger, placeOf(url)),
    robotsFiles: openRobotsFiles(join(config.values.dataDir, 'robots')),
    log,
    ...(renderer === undefined ? {} : { renderer }),
  };
  const known = new Map<string, ReturnType<typeof configuredSources>>();
  const configured = async (collection: string, id: SourceId): Promise<SourceConfig | undefined> => {
    const sources = known.get(collection) ?? configuredSources(config, collection);
    known.set(collection, sources);
    return (await sources).get(id);
  };
  return {
    settings: { concurrency, retries, retryDelayMs, maxPixels },
    settingsOf: async (collection, id) =>
      (await configured(collection, id))?.settings ?? crawlerSettings(config.values),
    openSource: async (collection, id, settings) =>
      openSource(id, settings, (await configured(collection, id))?.headers(), surroundings),
  };
}

/** What the configuration says of a collection's sources, by their normalised ids. */
export async function configuredSources(
  config: Config,
  collection: string,
): Promise<ReadonlyMap<SourceId, SourceConfig>> {
  const sources = config.collections.get(collection)?.sources ?? [];
  return new Map(
    await Promise.all(
      sources.map(async (source) => [await normalised(source.id, source.settings), source] as const),
    ),
  );
}

/** The id of what a person types as SOURCE. */
export const sourceIdOf = (typed: string, config: Config): Promise<SourceId> =>
  normalised(typedSource(typed), crawlerSettings(config.values));

async function normalised(id: SourceId, settings: CrawlerSettings): Promise<SourceId> {
  const source = await openSource(id, settings);
  await source.close();
  return source.id;
}
