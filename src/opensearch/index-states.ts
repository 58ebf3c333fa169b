// Which of our indices and templates a cluster has, and how they are.
import { asked } from './asked.ts';
import type { IndexState } from './checks.ts';
import type { Link } from './client.ts';
import { answerTo, indexBlocks, ours } from './cluster-answers.ts';

interface CatIndex {
  readonly index: string;
  readonly health?: IndexState['health'] | null;
  readonly status: string;
  readonly pri?: string | null;
  readonly rep?: string | null;
  readonly 'docs.count'?: string | null;
  readonly 'store.size'?: string | null;
}

export async function indexStates(link: Link): Promise<IndexState[]> {
  const [rows, aliases, blocks] = await Promise.all([
    answerTo<readonly CatIndex[]>(link, `/_cat/indices/${ours(link)}`, {
      format: 'json',
      bytes: 'b',
      expand_wildcards: 'all',
    }),
    answerTo<Record<string, { readonly aliases: Record<string, { readonly is_write_index?: boolean }> }>>(
      link,
      `/${ours(link)}/_alias`,
    ),
    indexBlocks(link),
  ]);
  return rows
    .map((row): IndexState => {
      const generation = /-(\d{6})$/.exec(row.index)?.[1];
      return {
        name: row.index,
        health: row.health ?? 'red',
        isOpen: row.status === 'open',
        documents: Number(row['docs.count'] ?? 0),
        bytes: Number(row['store.size'] ?? 0),
        generation: generation === undefined ? null : Number(generation),
        shards: Number(row.pri ?? 0),
        replicas: Number(row.rep ?? 0),
        aliases: Object.entries(aliases[row.index]?.aliases ?? {})
          .map(([name, { is_write_index }]) => ({ name, isWriteIndex: is_write_index === true }))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
        blocks: blocks.get(row.index) ?? [],
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

export interface TemplateState {
  readonly name: string;
  readonly version: number;
}

export async function templateStates(link: Link): Promise<TemplateState[]> {
  const { body } = await asked(link, () =>
    link.client.transport.request(
      { method: 'GET', path: `/_index_template/${ours(link)}` },
      { ignore: [404] },
    ),
  );
  const { index_templates = [] } = body as {
    readonly index_templates?: readonly { name: string; index_template: { version?: number } }[];
  };
  return index_templates
    .map(({ name, index_template }) => ({ name, version: index_template.version ?? 0 }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
