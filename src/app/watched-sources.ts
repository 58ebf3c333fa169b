// What `serve` watches: sources that the configuration wants watched, as it is now.
import { type Config, crawlerSettings } from '../config/config.ts';
import type { CrawlRunner, OpenParts } from '../crawls/crawl-runner.ts';
import { forgetOldCrawls } from '../crawls/watch/forget-crawls.ts';
import type { WatchParts, WatchTarget } from '../crawls/watch/watch-source.ts';
import { openWatches, type Watches } from '../crawls/watch/watches.ts';
import { type Ledger, listAll } from '../ledger.ts';
import { standardInput } from '../record.ts';
import { configuredParts, configuredSources, patientStore } from './crawl-parts.ts';
import { kept } from './kept.ts';
import type { Parts } from './parts.ts';

interface WatchActions {
  readonly runner: CrawlRunner;
  readonly configNow: () => Promise<Config>;
  readonly openWith: (config: Config) => OpenParts;
}

/** Until it is closed. */
export function openWatchedSources(
  parts: Parts,
  { runner, configNow, openWith }: WatchActions,
  signal: AbortSignal,
): Watches {
  const { log, patience } = parts;
  const { ledger } = patientStore(parts, signal);
  const open = kept(async (): Promise<WatchParts> => {
    const owner = patience.until(patience.patient(await parts.openOwner()), signal);
    return {
      ledger,
      owner,
      queue: await parts.openQueue(),
      log,
      openSource: async (...of) => configuredParts(await configNow(), ledger, log).openSource(...of),
      startCrawl: async (collection, sources, changes) => {
        const config = await configNow();
        const begun = await runner.start(openWith(config), {
          collection,
          sources,
          maxImages: config.collections.get(collection)?.maxImages ?? null,
          fresh: false,
          startedBy: 'watch',
          ...(changes === undefined ? {} : { changes }),
        });
        begun.ended.then(
          () => forgetOldCrawls(ledger, collection).catch(() => undefined),
          () => undefined,
        );
        return begun;
      },
    };
  });
  const wanted = async () => watchedTargets(await configNow(), ledger);
  return openWatches({ log, wanted, open: open.open });
}

/** Those of the configuration; of collections that it does not name, those that were crawled, where all are to be watched. */
async function watchedTargets(config: Config, ledger: Ledger): Promise<WatchTarget[]> {
  const targets: WatchTarget[] = [];
  for (const collection of config.collections.keys())
    for (const [source, { settings }] of await configuredSources(config, collection))
      if (settings.watch) targets.push({ collection, source, settings });
  const settings = crawlerSettings(config.values);
  if (!settings.watch) return targets;
  for await (const { record } of listAll(ledger, 'collection', {})) {
    if ((config.collections.get(record.name)?.sources ?? []).length > 0) continue;
    for (const source of record.sources)
      if (source !== standardInput) targets.push({ collection: record.name, source, settings });
  }
  return targets;
}
