// Where on a page one is: the nearest heading before, and the section, named by its label or by the headings above.
import { Words, words } from './words.ts';

const sections = ['nav', 'section', 'article', 'aside', 'main'];
const level = (name: string): number => (/^h[1-6]$/.test(name) ? Number(name[1]) : 0);

export class Outline {
  /** The heading in force on each level, the outermost first. */
  #headings: { readonly level: number; readonly text: string }[] = [];
  #open: { readonly level: number; readonly text: Words } | undefined;
  readonly #sections: { readonly name: string; readonly label: string | undefined }[] = [];

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (level(name) > 0) this.#open = { level: level(name), text: new Words('heading') };
    else if (sections.includes(name))
      this.#sections.push({ name, label: words('section', attributes['aria-label']) });
    // A heading may be a picture.
    else if (name === 'img') this.#open?.text.add(` ${attributes['alt'] ?? ''} `);
  }

  text(text: string): void {
    this.#open?.text.add(text);
  }

  close(name: string): void {
    if (level(name) > 0) this.#closeHeading();
    else if (sections.includes(name)) {
      const at = this.#sections.findLastIndex((one) => one.name === name);
      if (at >= 0) this.#sections.splice(at);
    }
  }

  heading(): string | undefined {
    return this.#headings.at(-1)?.text;
  }

  section(): string | undefined {
    const label = this.#sections.findLast((one) => one.label !== undefined)?.label;
    const above = this.#headings.slice(0, -1).map(({ text }) => text);
    return label ?? words('section', above.join(' › '));
  }

  #closeHeading(): void {
    const heading = this.#open;
    this.#open = undefined;
    const text = heading?.text.text();
    if (heading === undefined || text === undefined) return;
    this.#headings = [
      ...this.#headings.filter((one) => one.level < heading.level),
      { level: heading.level, text },
    ];
  }
}
