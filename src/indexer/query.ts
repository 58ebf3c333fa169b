// What people ask, in the terms that every store answers: text units, confidences, and cursors to go on from.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ImagedexError } from '../errors.ts';
import type { Taxonomy } from '../labels/taxonomy.ts';
import { tokens } from '../text.ts';
import type { ImageQuery, SortKey, TextUnit } from './image-index.ts';

/** More than anybody types; what comes after is not looked at. */
const maxUnits = 32;

/**
 * Words as units that must all match: first the longest phrases that name concepts, else word by word. Stop words
 * alone are left out, unless there is nothing else.
 */
export function textUnits(words: string, taxonomy: Pick<Taxonomy, 'resolve' | 'longestName'>): TextUnit[] {
  const all = tokens(words);
  const units = new Map<string, TextUnit>();
  for (let at = 0; at < all.length && units.size < maxUnits; ) {
    const unit = longestUnit(all, at, taxonomy);
    units.set(unit.tokens.join(' '), unit);
    at += unit.tokens.length;
  }
  const telling = [...units.values()].filter((unit) => !isStopWord(unit));
  return telling.length > 0 ? telling : [...units.values()];
}

function longestUnit(
  all: readonly string[],
  at: number,
  { resolve, longestName }: Pick<Taxonomy, 'resolve' | 'longestName'>,
): TextUnit {
  for (let length = Math.min(longestName, all.length - at); length > 0; length--) {
    const phrase = all.slice(at, at + length);
    const concepts = resolve(phrase);
    if (concepts.length > 0) return { concepts, tokens: phrase };
  }
  return { concepts: [], tokens: all.slice(at, at + 1) };
}

/** As tokens. Without `can`, which is also a thing. */
const stopWords = new Set(
  tokens(
    `a an the this that these those and or of in on at by for from to with without into near is are was were be been
     it its as i me my we our you your he his she her they their there here show find picture pictures photo photos
     image images`,
  ),
);
const isStopWord = ({ tokens: [word = '', ...others] }: TextUnit): boolean =>
  others.length === 0 && stopWords.has(word);

/**
 * A fraction from 0 to 1 as an integer of 200, rounded up: exactly the labels whose confidence is at least the fraction
 * have at least the integer. The smallest part is forgiven, as 0.07 × 200 is 14.000000000000002.
 */
export function confidenceOf(fraction: number): number {
  if (!(fraction >= 0 && fraction <= 1)) {
    throw new ImagedexError('usage', `expected a confidence from 0 to 1, got ${fraction}`);
  }
  return Math.max(0, Math.ceil(fraction * 200 - 1e-9));
}

const cursorSchema = z.tuple([z.literal(1), z.string(), z.union([z.number(), z.string()]), z.string()]);

/** Opaque: a version, a mark of the query, the last hit's sort value and id. */
export const encodeCursor = (query: ImageQuery, { value, id }: SortKey): string =>
  Buffer.from(JSON.stringify([1, markOf(query), value, id])).toString('base64url');

/** Throws `invalid_cursor` where it is broken, or comes from another query than this one (or from another version). */
export function decodeCursor(query: ImageQuery, cursor: string): SortKey {
  const [, mark, value, id] = parse(cursor);
  if (mark === markOf(query)) return { value, id };
  throw new ImagedexError(
    'invalid_cursor',
    'the cursor belongs to another query: start again without it when collection, filter or order change',
  );
}

function parse(cursor: string): z.infer<typeof cursorSchema> {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (error) {
    const shown = JSON.stringify(cursor.slice(0, 40));
    throw new ImagedexError('invalid_cursor', `expected a cursor that a search gave, got ${shown}`, {
      cause: error,
    });
  }
}

/** Every hit of a page may be asked for its cursor. */
const marks = new WeakMap<ImageQuery, string>();

/** Of all that decides which hits come in which order; how many are wanted may change from page to page. */
function markOf(query: ImageQuery): string {
  const known = marks.get(query);
  if (known !== undefined) return known;
  const { collection, filter, orderBy, minConfidence } = query;
  const meaning = JSON.stringify([collection, filter, orderBy, minConfidence ?? null], inOrder);
  const mark = createHash('sha256').update(meaning).digest('base64url').slice(0, 16);
  marks.set(query, mark);
  return mark;
}

/** Properties by name: two queries that say the same have the same mark. */
const inOrder = (_: string, value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
