// A schedule as `schedule` prints it: in words, with its next times and what came of the last one.

import type { ScheduleRecord } from '../ledger.ts';
import { nextTimes } from '../schedules/cron.ts';
import { inWords, timeInWords, timeWithOffset } from '../schedules/schedule-words.ts';
import { columns } from './columns.ts';

const shownTimes = 3;

export function scheduleJson({ handledAt: _, ...shown }: ScheduleRecord) {
  return { ...shown, inWords: inWords(shown), nextTimes: nextTimes(shown, new Date(), shownTimes) };
}

export function scheduleLines(record: ScheduleRecord, now = new Date()): string[] {
  const { collection, cron, timeZone, last } = record;
  const times = nextTimes(record, now, shownTimes).map(
    (time) => `${timeInWords(time, now, timeZone)} (${timeWithOffset(time, timeZone)})`,
  );
  const next = times.length === 0 ? ['never again'] : times;
  return [
    `Crawls of ${collection}: ${inWords(record)}`,
    ...columns([
      ['  cron', cron],
      ...next.map((time, index) => [index === 0 ? '  next' : '', time]),
      ...(last === null ? [] : [['  last', lastLine(last, timeZone)]]),
    ]),
  ];
}

function lastLine(last: NonNullable<ScheduleRecord['last']>, timeZone: string): string {
  const { dueAt, outcome, crawlId, reason } = last;
  const due = `due ${timeWithOffset(new Date(dueAt), timeZone)}`;
  if (outcome === 'skipped') return `${due}, left out: ${reason}`;
  if (outcome === 'failed') return `${due}, failed: ${reason}`;
  return `${due}, ${crawlId === null ? 'is being started' : `started crawl ${crawlId}`}`;
}

/** `next photos, tomorrow at 03:00, in 13 h 25 min`. */
export function nextStart(schedules: readonly ScheduleRecord[], now = new Date()): string {
  const starts = schedules.flatMap((schedule) => {
    try {
      return nextTimes(schedule, now, 1).map((time) => ({ schedule, time }));
    } catch {
      // The scheduler says what is wrong with it.
      return [];
    }
  });
  const [first] = starts.sort((a, b) => a.time.getTime() - b.time.getTime());
  if (first === undefined) return 'none comes due';
  return `next ${first.schedule.collection}, ${timeInWords(first.time, now, first.schedule.timeZone)}`;
}
