// A further command to paste: with the program as it was started, and with what this one was told beyond the defaults.
import { basename, relative } from 'node:path';
import type { OptionName } from '../config/config.ts';
import type { Call } from './verb.ts';

/** Without backquotes: `npx imagedex search dog --data-dir /srv/images`. */
export function hint(
  { program, config }: Pick<Call, 'program' | 'config'>,
  words: string,
  options: readonly OptionName[],
): string {
  const flags = options
    .filter((name) => config.origins[name] !== 'default')
    .map((name) => ` --${dashed(name)} ${quoted(String(config.values[name]))}`);
  return `${program} ${words}${flags.join('')}`;
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
