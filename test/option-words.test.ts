import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  environmentName,
  expected,
  flagName,
  optionKind,
  optionName,
  readText,
  valueText,
} from '../src/option-words.ts';
import { option } from '../src/options.ts';

const whole = option(z.number().int().min(1).max(9), 1, 'A number');
const list = option(z.array(z.string()), [], 'A list');
const perhaps = option(z.number().int().min(0).nullable(), null, 'A number or nothing');

describe('the words of an option', () => {
  it('spells flags and variables, there and back', () => {
    expect(flagName('maxImageBytes')).toBe('max-image-bytes');
    expect(optionName('max-image-bytes')).toBe('maxImageBytes');
    expect(environmentName('maxImageBytes')).toBe('IMAGEDEX_MAX_IMAGE_BYTES');
  });

  it('says what is expected', () => {
    expect(expected(whole)).toBe('a whole number from 1 to 9');
    expect(expected(option(z.number().int(), 1, 'A number'))).toBe('a whole number');
    expect(expected(option(z.number().max(1), 1, 'A number'))).toBe('a number of at most 1');
    expect(expected(perhaps)).toBe('a whole number from 0');
    expect(expected(list)).toBe('a list of texts');
    expect(expected(option(z.enum(['a', 'b']), 'a', 'A letter'))).toBe('one of a, b');
  });

  it('reads text as its kind, and leaves what does not fit to the schema', () => {
    expect(readText(whole, ' 7 ')).toBe(7);
    expect(readText(whole, '')).toBe('');
    expect(readText(whole, '7 apples')).toBe('7 apples');
    expect(readText(list, 'a, b,')).toEqual(['a', 'b']);
    expect(readText(option(z.boolean(), false, 'Yes or no'), '0')).toBe(false);
    expect(readText(option(z.string(), '', 'Words'), ' 7 ')).toBe(' 7 ');
    expect(optionKind(perhaps)).toBe('number');
  });

  it('never prints a secret', () => {
    const secret = { ...option(z.string(), '', 'A key'), isSecret: true };
    expect(valueText(secret, 'abc')).toBe('(hidden)');
    expect(valueText(whole, 3)).toBe('3');
    expect(valueText(option(z.string(), '', 'Words'), '')).toBe('""');
  });
});
