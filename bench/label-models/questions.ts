// What is asked of every label model, and the right answers, counted here without any store.
import type { ImageDocument } from '../../src/indexer/image-index.ts';
import { below, type Random, randomOf } from '../random.ts';
import {
  type Answer,
  type Counts,
  type FacetQuestion,
  facetSize,
  greatest,
  pageSize,
  type Question,
} from './model.ts';

/** Enough of a document to answer questions about it. */
export interface Known {
  readonly id: string;
  readonly host: string;
  readonly fetchedAt: string;
  readonly labels: ReadonlyMap<string, number>;
  readonly accepted: ReadonlySet<string>;
}
export const known = ({ id, hosts, fetchedAt, labels }: ImageDocument): Known => ({
  id,
  host: hosts[0]!,
  fetchedAt,
  labels: new Map(labels.map((label) => [label.id, label.confidence])),
  accepted: new Set(labels.filter(({ accepted }) => accepted).map((label) => label.id)),
});

export interface Kind {
  readonly name: string;
  readonly questions: readonly Question[];
}
export interface Asked {
  readonly kinds: readonly Kind[];
  readonly facets: readonly { readonly name: string; readonly questions: readonly FacetQuestion[] }[];
}

/** 100 of 200 is a rung of the ladder, 74 (0.37) is not. */
const onRung = 100;
const offRung = 74;

/** Concepts as often as documents have them, `count` questions of each kind. */
export function makeQuestions(all: readonly Known[], count: number): Asked {
  const random = randomOf(7);
  const some = <T>(make: () => T | undefined): T[] => {
    const made: T[] = [];
    for (let tries = 0; made.length < count && tries < 100_000; tries++)
      made.push(...([make() ?? []].flat() as T[]));
    return made;
  };
  const anyKnown = () => all[below(random, all.length)]!;
  const concept = () => pick(random, [...anyKnown().accepted]);
  const one = (more: Partial<Question>, minConfidence?: number) => () => {
    const found = concept();
    if (found === undefined) return undefined;
    const condition = minConfidence === undefined ? { concept: found } : { concept: found, minConfidence };
    return { allOf: [condition], orderBy: 'CONFIDENCE', ...more } as Question;
  };
  return {
    kinds: [
      { name: 'one label', questions: some(one({})) },
      { name: 'two labels', questions: some(() => twoLabels(random, anyKnown())) },
      { name: 'label and host', questions: some(() => labelAndHost(random, anyKnown())) },
      { name: 'label ≥ 0.5', questions: some(one({}, onRung)) },
      { name: 'label ≥ 0.37', questions: some(one({}, offRung)) },
      { name: 'label ≥ 0.37 by date', questions: some(one({ orderBy: 'DATE' }, offRung)) },
      {
        name: 'page 40 of one label',
        questions: deepPages(all, some(one({})), Math.floor(all.length / 100)),
      },
    ],
    facets: [onRung, offRung].map((minConfidence) => ({
      name: `facets ≥ ${minConfidence / 200}`,
      questions: some(() => {
        const found = concept();
        return found === undefined ? undefined : { concept: found, minConfidence };
      }),
    })),
  };
}

const pick = <T>(random: Random, from: readonly T[]): T | undefined => from[below(random, from.length)];

function twoLabels(random: Random, { accepted }: Known): Question | undefined {
  const [a, b] = [pick(random, [...accepted]), pick(random, [...accepted])];
  if (a === undefined || b === undefined || a === b) return undefined;
  return { allOf: [{ concept: a }, { concept: b }], orderBy: 'CONFIDENCE' };
}

function labelAndHost(random: Random, { accepted, host }: Known): Question | undefined {
  const concept = pick(random, [...accepted]);
  return concept === undefined ? undefined : { allOf: [{ concept }], host, orderBy: 'CONFIDENCE' };
}

/** On from the hit at that place, where a label has so many. */
function deepPages(all: readonly Known[], from: readonly Question[], place: number): Question[] {
  return from.flatMap((question) => {
    const concept = question.allOf[0]!.concept;
    const last = inOrder(all, question)[place];
    return last === undefined
      ? []
      : [{ ...question, after: { confidence: last.labels.get(concept)!, id: last.id } }];
  });
}

function inOrder(all: readonly Known[], { allOf, host, orderBy }: Question): Known[] {
  const least = ({ labels }: Known) => Math.min(...allOf.map(({ concept }) => labels.get(concept)!));
  return all
    .filter(
      (one) =>
        (host === undefined || one.host === host) &&
        allOf.every(({ concept, minConfidence }) =>
          minConfidence === undefined
            ? one.accepted.has(concept)
            : (one.labels.get(concept) ?? -1) >= minConfidence,
        ),
    )
    .sort(
      (a, b) =>
        (orderBy === 'CONFIDENCE'
          ? least(b) - least(a)
          : a.fetchedAt < b.fetchedAt
            ? 1
            : a.fetchedAt > b.fetchedAt
              ? -1
              : 0) || (a.id < b.id ? -1 : 1),
    );
}

export function rightAnswer(all: readonly Known[], question: Question): Answer {
  const ids = inOrder(all, question).map(({ id }) => id);
  const { after } = question;
  const from = after === undefined ? 0 : ids.indexOf(after.id) + 1;
  return { total: ids.length, ids: ids.slice(from, from + pageSize) };
}

export function rightCounts(all: readonly Known[], { concept, minConfidence }: FacetQuestion): Counts {
  const counts = new Map<string, number>();
  for (const { labels } of all) {
    if ((labels.get(concept) ?? -1) < minConfidence) continue;
    for (const [id, confidence] of labels) {
      if (confidence >= minConfidence) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return greatest(counts).slice(0, facetSize);
}
