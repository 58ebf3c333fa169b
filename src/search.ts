// A search as people put it: words and label names in, hits out.
import { ImagedexError } from './errors.ts';
import type { ImageIndex, LabelCondition, SearchResult } from './indexer/image-index.ts';
import { confidenceOf, textUnits } from './indexer/query.ts';
import type { Taxonomy } from './labels/taxonomy.ts';
import { suggest } from './suggest.ts';
import { tokens } from './text.ts';

export interface SearchRequest {
  readonly collection: string;
  readonly words: string;
  /** Names or concept ids; an image must have all of them. */
  readonly labels: readonly string[];
  /** 0 to 1. Without it, labels must be accepted. */
  readonly minConfidence?: number;
  readonly first: number;
}

/** Throws `not_found` for a label that no concept is named by. */
export function searchImages(
  index: ImageIndex,
  taxonomy: Taxonomy,
  request: SearchRequest,
): Promise<SearchResult> {
  const { collection, words, labels, first } = request;
  const least =
    request.minConfidence === undefined ? {} : { minConfidence: confidenceOf(request.minConfidence) };
  const groups = labels.map((name) =>
    conceptsOf(name, taxonomy).map((concept): LabelCondition => ({ concept, ...least })),
  );
  const telling = textUnits(words, taxonomy);
  // Signs alone name nothing: a unit without concepts and tokens, which no image has.
  const text = telling.length === 0 && words.trim() !== '' ? [{ concepts: [], tokens: [] }] : telling;
  // A name of one concept is a condition of its own; one of several (cat, the animal and the family) is a text unit.
  const single = groups.filter((group) => group.length === 1).flat();
  const several = groups
    .filter((group) => group.length > 1)
    .map((group) => ({ concepts: group.map(({ concept }) => concept), tokens: [] }));
  const units = [...text, ...several];
  return index.search({
    collection,
    filter: {
      ...(single.length > 0 ? { labels: { allOf: single } } : {}),
      ...(units.length > 0 ? { text: units } : {}),
    },
    orderBy: {
      field:
        units.length > 0 ? 'RELEVANCE' : single.length > 0 || least.minConfidence ? 'CONFIDENCE' : 'DATE',
      direction: 'DESC',
    },
    first,
    ...least,
  });
}

function conceptsOf(name: string, taxonomy: Taxonomy): readonly string[] {
  if (taxonomy.get(name) !== undefined && !taxonomy.isHidden(name)) return [name];
  const concepts = taxonomy.resolve(tokens(name));
  if (concepts.length > 0) return concepts;
  const known = taxonomy.withPrefix(name.slice(0, 2)).flatMap((concept) => concept.names);
  const near = suggest(name, known);
  throw new ImagedexError(
    'not_found',
    `no label is named ${name}${near === undefined ? '' : `; did you mean ${near}?`}`,
  );
}
