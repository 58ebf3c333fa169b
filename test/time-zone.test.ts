import { expect, it } from 'vitest';
import { localTime, machineTimeZone, timeZoneNamed } from '../src/time-zone.ts';

it.each([
  ['Europe/Berlin', 'Europe/Berlin'],
  ['europe/berlin', 'Europe/Berlin'],
  ['utc', 'UTC'],
  // Names for the same zone are kept as they were typed.
  ['Asia/Kolkata', 'Asia/Kolkata'],
  ['Asia/Calcutta', 'Asia/Calcutta'],
])('%s is %s', (typed, named) => {
  expect(timeZoneNamed(typed)).toBe(named);
});

it.each([
  ['Berlin', 'did you mean Europe/Berlin?'],
  ['new york', 'did you mean America/New_York?'],
  ['Europe/Berln', 'did you mean Europe/Berlin?'],
  ['+02:00', 'expected a name such as Europe/Berlin or UTC'],
  ['', 'expected a name such as Europe/Berlin or UTC'],
  ['nowhere at all', 'expected a name such as Europe/Berlin or UTC'],
])('%s is no time zone', (typed, message) => {
  expect(() => timeZoneNamed(typed)).toThrow(expect.objectContaining({ code: 'usage' }));
  expect(() => timeZoneNamed(typed)).toThrow(message);
});

it('the machine’s own is one', () => {
  expect(timeZoneNamed(machineTimeZone())).toBe(machineTimeZone());
});

it.each([
  ['Europe/Berlin', '2026-11-22 03:00 +01:00'],
  ['Asia/Kathmandu', '2026-11-22 07:45 +05:45'],
  ['America/New_York', '2026-11-21 21:00 -05:00'],
  ['UTC', '2026-11-22 02:00 +00:00'],
])('what clocks show in %s', (timeZone, expected) => {
  const { date, time, offset } = localTime(new Date('2026-11-22T02:00:00Z'), timeZone);
  expect(`${date} ${time} ${offset}`).toBe(expected);
});

it('counts days, and shows seconds where there are some', () => {
  const [evening, night] = ['2026-11-21T22:59:59Z', '2026-11-21T23:00:00Z'].map((at) =>
    localTime(new Date(at), 'Europe/Berlin'),
  );
  expect(night!.day - evening!.day).toBe(1);
  expect([evening!.time, night!.time]).toEqual(['23:59:59', '00:00']);
  expect([night!.weekday, night!.month]).toEqual(['Sunday', 'November']);
});
