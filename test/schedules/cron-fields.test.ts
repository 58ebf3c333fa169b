import { expect, it } from 'vitest';
import { nextTimes } from '../../src/schedules/cron.ts';
import { readCron } from '../../src/schedules/cron-fields.ts';

it.each([
  ['  0  3 * * *  ', '0 0 3 * * * *'],
  ['@Daily', '0 0 0 * * * *'],
  ['0 3 ? jan mon-fri', '0 0 3 * JAN MON-FRI *'],
  ['30 0 3 * * *', '30 0 3 * * * *'],
  ['30 0 3 * * * 2030', '30 0 3 * * * 2030'],
])('reads %s', (cron, expected) => {
  const { second, minute, hour, day, month, weekday, year } = readCron(cron);
  expect([second, minute, hour, day, month, weekday, year].join(' ')).toBe(expected);
});

const number = (least: number, most: number) => `expected a number from ${least} to ${most}`;
it.each([
  ['', 'expected 5 fields', 'but got 0'],
  ['0 3 * *', 'expected 5 fields', 'but got 4'],
  ['0 0 3 * * * * *', 'expected 5 fields', 'but got 8'],
  ['@reboot', 'expected one of @yearly', '@hourly'],
  ['@every 5m', 'expected one of @yearly', '@hourly'],
  ['60 * * * *', `the minute: ${number(0, 59)}`, 'but got "60"'],
  ['60 0 3 * * *', `the second: ${number(0, 59)}`, 'but got "60"'],
  ['0 24 * * *', `the hour: ${number(0, 23)}`, 'but got "24"'],
  ['0 3 0 * *', `the day of the month: ${number(1, 31)}`, 'but got "0"'],
  ['0 3 32W * *', `the day of the month: ${number(1, 31)}`, 'but got "32W"'],
  ['0 3 1-5W * *', 'the day of the month: ', 'but got "1-5W"'],
  ['0 3 L-3 * *', 'the day of the month: ', 'but got "L-3"'],
  ['0 3 L,LW * *', 'the day of the month: ', 'but got "LW"'],
  ['0 3 * 13 *', `the month: ${number(1, 12)} or JAN to DEC`, 'but got "13"'],
  ['0 3 * January *', 'the month: ', 'but got "JANUARY"'],
  ['0 3 * * 8', `the day of the week: ${number(0, 7)} or SUN to SAT`, 'but got "8"'],
  ['0 3 * * MONDAY', 'the day of the week: ', 'but got "MONDAY"'],
  ['0 3 * * FRI#6', 'the day of the week: ', 'but got "FRI#6"'],
  ['0 3 * * L', 'the day of the week: ', 'but got "L"'],
  ['0 3 * * +', 'the day of the week: ', 'but got ""'],
  ['0 3 +1 * *', 'the day of the month: ', 'but got "+1"'],
  ['0 0 3 * * * 0', `the year: ${number(1, 9999)}`, 'but got "0"'],
  ['0 22-2 * * *', 'the hour: the range 22-2 ends before it begins', 'write it as two: 22-23,0-2'],
  ['0 3 * * SAT-MON', 'the day of the week: the range SAT-MON', 'write it as two: SAT-7,0-MON'],
  ['5/15 * * * *', 'the minute: a step needs a range before it', '5-59/15 instead of 5/15'],
  ['/15 * * * *', 'the minute: ', 'but got "/15"'],
  ['*/0 * * * *', 'the minute: a step goes from 1 to 59', 'but got "0" in */0'],
  ['*/60 * * * *', 'the minute: a step goes from 1 to 59', 'but got "60" in */60'],
  ['*/x * * * *', 'the minute: a step goes from 1 to 59', 'but got "X" in */X'],
  ['1,,2 * * * *', 'the minute: ', 'but got ""'],
  ['1,* * * * *', 'the minute: ', 'but got "*"'],
  ['1-2-3 * * * *', 'the minute: ', 'but got "1-2-3"'],
  ['*/2/3 * * * *', 'the minute: ', 'but got "*/2/3"'],
  ['-1 * * * *', 'the minute: ', 'but got "-1"'],
  ['1.5 * * * *', 'the minute: ', 'but got "1.5"'],
  ['2030-01-01T00:00:00', 'expected 5 fields', 'but got 1'],
])('refuses %s', (cron, field, came) => {
  expect(() => readCron(cron)).toThrow(expect.objectContaining({ code: 'usage' }));
  expect(() => readCron(cron)).toThrow(field);
  expect(() => readCron(cron)).toThrow(came);
});

it('takes nothing that cannot be computed', () => {
  const values = [
    ['*', '*/7', '0', '59', '10-20', '10-20/3', '1,5-9,*/10'],
    ['*', '*/7', '0', '23', '10-20', '10-20/3', '1,5-9,*/10'],
    ['*', '?', '*/7', '1', '31', '10-20/3', 'L', 'LW', '15W', 'L,15W,3', '01W'],
    ['*', '*/7', '1', 'DEC', 'JAN-MAR/2', 'feb,7'],
    [
      '*',
      '*/7',
      '0',
      '7',
      'SUN',
      'FRI-SUN',
      'SUN-SUN',
      '1-7/3',
      'FRI#2',
      '5L',
      '7#L',
      'SUNL,MON#1',
      '+MON',
      '+1-5',
    ],
  ];
  const plain = ['0', '3', '*', '*', '*'];
  for (const [place, tried] of values.entries()) {
    for (const value of tried) {
      const cron = plain.map((field, index) => (index === place ? value : field)).join(' ');
      const timing = { cron, timeZone: 'UTC' };
      expect(nextTimes(timing, new Date('2026-11-21T00:00:00Z'), 2), cron).toHaveLength(2);
    }
  }
});
