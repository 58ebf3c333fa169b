// The one table of options, and what is in force: defaults, then a file, then the environment, then flags.
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { CollectionConfig } from './collection-config.ts';
import { fromHome, readConfigFile } from './config-file.ts';
import { crawlerOptions } from './crawler/options.ts';
import { type ErrorCode, ImagedexError } from './errors.ts';
import { inferenceOptions } from './inference/options.ts';
import { environmentName, expected, flagName, readText, valueText, withoutUserInfo } from './option-words.ts';
import { type Option, type OptionTable, option, type Values } from './options.ts';
import { suggest } from './suggest.ts';

const generalOptions = {
  dataDir: option(
    z.string().min(1),
    '.imagedex',
    'Folder in which everything is kept; made when it is missing. In a file it is relative to that file',
  ),
  collection: option(
    z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'lower-case letters, digits, - and _, at most 64'),
    'default',
    'Collection that is crawled and searched',
  ),
  port: option(
    z.number().int().min(0).max(65_535),
    4000,
    'Port of `serve` on the loopback address; 0 takes a free one',
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
} satisfies OptionTable;

export const optionGroups: readonly { readonly title: string; readonly options: OptionTable }[] = [
  { title: 'General', options: generalOptions },
  { title: 'Crawling', options: crawlerOptions },
  { title: 'Inference', options: inferenceOptions },
];

const table = { ...generalOptions, ...crawlerOptions, ...inferenceOptions } satisfies OptionTable;
export const optionTable: OptionTable = table;

export type ConfigValues = Values<typeof table>;
export type OptionName = keyof ConfigValues;

export interface Config {
  readonly values: ConfigValues;
  /** `default`, `imagedex.config.yaml:3`, `IMAGEDEX_PORT` or `--port`. */
  readonly origins: { readonly [N in OptionName]: string };
  /** What the file says of collections, by name. */
  readonly collections: ReadonlyMap<string, CollectionConfig>;
}

export interface ConfigSources {
  /** By option name; texts are read like the environment's. */
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** A configuration file other than the one in `cwd`. */
  readonly file?: string;
}

interface Given {
  readonly name: string;
  readonly value: unknown;
  readonly where: string;
  /** How this place spells the option. */
  readonly spell: (name: string) => string;
  /** What relative paths are relative to. */
  readonly base: string;
  /** What it is when it is wrong. */
  readonly fault: Extract<ErrorCode, 'usage' | 'config_invalid'>;
}

/** What is in force. Throws at the first thing that is wrong, with the place and the cure: `usage` for a flag, else `config_invalid`. */
export async function loadConfig({
  flags = {},
  env = {},
  cwd = process.cwd(),
  file,
}: ConfigSources = {}): Promise<Config> {
  const values: Record<string, unknown> = {};
  const origins: Record<string, string> = {};
  for (const [name, { default: fallback }] of Object.entries(table)) {
    values[name] = name === 'dataDir' ? resolve(cwd, fallback as string) : fallback;
    origins[name] = 'default';
  }
  const named = file ?? env['IMAGEDEX_CONFIG'];
  for (const given of [
    ...(await fromFile(cwd, named)),
    ...fromEnvironment(env, cwd),
    ...fromFlags(flags, cwd),
  ]) {
    const value = check(given);
    values[given.name] = given.name === 'dataDir' ? resolve(given.base, fromHome(value as string)) : value;
    origins[given.name] = given.where;
  }
  return {
    values: values as unknown as ConfigValues,
    origins: origins as Config['origins'],
    collections: new Map(),
  };
}

/** Variables of ours that are no options. */
export const otherVariables = {
  IMAGEDEX_CONFIG: 'names a configuration file, as `--config` does',
  IMAGEDEX_INFERENCE_LOG: 'names a file to which describers append a line for each image that they classify',
} as const;

async function fromFile(cwd: string, named: string | undefined): Promise<Given[]> {
  const file = await readConfigFile(cwd, named);
  const base = file === null ? cwd : dirname(file.path);
  return (file?.entries ?? []).map((entry) => ({
    ...entry,
    spell: (name: string) => name,
    base,
    fault: 'config_invalid',
  }));
}

function fromEnvironment(env: Readonly<Record<string, string | undefined>>, cwd: string): Given[] {
  const names = new Map(Object.keys(table).map((name) => [environmentName(name), name]));
  const given: Given[] = [];
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith('IMAGEDEX_') || variable in otherVariables || value === undefined) continue;
    const name = names.get(variable) ?? variable;
    given.push({ name, value, where: variable, spell: environmentName, base: cwd, fault: 'config_invalid' });
  }
  return given;
}

function fromFlags(flags: Readonly<Record<string, unknown>>, cwd: string): Given[] {
  const spell = (name: string) => `--${flagName(name)}`;
  return Object.entries(flags)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ name, value, where: spell(name), spell, base: cwd, fault: 'usage' }));
}

function check(given: Given): unknown {
  const { name, value, where, spell, fault } = given;
  const row: Option | undefined = Object.hasOwn(table, name) ? optionTable[name] : undefined;
  if (row === undefined) throw unknownOption(given);
  const result = row.schema.safeParse(typeof value === 'string' ? readText(row, value) : value);
  if (result.success) return result.data;
  const came = row.isSecret === true ? 'something else' : withoutUserInfo(JSON.stringify(value));
  const why = result.error.issues[0]?.code === 'invalid_format' ? ` (${result.error.issues[0].message})` : '';
  const what = where === spell(name) ? '' : ` for ${spell(name)}`;
  throw new ImagedexError(
    fault,
    `${where}: expected ${expected(row)}${why}${what}, but got ${came}. Its default is ${valueText(row, row.default)}.`,
  );
}

function unknownOption({ name, where, spell, fault }: Given): ImagedexError {
  const near = suggest(name.replace(/^IMAGEDEX_/, ''), Object.keys(table));
  const cure = near === undefined ? '`imagedex config` lists all options' : `did you mean ${spell(near)}?`;
  const isOwnPlace = where === name || where === spell(name);
  const what = isOwnPlace ? `there is no option ${where}` : `${where}: there is no option ${name}`;
  return new ImagedexError(fault, `${what}; ${cure}`);
}
