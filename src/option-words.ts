// How an option is spelt and read as a flag, in the environment and in words: made from its row, never by hand.
import { z } from 'zod';
import type { Option } from './options.ts';

export const flagName = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
export const optionName = (flag: string): string =>
  flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
export const environmentName = (name: string): string =>
  `IMAGEDEX_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

interface Shape {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
}

export type OptionKind = 'boolean' | 'number' | 'list' | 'text';

export function optionKind(option: Option): OptionKind {
  switch (shapeOf(option).type) {
    case 'boolean':
      return 'boolean';
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return 'list';
    default:
      return 'text';
  }
}

/** What may be given, in words: "a whole number from 0 to 10". */
export function expected(option: Option): string {
  const shape = shapeOf(option);
  if (shape.enum !== undefined) return `one of ${shape.enum.join(', ')}`;
  switch (shape.type) {
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `a whole number${range(shape)}`;
    case 'number':
      return `a number${range(shape)}`;
    case 'array':
      return 'a list of texts';
    default:
      return (shape.minLength ?? 0) > 0 ? 'a text that is not empty' : 'a text';
  }
}

/** A flag's or a variable's text as the value that the schema checks; lists are split at commas outside brackets. */
export function readText(option: Option, text: string): unknown {
  switch (optionKind(option)) {
    case 'boolean':
      return { true: true, '1': true, false: false, '0': false }[text.trim().toLowerCase()] ?? text;
    case 'number':
      return /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(text) ? Number(text) : text;
    case 'list':
      return splitList(text)
        .map((part) => part.trim())
        .filter((part) => part !== '');
    default:
      return text;
  }
}

/** `*.{jpg,png},a` is two globs. Where brackets are not closed, each comma counts. */
function splitList(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const letter of text) {
    if (letter === ',' && depth === 0) parts.push('');
    else parts.push(parts.pop() + letter);
    if ('{['.includes(letter)) depth++;
    else if ('}]'.includes(letter) && depth > 0) depth--;
  }
  return depth === 0 ? parts : text.split(',');
}

export const valueText = (option: Option, value: unknown): string =>
  option.isSecret === true
    ? '(hidden)'
    : withoutUserInfo(typeof value === 'string' && value !== '' ? value : JSON.stringify(value));

/** Names and passwords in addresses are nobody's business. */
export const withoutUserInfo = (text: string): string =>
  text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/?#\s"]*@/gi, '$1(hidden)@');

function shapeOf(option: Option): Shape {
  const shape = z.toJSONSchema(option.schema, { io: 'input', unrepresentable: 'any' }) as Shape;
  return shape.anyOf?.find((one) => one.type !== 'null') ?? shape;
}

function range({ minimum, maximum }: Shape): string {
  const least = minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? '' : ` from ${minimum}`;
  const most = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? '' : ` to ${maximum}`;
  return least === '' && most !== '' ? ` of at most${most.slice(3)}` : `${least}${most}`;
}
