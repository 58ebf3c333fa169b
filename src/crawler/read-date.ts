// Dates as lists, sitemaps and feeds spell them, as a timestamp: ISO 8601, that of mails, and seconds or milliseconds since 1970.
import type { Timestamp } from '../record.ts';

/** undefined where it cannot be read without guessing: 03/04/2024 is two days. */
export function readDate(value: unknown): Timestamp | undefined {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^-?\d{9,}(\.\d+)?$/.test(text)) return fromNumber(Number(text));
  return fromIso(text) ?? (mailDate.test(text) ? fromMail(text) : undefined);
}

const fromMail = (text: string): Timestamp | undefined =>
  timestamp(Date.parse(/[+-]\d{4}|\b(gmt|utc?|[ecmp][sd]t)\b/i.test(text) ? text : `${text} UTC`));

const mailDate = /^([a-z]{3},? +)?(\d{1,2} [a-z]{3,9}|[a-z]{3,9} \d{1,2},?) \d{4}\b.*$/i;
const iso =
  /^(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?\s*(z|utc|gmt|[+-]\d\d:?(?:\d\d)?)?)?)?)?$/i;

function fromIso(text: string): Timestamp | undefined {
  // EXIF writes colons between the parts of a date.
  const found = iso.exec(text.replace(/^(\d{4}):(\d\d):(\d\d)\b/, '$1-$2-$3'));
  if (found === null) return undefined;
  const [, year, month = '01', day = '01', hour = '00', minute = '00', second = '00', fraction = '0', zone] =
    found;
  const millisecond = `${fraction}00`.slice(0, 3);
  // 31 February is a day in March to the parser.
  if (Number(day) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()) return undefined;
  // A time without a zone is taken for UTC: the same on every machine.
  const spelled = `${year}-${month}-${day}T${hour}:${minute}:${second}.${millisecond}${zoneOf(zone)}`;
  return timestamp(Date.parse(spelled));
}

function zoneOf(zone: string | undefined): string {
  if (zone === undefined || /^[zug]/i.test(zone)) return 'Z';
  const [, hours, minutes = '00'] = /^([+-]\d\d):?(\d\d)?$/.exec(zone)!;
  return `${hours}:${minutes}`;
}

/** A number of four digits is a year, one below a hundred thousand million counts seconds, others milliseconds. */
function fromNumber(value: number): Timestamp | undefined {
  if (Number.isInteger(value) && value >= 1000 && value <= 2999) return fromIso(String(value));
  if (Math.abs(value) < 1e8) return undefined;
  return timestamp(Math.abs(value) < 1e11 ? value * 1000 : value);
}

function timestamp(ms: number): Timestamp | undefined {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  return year >= 1000 && year <= 2999 ? date.toISOString() : undefined;
}
