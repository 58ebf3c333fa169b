// When a cron expression comes due in a time zone. Both changes of the clocks: docs/schedules.md and docs/decisions/120.
import { Cron } from 'croner';
import { ImagedexError } from '../errors.ts';
import { readCron } from './cron-fields.ts';

/** What a schedule says of time. */
export interface Timing {
  readonly cron: string;
  readonly timeZone: string;
}

const open = ({ cron, timeZone }: Timing): Cron => {
  const { second, minute, hour, day, month, weekday, year } = readCron(cron);
  return new Cron([second, minute, hour, day, month, weekday, year].join(' '), {
    timezone: timeZone,
    mode: '7-part',
    // Lists and ranges of hours, too, keep their times when clocks change.
    fixedTimeRule: 'no-wildcard',
  });
};

/** Throws `usage` where the expression is none, or never comes due from `from` on. */
export function checkCron(timing: Timing, from: Date): void {
  if (nextTimes(timing, from, 1).length > 0) return;
  throw new ImagedexError(
    'usage',
    `CRON ${JSON.stringify(timing.cron)}: expected one that comes due some day, but no day from now on fits its day, month, weekday and year`,
  );
}

/** The next due times after `after`, at most `count`. */
export const nextTimes = (timing: Timing, after: Date, count: number): Date[] =>
  open(timing).nextRuns(count, after);

/** The latest due time after `after` and not after `upTo`; null where none came due. */
export function latestTime(timing: Timing, after: Date, upTo: Date): Date | null {
  const cron = open(timing);
  const next = (from: number): number => cron.nextRun(new Date(from))?.getTime() ?? Number.POSITIVE_INFINITY;
  let latest = next(after.getTime());
  if (latest > upTo.getTime()) return null;
  // After `low` one came due, after `high` none did: counting them all would take an hour after a year of seconds.
  let [low, high] = [latest, upTo.getTime()];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const due = next(middle);
    if (due > upTo.getTime()) high = middle;
    else [latest, low] = [due, due];
  }
  return new Date(latest);
}
