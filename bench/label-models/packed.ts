// rank_features, and a long for each label: the number of its concept · 512 + its confidence.
import { type Counts, greatest, type LabelModel, searchPath } from './model.ts';
import { type Condition, isAccepted, rankedSearch, rankFields, rankMapping } from './ranked.ts';

/** For the confidences of one concept, and as much again that stays empty. */
const room = 512;
const numberOf = (concept: string): number => Number(concept.slice(1));
const conceptOf = (number: number): string => `n${String(number).padStart(8, '0')}`;

const holds = ({ concept, minConfidence }: Condition): object =>
  minConfidence === undefined
    ? isAccepted(concept)
    : {
        range: {
          labelled: { gte: numberOf(concept) * room + minConfidence, lte: numberOf(concept) * room + 200 },
        },
      };

export const packed: LabelModel = {
  name: 'rank_features + long',
  mapping: { ...rankMapping, labelled: { type: 'long' } },
  fields: (labels) => ({
    ...rankFields(labels),
    labelled: labels.map(({ id, confidence }) => numberOf(id) * room + confidence),
  }),
  search: (ask, index, question) => rankedSearch(ask, index, question, holds),
  /**
   * One histogram, exact: its buckets are half a concept wide and begin at the least confidence, so that every second one
   * holds what is sure of a concept, and those between hold what is not sure of the next.
   */
  async facets(ask, index, { concept, minConfidence }): Promise<Counts> {
    const histogram = {
      field: 'labelled',
      interval: room / 2,
      offset: minConfidence,
      min_doc_count: 1,
    };
    const { aggregations } = await ask<{
      aggregations: { by: { buckets: { key: number; doc_count: number }[] } };
    }>('POST', searchPath(index), {
      size: 0,
      query: { bool: { filter: [holds({ concept, minConfidence })] } },
      aggs: { by: { histogram } },
    });
    return greatest(
      aggregations.by.buckets.flatMap(({ key, doc_count }) =>
        (key - minConfidence) % room === 0
          ? [[conceptOf((key - minConfidence) / room), doc_count] as const]
          : [],
      ),
    );
  },
};
