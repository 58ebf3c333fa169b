// `classify`: what a model says of single images, without a crawl. Nothing of them is stored.
import { imageFormat } from './crawler/image-format.ts';
import type { Fetched } from './crawler/source.ts';
import type { FailureCode, SkipCode } from './errors.ts';
import type { Describers } from './inference/describe.ts';
import { acceptedLabels, type Label, makeLabels } from './labels/label-maker.ts';
import type { Taxonomy } from './labels/taxonomy.ts';
import { type Format, sha256Of } from './record.ts';

export interface ClassScore {
  readonly id: string;
  readonly name: string;
  readonly score: number;
}

export interface Classification {
  readonly file: string;
  /** The five best, as the model gave them. */
  readonly scores: readonly ClassScore[];
  /** Accepted ones, the most specific first. Confidences from 0 to 1. */
  readonly labels: readonly { readonly id: string; readonly name: string; readonly confidence: number }[];
}

export type ClassifyOutcome =
  | Classification
  | { readonly file: string; readonly error: { readonly code: string; readonly message: string } };

/** All that is said of one image. */
export interface Classified {
  readonly outcome: 'classified';
  /** All of them, greatest confidence first. */
  readonly labels: readonly Label[];
  /** The five best, as the model gave them, from 0 to 1. */
  readonly scores: readonly ClassScore[];
  readonly model: string;
  readonly width: number;
  readonly height: number;
  readonly format: Format;
}
export interface NotClassified {
  readonly outcome: 'refused';
  readonly code: SkipCode | FailureCode;
  readonly reason: string;
}

/** `fetched`: the image's bytes, or why there are none. */
export async function classifyImage(
  file: string,
  fetched: Fetched,
  describers: Describers,
  taxonomy: Taxonomy,
): Promise<ClassifyOutcome> {
  const said = await classifyFetched(fetched, describers, taxonomy);
  if (said.outcome === 'refused') return { file, error: { code: said.code, message: said.reason } };
  const labels = acceptedLabels(said.labels, taxonomy).map(({ id, name, confidence }) => ({
    id,
    name,
    confidence: confidence / 200,
  }));
  return { file, scores: said.scores, labels };
}

export function classifyContent(
  content: Uint8Array,
  describers: Describers,
  taxonomy: Taxonomy,
): Promise<Classified | NotClassified> {
  const told = imageFormat(content);
  const fetched: Fetched =
    'skip' in told
      ? { outcome: 'skipped', code: told.skip, reason: told.reason }
      : { outcome: 'fetched', content, sha256: sha256Of(content), format: told.format, validators: {} };
  return classifyFetched(fetched, describers, taxonomy);
}

export async function classifyFetched(
  fetched: Fetched,
  describers: Describers,
  taxonomy: Taxonomy,
): Promise<Classified | NotClassified> {
  const described = fetched.outcome === 'fetched' ? await describers.describe(fetched) : fetched;
  if (described.outcome === 'unchanged') throw new Error('unchanged, though no validators were given');
  if (described.outcome === 'skipped')
    return { outcome: 'refused', code: described.code, reason: described.reason };
  if (described.outcome !== 'described') {
    return { outcome: 'refused', code: described.failure.code, reason: described.failure.reason };
  }
  const classNames = new Map(describers.model.classes.map(({ id, name }) => [id, name]));
  // As the labels have it: a class may be named by all its synonyms, and one is enough.
  const nameOf = (id: string): string => taxonomy.get(id)?.names[0] ?? firstName(classNames.get(id) ?? id);
  const { scores, model, width, height, format } = described.description;
  return {
    outcome: 'classified',
    labels: makeLabels(scores, taxonomy, nameOf),
    scores: scores.slice(0, 5).map(([id, score]) => ({ id, name: nameOf(id), score: score / 65_535 })),
    model,
    width,
    height,
    format,
  };
}

const firstName = (names: string): string => names.split(',')[0]!.trim();
