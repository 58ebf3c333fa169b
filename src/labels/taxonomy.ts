// The is-a tree over all concepts (beagle → hound → dog → animal), from WordNet 3.0.

export interface Concept {
  /** A WordNet id for WordNet's concepts (`n02084071`), else the model's own. */
  readonly id: string;
  /** The first is the one to show. */
  readonly names: readonly string[];
  readonly parents: readonly string[];
}

export interface Taxonomy {
  get(id: string): Concept | undefined;
}
