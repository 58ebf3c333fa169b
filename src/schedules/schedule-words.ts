// What a schedule says, in words: when it comes due, and how far away that is.
import cronstrue from 'cronstrue';
import { localTime } from '../time-zone.ts';
import type { Timing } from './cron.ts';
import { type CronFields, readCron } from './cron-fields.ts';

/** `At 03:00, only on Monday (Europe/Berlin)`. */
export function inWords({ cron, timeZone }: Timing): string {
  const fields = readCron(cron);
  const { second, minute, hour, month, year } = fields;
  const time = said(`${second} ${minute} ${hour} * * *`);
  const parts = [
    time,
    dayWords(fields) ?? (/^At /.test(time) && month === '*' ? 'every day' : undefined),
    month === '*' ? undefined : rest(`* ${month} *`),
    year === '*' ? undefined : rest(`* * * ${year}`),
  ];
  return `${parts.filter((part) => part !== undefined).join(', ')} (${timeZone})`;
}

const said = (cron: string): string =>
  cronstrue.toString(cron, { use24HourTimeFormat: true, throwExceptionOnParseError: true });

/** What the other fields say beside a time of day. */
const rest = (days: string): string => said(`0 0 0 ${days}`).replace(/^At 00:00, /, '');

/** undefined: any day. */
function dayWords({ day, weekday }: CronFields): string | undefined {
  const isBoth = weekday.startsWith('+');
  const plain = weekday.replace(/^\+/, '').replace(/#L/g, 'L');
  // Days in words of several kinds, such as L,15W, one by one.
  const days = /[LW],|,.*[LW]/.test(day) ? day.split(',') : [day];
  const ofMonth = day === '*' ? undefined : days.map((one) => rest(`${one} * *`)).join(' and ');
  const ofWeek = plain === '*' ? undefined : rest(`* * ${plain}`);
  if (ofMonth === undefined || ofWeek === undefined) return ofMonth ?? ofWeek;
  return isBoth ? `${ofMonth}, and ${ofWeek}` : `${ofMonth} or ${ofWeek.replace(/^only /, '')}`;
}

/** `tomorrow at 03:00, in 13 h 25 min`. */
export function timeInWords(time: Date, from: Date, timeZone: string): string {
  const [then, today] = [localTime(time, timeZone), localTime(from, timeZone)];
  const days = then.day - today.day;
  const date = `${then.weekday} ${Number(then.date.slice(-2))} ${then.month} ${Number(then.date.slice(0, -6))}`;
  const day =
    days === 0 ? 'today' : days === 1 ? 'tomorrow' : `on ${days > 0 && days < 7 ? then.weekday : date}`;
  return `${day} at ${then.time}, in ${lapse(time.getTime() - from.getTime())}`;
}

/** `2026-11-22 03:00 +01:00`. */
export function timeWithOffset(time: Date, timeZone: string): string {
  const { date, time: clock, offset } = localTime(time, timeZone);
  return `${date} ${clock} ${offset}`;
}

function lapse(lapseMs: number): string {
  const seconds = Math.max(0, Math.round(lapseMs / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) return `${seconds} s`;
  if (hours === 0) return `${minutes} min`;
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`;
}
