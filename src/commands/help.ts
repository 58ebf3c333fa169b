// The text of `imagedex VERB --help`, made from the verb table and the option table.
import { environmentName, flagName, optionKind, valueText } from '../option-words.ts';
import type { Option } from '../options.ts';
import { columns } from './columns.ts';
import type { Flag, Verb } from './verb.ts';

/** Flags that every verb has. */
export const commonFlags: Readonly<Record<string, Pick<Flag, 'value' | 'doc'>>> = {
  json: { doc: 'prints the result as JSON' },
  config: { value: 'FILE', doc: 'reads this configuration file instead of imagedex.config.(json|yaml)' },
  help: { doc: 'prints this' },
};

/** Options that belong to what a verb does rather than to how. */
const shownInUsage: Readonly<Record<string, string>> = {
  collection: '[--collection NAME]',
  port: '[--port 4000]',
};

export function verbHelp(
  verb: Verb,
  optionNames: readonly string[],
  options: Readonly<Record<string, Option>>,
): string {
  const own = Object.entries(verb.flags).map(([name, flag]) => [`  ${flagUsage(name, flag)}`, flag.doc]);
  const configured = optionNames.map((name) => optionRow(name, options[name]!, verb.defaults));
  const common = Object.entries(commonFlags).map(([name, flag]) => [`  ${flagUsage(name, flag)}`, flag.doc]);
  return [
    `Usage: imagedex ${usage(verb)}`,
    '',
    `${capitalised(verb.doc)}.`,
    ...(verb.details === '' ? [] : [verb.details]),
    '',
    ...columns([...own, ...configured, ...common].map(([flag, doc]) => [flag!, capitalised(doc!)])),
    ...(verb.name === 'config'
      ? []
      : ['', 'Every option that `imagedex config --help` lists is a flag of this verb, too.']),
    '',
    verb.examples.length === 1 ? 'Example:' : 'Examples:',
    ...verb.examples.map((example) => `  ${example}`),
    '',
  ].join('\n');
}

export function usage(verb: Verb): string {
  const options = verb.options.flatMap((name) => shownInUsage[name] ?? []);
  const flags = Object.entries(verb.flags).map(
    ([name, flag]) => `[${flagUsage(name, flag)}]${flag.type === 'texts' ? '…' : ''}`,
  );
  return [verb.name, verb.words, ...options, ...flags].filter((part) => part !== '').join(' ');
}

export const flagUsage = (name: string, { value }: Pick<Flag, 'value'>): string =>
  `--${name}${value === undefined ? '' : ` ${value}`}`;

function optionRow(
  name: string,
  option: Option,
  ofVerb: Readonly<Partial<Record<string, string>>> = {},
): string[] {
  const value = { boolean: '', number: ' N', list: ' A,B', text: ' TEXT' }[optionKind(option)];
  const fallback = ofVerb[name] ?? option.defaultText ?? valueText(option, option.default);
  const names = [flagName(name), ...(option.alias === undefined ? [] : [option.alias])];
  return [
    `  ${names.map((one) => `--${one}`).join(', ')}${value}`,
    `${option.doc} [${environmentName(name)}, default ${fallback}]`,
  ];
}

const capitalised = (text: string): string => text.replace(/^./, (letter) => letter.toUpperCase());
