// The contract: schema.graphql at the top of the project, read as it is. Resolvers answer it and cannot widen it.
import { readFile } from 'node:fs/promises';

/** The same from src/ and from dist/. */
export const readSchema = (): Promise<string> =>
  readFile(new URL('../../schema.graphql', import.meta.url), 'utf8');
