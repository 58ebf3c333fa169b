// Whether what was given for an option is what its row takes: the value, or an error that says where, what and how to mend it.
import { resolve } from 'node:path';
import { type ErrorCode, ImagedexError } from '../errors.ts';
import { expected, readText, valueText, withoutUserInfo } from '../option-words.ts';
import type { Option, OptionTable } from '../options.ts';
import { suggest } from '../suggest.ts';
import { fromHome } from './config-file.ts';

export interface Given {
  readonly name: string;
  readonly value: unknown;
  readonly where: string;
  /** How this place spells the option. */
  readonly spell: (name: string) => string;
  /** What it is when it is wrong. */
  readonly fault: Extract<ErrorCode, 'usage' | 'config_invalid'>;
}

/** The value as its row takes it. */
export function checkedValue(table: OptionTable, given: Given): unknown {
  const { name, value, where, spell, fault } = given;
  const row: Option | undefined = Object.hasOwn(table, name) ? table[name] : undefined;
  if (row === undefined) throw unknownOption(given, Object.keys(table));
  const result = row.schema.safeParse(typeof value === 'string' ? readText(row, value) : value);
  if (result.success) return result.data;
  const came = row.isSecret === true ? 'something else' : withoutUserInfo(JSON.stringify(value));
  const issue = result.error.issues[0];
  const why = issue?.code === 'invalid_format' || issue?.code === 'custom' ? ` (${issue.message})` : '';
  const what = where === spell(name) ? '' : ` for ${spell(name)}`;
  throw new ImagedexError(
    fault,
    `${where}: expected ${expected(row)}${why}${what}, but got ${came}. Its default is ${valueText(row, row.default)}.`,
  );
}

/** A path in full, `~` and what it is relative to put in; any other value as it is. */
export const placed = (row: Option | undefined, value: unknown, base: string): unknown =>
  row?.isPath === true && value !== '' ? resolve(base, fromHome(value as string)) : value;

/** There is no option of that name, but perhaps one like it among `known`. */
export function unknownOption(
  { name, where, spell, fault }: Omit<Given, 'value'>,
  known: readonly string[],
): ImagedexError {
  const near = suggest(name.replace(/^IMAGEDEX_/, ''), known);
  const cure = near === undefined ? '`imagedex config` lists all options' : `did you mean ${spell(near)}?`;
  const isOwnPlace = where === name || where === spell(name);
  const what = isOwnPlace ? `there is no option ${where}` : `${where}: there is no option ${name}`;
  return new ImagedexError(fault, `${what}; ${cure}`);
}
