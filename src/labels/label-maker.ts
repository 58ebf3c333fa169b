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
