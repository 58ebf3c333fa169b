// Label, ImageLabel and LabelCount: concepts as the API shows them.
import type { Label } from '../labels/label-maker.ts';
import type { Taxonomy } from '../labels/taxonomy.ts';

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

/** Labels of one image. Inside, a confidence is an integer of 200; outside, from 0 to 1. */
export function imageLabels(labels: readonly Label[], all: readonly Label[], taxonomy: Taxonomy) {
  const general = ancestors(
    all.filter(({ accepted }) => accepted).map(({ id }) => id),
    taxonomy,
  );
  return labels.map(({ id, name, confidence, accepted }) => ({
    label: labelOf(id, taxonomy, new Map([[id, name]])),
    confidence: confidence / 200,
    isAccepted: accepted,
    isMostSpecific: accepted && !general.has(id),
  }));
}

/** All that these concepts are kinds of, by any of their parents. */
function ancestors(concepts: readonly string[], taxonomy: Taxonomy): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...concepts];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const parent of taxonomy.get(id)?.parents ?? []) {
      if (found.has(parent)) continue;
      found.add(parent);
      open.push(parent);
    }
  }
  return found;
}

/** From the most general down to the parent, by first parents; each once, should a table ever have a circle. */
export function pathTo(id: string, taxonomy: Taxonomy): { readonly id: string; readonly name: string }[] {
  const path: { readonly id: string; readonly name: string }[] = [];
  const seen = new Set([id]);
  for (let at = taxonomy.get(id)?.parents[0]; at !== undefined && !seen.has(at); ) {
    seen.add(at);
    const concept = taxonomy.get(at);
    path.unshift({ id: at, name: concept?.names[0] ?? at });
    at = concept?.parents[0];
  }
  return path;
}

export const labelResolvers = {
  Label: {
    path: ({ id }: LabelNode, _: unknown, { parts }: { readonly parts: { readonly taxonomy: Taxonomy } }) =>
      pathTo(id, parts.taxonomy),
  },
};
