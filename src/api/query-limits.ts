// Validation rules that bound what one document may ask for, before any of it is executed.
import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

export const queryLimits = {
  /** Tokens of a document, counted by the parser. */
  maxTokens: 2_000,
  maxDepth: 12,
  /** Introspection queries nest deeper, by `ofType`; graphql-js itself bounds their lists. */
  maxIntrospectionDepth: 20,
  /** Counted after fragments are put in, so that fragments cannot multiply them. */
  maxAliases: 30,
  maxBodyBytes: 100_000,
  timeoutMs: 10_000,
  /** Mutations wait for other servers, and for models that are loaded. */
  mutationTimeoutMs: 60_000,
  maxValidationErrors: 10,
} as const;

interface Extent {
  readonly depth: number;
  readonly aliases: number;
}

/** Introspection is told by the names of fields, never by names that the client chooses for fragments. */
const introspectionFields = new Set(['__schema', '__type']);

export function queryLimitsRule(context: ValidationContext): ASTVisitor {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of context.getDocument().definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const known = new Map<string, Extent>();
  return {
    OperationDefinition(operation) {
      const introspection = measure(operation.selectionSet, fragments, known, new Set(), true);
      const ordinary = measure(operation.selectionSet, fragments, known, new Set(), false);
      const report = (message: string) =>
        context.reportError(
          new GraphQLError(message, { nodes: operation, extensions: { code: 'QUERY_TOO_COMPLEX' } }),
        );
      if (ordinary.depth > queryLimits.maxDepth)
        report(`At most ${queryLimits.maxDepth} levels of fields are allowed, not ${ordinary.depth}.`);
      if (introspection.depth > queryLimits.maxIntrospectionDepth)
        report(`At most ${queryLimits.maxIntrospectionDepth} levels of introspection are allowed.`);
      if (ordinary.aliases + introspection.aliases > queryLimits.maxAliases)
        report(`At most ${queryLimits.maxAliases} aliases are allowed.`);
    },
  };
}

/** Depth and aliases of a selection, of either its introspection fields or the others at the top. */
function measure(
  selections: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  known: Map<string, Extent>,
  open: ReadonlySet<string>,
  introspection: boolean | null,
): Extent {
  let depth = 0;
  let aliases = 0;
  const take = (extent: Extent, levels: number) => {
    depth = Math.max(depth, extent.depth + levels);
    aliases += extent.aliases;
  };
  for (const selection of selections.selections) {
    if (selection.kind === Kind.FIELD) {
      if (introspection !== null && introspectionFields.has(selection.name.value) !== introspection) continue;
      if (selection.alias !== undefined) aliases += 1;
      const below = selection.selectionSet;
      take(below === undefined ? { depth: 0, aliases: 0 } : measure(below, fragments, known, open, null), 1);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      take(measure(selection.selectionSet, fragments, known, open, introspection), 0);
    } else {
      const name = selection.name.value;
      const fragment = fragments.get(name);
      // Circles are another rule's to report.
      if (fragment === undefined || open.has(name)) continue;
      const key = `${introspection} ${name}`;
      const extent =
        known.get(key) ??
        measure(fragment.selectionSet, fragments, known, new Set([...open, name]), introspection);
      known.set(key, extent);
      take(extent, 0);
    }
  }
  return { depth, aliases };
}
