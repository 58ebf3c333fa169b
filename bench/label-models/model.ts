// What every way to keep labels in OpenSearch must answer, so that the ways can be compared.
import type { ImageDocument } from '../../src/indexer/image-index.ts';
import type { Label } from '../../src/labels/label-maker.ts';
import type { Ask } from '../server.ts';

export interface Question {
  readonly allOf: readonly { readonly concept: string; readonly minConfidence?: number }[];
  readonly host?: string;
  readonly orderBy: 'CONFIDENCE' | 'DATE';
  /** Goes on after this hit. */
  readonly after?: { readonly confidence: number; readonly id: string };
}
export interface FacetQuestion {
  readonly concept: string;
  readonly minConfidence: number;
}
/** `total` of all that match, `ids` of the first page in order. */
export interface Answer {
  readonly total: number;
  readonly ids: readonly string[];
}
export type Counts = readonly (readonly [concept: string, count: number])[];

export interface LabelModel {
  readonly name: string;
  readonly mapping: object;
  /** Equal confidences of a label are equal here, greater ones greater. */
  fields(labels: readonly Label[]): object;
  search(ask: Ask, index: string, question: Question): Promise<Answer>;
  facets(ask: Ask, index: string, question: FacetQuestion): Promise<Counts>;
}

export const pageSize = 24;
export const facetSize = 20;

/** Fields that are the same in every model. */
export const commonMapping = {
  id: { type: 'keyword' },
  hosts: { type: 'keyword' },
  fetchedAt: { type: 'date' },
  document: { type: 'object', enabled: false },
};
export const commonFields = ({ id, hosts, fetchedAt, labels }: ImageDocument) => ({
  id,
  hosts,
  fetchedAt,
  document: { labels },
});

export interface Found {
  readonly hits: {
    readonly total: { readonly value: number };
    readonly hits: readonly {
      readonly _id: string;
      readonly _source: { readonly document: { readonly labels: readonly Label[] } };
      readonly sort: readonly (number | string)[];
    }[];
  };
}

export const searchPath = (index: string) => `/${index}/_search?request_cache=false`;
export const hostFilter = ({ host }: Question): readonly object[] =>
  host === undefined ? [] : [{ term: { hosts: host } }];
export const byDate = [{ fetchedAt: 'desc' }, { id: 'asc' }];

export const answerOf = ({ hits }: Found): Answer => ({
  total: hits.total.value,
  ids: hits.hits.map(({ _id }) => _id),
});

/** Most frequent first, ties by id. */
export const greatest = (counts: Iterable<readonly [string, number]>): Counts =>
  [...counts]
    .filter(([, count]) => count > 0)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .slice(0, facetSize);
