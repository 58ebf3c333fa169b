// Makes labels from scores: pure, so that they can be made again at any time with the same result.
import type { Score } from '../record.ts';
import type { Taxonomy } from './taxonomy.ts';

/** What people search: a concept with a confidence. */
export interface Label {
  readonly id: string;
  readonly name: string;
  /** An integer of 200: half a percent is 1. Every store compares this integer. */
  readonly confidence: number;
  readonly accepted: boolean;
}

const wholeScore = 65_535;
const wholeConfidence = 200;
/** Of the whole: what is less likely is noise that would fill the index. */
const leastShare = 0.05;
/** The one global threshold, an integer of 200: docs/decisions/030-one-threshold.md says why. */
export const acceptedConfidence = 130;

/**
 * Probabilities summed up the tree: 0.3 golden retriever and 0.25 Labrador make 0.55 dog, though there are several ways
 * from one to the other. Greatest first, ties by depth (deeper first), then id. `classNames` names concepts that the
 * taxonomy does not know.
 */
export function makeLabels(
  scores: readonly Score[],
  taxonomy: Taxonomy,
  classNames: (id: string) => string | undefined = () => undefined,
): Label[] {
  const labels: Label[] = [];
  for (const [id, sum] of sums(scores, taxonomy)) {
    if (sum < leastShare * wholeScore || taxonomy.isHidden(id)) continue;
    // Rounded here and nowhere else. Rounding each score to 16 bits can bring a sum a little above the whole.
    const confidence = Math.round((Math.min(sum, wholeScore) * wholeConfidence) / wholeScore);
    const name = taxonomy.get(id)?.names[0] ?? classNames(id) ?? id;
    labels.push({ id, name, confidence, accepted: confidence >= acceptedConfidence });
  }
  return labels.sort((a, b) => b.confidence - a.confidence || byDepth(a, b, taxonomy));
}

/** Of 65,535. Sums of integers: the same in whatever order the scores come. */
export function sums(scores: readonly Score[], taxonomy: Taxonomy): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [concept, score] of scores) {
    for (const id of taxonomy.ancestors(concept)) sums.set(id, (sums.get(id) ?? 0) + score);
  }
  return sums;
}

/** The most specific first; of equally specific ones the most confident. */
export const acceptedLabels = (labels: readonly Label[], taxonomy: Taxonomy): Label[] =>
  labels
    .filter(({ accepted }) => accepted)
    .sort((a, b) => deeper(a, b, taxonomy) || b.confidence - a.confidence || (a.id < b.id ? -1 : 1));

const deeper = (a: Label, b: Label, taxonomy: Taxonomy): number =>
  taxonomy.depth(b.id) - taxonomy.depth(a.id);
const byDepth = (a: Label, b: Label, taxonomy: Taxonomy): number =>
  deeper(a, b, taxonomy) || (a.id < b.id ? -1 : 1);
