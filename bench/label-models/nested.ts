// Each label is a hidden document of its own.
import {
  answerOf,
  byDate,
  type Counts,
  type Found,
  facetSize,
  hostFilter,
  type LabelModel,
  pageSize,
  type Question,
  searchPath,
} from './model.ts';

type Condition = Question['allOf'][number];

const holds = ({ concept, minConfidence }: Condition): object => ({
  bool: {
    filter: [
      { term: { 'labels.id': concept } },
      minConfidence === undefined
        ? { term: { 'labels.accepted': true } }
        : { range: { 'labels.confidence': { gte: minConfidence } } },
    ],
  },
});
const nestedFilter = (condition: Condition): object => ({
  nested: { path: 'labels', query: holds(condition) },
});

/** The confidence of one label is a sort value; the least of several is a score, ascending, of what they lack. */
function ordered({ allOf, orderBy }: Question): { readonly scored: object[]; readonly sort: object[] } {
  if (orderBy === 'DATE') return { scored: [], sort: byDate };
  if (allOf.length === 1) {
    const nested = { path: 'labels', filter: { term: { 'labels.id': allOf[0]!.concept } } };
    return { scored: [], sort: [{ 'labels.confidence': { order: 'desc', nested } }, { id: 'asc' }] };
  }
  const lacks = allOf.map((condition) => ({
    nested: {
      path: 'labels',
      score_mode: 'max',
      query: {
        function_score: {
          query: holds(condition),
          field_value_factor: { field: 'labels.lacking' },
          boost_mode: 'replace',
        },
      },
    },
  }));
  return { scored: [{ dis_max: { queries: lacks } }], sort: [{ _score: 'asc' }, { id: 'asc' }] };
}

export const nested: LabelModel = {
  name: 'nested',
  mapping: {
    labels: {
      type: 'nested',
      properties: {
        id: { type: 'keyword' },
        confidence: { type: 'short' },
        lacking: { type: 'short' },
        accepted: { type: 'boolean' },
      },
    },
  },
  fields: (labels) => ({
    labels: labels.map(({ id, confidence, accepted }) => ({
      id,
      confidence,
      lacking: 201 - confidence,
      accepted,
    })),
  }),
  async search(ask, index, question) {
    const { scored, sort } = ordered(question);
    const { after } = question;
    return answerOf(
      await ask<Found>('POST', searchPath(index), {
        size: pageSize,
        track_total_hits: true,
        _source: 'document',
        query: {
          bool: { must: scored, filter: [...question.allOf.map(nestedFilter), ...hostFilter(question)] },
        },
        sort,
        ...(after === undefined ? {} : { search_after: [after.confidence, after.id] }),
      }),
    );
  },
  async facets(ask, index, { concept, minConfidence }): Promise<Counts> {
    const sure = { range: { 'labels.confidence': { gte: minConfidence } } };
    const byConcept = {
      terms: { field: 'labels.id', size: facetSize, order: [{ _count: 'desc' }, { _key: 'asc' }] },
    };
    const { aggregations } = await ask<{
      aggregations: { all: { sure: { by: { buckets: { key: string; doc_count: number }[] } } } };
    }>('POST', searchPath(index), {
      size: 0,
      query: nestedFilter({ concept, minConfidence }),
      aggs: {
        all: { nested: { path: 'labels' }, aggs: { sure: { filter: sure, aggs: { by: byConcept } } } },
      },
    });
    return aggregations.all.sure.by.buckets.map(({ key, doc_count }) => [key, doc_count]);
  },
};
