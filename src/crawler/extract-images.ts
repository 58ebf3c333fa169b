// Reads a page of HTML as it streams by: the images that it shows with the words around them, and its links.
import { readSheet, type Sheet } from './page/css.ts';
import type { PageFacts } from './page/json-ld.ts';
import { noRules, type PageRules } from './page/marks.ts';
import { type Attributes, type PageContents, PageReader } from './page/reader.ts';
import { reasonToRender, SignReader } from './page-signs.ts';

export interface ReadOptions {
  /** The name in meta tags. */
  readonly agent: string;
  /** Between two pieces of work other work gets its turn. */
  readonly breathe: () => Promise<void>;
  readonly rules?: PageRules;
  /** What is known of the page besides, where it does not say so itself. */
  readonly facts?: PageFacts;
  /** What a linked style sheet paints with, its addresses absolute; `missed` where it could not be had this time. */
  readonly sheetOf?: (url: string) => Promise<Sheet | 'missed' | undefined>;
}

export interface ReadContents extends PageContents {
  /** Why a browser has to open it, where it has not all in its HTML. */
  readonly reasonToRender: string | undefined;
}

/** Those of one tag are worked through at one go, so a tag of ever more would hold us up. */
const maxAttributes = 2000;

/** `text` comes in pieces. */
export async function extractImages(
  text: Iterable<string>,
  url: string,
  options: ReadOptions,
): Promise<ReadContents> {
  const { Parser } = await import('htmlparser2');
  const { agent, breathe, rules = noRules, facts = {} } = options;
  const page = new PageReader(url, agent);
  const signs = new SignReader();
  const tags = new Tags(page, signs);
  const parser = new Parser(tags, { decodeEntities: true, lowerCaseTags: true });
  for (const piece of text) {
    parser.write(piece);
    if (page.isTooDeep || tags.isTooLong) break;
    await breathe();
  }
  parser.end();
  const { sheets, isMissed } = await readSheets(page, options);
  const contents = await page.view(sheets, facts, rules, breathe);
  return {
    ...contents,
    ...((isMissed || tags.isTooLong) && { isCut: true }),
    reasonToRender: reasonToRender(signs.view()),
  };
}

/** Hands what the parser meets to the two that read it. */
class Tags {
  readonly #readers: readonly (PageReader | SignReader)[];
  #opened = 0;
  #attributes = 0;

  constructor(...readers: (PageReader | SignReader)[]) {
    this.#readers = readers;
  }

  get isTooLong(): boolean {
    return this.#attributes > maxAttributes;
  }

  onopentagname(): void {
    this.#attributes = 0;
  }

  onattribute(): void {
    this.#attributes++;
  }

  onopentag(name: string, attributes: Attributes): void {
    this.#opened++;
    for (const reader of this.#readers) reader.open(name, attributes);
  }

  ontext(words: string): void {
    for (const reader of this.#readers) reader.text(words);
  }

  onclosetag(name: string): void {
    // A page that is cut off within a tag has this tag closed, though it was never opened.
    if (this.#opened === 0) return;
    this.#opened--;
    for (const reader of this.#readers) reader.close(name);
  }
}

/** The page's own sheets and those that it links or imports. */
async function readSheets(
  page: PageReader,
  { breathe, sheetOf }: ReadOptions,
): Promise<{ readonly sheets: readonly Sheet[]; readonly isMissed: boolean }> {
  const { linked, own, base } = page.sheets();
  const ownSheet = await readSheet(own, breathe);
  const imported = ownSheet.imports.flatMap((address) =>
    URL.canParse(address, base) ? new URL(address, base).href : [],
  );
  const sheets = [ownSheet];
  let isMissed = false;
  for (const url of sheetOf === undefined ? [] : new Set([...linked, ...imported])) {
    const sheet = await sheetOf?.(url);
    if (sheet === 'missed') isMissed = true;
    else if (sheet !== undefined) sheets.push(sheet);
  }
  return { sheets, isMissed };
}
