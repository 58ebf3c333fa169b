import { expect, it } from 'vitest';
import { plainMessage, plainText, plainValue } from '../src/plain-text.ts';

const nasty = '\x1b[2J\x07\r\n\u009b31m\x7f\u202egpj.\u2066x\u2069\t.';
const written = '\\u001b[2J\\u0007\\u000d\n\\u009b31m\\u007f\\u202egpj.\\u2066x\\u2069\t.';

it('writes out what a terminal would obey; whole lines stay lines', () => {
  expect(plainText(nasty)).toBe(written);
  expect(plainText('Grüße, 写真, 🏡 and עברית\n')).toBe('Grüße, 写真, 🏡 and עברית\n');
});

it('keeps a value within its line, and the lines of a message behind its first', () => {
  expect(plainValue(nasty)).toBe(written.replace('\n', '\\u000a').replace('\t', '\\u0009'));
  expect(plainMessage('lost\nimagedex: all is well\r\n')).toBe(
    'lost\n    imagedex: all is well\\u000d\n    ',
  );
});

it('leaves JSON the same JSON', () => {
  const json = JSON.stringify({ [nasty]: [nasty] });
  expect(plainText(json)).not.toBe(json);
  expect(JSON.parse(plainText(json))).toEqual({ [nasty]: [nasty] });
});
