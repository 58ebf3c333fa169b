// Every form that docs/schedules.md lists, and both changes of the clocks, against times found by looking at each minute.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkCron, latestTime, nextTimes } from '../../src/schedules/cron.ts';
import { projectRoot } from '../source-files.ts';

/** What a clock shows; `weekday` from 0 for Sunday, `last` the days of the month. */
interface Shown {
  readonly second: number;
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly year: number;
  readonly weekday: number;
  readonly last: number;
}
type Fits = (shown: Shown) => boolean;

const formats = new Map<string, Intl.DateTimeFormat>();
function shownAt(at: number, timeZone: string): Shown {
  const made = () =>
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  const format = formats.get(timeZone) ?? made();
  formats.set(timeZone, format);
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const [year, month, day] = [parts.get('year')!, parts.get('month')!, parts.get('day')!];
  return {
    second: parts.get('second')!,
    minute: parts.get('minute')!,
    hour: parts.get('hour')!,
    day,
    month,
    year,
    weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay(),
    last: new Date(Date.UTC(year, month, 0)).getUTCDate(),
  };
}

/** The first `count` times after `from` at which the clock fits, looked for every `stepMs`. */
function bruteForce(fits: Fits, from: string, timeZone: string, count: number, stepMs: number): string[] {
  const found: string[] = [];
  for (let at = Date.parse(from) + stepMs; found.length < count; at += stepMs) {
    if (fits(shownAt(at, timeZone))) found.push(new Date(at).toISOString());
  }
  return found;
}

const at =
  (hour: number, minute = 0, second = 0): Fits =>
  (shown) =>
    shown.hour === hour && shown.minute === minute && shown.second === second;
const both =
  (...all: readonly Fits[]): Fits =>
  (shown) =>
    all.every((fits) => fits(shown));
const wholeMinute: Fits = ({ second }) => second === 0;
const isWeekday = ({ year, month }: Shown, day: number): boolean => {
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return weekday > 0 && weekday < 6;
};
/** The weekday nearest a day of the month, within the month. */
const nearest = (shown: Shown, day: number): number => {
  for (const candidate of [day, day - 1, day + 1, day - 2, day + 2]) {
    if (candidate >= 1 && candidate <= shown.last && isWeekday(shown, candidate)) return candidate;
  }
  return -1;
};
const nth = ({ day }: Shown): number => Math.ceil(day / 7);
const isLastOfItsName = ({ day, last }: Shown): boolean => day + 7 > last;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** The form as documented, and what it means; times are looked for every minute where nothing else is said. */
const forms: readonly (readonly [cron: string, fits: Fits, stepMs?: number])[] = [
  ['* * * * *', wholeMinute],
  ['30 * * * *', ({ minute }) => minute === 30],
  ['0 3 * * *', at(3)],
  ['0 9-17 * * *', ({ minute, hour }) => minute === 0 && hour >= 9 && hour <= 17],
  ['0 3,15 * * *', ({ minute, hour }) => minute === 0 && (hour === 3 || hour === 15)],
  ['*/15 * * * *', ({ minute }) => minute % 15 === 0],
  ['10-50/20 * * * *', ({ minute }) => [10, 30, 50].includes(minute)],
  ['0 22-23,0-2 * * *', ({ minute, hour }) => minute === 0 && (hour >= 22 || hour <= 2)],
  ['0 3 1,15 * *', both(at(3), ({ day }) => day === 1 || day === 15), hourMs],
  ['0 3 */2 * *', both(at(3), ({ day }) => day % 2 === 1), hourMs],
  ['0 3 L * *', both(at(3), ({ day, last }) => day === last), hourMs],
  ['0 3 L,15 * *', both(at(3), ({ day, last }) => day === last || day === 15), hourMs],
  ['0 3 15W * *', both(at(3), (shown) => shown.day === nearest(shown, 15)), hourMs],
  ['0 3 1W * *', both(at(3), (shown) => shown.day === nearest(shown, 1)), hourMs],
  ['0 3 LW * *', both(at(3), (shown) => isWeekday(shown, shown.day) && !laterWeekday(shown)), hourMs],
  ['0 3 * 6 *', both(at(3), ({ month }) => month === 6), hourMs],
  ['0 3 * JAN-MAR *', both(at(3), ({ month }) => month <= 3), hourMs],
  ['0 3 1 */3 *', both(at(3), ({ day, month }) => day === 1 && [1, 4, 7, 10].includes(month)), hourMs],
  ['0 3 29 2 *', both(at(3), ({ day, month }) => day === 29 && month === 2), hourMs],
  ['0 3 * * 1', both(at(3), ({ weekday }) => weekday === 1), hourMs],
  ['0 3 * * 0', both(at(3), ({ weekday }) => weekday === 0), hourMs],
  ['0 3 * * 7', both(at(3), ({ weekday }) => weekday === 0), hourMs],
  ['0 3 * * mon-fri', both(at(3), ({ weekday }) => weekday >= 1 && weekday <= 5), hourMs],
  ['0 3 * * FRI-SUN', both(at(3), ({ weekday }) => [5, 6, 0].includes(weekday)), hourMs],
  ['0 3 * * SAT,SUN', both(at(3), ({ weekday }) => weekday === 0 || weekday === 6), hourMs],
  ['0 3 * * FRI#2', both(at(3), (shown) => shown.weekday === 5 && nth(shown) === 2), hourMs],
  ['0 3 * * MON#1,MON#3', both(at(3), (shown) => shown.weekday === 1 && [1, 3].includes(nth(shown))), hourMs],
  ['0 3 * * FRIL', both(at(3), (shown) => shown.weekday === 5 && isLastOfItsName(shown)), hourMs],
  ['0 3 * * 5#L', both(at(3), (shown) => shown.weekday === 5 && isLastOfItsName(shown)), hourMs],
  ['0 3 1 * MON', both(at(3), ({ day, weekday }) => day === 1 || weekday === 1), hourMs],
  ['0 3 1 * +MON', both(at(3), ({ day, weekday }) => day === 1 && weekday === 1), hourMs],
  ['0 3 ? * ?', at(3), hourMs],
  ['* * * * * *', () => true, 1000],
  ['*/20 * * * * *', ({ second }) => second % 20 === 0, 1000],
  ['30 0 3 * * *', at(3, 0, 30), 30_000],
  [
    '0 0 3 1 1 * 2028',
    both(at(3), ({ day, month, year }) => day === 1 && month === 1 && year === 2028),
    hourMs,
  ],
  [
    '0 0 3 1 1 * 2027-2031/2',
    both(at(3), ({ day, month, year }) => day === 1 && month === 1 && [2027, 2029, 2031].includes(year)),
    hourMs,
  ],
  ['@hourly', ({ minute }) => minute === 0],
  ['@daily', at(0), hourMs],
  ['@midnight', at(0), hourMs],
  ['@weekly', both(at(0), ({ weekday }) => weekday === 0), hourMs],
  ['@monthly', both(at(0), ({ day }) => day === 1), hourMs],
  ['@yearly', both(at(0), ({ day, month }) => day === 1 && month === 1), hourMs],
  ['@annually', both(at(0), ({ day, month }) => day === 1 && month === 1), hourMs],
];

function laterWeekday(shown: Shown): boolean {
  for (let day = shown.day + 1; day <= shown.last; day++) if (isWeekday(shown, day)) return true;
  return false;
}

const iso = (times: readonly Date[]): string[] => times.map((time) => time.toISOString());

describe('every documented form', () => {
  const from = '2026-11-21T13:00:00.000Z';

  for (const [cron, fits, stepMs = minuteMs] of forms) {
    it(cron, () => {
      const timeZone = 'Asia/Tokyo';
      const once = cron.includes('2028') ? 1 : undefined;
      const count = once ?? (/29 2|\d{4}|@y|@a/.test(cron) ? 2 : 6);
      const expected = bruteForce(fits, from, timeZone, count, stepMs);
      expect(iso(nextTimes({ cron, timeZone }, new Date(from), count))).toEqual(expected);
    });
  }

  it('is tried here', () => {
    const table = readFileSync(`${projectRoot}/docs/schedules.md`, 'utf8');
    const documented = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, cron]) => cron!);
    expect(documented.length).toBeGreaterThan(30);
    expect(documented.filter((cron) => !forms.some(([tried]) => tried === cron))).toEqual([]);
  });

  it.each([
    [
      'a zone of half an hour',
      'Asia/Kolkata',
      '0 3 * * *',
      ['2026-11-21T21:30:00.000Z', '2026-11-22T21:30:00.000Z'],
    ],
    [
      'a zone of three quarters',
      'Asia/Kathmandu',
      '0 3 * * *',
      ['2026-11-21T21:15:00.000Z', '2026-11-22T21:15:00.000Z'],
    ],
    [
      'the day of the zone, not of UTC',
      'Pacific/Auckland',
      '0 3 * * MON',
      ['2026-11-22T14:00:00.000Z', '2026-11-29T14:00:00.000Z'],
    ],
  ])('is read in %s', (_, timeZone, cron, expected) => {
    expect(iso(nextTimes({ cron, timeZone }, new Date(from), 2))).toEqual(expected);
  });
});

/** Whole local minutes since 1970, as if the clock showed UTC. */
const localMinute = ({ year, month, day, hour, minute }: Shown): number =>
  Date.UTC(year, month - 1, day, hour, minute) / minuteMs;
const shownBy = (local: number): Shown => shownAt(local * minuteMs, 'UTC');

/**
 * What docs/schedules.md says of the days when clocks change, minute by minute. `keepsTimes`: no * and no step among
 * minutes and hours.
 */
function changeDays(fits: Fits, keepsTimes: boolean, timeZone: string, from: string, to: string): string[] {
  const found: string[] = [];
  const seen = new Set<number>();
  let before = localMinute(shownAt(Date.parse(from), timeZone));
  for (let time = Date.parse(from) + minuteMs; time <= Date.parse(to); time += minuteMs) {
    const local = localMinute(shownAt(time, timeZone));
    const left = Array.from({ length: Math.max(0, local - before - 1) }, (_, index) => before + 1 + index);
    const isDue = fits(shownBy(local)) && !(keepsTimes && seen.has(local));
    if (isDue || (keepsTimes && left.some((missing) => fits(shownBy(missing))))) {
      found.push(new Date(time).toISOString());
    }
    seen.add(local);
    before = local;
  }
  return found;
}

describe('when clocks change', () => {
  const within = (cron: string, timeZone: string, from: string, to: string): string[] => {
    const times: string[] = [];
    for (let after = from; after <= to; after = times.at(-1)!) {
      times.push(...iso(nextTimes({ cron, timeZone }, new Date(after), 100)));
    }
    return times.filter((time) => time <= to);
  };

  it.each([
    // Forward at 02:00 to 03:00: half past two does not exist.
    [
      'Europe/Berlin',
      '30 2 * * *',
      '2026-03-27T12:00:00.000Z',
      ['03-28T01:30', '03-29T01:00', '03-30T00:30'],
    ],
    [
      'America/New_York',
      '30 2 * * *',
      '2026-03-06T12:00:00.000Z',
      ['03-07T07:30', '03-08T07:00', '03-09T06:30'],
    ],
    // Forward at 02:00 to 02:30.
    [
      'Australia/Lord_Howe',
      '15 2 * * *',
      '2026-10-02T00:00:00.000Z',
      ['10-02T15:45', '10-03T15:30', '10-04T15:15'],
    ],
    ['UTC', '30 2 * * *', '2026-03-28T00:00:00.000Z', ['03-28T02:30', '03-29T02:30', '03-30T02:30']],
    // Back at 03:00 to 02:00 (New York: 02:00 to 01:00, Lord Howe: 02:00 to 01:30): it comes twice, the first counts.
    [
      'Europe/Berlin',
      '30 2 * * *',
      '2026-10-23T12:00:00.000Z',
      ['10-24T00:30', '10-25T00:30', '10-26T01:30'],
    ],
    [
      'America/New_York',
      '30 1 * * *',
      '2026-10-31T00:00:00.000Z',
      ['10-31T05:30', '11-01T05:30', '11-02T06:30'],
    ],
    [
      'Australia/Lord_Howe',
      '45 1 * * *',
      '2026-04-03T00:00:00.000Z',
      ['04-03T14:45', '04-04T14:45', '04-05T15:15'],
    ],
    ['UTC', '30 2 * * *', '2026-10-24T00:00:00.000Z', ['10-24T02:30', '10-25T02:30', '10-26T02:30']],
    // Of two times in a gap, or one there and one at its end, one run.
    [
      'Europe/Berlin',
      '15,45 2 * * *',
      '2026-03-29T00:00:00.000Z',
      ['03-29T01:00', '03-30T00:15', '03-30T00:45'],
    ],
    [
      'Europe/Berlin',
      '0 2-3 * * *',
      '2026-03-29T00:00:00.000Z',
      ['03-29T01:00', '03-30T00:00', '03-30T01:00'],
    ],
    // Every half hour goes on every half hour.
    [
      'Europe/Berlin',
      '*/30 * * * *',
      '2026-03-29T00:15:00.000Z',
      ['03-29T00:30', '03-29T01:00', '03-29T01:30'],
    ],
    [
      'Europe/Berlin',
      '*/30 * * * *',
      '2026-10-25T00:15:00.000Z',
      ['10-25T00:30', '10-25T01:00', '10-25T01:30'],
    ],
    // With a step among the hours, a time that does not exist is left out.
    [
      'Europe/Berlin',
      '30 */2 * * *',
      '2026-03-29T00:00:00.000Z',
      ['03-29T02:30', '03-29T04:30', '03-29T06:30'],
    ],
    // A day that begins at one o'clock begins.
    ['Africa/Cairo', '0 0 * * *', '2026-04-22T12:00:00.000Z', ['04-22T22:00', '04-23T22:00', '04-24T21:00']],
  ])('%s: %s', (timeZone, cron, from, expected) => {
    const times = iso(nextTimes({ cron, timeZone }, new Date(from), 3));
    expect(times).toEqual(expected.map((time) => `2026-${time}:00.000Z`));
  });

  const changes = [
    ['Europe/Berlin', '2026-03-28T00:00:00.000Z', '2026-03-30T12:00:00.000Z'],
    ['Europe/Berlin', '2026-10-24T00:00:00.000Z', '2026-10-26T12:00:00.000Z'],
    ['America/New_York', '2026-03-07T00:00:00.000Z', '2026-03-09T12:00:00.000Z'],
    ['America/New_York', '2026-10-31T00:00:00.000Z', '2026-11-02T12:00:00.000Z'],
    ['Australia/Lord_Howe', '2026-04-03T00:00:00.000Z', '2026-04-05T18:00:00.000Z'],
    ['Australia/Lord_Howe', '2026-10-02T00:00:00.000Z', '2026-10-04T18:00:00.000Z'],
    ['UTC', '2026-03-28T00:00:00.000Z', '2026-03-30T12:00:00.000Z'],
  ] as const;
  const kinds: readonly (readonly [cron: string, keepsTimes: boolean, fits: Fits])[] = [
    ['* * * * *', false, () => true],
    ['*/7 * * * *', false, ({ minute }) => minute % 7 === 0],
    ['15 * * * *', false, ({ minute }) => minute === 15],
    ['20 */2 * * *', false, ({ minute, hour }) => minute === 20 && hour % 2 === 0],
    [
      '10-40/10 1-3 * * *',
      false,
      ({ minute, hour }) => [10, 20, 30, 40].includes(minute) && hour >= 1 && hour <= 3,
    ],
    ['45 1 * * *', true, at(1, 45)],
    ['0 2 * * *', true, at(2)],
    ['59 2 * * *', true, at(2, 59)],
    ['15,45 1,2,3 * * *', true, ({ minute, hour }) => [15, 45].includes(minute) && hour >= 1 && hour <= 3],
    ['5 0-5 * * *', true, ({ minute, hour }) => minute === 5 && hour <= 5],
    ['30 2 * * SUN', true, both(at(2, 30), ({ weekday }) => weekday === 0)],
  ];
  describe.each(changes)('%s from %s', (timeZone, from, to) => {
    it.each(kinds)('%s', (cron, keepsTimes, fits) => {
      expect(within(cron, timeZone, from, to)).toEqual(changeDays(fits, keepsTimes, timeZone, from, to));
    });
  });
});

describe('the latest due time', () => {
  it.each([
    ['* * * * * *', '2025-11-21T00:00:00.000Z', '2026-11-21T13:35:07.900Z', '2026-11-21T13:35:07.000Z'],
    ['0 3 * * *', '2025-11-21T00:00:00.000Z', '2026-11-21T01:59:59.999Z', '2026-11-20T02:00:00.000Z'],
    ['0 3 * * *', '2026-11-20T00:00:00.000Z', '2026-11-21T02:00:00.000Z', '2026-11-21T02:00:00.000Z'],
    ['0 3 * * *', '2026-11-21T01:59:59.999Z', '2026-11-21T02:00:00.000Z', '2026-11-21T02:00:00.000Z'],
    ['0 3 * * *', '2026-11-21T02:00:00.000Z', '2026-11-22T01:59:59.999Z', null],
    ['0 3 * * *', '2026-11-22T02:00:00.000Z', '2026-11-21T02:00:00.000Z', null],
    ['0 0 3 1 1 * 2027', '2026-01-01T00:00:00.000Z', '2040-01-01T00:00:00.000Z', '2027-01-01T02:00:00.000Z'],
  ])('%s from %s to %s', (cron, after, upTo, expected) => {
    const latest = latestTime({ cron, timeZone: 'Europe/Berlin' }, new Date(after), new Date(upTo));
    expect(latest?.toISOString() ?? null).toBe(expected);
  });

  it('is the last of all of them, on days when clocks change, too', () => {
    for (const [timeZone, day] of [
      ['Europe/Berlin', '2026-03-29'],
      ['Europe/Berlin', '2026-10-25'],
      ['Australia/Lord_Howe', '2026-04-04'],
    ] as const) {
      for (const cron of ['*/5 * * * *', '30 2 * * *', '45 1,2 * * *']) {
        const after = new Date(Date.parse(day) - 12 * hourMs);
        const all = nextTimes({ cron, timeZone }, after, 700);
        for (let upTo = after.getTime(); upTo < Date.parse(day) + 24 * hourMs; upTo += 31 * minuteMs) {
          const expected = all.findLast((time) => time.getTime() <= upTo) ?? null;
          expect(latestTime({ cron, timeZone }, after, new Date(upTo))).toEqual(expected);
        }
      }
    }
  });
});

describe('an expression that never comes due', () => {
  it.each(['0 0 30 2 *', '0 0 31 4,6,9,11 *', '0 0 12 * * * 2020', '0 0 0 29 2 * 2100', '0 0 5 * +MON#2'])(
    '%s is refused',
    (cron) => {
      const check = () => checkCron({ cron, timeZone: 'UTC' }, new Date('2026-11-21T00:00:00Z'));
      expect(check).toThrow(/comes due some day/);
    },
  );

  it('is told from one that only takes long', () => {
    const timing = { cron: '0 0 29 2 MON', timeZone: 'UTC' };
    expect(() =>
      checkCron({ ...timing, cron: '0 0 29 2 +MON' }, new Date('2026-11-21T00:00:00Z')),
    ).not.toThrow();
  });
});
