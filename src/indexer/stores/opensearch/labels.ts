// Labels as numbers: a long for concept and confidence together, so that a range of it is a concept with a least confidence.
import { createHash } from 'node:crypto';

/** Confidences are integers of 200; twice the room that they need lets one histogram count them (sure-labels.ts). */
export const confidenceRoom = 256;
const conceptRoom = 2 * confidenceRoom;
export const maxConfidence = 200;

/** Of concepts that are not WordNet's: below 2^44, so that a label is below 2^53 and stays exact where it becomes a double. */
const hashBits = 43;

/** The digits of a WordNet id; else bits of a hash, above all of those. */
export function conceptNumber(concept: string): number {
  if (/^n\d{8}$/.test(concept)) return Number(concept.slice(1));
  const hash = createHash('sha256').update(concept).digest().readBigUInt64BE();
  return 2 ** hashBits + Number(BigInt.asUintN(hashBits, hash));
}

/** Undefined where the number is that of a hash. */
export const wordNetConcept = (number: number): string | undefined =>
  number < 2 ** hashBits ? `n${String(number).padStart(8, '0')}` : undefined;

export const labelled = (concept: string, confidence: number): number =>
  conceptNumber(concept) * conceptRoom + confidence;

/** All values of `labelled` for the concept of this number with this confidence or more. */
export function labelledRange(number: number, minConfidence: number): { gte: number; lte: number } {
  const least = number * conceptRoom;
  return { gte: least + Math.max(0, minConfidence), lte: least + maxConfidence };
}

/** The concept's name in `ranks` and `ranksDown`: ids may have dots, which names of features must not have. */
export const featureOf = (concept: string): string => String(conceptNumber(concept));
