// What a query asks as queries of OpenSearch: conditions that hold or not, without scores.
import {
  type ImageFilter,
  type ImageQuery,
  type LabelCondition,
  type Range,
  type TextTier,
  type TextUnit,
  textTiers,
} from '../../image-index.ts';
import { conceptNumber, labelledRange } from './labels.ts';
import { tokenText } from './token-text.ts';

export type Query = Readonly<Record<string, unknown>>;
export type Filters = Pick<ImageQuery, 'collection' | 'filter' | 'minConfidence'>;

const term = (field: string, value: string): Query => ({ term: { [field]: value } });
const terms = (field: string, values: readonly string[]): Query => ({ terms: { [field]: values } });

/** The label has the confidence that is asked for, or is accepted. */
export const labelHolds = ({ concept, minConfidence }: LabelCondition): Query =>
  minConfidence === undefined
    ? term('accepted', concept)
    : { range: { labelled: labelledRange(conceptNumber(concept), minConfidence) } };

/** The tokens one after the other in the words of a tier; undefined where there are none. */
export function tierHolds({ tokens, onWeb }: TextUnit, tier: TextTier): Query | undefined {
  if (tokens.length === 0) return undefined;
  const fields = [`tokens.${tier}`, ...(onWeb === true ? [] : [`localTokens.${tier}`])];
  const text = tokenText(tokens);
  return either(
    fields.map((field) =>
      text.includes(' ') ? { match_phrase: { [field]: text } } : { term: { [field]: text } },
    ),
  );
}

export const either = ([first, ...others]: readonly Query[]): Query =>
  first === undefined
    ? { match_none: {} }
    : others.length === 0
      ? first
      : { bool: { should: [first, ...others], minimum_should_match: 1 } };

export const unitConditions = ({ concepts }: TextUnit, minConfidence: number | undefined) =>
  concepts.map(
    (concept): LabelCondition => ({ concept, ...(minConfidence !== undefined && { minConfidence }) }),
  );

function unitHolds(unit: TextUnit, minConfidence: number | undefined): Query {
  const byTier = textTiers.map((tier) => tierHolds(unit, tier)).filter((query) => query !== undefined);
  return either([...unitConditions(unit, minConfidence).map(labelHolds), ...byTier]);
}

/** What a score is made of also says what is found: it is not asked twice. */
export type Scored = 'text' | 'anyOf' | null;

/** All that a query's documents have in common, without scores. */
export function conditionsOf(
  { collection, filter, minConfidence }: Filters,
  scored: Scored = null,
): { readonly filter: readonly Query[]; readonly must_not: readonly Query[] } {
  const { labels = {}, text = [], formats = [], hosts = [], fetchedAt = {} } = filter;
  const { allOf = [], anyOf = [], noneOf = [] } = labels;
  const least = asksNothing(filter) ? minConfidence : undefined;
  return {
    filter: [
      term('collection', collection),
      ...allOf.map(labelHolds),
      ...(anyOf.length > 0 && scored !== 'anyOf' ? [either(anyOf.map(labelHolds))] : []),
      ...(scored === 'text' ? [] : text.map((unit) => unitHolds(unit, minConfidence))),
      ...(formats.length > 0 ? [terms('format', formats)] : []),
      ...(hosts.length > 0 ? [terms('hosts', hosts)] : []),
      ...range('width', filter.width),
      ...range('height', filter.height),
      ...range('sizeBytes', filter.sizeBytes),
      ...range('fetchedAt', { gte: time(fetchedAt.gte), lt: time(fetchedAt.lt) }),
      ...range('topConfidence', { gte: least }),
    ],
    must_not: noneOf.map(labelHolds),
  };
}

/** Neither words nor labels: then a least confidence asks for any label that has it. */
const asksNothing = ({ text, labels }: ImageFilter): boolean =>
  !text?.length && !labels?.allOf?.length && !labels?.anyOf?.length;

type Bounds = { readonly [B in keyof Range | 'lt']?: number | undefined };

const range = (field: string, bounds: Bounds = {}): readonly Query[] => {
  const given = Object.entries(bounds).filter(([, bound]) => bound !== undefined);
  return given.length === 0 ? [] : [{ range: { [field]: Object.fromEntries(given) } }];
};

const time = (timestamp: string | undefined): number | undefined =>
  timestamp === undefined ? undefined : Date.parse(timestamp);
