// Label, ImageLabel and LabelCount: concepts as the API shows them.
import type { Label } from '../labels/label-maker.ts';
import type { Taxonomy } from '../labels/taxonomy.ts';
import { within } from './api-errors.ts';

export interface LabelNode {
  readonly id: string;
  readonly name: string;
  readonly names: readonly string[];
}

/** `known`: names that documents gave, for concepts of a model's own that are in no taxonomy. */
export function labelOf(id: string, taxonomy: Taxonomy, known: ReadonlyMap<string, string>): LabelNode {
  const names = taxonomy.get(id)?.names ?? [known.get(id) ?? id];
  return { id, name: known.get(id) ?? names[0] ?? id, names };
}

/** Labels of one image, `all` being all that it has. Inside, a confidence is an integer of 200; outside, from 0 to 1. */
export function imageLabels(labels: readonly Label[], all: readonly Label[], taxonomy: Taxonomy) {
  return labels.map(({ id, name, confidence, accepted: isAccepted }) => ({
    label: labelOf(id, taxonomy, new Map([[id, name]])),
    confidence: confidence / 200,
    isAccepted,
    isMostSpecific: () =>
      isAccepted && !all.some((other) => other.accepted && taxonomy.isMoreSpecific(other.id, id)),
  }));
}

/** Accepted ones, or all from a confidence on. */
export function labelsFrom(
  labels: readonly Label[],
  minConfidence: number | null | undefined,
): readonly Label[] {
  if (typeof minConfidence !== 'number') return labels.filter(({ accepted }) => accepted);
  const least = within('minConfidence', minConfidence, 0, 1) * 200;
  return labels.filter(({ confidence }) => confidence >= least);
}

/** From the most general label down to the parent, by first parents. Concepts that are never labels are left out. */
export function pathTo(id: string, taxonomy: Taxonomy): { readonly id: string; readonly name: string }[] {
  const path: { readonly id: string; readonly name: string }[] = [];
  for (let at = taxonomy.get(id)?.parents[0]; at !== undefined; at = taxonomy.get(at)?.parents[0]) {
    if (!taxonomy.isHidden(at)) path.unshift({ id: at, name: taxonomy.get(at)?.names[0] ?? at });
  }
  return path;
}

export const labelResolvers = {
  Label: {
    path: ({ id }: LabelNode, _: unknown, { parts }: { readonly parts: { readonly taxonomy: Taxonomy } }) =>
      pathTo(id, parts.taxonomy),
  },
};
