// Why a document was found: the labels that a query's conditions and words matched, the same for every store.
import type { Label } from '../labels/label-maker.ts';
import type { ImageDocument, ImageQuery } from './image-index.ts';

type Asked = Pick<ImageQuery, 'filter' | 'minConfidence'>;

export function matchedLabels(document: ImageDocument, { filter, minConfidence }: Asked): Label[] {
  const conditions = [...(filter.labels?.allOf ?? []), ...(filter.labels?.anyOf ?? [])];
  const concepts = new Set(filter.text?.flatMap((unit) => unit.concepts));
  const byCondition = (label: Label) =>
    conditions.some(
      (condition) =>
        condition.concept === label.id &&
        (condition.minConfidence === undefined
          ? label.accepted
          : label.confidence >= condition.minConfidence),
    );
  const byWord = (label: Label) =>
    concepts.has(label.id) &&
    (minConfidence === undefined ? label.accepted : label.confidence >= minConfidence);
  return document.labels.filter((label) => byCondition(label) || byWord(label));
}
