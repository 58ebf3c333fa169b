// Reads a cron expression field by field, so that of a wrong one is said which field, what was expected and what came.
import { ImagedexError } from '../errors.ts';

/** Upper case, nicknames written out, seconds and year filled in. */
export interface CronFields {
  readonly second: string;
  readonly minute: string;
  readonly hour: string;
  readonly day: string;
  readonly month: string;
  readonly weekday: string;
  readonly year: string;
}

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** What numbers may be called, from `least` on. */
  readonly names: readonly string[];
  /** Forms that only this field has: a pattern over one value of a list, and what to say of them. */
  readonly own?: { readonly form: RegExp; readonly words: string };
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const fields: { readonly [F in keyof CronFields]: Field } = {
  second: { name: 'second', least: 0, most: 59, names: [] },
  minute: { name: 'minute', least: 0, most: 59, names: [] },
  hour: { name: 'hour', least: 0, most: 23, names: [] },
  day: {
    name: 'day of the month',
    least: 1,
    most: 31,
    names: [],
    own: {
      form: /^(L|(0?[1-9]|[12]\d|3[01])W)$/,
      words: 'L (the last day), 15W (the weekday nearest the 15th) or LW alone (the last weekday)',
    },
  },
  month: { name: 'month', least: 1, most: 12, names: months },
  weekday: {
    name: 'day of the week',
    least: 0,
    most: 7,
    names: weekdays,
    own: {
      form: new RegExp(`^([0-7]|${weekdays.join('|')})(L|#[1-5L])$`),
      words: 'FRI#2 (the second Friday), FRIL (the last one) or a + before it (only where both days fit)',
    },
  },
  year: { name: 'year', least: 1, most: 9999, names: [] },
};

const nicknames: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** Throws `usage` where it is none. Whether it ever comes due is not asked here. */
export function readCron(text: string): CronFields {
  const trimmed = text.trim();
  const written = trimmed.startsWith('@') ? nicknames[trimmed.toLowerCase()] : trimmed;
  if (written === undefined) throw wrong(text, `expected one of ${Object.keys(nicknames).join(', ')}`);
  const parts = written.toUpperCase().replaceAll('?', '*').split(/\s+/);
  if (trimmed === '' || parts.length < 5 || parts.length > 7) {
    const count = trimmed === '' ? 0 : parts.length;
    throw wrong(
      text,
      `expected 5 fields (minute, hour, day, month, weekday), 6 (a second before them) or 7 (a year behind them), but got ${count}`,
    );
  }
  const [second, minute, hour, day, month, weekday, year] = [
    ...(parts.length === 5 ? ['0'] : []),
    ...parts,
    ...(parts.length < 7 ? ['*'] : []),
  ] as [string, string, string, string, string, string, string];
  const read = { second, minute, hour, day, month, weekday, year };
  for (const [name, field] of Object.entries(fields)) {
    const fault = faultOf(read[name as keyof CronFields], field);
    if (fault !== undefined) throw wrong(text, `the ${field.name}: ${fault}`);
  }
  return read;
}

const wrong = (text: string, fault: string): ImagedexError =>
  new ImagedexError('usage', `CRON ${JSON.stringify(text)}: ${fault}`);

function faultOf(text: string, field: Field): string | undefined {
  const plain = field === fields.weekday ? text.replace(/^\+/, '') : text;
  if (plain === '*' || (field === fields.day && plain === 'LW')) return undefined;
  for (const value of plain.split(',')) {
    const fault = valueFault(value, field);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function valueFault(value: string, field: Field): string | undefined {
  if (field.own?.form.test(value) === true) return undefined;
  const [range, step, tooMuch] = value.split('/') as [string, string?, string?];
  const [from, to, further] = range.split('-') as [string, string?, string?];
  const isStar = range === '*' && step !== undefined;
  const first = numberOf(from, field);
  const last = to === undefined ? first : numberOf(to === 'SUN' ? '7' : to, field);
  const isUnread = !isStar && (first === undefined || last === undefined);
  if (tooMuch !== undefined || further !== undefined || isUnread) return expected(value, field);
  if (!isStar && last! < first!) {
    return `the range ${range} ends before it begins; write it as two: ${from}-${field.most},${field.least}-${to}`;
  }
  if (step === undefined) return undefined;
  if (!isStar && to === undefined)
    return `a step needs a range before it: ${from}-${field.most}/${step} instead of ${value}`;
  const mostSteps = Math.min(field.most, 100);
  return /^\d{1,3}$/.test(step) && Number(step) >= 1 && Number(step) <= mostSteps
    ? undefined
    : `a step goes from 1 to ${mostSteps}, but got ${JSON.stringify(step)} in ${value}`;
}

function numberOf(text: string, { least, most, names }: Field): number | undefined {
  const named = names.indexOf(text);
  if (named !== -1) return named + least;
  const number = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}

function expected(value: string, { least, most, names, own }: Field): string {
  const example = `${least + 1}-${least + 4}`;
  const called = names.length === 0 ? '' : ` or ${names[0]} to ${names.at(-1)}`;
  const forms = `a range (${example}), a step (*/5, ${example}/2), a list of these (${least + 1},${least + 3}) or *`;
  const more = own === undefined ? '' : `; also ${own.words}`;
  return `expected a number from ${least} to ${most}${called}, ${forms}${more}; but got ${JSON.stringify(value)}`;
}
