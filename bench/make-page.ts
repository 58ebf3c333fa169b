// Puts the tables of docs/benchmarks.json into docs/benchmarks.md, between two marks.
import { readFile, writeFile } from 'node:fs/promises';
import { readResults } from './results.ts';
import { markdown } from './tables.ts';

const page = new URL('../docs/benchmarks.md', import.meta.url);
const [begin, end] = ['<!-- figures: made by `npm run bench` -->', '<!-- /figures -->'];

/** True where the page was up to date. With `isCheck` it is not written. */
export async function makePage(isCheck: boolean): Promise<boolean> {
  const before = await readFile(page, 'utf8');
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md: expected ${begin} and ${end}`);
  const parts = Object.entries(await readResults()).map(([name, result]) => markdown(name, result));
  const after = `${before.slice(0, from + begin.length)}\n\n${parts.join('\n\n')}\n\n${before.slice(to)}`;
  if (!isCheck) await writeFile(page, after);
  return before === after;
}
