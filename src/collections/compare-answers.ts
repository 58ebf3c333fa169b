// Asks two image indices the same questions about a collection: do they give the same answers?
import { isDeepStrictEqual } from 'node:util';
import type {
  Facets,
  ImageFilter,
  ImageIndex,
  ImageQuery,
  Order,
  SearchResult,
} from '../indexer/image-index.ts';

export interface Comparison {
  readonly questions: number;
  /** The first that was answered otherwise; null where none was. */
  readonly difference: string | null;
}

const first = 50;
const mostFacets = 20;
const mostLabels = 10;
const orders: readonly Order[] = [
  { field: 'DATE', direction: 'DESC' },
  { field: 'SIZE', direction: 'ASC' },
  { field: 'CONFIDENCE', direction: 'DESC' },
];

export async function compareAnswers(
  one: ImageIndex,
  other: ImageIndex,
  collection: string,
): Promise<Comparison> {
  const all = { collection, filter: {} };
  const [facets, otherFacets] = await Promise.all([
    one.facets(all, mostFacets),
    other.facets(all, mostFacets),
  ]);
  let questions = 1;
  if (!isDeepStrictEqual(facets, otherFacets))
    return { questions, difference: 'the counts of labels, formats and hosts' };
  for (const { name, query } of questionsAbout(collection, facets)) {
    questions++;
    const [answer, otherAnswer] = await Promise.all([one.search(query), other.search(query)]);
    if (!isDeepStrictEqual(told(answer), told(otherAnswer))) return { questions, difference: name };
  }
  return { questions, difference: null };
}

function* questionsAbout(
  collection: string,
  { labels, formats, hosts }: Facets,
): Generator<{ readonly name: string; readonly query: ImageQuery }> {
  const ask = (name: string, filter: ImageFilter, orderBy: Order) => ({
    name: `${name} by ${orderBy.field}, ${orderBy.direction}`,
    query: { collection, filter, orderBy, first },
  });
  for (const order of orders) yield ask('all images', {}, order);
  for (const { value } of labels.slice(0, mostLabels)) {
    yield ask(`label ${value}`, { labels: { allOf: [{ concept: value }] } }, orders[2]!);
    const half = { concept: value, minConfidence: 100 };
    yield ask(`label ${value} of at least 0.5`, { labels: { anyOf: [half] } }, orders[2]!);
    yield ask(`all without label ${value}`, { labels: { noneOf: [{ concept: value }] } }, orders[0]!);
  }
  for (const { value } of formats)
    yield ask(
      `format ${value}`,
      { formats: [value as NonNullable<ImageFilter['formats']>[number]] },
      orders[1]!,
    );
  for (const { value } of hosts.slice(0, mostLabels))
    yield ask(`host ${value}`, { hosts: [value] }, orders[0]!);
}

/** A total that is a lower bound may be another one there. */
const told = ({ hits, totalCount: { value, relation }, hasMore }: SearchResult) => ({
  total: relation === 'EQ' ? value : null,
  hasMore,
  hits: hits.map(({ document, sortKey }) => [document.id, document.revision, sortKey.value]),
});
