// How relevant a hit is where it is not what the hits are ordered by: made from the document, by the same numbers.
import { type ImageDocument, type ImageQuery, type TextUnit, textTiers } from '../../image-index.ts';
import { labelScoreOf, relevanceOf, tierScoreOf } from './sort.ts';

/** Null without text. */
export function relevance(
  document: ImageDocument,
  { filter: { text = [] }, minConfidence }: ImageQuery,
): number | null {
  if (text.length === 0) return null;
  const score = text.reduce((sum, unit) => sum + scoreOf(document, unit, minConfidence), 0);
  return relevanceOf(score, text.length);
}

function scoreOf(document: ImageDocument, unit: TextUnit, minConfidence: number | undefined): number {
  const confidences = document.labels
    .filter(
      ({ id, confidence, accepted }) =>
        unit.concepts.includes(id) && (minConfidence === undefined ? accepted : confidence >= minConfidence),
    )
    .map(({ confidence }) => confidence);
  // Any label is worth more than any word.
  if (confidences.length > 0) return labelScoreOf(Math.max(...confidences));
  const place = textTiers.findIndex(
    (tier) =>
      hasPhrase(document.tokens[tier], unit.tokens) ||
      (unit.onWeb !== true && hasPhrase(document.localTokens?.[tier] ?? [], unit.tokens)),
  );
  return place === -1 ? 0 : tierScoreOf(place);
}

const hasPhrase = (tokens: readonly string[], phrase: readonly string[]): boolean =>
  phrase.length > 0 &&
  tokens.some((_, start) => phrase.every((token, place) => tokens[start + place] === token));
