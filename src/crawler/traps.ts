// Addresses of which a site can make ever more without showing anything new. Pure: by the address alone, and which
// others it is like. What pages show decides in trap-watch.ts.

const maxUrlLength = 2048;
const maxSegments = 30;
const maxParameters = 15;
const maxSameParameter = 4;
const maxSameSegment = 5;
/** Months ahead that an honest calendar shows at most. */
const maxYearsAhead = 2;

/** Why an address is one of a trap, in words; undefined where nothing says so. */
export function trapIn(address: string, nowYear = new Date().getUTCFullYear()): string | undefined {
  if (address.length > maxUrlLength) return `its address is longer than ${maxUrlLength} characters`;
  const { pathname, searchParams } = new URL(address);
  const segments = pathname.split('/').filter((segment) => segment !== '');
  if (segments.length > maxSegments) return `its path has more than ${maxSegments} parts`;
  if (isRepeated(segments)) return 'parts of its path repeat themselves';
  const names = [...searchParams.keys()];
  if (names.length > maxParameters) return `it has more than ${maxParameters} parameters`;
  if (most(names) >= maxSameParameter) return 'it has the same parameter again and again';
  const year = yearIn(pathname, searchParams);
  if (year !== undefined && year > nowYear + maxYearsAhead)
    return `it is of a calendar, and of the year ${year}`;
  return undefined;
}

/** `/a/b/a/b/a/b`, `/a/a/a/a`, or one part five times wherever. */
function isRepeated(segments: readonly string[]): boolean {
  if (most(segments) >= maxSameSegment) return true;
  for (let length = 1; length * 3 <= segments.length; length++) {
    const times = length === 1 ? 4 : 3;
    let same = 0;
    for (let at = length; at < segments.length; at++) {
      same = segments[at] === segments[at - length] ? same + 1 : 0;
      if (same >= length * (times - 1)) return true;
    }
  }
  return false;
}

/** How often the most frequent is there. */
function most(words: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

const dateName = /^(date|day|week|yr|cal|calendar)$|(date|month|year)$/i;
const dateValue = /^(\d{4})[-/.]?(?:0[1-9]|1[0-2])(?:[-/.]?(?:0[1-9]|[12]\d|3[01]))?$/;
/** A whole date, or a part of the path that is a month: other numbers may be those of photos. */
const datedPath =
  /\/(\d{4})(?:\/(?:0[1-9]|1[0-2])\/(?:0[1-9]|[12]\d|3[01])|-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)(?:\.[a-z]+)?(?:\/|$)/i;
const calendarPath =
  /(?:calend[ae]r|kalender|agenda|events?|termine)(?:\/[a-z]+)?\/(\d{4})\/(?:0?[1-9]|1[0-2])(?:\/|$)/i;

function yearIn(path: string, parameters: URLSearchParams): number | undefined {
  const inPath = (datedPath.exec(path) ?? calendarPath.exec(path))?.[1];
  if (inPath !== undefined) return Number(inPath);
  for (const [name, value] of parameters) {
    if (!dateName.test(name)) continue;
    const year = /^yr$|year$/i.test(name) ? /^\d{4}$/.exec(value)?.[0] : dateValue.exec(value)?.[1];
    if (year !== undefined) return Number(year);
  }
  return undefined;
}

/** Addresses that are alike: one page each for ever so many numbers or parameters. */
export interface Pattern {
  /** Path with its numbers left open, and the names of the parameters. */
  readonly key: string;
  /** Without the parameters. */
  readonly path: string;
  readonly parameters: number;
  /** A date is in it: then every page has another title though it shows nothing. */
  readonly isDated: boolean;
}

/** undefined for an address that is one of its own. */
export function patternOf(address: string): Pattern | undefined {
  const url = new URL(address);
  const { pathname, searchParams } = url;
  const path = `${url.host}${pathname.replace(/\d+/g, '#')}`;
  const names = [...new Set(searchParams.keys())].sort();
  if (names.length === 0 && !path.includes('#')) return undefined;
  return {
    key: names.length === 0 ? path : `${path}?${names.join('&')}`,
    path,
    parameters: names.length,
    isDated: yearIn(pathname, searchParams) !== undefined || names.some((name) => dateName.test(name)),
  };
}
