// Globs, matched in time that grows with text and pattern only: a hostile site chooses the texts, and the regular
// expressions that globs are commonly turned into take it minutes for a name of hyphens (docs/decisions/110).
//
// `*` any characters of a name, `?` one, `[a-z]` `[!a-z]` one of them, `{a,b}` either, `**` any folders, `\` takes the
// meaning from what follows. Upper and lower case are the same.

type Token =
  | '*'
  | '?'
  | { readonly literal: string }
  | { readonly ranges: readonly Range[]; readonly isNot: boolean };
type Range = readonly [from: string, to: string];
type Segment = '**' | readonly Token[];

/** The names of a path, one after the other. */
export type Matcher = (names: readonly string[]) => boolean;

const maxPatternLength = 200;
const maxAlternatives = 100;

/** Why a pattern is not taken; undefined where it is. */
export function globProblem(pattern: string): string | undefined {
  if (pattern.length > maxPatternLength) return `at most ${maxPatternLength} characters a glob`;
  const all = alternatives(pattern, maxAlternatives + 1);
  if (all.length > maxAlternatives) return `at most ${maxAlternatives} alternatives in the braces of a glob`;
  const open = isBraceOpen(pattern)
    ? '{'
    : all.some((one) => splitPath(one).some(isClassOpen))
      ? '['
      : undefined;
  if (open === undefined) return undefined;
  const [close, bounds] = open === '{' ? ['}', ''] : [']', ' before the next slash'];
  return `the ${open} of ${pattern} lacks its ${close}${bounds}; \\${open} is the character itself`;
}

/** It would be taken for a letter, and so the glob for another than was meant. */
function isBraceOpen(pattern: string): boolean {
  const letters = [...pattern];
  let depth = 0;
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at];
    if (letter === '\\') at++;
    else if (letter === '[') at = Math.max(at, classEnd(letters, at));
    else if (letter === '{') depth++;
    else if (letter === '}' && depth > 0) depth--;
  }
  return depth > 0;
}

/** Of a name: no class goes over a slash. */
function isClassOpen(name: string): boolean {
  const letters = [...name];
  for (let at = 0; at < letters.length; at++) {
    if (letters[at] === '\\') at++;
    else if (letters[at] === '[') {
      const end = classEnd(letters, at);
      if (end < 0) return true;
      at = end;
    }
  }
  return false;
}

/** `isTree`: also matches whatever lies in a folder that matches. */
export function compileGlob(pattern: string, isTree: boolean): Matcher {
  const globs = alternatives(folded(pattern), maxAlternatives).map((one): readonly Segment[] => [
    ...splitPath(one).map(segmentOf),
    ...(isTree ? (['**'] as const) : []),
  ]);
  return (names) => {
    const letters = names.map((name) => [...folded(name)]);
    return globs.some((glob) => matches(glob, letters, (segment) => segment === '**', isNamed));
  };
}

/** The names of a path, those of nothing left out. */
export const splitPath = (path: string): string[] => path.split('/').filter((name) => name !== '');

// Disks that write é as two characters mean the same name.
const folded = (text: string): string => text.normalize('NFC').toLowerCase();

const isNamed = (segment: Segment, name: readonly string[]): boolean =>
  segment !== '**' && matches(segment, name, (token) => token === '*', isLetter);

function isLetter(token: Token, letter: string): boolean {
  if (token === '?') return true;
  if (token === '*') return false;
  if ('literal' in token) return token.literal === letter;
  return token.ranges.some(([from, to]) => from <= letter && letter <= to) !== token.isNot;
}

/**
 * Whether the pieces of a pattern, of which some stand for any number of items, take all items. Only the last of these is
 * ever gone back to: had an earlier one to take more, the later ones could as well.
 */
function matches<Piece, Item>(
  pieces: readonly Piece[],
  items: readonly Item[],
  isAny: (piece: Piece) => boolean,
  takes: (piece: Piece, item: Item) => boolean,
): boolean {
  let [piece, item] = [0, 0];
  let back: { readonly piece: number; item: number } | undefined;
  while (item < items.length || piece < pieces.length) {
    const one = pieces[piece];
    if (one !== undefined && isAny(one)) back = { piece: ++piece, item };
    else if (one !== undefined && item < items.length && takes(one, items[item]!)) {
      piece++;
      item++;
    } else if (back !== undefined && back.item < items.length) {
      piece = back.piece;
      item = ++back.item;
    } else return false;
  }
  return true;
}

function segmentOf(text: string): Segment {
  if (/^\*{2,}$/.test(text)) return '**';
  const letters = [...text];
  const tokens: Token[] = [];
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at]!;
    const end = letter === '[' ? classEnd(letters, at) : -1;
    if (end > 0) {
      tokens.push(classOf(letters.slice(at + 1, end)));
      at = end;
    } else if (letter === '*' || letter === '?') tokens.push(letter);
    else if (letter === '\\' && at + 1 < letters.length) tokens.push({ literal: letters[++at]! });
    else tokens.push({ literal: letter });
  }
  return tokens;
}

/** Where a class ends; -1 where it does not, and the bracket is a letter like others. */
function classEnd(letters: readonly string[], start: number): number {
  const first = letters[start + 1] === '!' || letters[start + 1] === '^' ? start + 2 : start + 1;
  return letters.indexOf(']', first + 1);
}

function classOf(letters: readonly string[]): Token {
  const isNot = letters[0] === '!' || letters[0] === '^';
  const rest = isNot ? letters.slice(1) : letters;
  const ranges: Range[] = [];
  for (let at = 0; at < rest.length; at++) {
    const isRange = rest[at + 1] === '-' && at + 2 < rest.length;
    ranges.push([rest[at]!, rest[isRange ? at + 2 : at]!]);
    if (isRange) at += 2;
  }
  return { ranges, isNot };
}

/** The pattern without its braces, once for each choice; `most` of them at most. */
function alternatives(pattern: string, most: number): string[] {
  const done: string[] = [];
  const open = [pattern];
  while (open.length > 0 && done.length < most) {
    const one = open.pop()!;
    const braces = firstBraces(one);
    if (braces === undefined) done.push(one);
    else {
      const { start, end, choices } = braces;
      for (const choice of choices.reverse()) open.push(one.slice(0, start) + choice + one.slice(end + 1));
    }
  }
  return done;
}

/** The first pair of braces with a comma in it. */
function firstBraces(text: string): { start: number; end: number; choices: string[] } | undefined {
  for (let start = 0; start < text.length; start++) {
    if (text[start] === '\\') start++;
    else if (text[start] === '{') {
      const found = bracesAt(text, start);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function bracesAt(
  text: string,
  start: number,
): { start: number; end: number; choices: string[] } | undefined {
  const commas = [start];
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const letter = text[at];
    if (letter === '\\') at++;
    else if (letter === '{') depth++;
    else if (letter === ',' && depth === 1) commas.push(at);
    else if (letter === '}' && --depth === 0) {
      if (commas.length === 1) return undefined;
      const ends = [...commas.slice(1), at];
      return { start, end: at, choices: commas.map((comma, index) => text.slice(comma + 1, ends[index])) };
    }
  }
  return undefined;
}
