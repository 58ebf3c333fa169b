// The cases of the W3C's own test of srcset, as the package parse-srcset carries them, and what no case thought of.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import parseSrcset from 'parse-srcset';
import { describe, expect, test, vi } from 'vitest';
import { bestCandidate, srcsetCandidates } from '../../../src/crawler/page/srcset.ts';

interface Case {
  readonly name: string;
  readonly srcset: string;
  readonly actual: string;
  readonly expected: string;
}

/** Runs the package's own test with our parser in the place of its own, and gathers what it compares. */
function w3cCases(): Case[] {
  const require = createRequire(import.meta.url);
  const folder = dirname(dirname(require.resolve('parse-srcset')));
  const cases: Case[] = [];
  let compared: (() => void) | undefined;
  let srcset = '';
  const modules: Readonly<Record<string, unknown>> = {
    'intern!tdd': {
      suite: (_name: string, run: () => void) => run(),
      test: (name: string, run: () => void) => {
        compared = run;
        current = name;
        run();
      },
    },
    'intern/chai!assert': {
      strictEqual: (actual: string, expected: string) =>
        cases.push({ name: current, srcset, actual, expected }),
    },
    '../../src/parse-srcset': (text: string) => {
      srcset = text;
      return srcsetCandidates(text);
    },
    'tests/he': require(join(folder, 'tests/he.js')),
  };
  let current = '';
  const define = (run: (require: (name: string) => unknown) => void) => run((name) => modules[name]);
  runInNewContext(readFileSync(join(folder, 'tests/unit/ps.js'), 'utf8'), {
    define,
    console: { log: () => undefined },
  });
  expect(compared).toBeDefined();
  return cases;
}

describe('crawl 15: the W3C cases of srcset', () => {
  const cases = w3cCases();

  test('crawl 15: are 229', () => {
    expect(cases.length).toBe(229);
  });

  test.each(cases.map((one) => [one.name, one] as const))('crawl 15: %s', (_, { actual, expected }) => {
    expect(actual).toBe(expected);
  });
});

// No heights: the standard has come to want a width beside them since.
const letters = fc.constantFrom(
  'a',
  'b',
  ',',
  ' ',
  '\t',
  '(',
  ')',
  '1',
  '2',
  'x',
  'w',
  '.',
  '-',
  'e',
  'data:,',
);
const texts = fc.array(letters, { maxLength: 60 }).map((parts) => parts.join(''));

describe('whatever is written', () => {
  test('crawl 15: the addresses are those of another parser, which reads it letter by letter', () => {
    // The other one says on the console what it does not like.
    const silence = vi.spyOn(console, 'log').mockReturnValue();
    fc.assert(
      fc.property(texts, (text) => {
        const ours = srcsetCandidates(text).map(({ url }) => url);
        expect(ours).toEqual(parseSrcset(text).map(({ url }) => url));
      }),
      { numRuns: 3000 },
    );
    silence.mockRestore();
  });

  test('crawl 15: it never throws, and what is chosen is one of the candidates', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
        const candidates = srcsetCandidates(text);
        const best = bestCandidate(candidates);
        expect(candidates.length === 0 ? best === undefined : candidates.includes(best!)).toBe(true);
      }),
    );
  });

  test.each([
    ['commas', `a${','.repeat(200_000)}b 1x`],
    ['blanks', `a${' '.repeat(200_000)}1x`],
    ['open brackets', `a ${'('.repeat(200_000)}`],
    ['closed brackets', `a ${'()'.repeat(100_000)}`],
    ['digits', `a ${'1'.repeat(200_000)}x`],
    ['candidates', 'a 1x, '.repeat(40_000)],
  ])('crawl 15: a very long one of %s is read in time', (_, text) => {
    // By the square of its length this would take minutes.
    const end = performance.now() + 20_000;
    expect(srcsetCandidates(text).length).toBeLessThanOrEqual(100);
    expect(performance.now()).toBeLessThan(end);
  });
});
