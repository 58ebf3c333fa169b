// rank_features, and a keyword for each label: its concept and its confidence in three digits.
import { type Counts, greatest, type LabelModel, searchPath } from './model.ts';
import { type Condition, isAccepted, rankedSearch, rankFields, rankMapping } from './ranked.ts';

const pairOf = (concept: string, confidence: number): string =>
  `${concept}:${String(confidence).padStart(3, '0')}`;

const holds = ({ concept, minConfidence }: Condition): object =>
  minConfidence === undefined
    ? isAccepted(concept)
    : { range: { labelled: { gte: pairOf(concept, minConfidence), lte: pairOf(concept, 200) } } };

export const pairs: LabelModel = {
  name: 'rank_features + keyword pairs',
  mapping: { ...rankMapping, labelled: { type: 'keyword' } },
  fields: (labels) => ({
    ...rankFields(labels),
    labelled: labels.map(({ id, confidence }) => pairOf(id, confidence)),
  }),
  search: (ask, index, question) => rankedSearch(ask, index, question, holds),
  /** An image has one pair of a concept, so that the counts of its pairs can be added. */
  async facets(ask, index, { concept, minConfidence }): Promise<Counts> {
    const { aggregations } = await ask<{
      aggregations: { by: { buckets: { key: string; doc_count: number }[] } };
    }>('POST', searchPath(index), {
      size: 0,
      query: { bool: { filter: [holds({ concept, minConfidence })] } },
      aggs: { by: { terms: { field: 'labelled', size: 65_000 } } },
    });
    const counts = new Map<string, number>();
    for (const { key, doc_count } of aggregations.by.buckets) {
      const [id = '', confidence] = key.split(':');
      if (Number(confidence) >= minConfidence) counts.set(id, (counts.get(id) ?? 0) + doc_count);
    }
    return greatest(counts);
  },
};
