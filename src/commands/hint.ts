// A further command to paste: with the program as it was started, and with what this one was told beyond the defaults.
import { basename, relative } from 'node:path';
import type { ConfigValues, OptionName } from '../config/config.ts';
import type { Call } from './verb.ts';

/** Where the data are: without these a further command would look elsewhere. Logins come from the environment again. */
const places = [
  'dataDir',
  'store',
  'opensearchUrls',
  'opensearchUser',
  'opensearchCaFile',
  'opensearchAwsRegion',
  'opensearchPrefix',
  'blobs',
  'blobsBucket',
  'blobsEndpoint',
  'blobsRegion',
] as const satisfies readonly OptionName[];

/**
 * Without backquotes: `npx imagedex search dog --data-dir /srv/images`. Says `options` that are not as by default, where
 * the data are if flags said it, and `instead` whatever holds here.
 */
export function hint(
  { program, config }: Pick<Call, 'program' | 'config'>,
  words: string,
  options: readonly OptionName[],
  instead: Readonly<Partial<ConfigValues>> = {},
): string {
  const { origins, values } = config;
  const byFlag = places.filter((name) => origins[name].startsWith('--'));
  const named = new Set([...options.filter((name) => origins[name] !== 'default'), ...byFlag]);
  const flags = [...named]
    .filter((name) => !Object.hasOwn(instead, name))
    .map((name) => [name, values[name]] as const);
  return [
    `${program} ${words}`,
    ...[...flags, ...Object.entries(instead)].map(
      ([name, value]) => `--${dashed(name)} ${quoted(String(value))}`,
    ),
  ].join(' ');
}

/** How this program was started, for starting it again from `cwd`. */
export function programName(
  script: string,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): string {
  if (env['npm_command'] === 'exec') return 'npx imagedex';
  return basename(script) === 'cli.js' ? `node ${quoted(relative(cwd, script))}` : 'imagedex';
}

// Spelt here as well as in option-words.ts, which loads what `--help` can do without.
const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** As a shell reads it: in single quotes where anything in it could mean something. */
export const quoted = (text: string): string =>
  /^[\w./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
