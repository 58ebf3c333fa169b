// Writes docs/reference/ from the tables of the program; with --check it only says which page is out of date.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { commonFlags, flagUsage, usage } from '../src/commands/help.ts';
import type { Verb } from '../src/commands/verb.ts';
import { verbs } from '../src/commands/verbs.ts';
import { optionGroups, otherVariables } from '../src/config/config.ts';
import { failureCodes, skipCodes } from '../src/errors.ts';
import { environmentName, expected, flagName, valueText } from '../src/option-words.ts';
import type { Option } from '../src/options.ts';

const folder = fileURLToPath(new URL('../docs/reference/', import.meta.url));
const notice = '<!-- Made by `npm run docs` from the source: edit that, not this. -->';

const page = (title: string, ...parts: readonly string[]): string =>
  `${[`# ${title}`, notice, ...parts].join('\n\n')}\n`;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

function optionsPage(): string {
  const row = ([name, option]: [string, Option]) => [
    `\`${name}\``,
    [flagName(name), ...(option.alias === undefined ? [] : [option.alias])]
      .map((flag) => `\`--${flag}\``)
      .join(', '),
    `\`${environmentName(name)}\``,
    option.defaultText ?? `\`${valueText(option, option.default)}\``,
    expected(option),
    option.doc,
  ];
  const head = ['in the file', 'flag', 'environment', 'default', 'value', 'what it is'];
  return page(
    'Options',
    'Options are read from one file, `imagedex.config.json` or `imagedex.config.yaml` in the folder where imagedex is\n' +
      'started (or the one that `--config` or `IMAGEDEX_CONFIG` names), then from the environment, then from flags. The\n' +
      'later wins. `imagedex config` prints what is in force and where each value came from.',
    'A relative `dataDir` in a file is relative to that file; in the environment and as a flag it is relative to the\n' +
      'folder where imagedex is started. A leading `~/` is the home folder everywhere.',
    ...optionGroups.flatMap(({ title, options }) => [
      `## ${title}`,
      table(head, Object.entries(options).map(row)),
    ]),
    '## Other variables of the environment',
    table(
      ['variable', 'what it does'],
      Object.entries(otherVariables).map(([name, doc]) => [`\`${name}\``, doc]),
    ),
  );
}

function commandsPage(): string {
  const section = (verb: Verb): string[] => {
    const flags = Object.entries({ ...verb.flags, ...commonFlags });
    return [
      `## imagedex ${verb.name}`,
      `\`imagedex ${usage(verb)}\``,
      `${verb.doc.replace(/^./, (letter) => letter.toUpperCase())}. ${verb.details.replaceAll('\n', ' ')}`.trim(),
      table(
        ['flag', 'what it does'],
        flags.map(([name, flag]) => [`\`${flagUsage(name, flag)}\``, flag.doc]),
      ),
      ...(verb.options.length === 0
        ? []
        : [`Options that matter: ${verb.options.map((name) => `\`${name}\``).join(', ')}.`]),
      ['```sh', ...verb.examples, '```'].join('\n'),
      'With `--json`:',
      ['```json', verb.json, '```'].join('\n'),
    ];
  };
  return page(
    'Commands',
    'Every verb takes every [option](options.md) as a flag. The exit code is 0 where the work was done, 1 after an error,\n' +
      '2 for a wrong command line (a wrong value of a flag is that, too), 130 after Ctrl-C. `serve` is done when it is\n' +
      'stopped: it ends with 0 after Ctrl-C. `imagedex help VERB` is `imagedex VERB --help`. Results go to standard output, progress and errors to standard\n' +
      'error. With `--json` an error is one object, `{"error": {"code", "message"}}`, on standard output.',
    ...verbs.flatMap(section),
  );
}

function codesPage(): string {
  const skips = Object.entries(skipCodes).map(([code, { about, cure }]) => [`\`${code}\``, about, cure]);
  const failures = Object.entries(failureCodes).map(([code, { retry, about, cure }]) => [
    `\`${code}\``,
    about,
    retry === 'later' ? 'within the crawl, then by later crawls' : 'by later crawls',
    cure,
  ]);
  return page(
    'Codes',
    'What became of a page or an image that was not indexed. `skipped`: we chose not to. `failed`: we could not.\n' +
      '`imagedex failures` lists failures with their reasons, `imagedex failures --retry` tries them again.',
    '## Skipped',
    table(['code', 'what it means', 'what helps'], skips),
    '## Failed',
    table(['code', 'what it means', 'tried again', 'what helps'], failures),
  );
}

const pages = { 'options.md': optionsPage(), 'commands.md': commandsPage(), 'codes.md': codesPage() };

if (process.argv.includes('--check')) {
  for (const [name, text] of Object.entries(pages)) {
    if ((await readFile(folder + name, 'utf8').catch(() => '')) === text) continue;
    process.stderr.write(`docs/reference/${name} is out of date: npm run docs\n`);
    process.exitCode = 1;
  }
} else {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(pages)) await writeFile(folder + name, text);
}
