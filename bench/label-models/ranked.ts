// Ways that order by rank_features, and differ in how they tell which labels are sure enough.
import type { Label } from '../../src/labels/label-maker.ts';
import type { Ask } from '../server.ts';
import { answerOf, byDate, type Found, hostFilter, pageSize, type Question, searchPath } from './model.ts';

export type Condition = Question['allOf'][number];

export const rankMapping = {
  accepted: { type: 'keyword' },
  ranks: { type: 'rank_features' },
  ranksDown: { type: 'rank_features' },
};

/** Integers under 512 are kept exactly. */
export const rankFields = (labels: readonly Label[]) => ({
  accepted: labels.filter(({ accepted }) => accepted).map(({ id }) => id),
  ranks: Object.fromEntries(labels.map(({ id, confidence }) => [id, confidence + 1])),
  ranksDown: Object.fromEntries(labels.map(({ id, confidence }) => [id, 201 - confidence])),
});

const rank = (field: 'ranks' | 'ranksDown', concept: string): object => ({
  rank_feature: { field: `${field}.${concept}`, linear: {} },
});

export const isAccepted = (concept: string): object => ({ term: { accepted: concept } });

/** The least of several: what each lacks, the greatest of that, ascending. */
export function rankedBody(
  question: Question,
  holds: (condition: Condition) => object,
  size = pageSize,
  from = 0,
): object {
  const { allOf, orderBy, after } = question;
  const byConfidence = orderBy === 'CONFIDENCE';
  const scored = !byConfidence
    ? []
    : allOf.length === 1
      ? [rank('ranks', allOf[0]!.concept)]
      : [{ dis_max: { queries: allOf.map(({ concept }) => rank('ranksDown', concept)) } }];
  return {
    size,
    ...(from === 0 ? {} : { from }),
    track_total_hits: true,
    _source: 'document',
    query: { bool: { must: scored, filter: [...allOf.map(holds), ...hostFilter(question)] } },
    sort: byConfidence ? [{ _score: allOf.length === 1 ? 'desc' : 'asc' }, { id: 'asc' }] : byDate,
    ...(after === undefined ? {} : { search_after: [after.confidence + 1, after.id] }),
  };
}

export const rankedSearch = async (
  ask: Ask,
  index: string,
  question: Question,
  holds: (condition: Condition) => object,
) => answerOf(await ask<Found>('POST', searchPath(index), rankedBody(question, holds)));
