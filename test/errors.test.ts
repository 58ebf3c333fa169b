import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { failure, failureCodes, ImagedexError, messageOf, skipCodes } from '../src/errors.ts';
import { filesIn, projectRoot } from './source-files.ts';

it('makes a failure whose code says whether trying again helps', () => {
  expect(failure('fetch', 'timed_out', 'no answer')).toEqual({
    stage: 'fetch',
    code: 'timed_out',
    reason: 'no answer',
    retry: 'later',
  });
  expect(failure('describe', 'undecodable', 'cut off').retry).toBe('never');
});

it('has no code for two things, and explains each with a cure', () => {
  const codes = [...Object.entries(skipCodes), ...Object.entries(failureCodes)];
  expect(new Set(codes.map(([code]) => code)).size).toBe(codes.length);
  for (const [code, { about, cure }] of codes) {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(about).toMatch(/[^.]$/);
    expect(cure).toMatch(/[^.]$/);
  }
});

it('has no code that nothing is given', () => {
  const source = filesIn('src')
    .filter((file) => file !== 'errors.ts')
    .map((file) => readFileSync(join(projectRoot, 'src', file), 'utf8'))
    .join('\n');
  const codes = [...Object.keys(skipCodes), ...Object.keys(failureCodes)];
  expect(codes.filter((code) => !source.includes(`'${code}'`))).toEqual([]);
});

it('says what was thrown, whatever it is', () => {
  const cause = new Error('inside');
  const error = new ImagedexError('usage', 'outside', { cause });
  expect([error.name, error.code, error.cause, messageOf(error)]).toEqual([
    'ImagedexError',
    'usage',
    cause,
    'outside',
  ]);
  expect(messageOf('plain')).toBe('plain');
});
