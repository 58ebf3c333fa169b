// Which rows have a label or a phrase. Lists cross from SQLite as one string: a row at a time is ten times slower.
import type { Connection, Value } from '../../../sqlite/binding.ts';
import { type LabelCondition, type TextUnit, textTiers } from '../../image-index.ts';
import { phraseIn } from './words.ts';

/** A number for each row, 0 where it does not match. */
export type Scores = Uint32Array;

/** Of an image index with `rows` rows. */
interface Postings {
  readonly db: Connection;
  readonly collection: number;
  readonly rows: number;
}

/** What a tier adds to a unit's score; a label adds its confidence, an integer of 200, to its own. */
const tierStep = 200;
const labelTier = textTiers.length + 1;
/** The score of a unit that a label matches with certainty: relevance 1. */
export const fullScore = (labelTier + 1) * tierStep;

export function openPostings(db: Connection, collection: number): Postings {
  const last = db.get<{ row: number | null }>('SELECT max(row) AS row FROM image_documents');
  return { db, collection, rows: (last?.row ?? 0) + 1 };
}

export const list = (db: Connection, sql: string, params: readonly Value[]): number[] => {
  const found = db.get<{ list: string | null }>(sql, params)?.list;
  return found ? JSON.parse(`[${found}]`) : [];
};

export interface NumberedLabel {
  readonly no: number;
  /** That have it accepted. */
  readonly images: number;
}

export const findLabel = (db: Connection, collection: number, concept: string): NumberedLabel | undefined =>
  db.get<NumberedLabel & object>(
    "SELECT no, images FROM image_values WHERE collection = ? AND facet = 'label' AND value = ?",
    [collection, concept],
  );

/** Row and confidence in one number. */
const confidences = 256;
const packed = `SELECT group_concat(row * ${confidences} + confidence) AS list FROM image_labels WHERE label = ?`;

/** Raises each row that has the label to `floor` + its confidence. */
function raiseByLabel(scores: Scores, pairs: readonly number[], floor: number): void {
  for (const pair of pairs) {
    const row = Math.floor(pair / confidences);
    const score = floor + (pair % confidences);
    if (scores[row]! < score) scores[row] = score;
  }
}

/** Confidence + 1 of each row that the condition holds for. */
export function scoresOfLabel(postings: Postings, { concept, minConfidence }: LabelCondition): Scores {
  const scores = new Uint32Array(postings.rows);
  const label = findLabel(postings.db, postings.collection, concept)?.no;
  if (label === undefined) return scores;
  const pairs =
    minConfidence === undefined
      ? list(postings.db, `${packed} AND accepted`, [label])
      : list(postings.db, `${packed} AND confidence >= ?`, [label, minConfidence]);
  raiseByLabel(scores, pairs, 1);
  return scores;
}

/** The best that matches each row: its tier × 200, and for a label its confidence too. */
export function scoresOfUnit(postings: Postings, unit: TextUnit, minConfidence: number | undefined): Scores {
  const scores = new Uint32Array(postings.rows);
  for (const concept of unit.concepts) {
    const label = findLabel(postings.db, postings.collection, concept)?.no;
    if (label === undefined) continue;
    const pairs =
      minConfidence === undefined
        ? list(postings.db, `${packed} AND accepted`, [label])
        : list(postings.db, `${packed} AND confidence >= ?`, [label, minConfidence]);
    raiseByLabel(scores, pairs, labelTier * tierStep);
  }
  if (unit.tokens.length === 0) return scores;
  textTiers.forEach((tier, place) => {
    const score = (textTiers.length - place) * tierStep;
    const sql = 'SELECT group_concat(rowid) AS list FROM image_words WHERE image_words MATCH ?';
    for (const row of list(postings.db, sql, [phraseIn(postings.collection, tier, unit)])) {
      if (scores[row]! < score) scores[row] = score;
    }
  });
  return scores;
}
