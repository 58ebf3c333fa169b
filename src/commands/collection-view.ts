// What `collections list` and `collections show` print.
import type { App } from '../app.ts';
import {
  type CollectionDetails,
  type CollectionSummary,
  collectionDetails,
} from '../collections/collection-summary.ts';
import { optionTable } from '../config/config.ts';
import type { FacetCount } from '../indexer/image-index.ts';
import type { WatchRecord } from '../ledger.ts';
import { withoutUserInfo } from '../option-words.ts';
import { megabytes } from './backup.ts';
import { settingsText, sourceJson } from './collection-text.ts';
import { columns } from './columns.ts';
import { counted } from './counted.ts';
import { type Call, exitCodes } from './verb.ts';

const defaults = Object.fromEntries(
  Object.entries(optionTable).map(([name, option]) => [name, option.default]),
);

const summaryJson = ({
  name,
  isConfigured,
  images,
  sources,
  crawls,
  schedule,
  watches,
}: CollectionSummary) => ({
  name,
  isConfigured,
  images,
  sources: sources.map(({ id, configured }) => ({
    ...(configured === null ? { settings: {}, headers: {} } : sourceJson(configured, defaults)),
    id: withoutUserInfo(id),
    isConfigured: configured !== null,
  })),
  lastCrawl: crawls[0] ?? null,
  schedule: schedule && { cron: schedule.cron, timeZone: schedule.timeZone },
  watches: watches.map(({ collection: _, owner, source, ...shown }) => ({
    source: withoutUserInfo(source),
    isWatched: owner !== null,
    ...shown,
  })),
});

export function list(all: readonly CollectionSummary[], { json, terminal }: Call): number {
  const rows = all.map(({ name, isConfigured, images, sources, crawls: [last], schedule }) => [
    name,
    String(images),
    String(sources.length),
    last === undefined ? 'never crawled' : `${last.state} ${last.startedAt}`,
    schedule === null ? 'none' : `${schedule.cron} (${schedule.timeZone})`,
    isConfigured ? 'yes' : 'no',
  ]);
  const head = ['name', 'images', 'sources', 'last crawl', 'schedule', 'configured'];
  if (json) for (const one of all) terminal.out(`${JSON.stringify(summaryJson(one))}\n`);
  else if (rows.length === 0) terminal.out('There is no collection yet.\n');
  else terminal.out(`${columns([head, ...rows]).join('\n')}\n`);
  return exitCodes.ok;
}

const shownValues = 10;
const shownCrawls = 5;

export async function show(
  app: App | null,
  summary: CollectionSummary,
  { config, json, terminal }: Call,
): Promise<number> {
  const details = app && (await collectionDetails(app.parts, summary.name, shownValues));
  const name = (concept: string): string => app?.parts.taxonomy.get(concept)?.names[0] ?? concept;
  const { maxImages = null, origins = [], retention = null } = config.collections.get(summary.name) ?? {};
  if (json) {
    const labels = details?.labels.map(({ value, count }) => ({ id: value, name: name(value), count }));
    const crawls = summary.crawls.slice(0, shownCrawls);
    const own = {
      ...details,
      ...(labels === undefined ? {} : { labels }),
      crawls,
      maxImages,
      origins,
      retention,
    };
    terminal.out(`${JSON.stringify({ ...summaryJson(summary), ...own })}\n`);
    return exitCodes.ok;
  }
  const bounds = Object.entries({ maxImages, ...retention }).filter(([, value]) => value !== null);
  terminal.out(
    `${[
      `Collection ${summary.name}: ${counted(summary.images, 'image')}${summary.isConfigured ? '' : ', not in the configuration'}`,
      ...columns([
        ...sourceRows(summary),
        ...titled(
          'crawls',
          summary.crawls.slice(0, shownCrawls).map(({ id, state }) => `${id} ${state}`),
        ),
        ...titled(
          'schedule',
          summary.schedule === null ? [] : [`${summary.schedule.cron} (${summary.schedule.timeZone})`],
        ),
        ...titled('watched', summary.watches.map(watchText)),
        ...titled('origins', origins),
        ...titled(
          'bounds',
          bounds.map(([what, value]) => `${what} ${value}`),
        ),
        ...(details === null ? [] : detailRows(details, name)),
      ]),
    ].join('\n')}\n`,
  );
  return exitCodes.ok;
}

function watchText({ source, owner, by, lookedAt, changedAt, error }: WatchRecord): string {
  const how = owner === null ? 'not watched now' : by === 'events' ? 'told by the system' : 'polled';
  const when = [`looked at ${lookedAt ?? 'never'}`, `changed ${changedAt ?? 'never'}`];
  return [withoutUserInfo(source), how, ...when, ...(error === null ? [] : [error])].join(', ');
}

const titled = (title: string, lines: readonly string[]): string[][] =>
  lines.map((line, index) => [index === 0 ? `  ${title}` : '', line]);

function sourceRows({ sources }: CollectionSummary): string[][] {
  const lines = sources.map(({ id, configured }) => {
    const settings = configured === null ? '' : settingsText(sourceJson(configured, defaults));
    const note = configured === null ? ' (crawled before, not in the configuration)' : '';
    return `${withoutUserInfo(id)}${note}${settings === '' ? '' : ` with ${settings}`}`;
  });
  return titled('sources', lines.length === 0 ? ['none'] : lines);
}

function detailRows(
  { states, hosts, labels, renditions }: CollectionDetails,
  name: (id: string) => string,
): string[][] {
  const counted = (counts: readonly FacetCount[], shown: (value: string) => string = (value) => value) =>
    counts.slice(0, shownValues).map(({ value, count }) => `${shown(value)} ${count}`);
  const more = hosts.length > shownValues ? [`… and ${hosts.length - shownValues} more`] : [];
  return [
    ...titled(
      'locations',
      [counted(states).join(', ')].filter((line) => line !== ''),
    ),
    ...titled('hosts', [...counted(hosts), ...more]),
    ...titled(
      'labels',
      [counted(labels, name).join(', ')].filter((line) => line !== ''),
    ),
    ...titled('thumbnails', [`${renditions.count}, ${megabytes(renditions.bytes)}`]),
  ];
}
