// The commonest search, one label by confidence, answered from the label's own index at any size.
import type { Connection } from '../../../sqlite/binding.ts';
import type { ImageQuery, LabelCondition } from '../../image-index.ts';
import { columnsOf } from './columns.ts';
import type { Collection } from './match.ts';
import { keyset, type Place, type Wanted } from './page.ts';
import { findLabel, type NumberedLabel } from './postings.ts';

/** Undefined where the query asks for anything else. A place's value is the confidence + 1. */
export function bestOfLabel(
  db: Connection,
  collection: Collection,
  query: ImageQuery,
  wanted: Wanted,
): { total: number; places: Place[] } | undefined {
  const condition = onlyLabel(query, collection);
  if (condition === undefined) return undefined;
  const label = findLabel(db, collection.no, condition.concept);
  if (label === undefined) return { total: 0, places: [] };
  const isAsked = condition.minConfidence === undefined ? 'accepted' : 'confidence >= ?';
  const params = [label.no, ...(condition.minConfidence === undefined ? [] : [condition.minConfidence])];
  const next = keyset('confidence', 'id', {
    ...wanted,
    after: wanted.after && { ...wanted.after, value: wanted.after.value - 1 },
  });
  const places = db.all<Place & object>(
    `SELECT row, id, confidence + 1 AS value FROM image_labels WHERE label = ? AND ${isAsked}${next.sql}
     ORDER BY confidence ${wanted.direction}, id LIMIT ?`,
    [...params, ...next.params, wanted.count],
  );
  return { total: count(db, label, condition), places };
}

function onlyLabel(query: ImageQuery, { no }: Collection): LabelCondition | undefined {
  const { text = [], labels = {} } = query.filter;
  const [condition, ...others] = [...(labels.allOf ?? []), ...(labels.anyOf ?? [])];
  const isOnly = others.length + text.length + (labels.noneOf?.length ?? 0) === 0;
  const isPlain = query.orderBy.field === 'CONFIDENCE' && columnsOf(query, no).sql === '';
  return isOnly && isPlain ? condition : undefined;
}

function count(db: Connection, label: NumberedLabel, { minConfidence }: LabelCondition): number {
  if (minConfidence === undefined) return label.images;
  return db.all<{ images: number }>(
    'SELECT count(*) AS images FROM image_labels WHERE label = ? AND confidence >= ?',
    [label.no, minConfidence],
  )[0]!.images;
}
