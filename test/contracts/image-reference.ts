// The port's words as plain loops over all documents: what every store must answer.
import {
  type Facets,
  type ImageDocument,
  type ImageQuery,
  type LabelCondition,
  type TextUnit,
  textTiers,
} from '../../src/indexer/image-index.ts';
import type { Label } from '../../src/labels/label-maker.ts';

export interface ReferenceHit {
  readonly id: string;
  readonly relevance: number | null;
  readonly matched: readonly string[];
}

type Asked = Pick<ImageQuery, 'collection' | 'filter' | 'minConfidence'>;

const holds = (label: Label, minConfidence: number | undefined) =>
  minConfidence === undefined ? label.accepted : label.confidence >= minConfidence;

const matching = (document: ImageDocument, { concept, minConfidence }: LabelCondition) =>
  document.labels.find((label) => label.id === concept && holds(label, minConfidence));

const hasPhrase = (tokens: readonly string[], phrase: readonly string[]) =>
  phrase.length > 0 &&
  tokens.some((_, start) => phrase.every((token, place) => tokens[start + place] === token));

/** 0 where it does not match. */
function unitScore(
  document: ImageDocument,
  { concepts, tokens, onWeb }: TextUnit,
  least: number | undefined,
): number {
  const byLabel = document.labels
    .filter((label) => concepts.includes(label.id) && holds(label, least))
    .map(({ confidence }) => (6 + confidence / 200) / 7);
  const { localTokens } = document;
  const byTier = textTiers.map((tier, place) =>
    hasPhrase(document.tokens[tier], tokens) ||
    (onWeb !== true && localTokens !== undefined && hasPhrase(localTokens[tier], tokens))
      ? (5 - place) / 7
      : 0,
  );
  return Math.max(0, ...byLabel, ...byTier);
}

const within = (value: number, range: { gte?: number; lte?: number } = {}) =>
  value >= (range.gte ?? -Infinity) && value <= (range.lte ?? Infinity);

function isFound(document: ImageDocument, { collection, filter, minConfidence }: Asked): boolean {
  const { allOf = [], anyOf = [], noneOf = [] } = filter.labels ?? {};
  const text = filter.text ?? [];
  const isBare = text.length + allOf.length + anyOf.length === 0;
  const { gte = '', lt = '9' } = filter.fetchedAt ?? {};
  return (
    document.collection === collection &&
    allOf.every((condition) => matching(document, condition)) &&
    (anyOf.length === 0 || anyOf.some((condition) => matching(document, condition))) &&
    !noneOf.some((condition) => matching(document, condition)) &&
    text.every((unit) => unitScore(document, unit, minConfidence) > 0) &&
    (!filter.formats?.length || filter.formats.includes(document.format)) &&
    (!filter.hosts?.length || filter.hosts.some((host) => document.hosts.includes(host))) &&
    within(document.width, filter.width) &&
    within(document.height, filter.height) &&
    within(document.sizeBytes, filter.sizeBytes) &&
    document.fetchedAt >= gte &&
    document.fetchedAt < lt &&
    (!isBare ||
      minConfidence === undefined ||
      document.labels.some((label) => label.confidence >= minConfidence))
  );
}

function relevanceOf(
  document: ImageDocument,
  { filter: { text = [] }, minConfidence }: ImageQuery,
): number | null {
  if (text.length === 0) return null;
  const scores = text.map((unit) => unitScore(document, unit, minConfidence));
  return Math.round((scores.reduce((a, b) => a + b) / text.length) * 1e6) / 1e6;
}

function sortValue(document: ImageDocument, query: ImageQuery): number {
  const { allOf = [], anyOf = [] } = query.filter.labels ?? {};
  const confidences = (conditions: readonly LabelCondition[]) =>
    conditions.flatMap((condition) => matching(document, condition)?.confidence ?? []);
  switch (query.orderBy.field) {
    case 'SIZE':
      return document.width * document.height;
    case 'CONFIDENCE':
      if (allOf.length > 0) return Math.min(...confidences(allOf));
      if (anyOf.length > 0) return Math.max(...confidences(anyOf));
      return Math.max(
        0,
        ...document.labels.filter(({ accepted }) => accepted).map((label) => label.confidence),
      );
    default: {
      const relevance = query.orderBy.field === 'RELEVANCE' ? relevanceOf(document, query) : null;
      return relevance ?? Date.parse(document.fetchedAt);
    }
  }
}

export function referenceHits(documents: readonly ImageDocument[], query: ImageQuery): ReferenceHit[] {
  const { filter, minConfidence, orderBy } = query;
  const conditions = [...(filter.labels?.allOf ?? []), ...(filter.labels?.anyOf ?? [])];
  const concepts = (filter.text ?? []).flatMap((unit) => unit.concepts);
  const sign = orderBy.direction === 'ASC' ? 1 : -1;
  return documents
    .filter((document) => isFound(document, query))
    .map((document) => ({ document, value: sortValue(document, query) }))
    .sort((a, b) => sign * (a.value - b.value) || (a.document.id < b.document.id ? -1 : 1))
    .map(({ document }) => ({
      id: document.id,
      relevance: relevanceOf(document, query),
      matched: document.labels
        .filter(
          (label) =>
            conditions.some((asked) => asked.concept === label.id && holds(label, asked.minConfidence)) ||
            (concepts.includes(label.id) && holds(label, minConfidence)),
        )
        .map(({ id }) => id),
    }));
}

export function referenceFacets(documents: readonly ImageDocument[], query: Asked, limit: number): Facets {
  const found = documents.filter((document) => isFound(document, query));
  const count = (values: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
    return [...counts]
      .map(([value, count]) => ({ value, count }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
      .slice(0, limit);
  };
  return {
    labels: count(
      found.flatMap(({ labels }) =>
        labels.filter((label) => holds(label, query.minConfidence)).map(({ id }) => id),
      ),
    ),
    formats: count(found.map(({ format }) => format)),
    hosts: count(found.flatMap((document) => document.hosts)),
  };
}
