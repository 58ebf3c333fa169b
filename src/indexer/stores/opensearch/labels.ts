// Labels as numbers: a long for concept and confidence together, so that a range of it is a concept with a least confidence.
import { createHash } from 'node:crypto';

/** Confidences are integers of 200: they fit below this. */
const confidences = 256;
export const maxConfidence = 200;

/** The digits of a WordNet id; else 44 bits of a hash, above all of those. Below 2^45: with a confidence still exact. */
export function conceptNumber(concept: string): number {
  if (/^n\d{8}$/.test(concept)) return Number(concept.slice(1));
  const hash = createHash('sha256').update(concept).digest();
  return 2 ** 44 + (hash.readUIntBE(0, 6) >>> 0) + (hash.readUIntBE(0, 6) % 2 ** 12) * 2 ** 32;
}

export const labelled = (concept: string, confidence: number): number =>
  conceptNumber(concept) * confidences + confidence;

/** All values of `labelled` for the concept with this confidence or more. */
export const labelledRange = (concept: string, minConfidence: number): { gte: number; lte: number } => ({
  gte: labelled(concept, Math.max(0, minConfidence)),
  lte: labelled(concept, confidences - 1),
});

/** The concept's name in `ranks` and `ranksDown`: ids may have dots, which names of features must not have. */
export const featureOf = (concept: string): string => String(conceptNumber(concept));
