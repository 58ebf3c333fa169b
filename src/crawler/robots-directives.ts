// What a page or a response asks of crawlers: meta robots and X-Robots-Tag.

export interface RobotsDirectives {
  /** Images may not be indexed. Holds the word that says so. */
  readonly noImages: string | null;
  /** Links may not be followed. */
  readonly noFollow: boolean;
}

export const noDirectives: RobotsDirectives = { noImages: null, noFollow: false };

const imageWords = ['noindex', 'none', 'noimageindex', 'noai', 'noimageai'];
const valued = ['unavailable_after', 'max-snippet', 'max-image-preview', 'max-video-preview'];

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
    for (const word of wordsFor(value.toLowerCase(), agent, nowMs)) {
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
    let text = part.trim();
    const [, name, rest = ''] = /^([a-z0-9_-]+)\s*:\s*(.*)$/s.exec(text) ?? [];
    if (name !== undefined && !valued.includes(name)) {
      isForUs = name === agent || name === 'robots';
      text = rest;
    }
    if (!isForUs) continue;
    if (name === 'unavailable_after') {
      // A date may have a comma after its weekday.
      const until = [rest, `${rest},${parts[index + 1] ?? ''}`]
        .map((date) => Date.parse(date))
        .find((at) => at > 0);
      if (until !== undefined && until < nowMs) words.push('noindex');
    } else words.push(text);
  }
  return words;
}
