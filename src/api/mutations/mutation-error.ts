// What a mutation answers where it did not do what was asked: data, with a code of the mutation's own closed list.
import { GraphQLError } from 'graphql';
import { type ErrorCode, ImagedexError } from '../../errors.ts';
import type { ApiParts } from '../api-parts.ts';
import { knownCollection } from '../collections.ts';

export interface MutationError<Code extends string> {
  readonly code: Code;
  readonly message: string;
  /** The path of the input field that it is about. */
  readonly field: readonly string[];
}

export const problem = <Code extends string>(
  code: Code,
  message: string,
  ...field: string[]
): { readonly errors: readonly MutationError<Code>[] } => ({
  errors: [{ code, message: sentence(message), field }],
});

/** Messages for the command line begin in small letters, for they follow a colon. Names and addresses stay as they are. */
const sentence = (message: string): string => {
  const text = message.replace(/^[a-z]+(?= )/, (word) => word.charAt(0).toUpperCase() + word.slice(1));
  return /[.?!]$/.test(text) ? text : `${text}.`;
};

/** What was thrown, as a problem where the table has its code; faults are thrown on. */
export function problemOf<Code extends string>(
  error: unknown,
  codes: { readonly [C in ErrorCode]?: readonly [code: Code, ...field: string[]] },
): { readonly errors: readonly MutationError<Code>[] } {
  const found = error instanceof ImagedexError ? codes[error.code] : undefined;
  if (found === undefined) throw error;
  const [code, ...field] = found;
  return problem(code, (error as ImagedexError).message, ...field);
}

/** Why there is no such collection; null where there is one. */
export async function collectionProblem(
  parts: ApiParts,
  name: string,
): Promise<{ readonly errors: readonly MutationError<'NOT_FOUND'>[] } | null> {
  try {
    await knownCollection(parts, name);
    return null;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return problem('NOT_FOUND', error.message, 'collection');
  }
}
