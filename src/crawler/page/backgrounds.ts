// What a page is painted with: inline styles, its own sheets, lazy backgrounds, and the names that linked sheets ask for.
import { applies, type Painted, paintedBy, type Sheet } from './css.ts';
import { candidateOf, type Draft, type Find, isImageLink, isTemplate } from './finds.ts';
import { lazyBackgrounds } from './lazy.ts';
import { marksOf } from './marks.ts';
import { type Candidate, srcsetCandidates } from './srcset.ts';

type Attributes = Readonly<Record<string, string>>;

/** On every page, whether it says so or not. */
const impliedElements = ['html', 'head', 'body', 'tbody', 'colgroup'];
const maxNames = 20_000;
const maxStyleLength = 2 * 1024 ** 2;

export class Backgrounds {
  readonly #around: () => Draft;
  readonly #add: (find: Find) => void;
  /** Elements, classes and ids of the page; null where it has too many to tell. */
  #names: Set<string> | null = new Set(impliedElements);
  readonly #classLists = new Set<string>();
  #isStyle = false;
  #styles = '';

  constructor(around: () => Draft, add: (find: Find) => void) {
    this.#around = around;
    this.#add = add;
  }

  /** The page's own sheets, one after the other. */
  styles(): string {
    return this.#styles;
  }

  open(name: string, attributes: Attributes): void {
    this.#name(name, attributes);
    if (name === 'style') this.#isStyle = true;
    const { style, background } = attributes;
    if (style !== undefined) this.#paint(paintedBy(style), attributes);
    // As pages were painted before there were styles.
    if (background !== undefined && isImageLink(background))
      this.#paint([{ candidates: [candidateOf(background)], needs: [] }], attributes);
    const lazy = lazyBackgrounds(attributes);
    if (lazy.length > 0) this.#paintLazily(lazy, attributes);
  }

  text(text: string): void {
    if (this.#isStyle && this.#styles.length < maxStyleLength) this.#styles += text;
  }

  close(name: string): void {
    if (name !== 'style' || !this.#isStyle) return;
    this.#isStyle = false;
    this.#styles += '\n';
  }

  /** Those of a sheet's pictures whose rules may apply to something on the page. */
  shownOf({ painted }: Sheet): Find[] {
    return painted
      .filter((one) => applies(one, this.#names))
      .map(({ candidates }) => background(candidates, {}, {}));
  }

  #name(name: string, { class: classes, id }: Attributes): void {
    const names = this.#names;
    if (names === null) return;
    names.add(name);
    if (id !== undefined) names.add(`#${id.trim()}`);
    // Most elements of a page have the classes of others.
    if (classes !== undefined && !this.#classLists.has(classes)) {
      this.#classLists.add(classes);
      for (const one of classes.split(/\s+/)) names.add(`.${one}`);
    }
    if (names.size > maxNames) this.#names = null;
  }

  #paint(painted: readonly Painted[], attributes: Attributes): void {
    for (const { candidates } of painted)
      this.#add(background(candidates, this.#around(), marksOf({ class: attributes['class'] ?? '' })));
  }

  /** The second attribute of a pair is the same picture for denser screens. */
  #paintLazily(lazy: ReturnType<typeof lazyBackgrounds>, attributes: Attributes): void {
    const pictures: Candidate[][] = [];
    for (const { value, isSet, isDense } of lazy) {
      for (const [index, files] of filesOf(value, isSet).entries()) {
        const found = isDense ? files.map((one) => ({ ...one, density: 2 })) : files;
        pictures[index] = [...(pictures[index] ?? []), ...found];
      }
    }
    this.#paint(
      pictures.map((candidates) => ({ candidates, needs: [] })),
      attributes,
    );
  }
}

function filesOf(value: string, isSet: boolean): Candidate[][] {
  if (isSet && !/url\(/i.test(value)) return [srcsetCandidates(value)];
  // Several pictures, one upon the other, each as in an image-set.
  if (isSet) return value.split('|').flatMap((one) => filesOf(`image-set(${one})`, false));
  if (/url\(|image-set\(/i.test(value)) {
    const declaration = /^\s*url\(|image-set\(/i.test(value) ? `background-image: ${value}` : value;
    return paintedBy(declaration).map(({ candidates }) => [...candidates]);
  }
  return isImageLink(value) && !isTemplate(value) ? [[candidateOf(value)]] : [];
}

const background = (candidates: readonly Candidate[], around: Draft, marks: Find['marks']): Find => ({
  candidates,
  others: [],
  draft: { ...around, isBackground: true },
  marks,
  way: 'background',
});
