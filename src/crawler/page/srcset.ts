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
const maxSrcsetLength = 100_000;

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
    const candidate = described(url.replace(/,+$/, ''), words);
    if (candidate !== undefined && isFetchable(candidate.url)) candidates.push(candidate);
  }
  return candidates;
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

export const srcCandidate = (src: string | undefined): Candidate[] =>
  src !== undefined && src.trim() !== '' && isFetchable(src) ? [{ url: src, width: null, density: 1 }] : [];

const isFetchable = (url: string): boolean => !/^\s*(data|blob|javascript|about):/i.test(url);

/**
 * The largest of at most 1,024 pixels, the smallest when all are larger; without widths the same by density, at most
 * 2. Where any has a width the others do not count. Of equals the first.
 */
export function bestCandidate(candidates: readonly Candidate[]): Candidate | undefined {
  const sized = candidates.filter(({ width }) => width !== null);
  return sized.length > 0
    ? best(sized, (one) => one.width as number, maxWidth)
    : best(candidates, (one) => one.density, maxDensity);
}

function best(
  candidates: readonly Candidate[],
  size: (one: Candidate) => number,
  most: number,
): Candidate | undefined {
  let chosen: Candidate | undefined;
  for (const one of candidates) {
    if (chosen === undefined) chosen = one;
    else if (size(chosen) > most ? size(one) < size(chosen) : size(one) <= most && size(one) > size(chosen))
      chosen = one;
  }
  return chosen;
}
