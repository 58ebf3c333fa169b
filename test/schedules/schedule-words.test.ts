import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { inWords, timeInWords, timeWithOffset } from '../../src/schedules/schedule-words.ts';
import { projectRoot } from '../source-files.ts';

it.each([
  ['* * * * *', 'Every minute'],
  ['0 3 * * *', 'At 03:00, every day'],
  ['@DAILY', 'At 00:00, every day'],
  ['0 3,15 * * *', 'At 03:00 and 15:00, every day'],
  ['*/15 * * * *', 'Every 15 minutes'],
  ['* * * * * *', 'Every second'],
  ['30 0 3 * * *', 'At 03:00:30, every day'],
  ['0 3 * * mon-fri', 'At 03:00, Monday through Friday'],
  ['0 3 * * 7', 'At 03:00, only on Sunday'],
  ['0 3 * * 5#L', 'At 03:00, on the last Friday of the month'],
  ['0 3 L,15W * *', 'At 03:00, on the last day of the month and on the weekday nearest day 15 of the month'],
  ['0 3 1 * MON', 'At 03:00, on day 1 of the month or on Monday'],
  ['0 3 1 * +MON', 'At 03:00, on day 1 of the month, and only on Monday'],
  ['0 3 * JAN,JUL *', 'At 03:00, only in January and July'],
  ['0 0 3 * * * 2030', 'At 03:00, every day, only in 2030'],
])('%s in words', (cron, words) => {
  expect(inWords({ cron, timeZone: 'Europe/Berlin' })).toBe(`${words} (Europe/Berlin)`);
});

it('has words for every documented form', () => {
  const table = readFileSync(`${projectRoot}/docs/schedules.md`, 'utf8');
  for (const [, cron] of table.matchAll(/^\| `([^`]+)` \|/gm)) {
    const words = inWords({ cron: cron!, timeZone: 'UTC' });
    expect(words, cron).toMatch(/^(At|Every|On the hour|\d+ minutes past) ?[^#+*?]* \(UTC\)$/);
    expect(words).not.toMatch(/undefined|NaN|null/);
  }
});

const from = new Date('2026-11-21T13:35:00Z');
it.each([
  ['2026-11-21T13:35:05Z', 'today at 14:35:05, in 5 s', '2026-11-21 14:35:05 +01:00'],
  ['2026-11-21T14:00:00Z', 'today at 15:00, in 25 min', '2026-11-21 15:00 +01:00'],
  ['2026-11-22T02:00:00Z', 'tomorrow at 03:00, in 12 h 25 min', '2026-11-22 03:00 +01:00'],
  ['2026-11-27T02:00:00Z', 'on Friday at 03:00, in 6 days', '2026-11-27 03:00 +01:00'],
  ['2026-11-28T02:00:00Z', 'on Saturday 28 November 2026 at 03:00, in 7 days', '2026-11-28 03:00 +01:00'],
  ['2027-07-01T01:00:00Z', 'on Thursday 1 July 2027 at 03:00, in 221 days', '2027-07-01 03:00 +02:00'],
])('%s in words', (time, words, dated) => {
  expect(timeInWords(new Date(time), from, 'Europe/Berlin')).toBe(words);
  expect(timeWithOffset(new Date(time), 'Europe/Berlin')).toBe(dated);
});
