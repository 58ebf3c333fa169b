// `classify`: what a model says of single pictures, without a crawl.
import type { Fetched } from './crawler/source.ts';
import type { Describers } from './inference/describe.ts';
import { acceptedLabels, type Label, makeLabels } from './labels/label-maker.ts';
import type { Taxonomy } from './labels/taxonomy.ts';

export interface Classification {
  readonly file: string;
  /** The five best, as the model gave them. */
  readonly scores: readonly { readonly id: string; readonly name: string; readonly score: number }[];
  /** Accepted ones, the most specific first. Confidences from 0 to 1. */
  readonly labels: readonly { readonly id: string; readonly name: string; readonly confidence: number }[];
}

export type ClassifyOutcome =
  | Classification
  | { readonly file: string; readonly error: { readonly code: string; readonly message: string } };

/** `fetched`: the picture's bytes, or why there are none. */
export async function classifyImage(
  file: string,
  fetched: Fetched,
  describers: Describers,
  taxonomy: Taxonomy,
): Promise<ClassifyOutcome> {
  const described = fetched.outcome === 'fetched' ? await describers.describe(fetched) : fetched;
  if (described.outcome === 'unchanged')
    throw new Error(`${file}: unchanged, though no validators were given`);
  if (described.outcome === 'skipped')
    return { file, error: { code: described.code, message: described.reason } };
  if (described.outcome !== 'described') {
    return { file, error: { code: described.failure.code, message: described.failure.reason } };
  }
  const classNames = new Map(describers.model.classes.map(({ id, name }) => [id, name]));
  // As the labels have it: a class may be named by all its synonyms, and one is enough.
  const nameOf = (id: string): string => taxonomy.get(id)?.names[0] ?? firstName(classNames.get(id) ?? id);
  const { scores } = described.description;
  const labels = makeLabels(scores, taxonomy, nameOf);
  return {
    file,
    scores: scores.slice(0, 5).map(([id, score]) => ({ id, name: nameOf(id), score: score / 65_535 })),
    labels: acceptedLabels(labels, taxonomy).map(({ id, name, confidence }: Label) => ({
      id,
      name,
      confidence: confidence / 200,
    })),
  };
}

const firstName = (names: string): string => names.split(',')[0]!.trim();
