// rank_features, and a keyword field for each rung of a ladder of confidences: between two rungs, hits are checked again.
import type { Label } from '../../src/labels/label-maker.ts';
import { type Counts, type Found, facetSize, type LabelModel, pageSize, searchPath } from './model.ts';
import { type Condition, isAccepted, rankedBody, rankedSearch, rankFields, rankMapping } from './ranked.ts';

/** Of 200. */
const rungs = [10, 20, 50, 100, 150, 180] as const;
const rungBelow = (confidence: number): number => rungs.findLast((rung) => rung <= confidence) ?? rungs[0];
const fieldOf = (rung: number) => `at${rung}`;

const holds = ({ concept, minConfidence }: Condition): object =>
  minConfidence === undefined
    ? isAccepted(concept)
    : { term: { [fieldOf(rungBelow(minConfidence))]: concept } };

const isSure = (labels: readonly Label[], { concept, minConfidence }: Condition): boolean =>
  minConfidence === undefined ||
  labels.some(({ id, confidence }) => id === concept && confidence >= minConfidence);

export const ladder: LabelModel = {
  name: 'rank_features + ladder',
  mapping: {
    ...rankMapping,
    ...Object.fromEntries(rungs.map((rung) => [fieldOf(rung), { type: 'keyword' }])),
  },
  fields: (labels) => ({
    ...rankFields(labels),
    ...Object.fromEntries(
      rungs.map((rung) => [
        fieldOf(rung),
        labels.filter(({ confidence }) => confidence >= rung).map(({ id }) => id),
      ]),
    ),
  }),
  async search(ask, index, question) {
    const isBetween = question.allOf.some(
      ({ minConfidence }) => minConfidence !== undefined && rungBelow(minConfidence) !== minConfidence,
    );
    if (!isBetween) return rankedSearch(ask, index, question, holds);
    const ids: string[] = [];
    for (let from = 0; ; from += 2 * pageSize) {
      const body = rankedBody(question, holds, 2 * pageSize, from);
      const { hits } = await ask<Found>('POST', searchPath(index), body);
      for (const { _id, _source } of hits.hits) {
        if (question.allOf.every((condition) => isSure(_source.document.labels, condition))) ids.push(_id);
      }
      if (ids.length >= pageSize || hits.hits.length < 2 * pageSize) {
        return { total: hits.total.value, ids: ids.slice(0, pageSize) };
      }
    }
  },
  async facets(ask, index, { concept, minConfidence }): Promise<Counts> {
    const field = fieldOf(rungBelow(minConfidence));
    const { aggregations } = await ask<{
      aggregations: { by: { buckets: { key: string; doc_count: number }[] } };
    }>('POST', searchPath(index), {
      size: 0,
      query: { bool: { filter: [holds({ concept, minConfidence })] } },
      aggs: { by: { terms: { field, size: facetSize, order: [{ _count: 'desc' }, { _key: 'asc' }] } } },
    });
    return aggregations.by.buckets.map(({ key, doc_count }) => [key, doc_count]);
  },
};
