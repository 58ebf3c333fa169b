// The servers that all test files share. Each test uses index names of its own, and removes what it has made.
import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { distributionOf, type Line } from './distribution.ts';

export const lines = ['2', '3'] as const satisfies readonly Line[];

/** False where no server can be had: then say `describe.skipIf(!hasOpenSearch)`. Under CI=true it must be there. */
export const hasOpenSearch = await (async (): Promise<boolean> => {
  try {
    for (const line of lines) await distributionOf(line);
    return true;
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    process.stderr.write(`skipped: needs OpenSearch, which cannot be had: ${error}\n`);
    return false;
  }
})();

/**
 * The address of the line's server, which the first to ask starts. Who develops may have one running already:
 * OPENSEARCH_2 and OPENSEARCH_3 name it.
 */
export async function openSearchUrl(line: Line): Promise<string> {
  const running = process.env[`OPENSEARCH_${line}`];
  if (running !== undefined) return running;
  const answer = await fetch(`${inject('openSearchDesk')}/${line}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}

/** Of indices that nobody else uses. */
export const ownPrefix = (): string => `t${randomBytes(6).toString('hex')}`;

export async function removeIndices(url: string, prefix: string): Promise<void> {
  const all = (await (
    await fetch(`${url}/_cat/indices/${prefix}-*?format=json&expand_wildcards=all`)
  ).json()) as {
    readonly index: string;
  }[];
  for (let from = 0; from < all.length; from += 50) {
    const names = all.slice(from, from + 50).map(({ index }) => index);
    await fetch(`${url}/${names.join(',')}`, { method: 'DELETE' });
  }
  await fetch(`${url}/_index_template/${prefix}-*`, { method: 'DELETE' });
}
