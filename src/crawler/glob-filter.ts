// What the globs of include and exclude leave out. What lies in a folder that is left out is left out, too.
import { compileGlob, type Matcher, splitPath } from './glob.ts';

/** What globs are matched with. */
export interface Place {
  /** Names from the source down to it, as people read them. */
  readonly names: readonly string[];
  /** Its whole address. */
  readonly url: string;
}

export interface GlobFilter {
  /** The glob that leaves it out; undefined where none does. */
  excludedBy(place: Place): string | undefined;
  /** Whether one of include matches; true where there are none. */
  isIncluded(place: Place): boolean;
}

interface Glob {
  readonly pattern: string;
  readonly matches: (place: Place) => boolean;
}

export function openGlobFilter(include: readonly string[], exclude: readonly string[]): GlobFilter {
  const included = include.map((pattern) => globOf(pattern, false));
  const excluded = exclude.map((pattern) => globOf(pattern, true));
  return {
    excludedBy: (place) => excluded.find((glob) => glob.matches(place))?.pattern,
    isIncluded: (place) => included.length === 0 || included.some((glob) => glob.matches(place)),
  };
}

/** The place of a page or image: `address` is an http(s) address, or a path or key. */
export function placeOf(address: string, url: string): Place {
  const path = /^https?:\/\//i.test(address) && URL.canParse(address) ? new URL(address).pathname : undefined;
  return { url, names: path === undefined ? splitPath(address) : splitPath(path).map(decoded) };
}

/** `isTree`: what lies below what matches matches, too. */
function globOf(pattern: string, isTree: boolean): Glob {
  const text = pattern.trim().replace(/^\.\//, '');
  // `private/` is a folder, and means all that is in it.
  const matcher = compileGlob(text.endsWith('/') ? `${text}**` : text, isTree);
  if (text.includes('://')) return { pattern, matches: ({ url }) => isAddressed(matcher, url) };
  if (text.includes('/')) return { pattern, matches: ({ names }) => matcher(names) };
  const matches = ({ names }: Place): boolean =>
    isTree ? names.some((name) => matcher([name])) : matcher(names.slice(-1));
  return { pattern, matches };
}

/** As it is, as people read it, and without what follows a question mark. */
const isAddressed = (matcher: Matcher, url: string): boolean =>
  [url, url.replace(/\?.*$/s, '')].some(
    (one) => matcher(splitPath(one)) || matcher(splitPath(one).map(decoded)),
  );

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
