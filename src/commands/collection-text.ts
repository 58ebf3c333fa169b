// What the configuration says of a collection, for people and as JSON. Secrets are named and hidden.
import type { CollectionConfig, SourceConfig } from '../collections/collection-config.ts';
import type { CrawlerSettings } from '../crawler/options.ts';
import { withoutUserInfo } from '../option-words.ts';

type Settings = Readonly<Record<string, unknown>>;

/** The settings of a source that are not those of `base`. */
export function differing(settings: CrawlerSettings, base: Settings): Settings {
  const changed = Object.entries(settings).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(base[name]),
  );
  // As JSON, so that addresses within lists are masked, too.
  return JSON.parse(withoutUserInfo(JSON.stringify(Object.fromEntries(changed))));
}

export interface SourceJson {
  readonly id: string;
  readonly settings: Settings;
  readonly headers: Readonly<Record<string, string>>;
}

export const sourceJson = ({ id, settings, headerNames }: SourceConfig, base: Settings): SourceJson => ({
  id: withoutUserInfo(id),
  settings: differing(settings, base),
  headers: Object.fromEntries(headerNames.map((name) => [name, '(hidden)'])),
});

export const collectionJson = (
  { name, where, sources, maxImages, origins, retention }: CollectionConfig,
  base: Settings,
) => ({
  name,
  origin: where,
  sources: sources.map((source) => sourceJson(source, base)),
  maxImages,
  origins,
  retention,
});

/** `maxPages 3, include ["*.jpg"], header authorization (hidden)`; '' where there is nothing to say. */
export const settingsText = ({ settings, headers }: SourceJson): string =>
  [
    ...Object.entries(settings).map(
      ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ),
    ...Object.keys(headers).map((name) => `header ${name} (hidden)`),
  ].join(', ');

/** Name, value, place: rows like those of options. */
export function collectionRows(collection: CollectionConfig, base: Settings): string[][] {
  const { name, where, maxImages, origins, retention } = collection;
  const row = (what: string, text: string) => [`collections.${name}.${what}`, text, where];
  const bounds = { maxImages, ...retention };
  return [
    ...collection.sources.map((source) => {
      const shown = sourceJson(source, base);
      return row('sources', [shown.id, settingsText(shown)].filter((part) => part !== '').join(' with '));
    }),
    ...(origins.length === 0 ? [] : [row('origins', origins.join(' '))]),
    ...Object.entries(bounds).flatMap(([what, value]) => (value === null ? [] : [row(what, String(value))])),
    ...(collection.sources.length === 0 ? [row('sources', 'none')] : []),
  ];
}
