// The is-a tree over all concepts (beagle → hound → dog → animal), from WordNet 3.0. A concept may have several parents.
import { tokens } from '../text.ts';
import { aliases } from './aliases.ts';
import { hidden } from './hidden.ts';
import { wordnetTable } from './wordnet-table.ts';

export interface Concept {
  /** A WordNet id for WordNet's concepts (`n02084071`), else the model's own. */
  readonly id: string;
  /** The first is the one to show. */
  readonly names: readonly string[];
  readonly parents: readonly string[];
}

export interface Taxonomy {
  get(id: string): Concept | undefined;
  /** Itself first, then all that it is a kind of, each once. A concept that is not known has none but itself. */
  ancestors(id: string): readonly string[];
  /** Links on the longest way to the top; 0 for the top and for what is not known. */
  depth(id: string): number;
  /** `id` is a kind of `other`, and not `other` itself. */
  isMoreSpecific(id: string, other: string): boolean;
  /** Concepts that are never labels, because they are too general to be searched. */
  isHidden(id: string): boolean;
  /** Concepts with a name of exactly these tokens: those whose first name it is come first. Hidden ones are left out. */
  resolve(tokens: readonly string[]): readonly string[];
  /** Tokens of the longest name. */
  readonly longestName: number;
  /** Concepts with a name that begins so, whatever the case, in the order of their names. Hidden ones are left out. */
  withPrefix(prefix: string): readonly Concept[];
}

export interface TaxonomyParts {
  readonly concepts: readonly Concept[];
  /** Further words for concepts: they resolve, but are not names. */
  readonly aliases: { readonly [concept: string]: readonly string[] };
  readonly hidden: ReadonlySet<string>;
}

let built: Taxonomy | undefined;

/** Built once, when it is first asked for. */
export function wordnet(): Taxonomy {
  built ??= buildTaxonomy({ concepts: wordnetTable.split('\n').map(conceptOf), aliases, hidden });
  return built;
}

function conceptOf(row: string): Concept {
  const [id = '', parents = '', names = ''] = row.split('|');
  return { id, names: names.split(';'), parents: parents === '' ? [] : parents.split(',') };
}

export function buildTaxonomy(parts: TaxonomyParts): Taxonomy {
  const byId = new Map(parts.concepts.map((concept) => [concept.id, concept]));
  const parentsOf = (id: string): readonly string[] => byId.get(id)?.parents ?? [];
  const ancestors = remembered((id: string): readonly string[] => [
    ...new Set([id, ...parentsOf(id).flatMap(ancestors)]),
  ]);
  const depth = remembered((id: string): number =>
    Math.max(0, ...parentsOf(id).map((parent) => 1 + depth(parent))),
  );
  const names = once(() => indexNames(parts));
  const sortedNames = once(() => sortNames(parts));
  return {
    get: (id) => byId.get(id),
    ancestors,
    depth,
    isMoreSpecific: (id, other) => id !== other && ancestors(id).includes(other),
    isHidden: (id) => parts.hidden.has(id),
    resolve: (tokens) => names().byTokens.get(tokens.join(' ')) ?? [],
    get longestName() {
      return names().longest;
    },
    withPrefix: (prefix) => withPrefix(sortedNames(), prefix.toLowerCase()),
  };
}

interface NameIndex {
  readonly byTokens: ReadonlyMap<string, readonly string[]>;
  readonly longest: number;
}

function indexNames({ concepts, aliases, hidden }: TaxonomyParts): NameIndex {
  const ranks = new Map<string, Map<string, number>>();
  let longest = 0;
  for (const { id, names } of concepts) {
    if (hidden.has(id)) continue;
    [...names, ...(aliases[id] ?? [])].forEach((name, rank) => {
      const words = tokens(name);
      longest = Math.max(longest, words.length);
      const key = words.join(' ');
      const found = ranks.get(key) ?? new Map<string, number>();
      if (!found.has(id)) ranks.set(key, found.set(id, rank));
    });
  }
  const inOrder = (found: ReadonlyMap<string, number>) =>
    [...found].sort(([a, rankA], [b, rankB]) => rankA - rankB || (a < b ? -1 : 1)).map(([id]) => id);
  return { byTokens: new Map([...ranks].map(([key, found]) => [key, inOrder(found)])), longest };
}

type SortedNames = readonly (readonly [name: string, concept: Concept])[];

function sortNames({ concepts, hidden }: TaxonomyParts): SortedNames {
  return concepts
    .filter(({ id }) => !hidden.has(id))
    .flatMap((concept) => concept.names.map((name) => [name.toLowerCase(), concept] as const))
    .sort(([a, { id: idA }], [b, { id: idB }]) => (a < b ? -1 : a > b ? 1 : idA < idB ? -1 : 1));
}

function withPrefix(names: SortedNames, prefix: string): readonly Concept[] {
  const found = new Set<Concept>();
  for (const [name, concept] of names) if (name.startsWith(prefix)) found.add(concept);
  return [...found];
}

function remembered<T>(work: (id: string) => T): (id: string) => T {
  const known = new Map<string, T>();
  return (id) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const result = work(id);
    known.set(id, result);
    return result;
  };
}

function once<T>(work: () => T): () => T {
  let result: T | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
