// The source files of the project and what each imports, for the tests that watch over the house.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** Paths below `folder`, with forward slashes, sorted. */
export function filesIn(folder: string, ending = '.ts'): string[] {
  return readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith(ending))
    .sort();
}

export interface Import {
  readonly from: string;
  readonly to: string;
}

/** Imports of a source's own files, as paths below src/: types, dynamic imports and re-exports included. */
export function importsOf(
  from: string,
  text = readFileSync(join(projectRoot, 'src', from), 'utf8'),
): Import[] {
  const specifiers = text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])(\.[^'"]*)\1/g);
  const targets = [...specifiers].map(([, , specifier]) =>
    normalize(join(dirname(from), specifier!)).replaceAll('\\', '/'),
  );
  return [...new Set(targets)].map((to) => ({ from, to }));
}
