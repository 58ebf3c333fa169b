// Queries of every kind over the documents that a crawl made, by a seeded dice.
import type {
  DateRange,
  Facets,
  ImageDocument,
  ImageFilter,
  ImageIndex,
  ImageQuery,
  LabelCondition,
  OrderField,
  SearchResult,
  TextUnit,
} from '../../src/indexer/image-index.ts';
import { textUnits } from '../../src/indexer/query.ts';
import type { Taxonomy } from '../../src/labels/taxonomy.ts';
import type { Format } from '../../src/record.ts';
import type { Dice } from '../contracts/image-documents.ts';

/** What there is to ask for. */
export interface Askable {
  readonly concepts: readonly string[];
  /** Names of files, and of what is on them. */
  readonly words: readonly string[];
  readonly widths: readonly number[];
  readonly sizes: readonly number[];
  readonly dates: readonly string[];
  readonly hosts: readonly string[];
}

export function askableOf(documents: readonly ImageDocument[]): Askable {
  const labels = documents.flatMap((document) => document.labels);
  const files = documents.flatMap(({ locations }) => locations.map(({ url }) => wordsOf(url)));
  return {
    concepts: distinct(labels.map(({ id }) => id)),
    words: distinct([...labels.map(({ name }) => name), ...files]),
    widths: distinct(documents.map(({ width }) => width)),
    sizes: distinct(documents.map(({ sizeBytes }) => sizeBytes)),
    dates: distinct(documents.map(({ fetchedAt }) => fetchedAt)),
    hosts: distinct(documents.flatMap(({ hosts }) => hosts)),
  };
}

/** `file:///photos/n02084071_red_wolf.JPEG`: "red wolf". */
const wordsOf = (url: string): string =>
  url
    .replace(/^.*\/(n\d+_)?/, '')
    .replace(/\.\w+$/, '')
    .replaceAll('_', ' ');

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)].sort();

/** Distinct, so that 200 are 200; a page's `after` is for who asks. */
export function photoQuery(roll: Dice, askable: Askable, taxonomy: Taxonomy): ImageQuery {
  const confidence = () => (roll.chance(0.1) ? roll.pick([0, 1, 200]) : roll.upTo(201));
  const condition = (): LabelCondition => ({
    concept: roll.pick(askable.concepts),
    ...(roll.chance(0.5) && { minConfidence: confidence() }),
  });
  const conditions = (probability: number) =>
    roll.chance(probability) ? Array.from({ length: 1 + roll.upTo(3) }, condition) : [];
  const allOf = conditions(0.3);
  // Two of one path are more often together than any two.
  const filter: ImageFilter = {
    labels: {
      allOf: allOf.slice(0, roll.chance(0.7) ? 1 : 3),
      anyOf: conditions(0.3),
      noneOf: conditions(0.25),
    },
    ...(roll.chance(0.4) && { text: anyText(roll, askable, taxonomy) }),
    ...(roll.chance(0.15) && {
      formats: roll.pick<readonly Format[]>([['JPEG'], ['PNG', 'WEBP'], ['JPEG', 'GIF']]),
    }),
    ...(roll.chance(0.15) && { hosts: roll.some([...askable.hosts, 'nowhere.example'], 2) }),
    ...(roll.chance(0.2) && { width: between(roll, askable.widths) }),
    ...(roll.chance(0.2) && { sizeBytes: between(roll, askable.sizes) }),
    ...(roll.chance(0.2) && { fetchedAt: dates(roll, askable) }),
  };
  return {
    collection: 'default',
    filter,
    orderBy: {
      field: roll.pick<OrderField>(['RELEVANCE', 'CONFIDENCE', 'DATE', 'SIZE']),
      direction: roll.pick(['ASC', 'DESC']),
    },
    first: roll.pick([1, 5, 24, 100]),
    ...(roll.chance(0.4) && { minConfidence: confidence() }),
  };
}

function anyText(roll: Dice, { words }: Askable, taxonomy: Taxonomy): readonly TextUnit[] {
  const phrase = roll.pick(words);
  const said = roll.chance(0.5) ? phrase : roll.pick(phrase.split(' '));
  const units = textUnits(roll.chance(0.2) ? `${said} ${roll.pick(words)}` : said, taxonomy);
  return roll.chance(0.15) ? units.map((unit) => ({ ...unit, onWeb: true as const })) : units;
}

function between(roll: Dice, values: readonly number[]): { gte?: number; lte?: number } {
  const [low, high] = [roll.pick(values), roll.pick(values)].sort((a, b) => a - b);
  return { ...(roll.chance(0.8) && { gte: low! }), ...(roll.chance(0.6) && { lte: high! }) };
}

function dates(roll: Dice, askable: Askable): DateRange {
  const [low, high] = [roll.pick(askable.dates), roll.pick(askable.dates)].sort();
  return { ...(roll.chance(0.8) && { gte: low! }), ...(roll.chance(0.6) && { lt: high! }) };
}

/** All that a store says to a query: every page, what it counts, and the facets. */
export interface Answer {
  readonly ids: readonly string[];
  readonly keys: readonly (string | number)[];
  readonly relevances: readonly (number | null)[];
  readonly matched: readonly (readonly string[])[];
  readonly totals: readonly SearchResult['totalCount'][];
  readonly facets: Facets;
}

export async function answerOf(index: ImageIndex, query: ImageQuery): Promise<Answer> {
  const pages: SearchResult[] = [];
  for (let after: ImageQuery['after']; ; after = pages.at(-1)!.hits.at(-1)!.sortKey) {
    // Three pages as asked for, then the rest at once.
    const asked = pages.length < 3 ? query : { ...query, first: 1000 };
    pages.push(await index.search(after === undefined ? asked : { ...asked, after }));
    if (!pages.at(-1)!.hasMore) break;
  }
  const hits = pages.flatMap((page) => page.hits);
  return {
    ids: hits.map(({ document }) => document.id),
    keys: hits.map(({ sortKey }) => sortKey.value),
    relevances: hits.map(({ relevance }) => relevance),
    matched: hits.map(({ matchedLabels }) =>
      matchedLabels.map(({ id, confidence }) => `${id} ${confidence}`),
    ),
    totals: pages.map(({ totalCount }) => totalCount),
    facets: await index.facets(query, 20),
  };
}
