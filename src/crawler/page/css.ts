// What a style sheet paints with: the pictures of its rules, and what a page must have for each rule to apply.
import { type CSSToken, type TokenFunction, TokenType, tokenizer } from '@csstools/css-tokenizer';
import { candidateOf, isTemplate } from './finds.ts';
import type { Candidate } from './srcset.ts';

export interface Painted {
  /** The files of one picture. */
  readonly candidates: readonly Candidate[];
  /** For each selector the names that must all be on the page: `div`, `.hero`, `#top`. Empty: it may always apply. */
  readonly needs: readonly (readonly string[])[];
}

export interface Sheet {
  readonly painted: readonly Painted[];
  /** Addresses of the sheets that it imports. */
  readonly imports: readonly string[];
}

const painting =
  /^(background(-image)?|content|list-style(-image)?|border-image(-source)?|mask(-image)?|--.*)$/i;
const maxPainted = 2000;
const maxImports = 10;
/** Tokens of one statement: more are no sheet that anybody wrote. */
const maxStatement = 20_000;
const maxValueLength = 20_000;
/** Tokens between two moments for other work. */
const breathEvery = 5000;

export async function readSheet(css: string, breathe: () => Promise<void>): Promise<Sheet> {
  const scan = new SheetScan();
  const tokens = tokenizer({ css });
  for (let count = 1; !tokens.endOfFile(); count++) {
    scan.take(tokens.nextToken());
    if (count % breathEvery === 0) await breathe();
  }
  return scan.end();
}

/** The pictures of an inline style, or of a value that is written like one. */
export function paintedBy(style: string): Painted[] {
  if (style.length > maxValueLength || !/url\(|image-set\(/i.test(style)) return [];
  const scan = new SheetScan();
  const tokens = tokenizer({ css: style });
  while (!tokens.endOfFile()) scan.take(tokens.nextToken());
  return [...scan.end().painted];
}

const isBlank = ([type]: CSSToken): boolean => type === TokenType.Whitespace || type === TokenType.Comment;

class SheetScan {
  readonly #painted: Painted[] = [];
  readonly #imports: string[] = [];
  /** Of the blocks that are open, the innermost last: undefined where no rule's pictures are painted. */
  readonly #blocks: (readonly (readonly string[])[] | undefined)[] = [];
  #statement: CSSToken[] = [];

  take(token: CSSToken): void {
    const [type] = token;
    if (type === TokenType.OpenCurly) this.#open();
    else if (type === TokenType.CloseCurly) {
      this.#finish();
      this.#blocks.pop();
    } else if (type === TokenType.Semicolon) this.#finish();
    else if (this.#statement.length < maxStatement && !(isBlank(token) && this.#statement.length === 0))
      this.#statement.push(token);
  }

  end(): Sheet {
    this.#finish();
    return { painted: this.#painted, imports: this.#imports };
  }

  #open(): void {
    const [first] = this.#statement;
    const outer = this.#blocks.length === 0 ? [] : this.#blocks.at(-1);
    let block = outer;
    if (first?.[0] === TokenType.AtKeyword) {
      // A font or an animation paints nothing by itself; media, layers and their like are as what is around them.
      if (/^@(font-face|.*keyframes|page|counter-style|font-.*)$/i.test(first[1])) block = undefined;
    } else if (outer !== undefined) block = needsOf(this.#statement);
    this.#blocks.push(block);
    this.#statement = [];
  }

  #finish(): void {
    const statement = this.#statement;
    this.#statement = [];
    const [first] = statement;
    if (first?.[0] === TokenType.AtKeyword) this.#import(statement);
    else if (first?.[0] === TokenType.Ident && painting.test(first[4].value)) {
      const colon = statement.findIndex(([type]) => type === TokenType.Colon);
      const needs = this.#blocks.length === 0 ? [] : this.#blocks.at(-1);
      if (colon < 0 || needs === undefined) return;
      for (const candidates of layers(statement.slice(colon + 1))) {
        if (this.#painted.length < maxPainted) this.#painted.push({ candidates, needs });
      }
    }
  }

  #import(statement: readonly CSSToken[]): void {
    const [keyword, ...rest] = statement;
    if (this.#blocks.length > 0 || keyword?.[1].toLowerCase() !== '@import') return;
    const address = firstAddress(rest);
    if (address !== undefined && this.#imports.length < maxImports) this.#imports.push(address);
  }
}

/** The first address: `url(a.png)`, `url("a.png")` or "a.png". */
function firstAddress(tokens: readonly CSSToken[]): string | undefined {
  for (const token of tokens) {
    if (token[0] === TokenType.URL || token[0] === TokenType.String) return token[4].value;
    const isUrl = token[0] === TokenType.Function && token[4].value.toLowerCase() === 'url';
    if (!isUrl && !isBlank(token)) return undefined;
  }
  return undefined;
}

const isSet = (token: CSSToken): token is TokenFunction =>
  token[0] === TokenType.Function && /^(-webkit-)?image-set$/i.test(token[4].value);

/** The pictures of a value, each with its files: one in an image-set may have several. */
function layers(value: readonly CSSToken[]): Candidate[][] {
  const found: Candidate[][] = [];
  let set: { readonly depth: number; readonly candidates: Candidate[] } | undefined;
  let depth = 0;
  let isUrl = false;
  for (const token of value) {
    const [type] = token;
    if (type === TokenType.Function || type === TokenType.OpenParen) {
      depth++;
      isUrl = type === TokenType.Function && token[4].value.toLowerCase() === 'url';
      if (set === undefined && isSet(token)) set = { depth, candidates: [] };
      continue;
    }
    if (type === TokenType.CloseParen) {
      if (set?.depth === depth) {
        if (set.candidates.length > 0) found.push(set.candidates);
        set = undefined;
      }
      depth--;
    } else if (type === TokenType.URL || (type === TokenType.String && (isUrl || set?.depth === depth))) {
      const address = token[4].value;
      if (!isPicture(address)) continue;
      if (set === undefined) found.push([candidateOf(address)]);
      else set.candidates.push(candidateOf(address));
    } else if (type === TokenType.Dimension && set?.depth === depth) dense(set.candidates, token[4]);
    if (!isBlank(token)) isUrl = false;
  }
  return found;
}

function dense(candidates: Candidate[], { value, unit }: { value: number; unit: string }): void {
  const last = candidates.at(-1);
  const density = unit.toLowerCase() === 'dpi' ? value / 96 : value;
  if (last !== undefined && /^(x|dppx|dpi)$/i.test(unit)) candidates.splice(-1, 1, { ...last, density });
}

/** Drawings that are written into a sheet, references within the page and fonts are none. */
const isPicture = (address: string): boolean =>
  address.trim() !== '' && !/^\s*(data|blob|about|javascript):|^\s*#/i.test(address) && !isTemplate(address);

/** The names that each selector of a rule asks for, those within functions such as :not() left out. */
function needsOf(prelude: readonly CSSToken[]): string[][] {
  const selectors: string[][] = [[]];
  let depth = 0;
  let before: CSSToken | undefined;
  for (const token of prelude) {
    const [type] = token;
    if (type === TokenType.Function || type === TokenType.OpenParen || type === TokenType.OpenSquare) depth++;
    else if (type === TokenType.CloseParen || type === TokenType.CloseSquare) depth--;
    else if (depth > 0) continue;
    else if (type === TokenType.Comma) selectors.push([]);
    else if (type === TokenType.Hash) selectors.at(-1)?.push(`#${token[4].value}`);
    else if (type === TokenType.Ident && before?.[0] !== TokenType.Colon) {
      const isClass = before?.[0] === TokenType.Delim && before[4].value === '.';
      selectors.at(-1)?.push(isClass ? `.${token[4].value}` : token[4].value.toLowerCase());
    }
    before = token;
  }
  return selectors;
}

/** Whether the page has what one of the rule's selectors asks for. */
export const applies = ({ needs }: Painted, names: ReadonlySet<string> | null): boolean =>
  names === null || needs.length === 0 || needs.some((all) => all.every((name) => names.has(name)));
