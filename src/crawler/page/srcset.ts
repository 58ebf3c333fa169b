// Which of an image's several files is its location: large enough to see what is on it, no larger than it must be.

export interface Candidate {
  readonly url: string;
  /** Pixels, where a `w` descriptor gives them. */
  readonly width: number | null;
  /** Of the screen, where there is no width: 1 without any descriptor. */
  readonly density: number;
}

const maxWidth = 1024;
const maxDensity = 2;
const maxSrcsetLength = 1_000_000;
const maxCandidates = 100;

/** After the HTML standard, "parse a srcset attribute". Candidates with wrong descriptors are left out. */
export function srcsetCandidates(srcset: string): Candidate[] {
  if (srcset.length > maxSrcsetLength) return [];
  const candidates: Candidate[] = [];
  const urls = /[\t\n\f\r ,]*([^\t\n\f\r ,][^\t\n\f\r ]*)/y;
  const descriptors = /(?:\([^)]*\)?|[^,(])*/y;
  for (let match = urls.exec(srcset); match !== null; match = urls.exec(srcset)) {
    const [, url = ''] = match;
    let words: string[] = [];
    // A comma at its end ends the candidate; one inside it is a part of the URL.
    if (!url.endsWith(',')) {
      descriptors.lastIndex = urls.lastIndex;
      words = (descriptors.exec(srcset)?.[0] ?? '').match(/(?:\([^)]*\)?|[^\t\n\f\r (])+/g) ?? [];
      urls.lastIndex = descriptors.lastIndex;
    }
    const candidate = described(withoutCommas(url), words);
    if (candidate !== undefined) candidates.push(candidate);
    if (candidates.length === maxCandidates) break;
  }
  return candidates;
}

/** An expression for this takes time by the square of the commas inside. */
function withoutCommas(url: string): string {
  let end = url.length;
  while (url[end - 1] === ',') end--;
  return url.slice(0, end);
}

function described(url: string, words: readonly string[]): Candidate | undefined {
  let width: number | null = null;
  let density: number | null = null;
  let height: number | null = null;
  for (const word of words) {
    const value = Number(word.slice(0, -1));
    const kind = word.at(-1);
    if (kind === 'w' && /^\d+w$/.test(word) && value > 0 && width === null && density === null) width = value;
    else if (kind === 'h' && /^\d+h$/.test(word) && value > 0 && height === null && density === null)
      height = value;
    else if (
      kind === 'x' &&
      isFloat(word.slice(0, -1)) &&
      value >= 0 &&
      width === null &&
      density === null &&
      height === null
    )
      density = value;
    else return undefined;
  }
  return height !== null && width === null ? undefined : { url, width, density: density ?? 1 };
}

const isFloat = (text: string): boolean => /^-?(\d+|\d*\.\d+)([eE][+-]?\d+)?$/.test(text);

/** Of a src beside them: it counts where they give neither widths nor a file for plain screens. */
export const isForPlainScreens = (candidates: readonly Candidate[]): boolean =>
  candidates.some(({ width, density }) => width !== null || density === 1);

/**
 * The largest of at most 1,024 pixels, the smallest when all are larger; without widths the same by density, at most
 * 2. Where any has a width the others do not count. Of equals the first.
 */
export function bestCandidate<C extends Candidate>(candidates: readonly C[]): C | undefined {
  const sized = candidates.filter(({ width }) => width !== null);
  return sized.length > 0
    ? best(sized, (one) => one.width as number, maxWidth)
    : best(candidates, (one) => one.density, maxDensity);
}

function best<C extends Candidate>(
  candidates: readonly C[],
  size: (one: C) => number,
  most: number,
): C | undefined {
  let chosen: C | undefined;
  for (const one of candidates) {
    if (chosen === undefined) chosen = one;
    else if (size(chosen) > most ? size(one) < size(chosen) : size(one) <= most && size(one) > size(chosen))
      chosen = one;
  }
  return chosen;
}
