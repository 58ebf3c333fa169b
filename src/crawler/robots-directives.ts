// What a page or a response asks of crawlers: meta robots and X-Robots-Tag.

export interface RobotsDirectives {
  /** Images may not be indexed. Holds the word that says so. */
  readonly noImages: string | null;
  /** Links may not be followed. */
  readonly noFollow: boolean;
}

export const noDirectives: RobotsDirectives = { noImages: null, noFollow: false };

const imageWords = ['noindex', 'none', 'noimageindex', 'noai', 'noimageai'];
const valued = ['max-snippet', 'max-image-preview', 'max-video-preview'];
/** Of one header or tag: what follows says nothing that was not said. */
const maxLength = 10_000;

/**
 * Of the values of one or more headers or tags. `agent: words` is for that agent only, until the value's end or the
 * next agent; words without an agent are for all.
 */
export function robotsDirectives(
  values: readonly string[],
  agent: string,
  nowMs = Date.now(),
): RobotsDirectives {
  let { noImages, noFollow } = noDirectives;
  for (const value of values) {
    for (const word of wordsFor(value.slice(0, maxLength).toLowerCase(), agent, nowMs)) {
      if (imageWords.includes(word)) noImages ??= word;
      if (word === 'nofollow' || word === 'none') noFollow = true;
    }
  }
  return { noImages, noFollow };
}

function wordsFor(value: string, agent: string, nowMs: number): string[] {
  const words: string[] = [];
  let isForUs = true;
  const parts = value.split(',');
  for (const [index, part] of parts.entries()) {
    let [name, text] = named(part);
    if (name !== undefined && name !== 'unavailable_after' && !valued.includes(name)) {
      isForUs = [agent, 'robots', '*'].includes(name);
      // An agent may be followed by what has a value, too.
      [name, text] = named(text);
    }
    if (!isForUs || (name !== undefined && valued.includes(name))) continue;
    if (name !== 'unavailable_after') words.push(...text.split(/[\s;]+/));
    else if (isPast(text, parts[index + 1], nowMs)) words.push('noindex');
  }
  return words;
}

/** `name: text`, or text alone. */
function named(part: string): [name: string | undefined, text: string] {
  const text = part.trim();
  const colon = text.indexOf(':');
  const name = text.slice(0, Math.max(0, colon)).trimEnd();
  return /^([a-z0-9_-]+|\*)$/.test(name) ? [name, text.slice(colon + 1).trim()] : [undefined, text];
}

/** A date may have a comma after its weekday. What is no date is none. */
function isPast(text: string, next: string | undefined, nowMs: number): boolean {
  const until = [text, `${text},${next ?? ''}`].map(dateOf).find((at) => !Number.isNaN(at));
  return until !== undefined && until < nowMs;
}

/** Time zones that are not known are taken for UTC. */
function dateOf(text: string): number {
  const at = Date.parse(text);
  return Number.isNaN(at) ? Date.parse(text.trim().replace(/\s[a-z]{2,5}$/, ' utc')) : at;
}
