// The one table of options, and what is in force: defaults, then a file, then the environment, then flags.
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { CollectionConfig } from '../collections/collection-config.ts';
import { type CrawlerSettings, crawlerOptions } from '../crawler/options.ts';
import { renderOptions } from '../crawler/render/options.ts';
import { ImagedexError } from '../errors.ts';
import { inferenceOptions } from '../inference/options.ts';
import { openSearchOptions } from '../opensearch/options.ts';
import { environmentName, flagName } from '../option-words.ts';
import { type OptionTable, option, type Values } from '../options.ts';
import { blobsOptions } from '../s3/options.ts';
import { checkedValue, type Given, placed, unknownOption } from './config-check.ts';
import { collectionName, readCollections } from './config-collections.ts';
import {
  type ConfigFile,
  type ConfigNode,
  configFileNames,
  parseConfig,
  readConfigFile,
} from './config-file.ts';
import { variablesIn } from './config-secrets.ts';

const generalOptions = {
  dataDir: {
    ...option(
      z.string().min(1),
      '.imagedex',
      'Folder in which everything is kept; made when it is missing. In a file it is relative to that file',
    ),
    isPath: true,
  },
  collection: option(
    z.string().regex(collectionName, 'lower-case letters, digits, - and _, at most 64'),
    'default',
    'Collection that is crawled and searched',
  ),
  port: option(
    z.number().int().min(0).max(65_535),
    4000,
    'Port of `serve` on the loopback address; 0 takes a free one',
  ),
  store: option(
    z.enum(['sqlite', 'opensearch']),
    'sqlite',
    'What keeps the ledger and the image index: a file in the data directory, or an OpenSearch cluster',
  ),
  publicHosts: option(
    z.array(
      z
        .string()
        .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, 'a host name in lower case, without scheme and port'),
    ),
    [] as string[],
    'Names under which a proxy makes the embedded search reachable from elsewhere; nothing else is served there',
  ),
  embedPort: option(
    z.number().int().min(0).max(65_535),
    0,
    'Port for a proxy that makes the embedded search reachable from elsewhere, with nothing else on it; 0: none',
  ),
  logLevel: option(
    z.enum(['debug', 'info', 'warn', 'error']),
    'warn',
    'Least level of the messages on standard error',
  ),
  concurrency: option(
    z.number().int().min(1).max(256),
    16,
    'Pages and images that are on their way at a time, in one process',
  ),
  retries: option(
    z.number().int().min(0).max(20),
    3,
    'Further attempts within a crawl at what failed and may succeed later',
  ),
  retryDelayMs: option(
    z.number().int().min(0).max(600_000),
    2000,
    'Wait before the first further attempt; doubled each time, longer where the server asks for it',
  ),
  foldAlike: option(
    z.boolean(),
    true,
    'Shows files of one picture in several sizes or encodings as one image; a change takes effect with the next crawl',
  ),
} satisfies OptionTable;

export const optionGroups: readonly { readonly title: string; readonly options: OptionTable }[] = [
  { title: 'General', options: generalOptions },
  { title: 'Crawling', options: crawlerOptions },
  { title: 'Rendering', options: renderOptions },
  { title: 'Inference', options: inferenceOptions },
  { title: 'OpenSearch', options: openSearchOptions },
  { title: 'Thumbnails', options: blobsOptions },
];

const table = {
  ...generalOptions,
  ...crawlerOptions,
  ...renderOptions,
  ...inferenceOptions,
  ...openSearchOptions,
  ...blobsOptions,
} satisfies OptionTable;
export const optionTable: OptionTable = table;

export type ConfigValues = Values<typeof table>;
export type OptionName = keyof ConfigValues;

export interface Config {
  readonly values: ConfigValues;
  /** `default`, `imagedex.config.yaml:3`, `IMAGEDEX_PORT` or `--port`. */
  readonly origins: { readonly [N in OptionName]: string };
  /** What the file says of collections, by name. */
  readonly collections: ReadonlyMap<string, CollectionConfig>;
  /** The file that was read; null where there is none. */
  readonly file: string | null;
  /**
   * The same from the same places, as they are now: a file may have changed, or have appeared. One that is gone throws
   * `config_invalid`, as it does when it was named: whoever saves it may be just about to put it back.
   */
  reload(): Promise<Config>;
}

export interface ConfigSources {
  /** By option name; texts are read like the environment's. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** The same, given by a program: names are spelt as they are. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** A configuration file other than the one in `cwd`. */
  readonly file?: string;
  /** What is to stand in `file`, before it does. */
  readonly text?: string;
}

interface Placed extends Given {
  /** What relative paths are relative to. */
  readonly base: string;
}

/** What is in force. Throws at the first thing that is wrong, with the place and the cure: `usage` for a flag, else `config_invalid`. */
export async function loadConfig({
  flags = {},
  options = {},
  env = {},
  cwd = process.cwd(),
  file,
  text,
}: ConfigSources = {}): Promise<Config> {
  const values: Record<string, unknown> = {};
  const origins: Record<string, string> = {};
  for (const [name, row] of Object.entries(optionTable)) {
    values[name] = placed(row, row.default, cwd);
    origins[name] = 'default';
  }
  const named = file ?? env['IMAGEDEX_CONFIG'];
  const read =
    text === undefined
      ? await readConfigFile(cwd, named)
      : await parseConfig(resolve(cwd, named ?? configFileNames[0]), text);
  const collections = read?.entries.find(({ name }) => name === 'collections');
  for (const given of [
    ...fromFile(cwd, read),
    ...fromEnvironment(env, cwd, collections),
    ...typed(flags, cwd, (name) => `--${flagName(name)}`),
    ...typed(options, cwd, (name) => name),
  ]) {
    values[given.name] = placed(optionTable[given.name]!, checkedValue(table, given), given.base);
    origins[given.name] = given.where;
  }
  const inForce = values as unknown as ConfigValues;
  return {
    values: inForce,
    origins: origins as Config['origins'],
    collections:
      read === null || collections === undefined
        ? new Map()
        : readCollections(collections, {
            settings: crawlerSettings(inForce),
            flags: new Set(
              Object.entries({ ...flags, ...options }).flatMap(([name, value]) =>
                value === undefined ? [] : name,
              ),
            ),
            base: dirname(read.path),
            env,
          }),
    file: read?.path ?? null,
    reload: async () => {
      const again = await loadConfig({ flags, options, env, cwd, ...(file === undefined ? {} : { file }) });
      if (read === null || again.file !== null) return again;
      throw new ImagedexError(
        'config_invalid',
        `expected the configuration file ${read.path}, which was there before, but it is gone: put it back, or start again without it`,
      );
    },
  };
}

/** The crawler's part of what is in force: it goes with a crawl, so that whoever resumes it is as polite. */
export const crawlerSettings = (values: ConfigValues): CrawlerSettings =>
  Object.fromEntries(
    Object.keys(crawlerOptions).map((name) => [name, values[name as keyof CrawlerSettings]]),
  ) as CrawlerSettings;

/** Variables of ours that are no options. */
export const otherVariables = {
  IMAGEDEX_CONFIG: 'names a configuration file, as `--config` does',
  IMAGEDEX_INFERENCE_LOG: 'names a file to which describers append a line for each image that they classify',
} as const;

function fromFile(cwd: string, file: ConfigFile | null): Placed[] {
  const base = file === null ? cwd : dirname(file.path);
  const spell = (name: string) => name;
  return (file?.entries ?? []).flatMap((entry) => {
    if (entry.name === 'collections') return [];
    if (!Object.hasOwn(table, entry.name))
      throw unknownOption({ ...entry, spell, fault: 'config_invalid' }, [
        ...Object.keys(table),
        'collections',
      ]);
    return { ...entry, spell, base, fault: 'config_invalid' as const };
  });
}

function fromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
  collections: ConfigNode | undefined,
): Placed[] {
  const names = new Map(Object.keys(table).map((name) => [environmentName(name), name]));
  const secrets = new Set(collections === undefined ? [] : variablesIn(JSON.stringify(collections.value)));
  const given: Placed[] = [];
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith('IMAGEDEX_') || variable in otherVariables || value === undefined) continue;
    const name = names.get(variable);
    if (name === undefined && secrets.has(variable)) continue;
    given.push({
      name: name ?? variable,
      value,
      where: variable,
      spell: environmentName,
      base: cwd,
      fault: 'config_invalid',
    });
  }
  return given;
}

/** What was given for this one run. */
function typed(
  values: Readonly<Record<string, unknown>>,
  cwd: string,
  spell: (name: string) => string,
): Placed[] {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ name, value, where: spell(name), spell, base: cwd, fault: 'usage' }));
}
