// What a query orders by: a field, or a score made of whole numbers only, which the floats of a score hold exactly.
import { ImagedexError } from '../../../errors.ts';
import {
  type ImageQuery,
  type LabelCondition,
  type SortKey,
  type TextUnit,
  textTiers,
} from '../../image-index.ts';
import { featureOf, maxConfidence } from './labels.ts';
import { labelHolds, type Query, type Scored, tierHolds, unitConditions } from './query.ts';

/** What a unit scores at most: a tier is worth 200, a label's confidence comes on top of the highest. */
const tierScore = 200;
const labelScore = (textTiers.length + 1) * tierScore;
export const fullScore = labelScore + maxConfidence;

export interface Ranking {
  readonly field: string;
  readonly direction: 'asc' | 'desc';
  /** What gives the score, where that is ordered by. */
  readonly must: readonly Query[];
  readonly scored: Scored;
  keyOf(value: number): SortKey['value'];
  /** NaN where the order cannot have it. */
  valueOf(key: SortKey['value']): number;
}

export function rankingOf(query: ImageQuery): Ranking {
  const { field } = query.orderBy;
  const direction = query.orderBy.direction === 'ASC' ? 'asc' : 'desc';
  const { text = [], labels } = query.filter;
  if (field === 'RELEVANCE' && text.length > 0)
    return {
      field: '_score',
      direction,
      must: text.map((unit) => unitScore(unit, query.minConfidence)),
      scored: 'text',
      keyOf: (score) => relevanceOf(score, text.length),
      valueOf: (key) => Math.round(Number(key) * fullScore * text.length),
    };
  if (field === 'CONFIDENCE' && labels?.allOf?.length) return byLeast(labels.allOf, direction);
  if (field === 'CONFIDENCE' && labels?.anyOf?.length) return byGreatest(labels.anyOf, direction);
  if (field === 'CONFIDENCE' || field === 'SIZE') {
    const column = field === 'SIZE' ? 'pixels' : 'acceptedConfidence';
    return { field: column, direction, must: [], scored: null, keyOf: (value) => value, valueOf: whole };
  }
  return {
    field: 'fetchedAt',
    direction,
    must: [],
    scored: null,
    keyOf: (value) => new Date(value).toISOString(),
    valueOf: (key) => (typeof key === 'string' ? Date.parse(key) : Number.NaN),
  };
}

const whole = (key: SortKey['value']): number => (Number.isSafeInteger(key) ? Number(key) : Number.NaN);

/** Six decimals, so that a cursor carries exactly what was compared. */
export const relevanceOf = (score: number, units: number): number =>
  Math.round((score / (fullScore * units)) * 1e6) / 1e6;

export const tierScoreOf = (place: number): number => (textTiers.length - place) * tierScore;
export const labelScoreOf = (confidence: number): number => labelScore + confidence;

const best = (queries: readonly Query[]): Query =>
  queries.length === 1 ? queries[0]! : { dis_max: { queries } };

/** Exactly what was stored: one more than the confidence. */
const rank = (concept: string): Query => ({
  rank_feature: { field: `ranks.${featureOf(concept)}`, linear: {} },
});

/** The greatest of what its concepts and its tiers score; what nothing matches is not found at all. */
function unitScore(unit: TextUnit, minConfidence: number | undefined): Query {
  const byLabel = unitConditions(unit, minConfidence).map(
    (condition): Query => ({
      bool: {
        must: [
          rank(condition.concept),
          { constant_score: { filter: labelHolds(condition), boost: labelScore - 1 } },
        ],
      },
    }),
  );
  const byTier = textTiers.flatMap((tier, place): Query[] => {
    const filter = tierHolds(unit, tier);
    return filter === undefined ? [] : [{ constant_score: { filter, boost: tierScoreOf(place) } }];
  });
  const queries = [...byLabel, ...byTier];
  return queries.length === 0 ? { match_none: {} } : best(queries);
}

type ByScore = Omit<Ranking, 'direction'>;

/** The greatest of what is lacking is the least confidence: with several labels the score goes the other way round. */
function byLeast(conditions: readonly LabelCondition[], direction: Ranking['direction']): Ranking {
  const concepts = [...new Set(conditions.map(({ concept }) => concept))];
  if (concepts.length === 1) return { ...confidence(rank(concepts[0]!)), direction };
  const lacking = concepts.map(
    (concept): Query => ({ rank_feature: { field: `ranksDown.${featureOf(concept)}`, linear: {} } }),
  );
  return {
    field: '_score',
    direction: direction === 'asc' ? 'desc' : 'asc',
    must: [best(lacking)],
    scored: null,
    keyOf: (score) => maxConfidence + 1 - score,
    valueOf: (key) => maxConfidence + 1 - whole(key),
  };
}

/** Only of labels that hold. */
const byGreatest = (conditions: readonly LabelCondition[], direction: Ranking['direction']): Ranking => ({
  ...confidence(
    best(
      conditions.map((condition) => ({
        bool: { filter: [labelHolds(condition)], must: [rank(condition.concept)] },
      })),
    ),
  ),
  direction,
  scored: 'anyOf',
});

const confidence = (query: Query): ByScore => ({
  field: '_score',
  must: [query],
  scored: null,
  keyOf: (score) => score - 1,
  valueOf: (key) => whole(key) + 1,
});

/** For `search_after`, undefined for the first page. */
export function positionOf({ after }: ImageQuery, ranking: Ranking): [number, string] | undefined {
  if (after === undefined) return undefined;
  const value = ranking.valueOf(after.value);
  if (Number.isFinite(value)) return [value, after.id];
  throw new ImagedexError(
    'invalid_cursor',
    `a page can only go on after a hit of the same query and order; its sort value was ${JSON.stringify(after.value)}`,
  );
}
