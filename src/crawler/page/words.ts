// The words of a page that images are found by: white space collapsed, and never very long.

const maxWords = {
  alt: 500,
  caption: 1000,
  heading: 300,
  title: 300,
  section: 300,
  credit: 200,
  licence: 200,
} as const;

/** Collects the text of one element, no more than is kept in the end. */
export class Words {
  #text = '';
  readonly #most: number;

  constructor(kind: keyof typeof maxWords) {
    this.#most = maxWords[kind];
  }

  add(text: string): void {
    // White space is collapsed later, so a little more is collected than is kept.
    if (this.#text.length < this.#most * 4) this.#text += text;
  }

  text(): string | undefined {
    return clean(this.#text, this.#most);
  }
}

export const words = (kind: keyof typeof maxWords, text: string | undefined): string | undefined =>
  text === undefined ? undefined : clean(text.slice(0, maxWords[kind] * 4), maxWords[kind]);

function clean(text: string, most: number): string | undefined {
  const short = text.replace(/\s+/g, ' ').trim();
  if (short.length <= most) return short === '' ? undefined : short;
  // Half of a surrogate pair is no character.
  return short
    .slice(0, most)
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd();
}
