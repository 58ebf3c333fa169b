// Reads a page of HTML as it streams by: the images that it shows with the words around them, and its links.
import { readSheet, type Sheet } from './page/css.ts';
import type { PageFacts } from './page/json-ld.ts';
import { noRules, type PageRules } from './page/marks.ts';
import { type PageContents, PageReader } from './page/reader.ts';
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
  // A page that is cut off within a tag has this tag closed, though it was never opened.
  let opened = 0;
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        opened++;
        page.open(name, attributes);
        signs.open(name, attributes);
      },
      ontext: (words) => {
        page.text(words);
        signs.text(words);
      },
      onclosetag: (name) => {
        if (opened === 0) return;
        opened--;
        page.close(name);
        signs.close(name);
      },
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  for (const piece of text) {
    parser.write(piece);
    if (page.isTooDeep) break;
    await breathe();
  }
  parser.end();
  const { sheets, isMissed } = await readSheets(page, options);
  const contents = await page.view(sheets, facts, rules, breathe);
  return {
    ...contents,
    ...(isMissed && { isCut: true }),
    reasonToRender: reasonToRender(signs.view()),
  };
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
