// Time zones by their IANA names, and what clocks show in them.
import { ImagedexError } from './errors.ts';
import { suggest } from './suggest.ts';

/** The machine's own; UTC where it does not say. */
export const machineTimeZone = (): string =>
  knownAs(Intl.DateTimeFormat().resolvedOptions().timeZone) ?? 'UTC';

/** The name as it is written, whatever its case. Throws `usage` where there is no such zone. */
export function timeZoneNamed(typed: string): string {
  const known = knownAs(typed);
  if (known !== undefined) return known;
  const names = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  const city = typed.toLowerCase().replaceAll(' ', '_');
  const near = names.find((name) => name.toLowerCase().endsWith(`/${city}`)) ?? suggest(typed, names);
  const cure = near === undefined ? '' : `; did you mean ${near}?`;
  throw new ImagedexError(
    'usage',
    `time zone ${JSON.stringify(typed)}: expected a name such as Europe/Berlin or UTC${cure}`,
  );
}

function knownAs(typed: string | undefined): string | undefined {
  // Offsets such as +02:00 are zones for some versions of Node only, and know no summer time.
  if (typed === undefined || !/^[a-z]/i.test(typed)) return undefined;
  try {
    const { timeZone } = Intl.DateTimeFormat('en', { timeZone: typed }).resolvedOptions();
    // A link such as Asia/Kolkata resolves to another name: what was typed is kept.
    return timeZone.toLowerCase() === typed.toLowerCase() ? timeZone : typed;
  } catch {
    return undefined;
  }
}

/** What a clock shows. `day` counts whole days, so that two can be compared. */
export interface LocalTime {
  readonly day: number;
  readonly date: string;
  readonly time: string;
  readonly weekday: string;
  readonly month: string;
  /** `+01:00`. */
  readonly offset: string;
}

export function localTime(at: Date, timeZone: string): LocalTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    weekday: 'long',
    timeZoneName: 'longOffset',
  });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const { year, month, day, hour, minute, second, weekday, timeZoneName } = parts as Record<string, string>;
  const date = `${year!.padStart(4, '0')}-${month}-${day}`;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  return {
    day: midnight / 86_400_000,
    date,
    time: `${hour}:${minute}${second === '00' ? '' : `:${second}`}`,
    weekday: weekday!,
    month: new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' }).format(midnight),
    offset: timeZoneName === 'GMT' ? '+00:00' : timeZoneName!.slice(3),
  };
}
