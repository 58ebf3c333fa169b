// Reads what follows a verb: its words, its own flags, and the options of the configuration as flags.
import { parseArgs } from 'node:util';
import { ImagedexError, messageOf } from '../errors.ts';
import { flagName, optionKind, readText } from '../option-words.ts';
import type { Option, OptionTable } from '../options.ts';
import { suggest } from '../suggest.ts';
import { commonFlags, usage } from './help.ts';
import type { Call, Flag, FlagValue, Verb } from './verb.ts';

export interface ParsedCall extends Pick<Call, 'words' | 'flags' | 'json'> {
  readonly options: Readonly<Record<string, unknown>>;
  readonly file: string | undefined;
}

export function parseCall(verb: Verb, args: readonly string[], table: OptionTable): ParsedCall {
  const { values, positionals } = split(verb, args, table);
  if (positionals.length < verb.leastWords || positionals.length > verb.mostWords) {
    const few = positionals.length < verb.leastWords;
    const what = few
      ? `${verb.words || 'no words'} is missing`
      : `${positionals[verb.mostWords]} is too much`;
    throw new ImagedexError('usage', `${what}. Usage: imagedex ${usage(verb)}`);
  }
  const flags: Record<string, FlagValue> = {};
  for (const [name, value] of Object.entries(values)) {
    const flag = Object.hasOwn(verb.flags, name) ? verb.flags[name] : undefined;
    if (flag !== undefined && value !== undefined) flags[name] = readFlag(name, flag, value);
  }
  const options = optionsOf(verb, values, table);
  const file = typeof values['config'] === 'string' ? values['config'] : undefined;
  if (file?.trim() === '')
    throw new ImagedexError('usage', '--config: expected the name of a file, but got ""');
  return { words: positionals, flags, options, json: values['json'] === true, file };
}

/** The options of the configuration among the flags. Lists add up, whatever the spelling of their flags. */
function optionsOf(verb: Verb, values: Values, table: OptionTable): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(table)) {
    const given = spellings(name, option)
      .filter((flag) => !Object.hasOwn(verb.flags, flag))
      .flatMap((flag) => (values[flag] === undefined ? [] : [{ flag, value: values[flag] }]));
    const [first, second] = given;
    if (first === undefined) continue;
    if (optionKind(option) === 'list') {
      options[name] = given.flatMap(({ value }) =>
        [value].flat().flatMap((text) => readText(option, String(text)) as string[]),
      );
    } else if (second === undefined) options[name] = first.value;
    else
      throw new ImagedexError(
        'usage',
        `--${first.flag} and --${second.flag} are two names of one option: give one of them`,
      );
  }
  return options;
}

const spellings = (name: string, { alias }: Option): string[] => [
  flagName(name),
  ...(alias === undefined ? [] : [alias]),
];

type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

function split(
  verb: Verb,
  args: readonly string[],
  table: OptionTable,
): { values: Values; positionals: string[] } {
  const known: Record<string, { type: 'string' | 'boolean'; multiple?: boolean }> = {};
  for (const [name, option] of Object.entries(table)) {
    const kind = optionKind(option);
    for (const flag of spellings(name, option))
      known[flag] = { type: kind === 'boolean' ? 'boolean' : 'string', multiple: kind === 'list' };
  }
  for (const [name, { type }] of Object.entries(verb.flags)) {
    known[name] = { type: type === 'boolean' ? 'boolean' : 'string', multiple: type === 'texts' };
  }
  for (const name of Object.keys(commonFlags))
    known[name] = { type: name === 'config' ? 'string' : 'boolean' };
  try {
    return parseArgs({
      args: negativesJoined(args, known),
      options: known,
      allowPositionals: true,
      allowNegative: true,
    });
  } catch (error) {
    throw usageError(error, Object.keys(known), verb);
  }
}

type Known = Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>;

/** `--least -1` as `--least=-1`: a number with a minus is no flag. */
function negativesJoined(args: readonly string[], known: Known): string[] {
  const joined: string[] = [];
  let isOver = false;
  for (const arg of args) {
    const before = joined.at(-1) ?? '';
    isOver ||= arg === '--';
    if (!isOver && /^-\.?\d/.test(arg) && known[before.replace(/^--/, '')]?.type === 'string') {
      joined[joined.length - 1] = `${before}=${arg}`;
    } else joined.push(arg);
  }
  return joined;
}

/** Node says it in words of its own, and of the code that calls it. */
function usageError(error: unknown, known: readonly string[], verb: Verb): ImagedexError {
  const message = messageOf(error);
  const flag = /^Option '(?:-\w, )?(--[^ '=]+)/.exec(message)?.[1];
  if (flag !== undefined) {
    const words = message.includes('does not take an argument')
      ? 'expected no value, but got one'
      : `expected a value, but got none; one that begins with - is given as ${flag}=-…`;
    return new ImagedexError('usage', `${flag}: ${words}`);
  }
  const unknown = /^Unknown option '(--?[^']*)'/.exec(message)?.[1];
  if (unknown === undefined) return new ImagedexError('usage', message);
  const word = unknown.replace(/^-+/, '');
  const meant = word === 'limit' && Object.hasOwn(verb.flags, 'first') ? 'first' : undefined;
  const near = meant ?? suggest(word, known);
  const cure =
    near === undefined ? `\`imagedex ${verb.name} --help\` lists the flags` : `did you mean --${near}?`;
  return new ImagedexError('usage', `there is no flag ${unknown}; ${cure}`);
}

function readFlag(
  name: string,
  { type, most = Number.MAX_SAFE_INTEGER }: Flag,
  value: NonNullable<Values[string]>,
): FlagValue {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') {
    const blank = value.map(String).find((one) => one.trim() === '');
    if (blank === undefined) return value.map(String);
    throw new ImagedexError('usage', `--${name}: expected a text, but got ${JSON.stringify(blank)}`);
  }
  const number = value.trim() === '' ? Number.NaN : Number(value);
  if (type === 'text' && value.trim() !== '') return value;
  const fits =
    type === 'count'
      ? Number.isSafeInteger(number) && number >= 1 && number <= most
      : number >= 0 && number <= 1;
  if (fits) return number;
  const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`;
  const wanted =
    type === 'text' ? 'a text' : type === 'count' ? `a whole number from 1${upTo}` : 'a number from 0 to 1';
  throw new ImagedexError('usage', `--${name}: expected ${wanted}, but got ${JSON.stringify(value)}`);
}
