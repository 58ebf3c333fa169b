// What a query orders by: which numbers, and how they look in a sort key.
import { ImagedexError } from '../../../errors.ts';
import type { ImageQuery, SortKey } from '../../image-index.ts';
import type { After, ColumnOrder } from './page.ts';
import { fullScore } from './postings.ts';

export interface Ranking {
  /** Scores made while matching, or a column. */
  readonly by: 'relevance' | 'confidence' | ColumnOrder;
  keyOf(value: number): SortKey['value'];
  valueOf(key: SortKey['value']): number;
}

/** Six decimals, so that a cursor carries exactly what was compared. */
export const relevanceOf = (score: number, units: number): number =>
  Math.round((score / (fullScore * units)) * 1e6) / 1e6;

export function rankingOf({ orderBy: { field }, filter: { text, labels } }: ImageQuery): Ranking {
  const units = text?.length ?? 0;
  if (field === 'RELEVANCE' && units > 0) {
    return {
      by: 'relevance',
      keyOf: (score) => relevanceOf(score, units),
      valueOf: (key) => Math.round(Number(key) * fullScore * units),
    };
  }
  if (field === 'CONFIDENCE' && (labels?.allOf?.length || labels?.anyOf?.length))
    return { by: 'confidence', keyOf: (score) => score - 1, valueOf: (key) => Number(key) + 1 };
  if (field === 'CONFIDENCE' || field === 'SIZE')
    return { by: field, keyOf: (value) => value, valueOf: Number };
  return {
    by: 'DATE',
    keyOf: (value) => new Date(value).toISOString(),
    valueOf: (key) => (typeof key === 'string' ? Date.parse(key) : Number.NaN),
  };
}

export function readSortKey({ value, id }: SortKey, ranking: Ranking): After {
  const read = ranking.valueOf(value);
  if (Number.isFinite(read)) return { value: read, id };
  throw new ImagedexError(
    'invalid_cursor',
    `a page can only go on after a hit of the same query and order; its sort value was ${JSON.stringify(value)}`,
  );
}
