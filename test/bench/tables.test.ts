import { describe, expect, it } from 'vitest';
import { inTurn, ratio } from '../../bench/pairs.ts';
import { cellText, columns, markdown } from '../../bench/tables.ts';

describe('cellText', () => {
  it.each([
    [1_234_567, '1,234,567'],
    [12_345.6, '12,346'],
    [123.4, '123'],
    [12.34, '12.3'],
    [1.234, '1.23'],
    [7, '7'],
    [0, '0'],
    [Number.NaN, 'none'],
    ['as it is', 'as it is'],
  ])('%s is %s', (cell, text) => {
    expect(cellText(cell)).toBe(text);
  });
});

const table = {
  title: 'Speed',
  head: ['', 'a|b'],
  rows: [
    ['one', 1.5],
    ['three', 12_000],
  ],
  notes: ['So.'],
};

it('columns are as wide as what is in them', () => {
  expect(columns(table)).toBe('Speed\n          a|b\none      1.50\nthree  12,000\nSo.');
});

it('Markdown says what was measured where, and what was missed', () => {
  const text = markdown('speed', {
    about: 'how fast it is',
    date: '2026-01-02T03:04:05.000Z',
    commit: 'abc',
    seconds: 61.7,
    machine: { cores: 2, processor: 'Some', memoryGiB: 8, node: '20.19.0', opensearch: '3.6.0' },
    documents: 100_000,
    tables: [table],
    findings: [{ what: 'speed', wanted: '≥ 2', came: '1', holds: false }],
  });
  expect(text).toContain('## speed\n\nHow fast it is.');
  expect(text).toContain(
    '100,000 documents; 2026-01-02, commit abc, 62 s; 2 cores (Some), 8 GiB, Node 20.19.0, OpenSearch 3.6.0.',
  );
  expect(text).toContain('|   | a\\|b |\n| --- | ---: |\n| one | 1.50 |\n| three | 12,000 |\n\nSo.');
  expect(text).toContain('| speed | ≥ 2 | 1 | missed |');
});

it('ways take turns, the other way round in every second round', async () => {
  const order: string[] = [];
  for (const round of [0, 1]) {
    await inTurn(round, ['a', 'b', 'c'], async (way, at) => void order.push(`${way}${at}`));
  }
  expect(order).toEqual(['a0', 'b1', 'c2', 'c2', 'b1', 'a0']);
});

it('a ratio is the median of the rounds, not that of medians', () => {
  expect(ratio([2, 9, 4, 5, 6], [1, 10, 1, 5, 2])).toEqual({ median: 2, lowerBound: 0.9 });
});
