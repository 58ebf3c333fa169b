// Which language is spoken at a place of the page: the nearest lang attribute, or what the page says of itself.

interface Spoken {
  readonly depth: number;
  readonly tag: string | undefined;
}

export class Languages {
  readonly #open: Spoken[] = [];

  open(depth: number, attributes: Readonly<Record<string, string>>): void {
    const said = attributes['lang'] ?? attributes['xml:lang'];
    if (said !== undefined) this.#open.push({ depth, tag: languageTag(said) });
  }

  close(depth: number): void {
    while (this.#open.length > 0 && this.#open.at(-1)!.depth >= depth) this.#open.pop();
  }

  current(): string | undefined {
    return this.#open.findLast(({ tag }) => tag !== undefined)?.tag;
  }
}

/** `de`, `en-GB`; undefined where it is no tag, or where several are named. */
export function languageTag(text: string | undefined): string | undefined {
  const tag = text?.trim().replaceAll('_', '-') ?? '';
  if (!/^[a-z]{2,3}(-[a-z0-9]{1,8})*$/i.test(tag) || tag.length > 35) return undefined;
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}
