// `imagedex store status`: what keeps the data, how it is, and what is to be done about it.
import type { DatabaseState, OpenSearchState } from '../../app/store.ts';
import { megabytes } from '../backup.ts';
import { columns } from '../columns.ts';
import { counted } from '../counted.ts';
import { type Call, exitCodes } from '../verb.ts';

/** 1 where something does not work now. */
export async function status({ config, json, terminal }: Call): Promise<number> {
  const { storeState } = await import('../../app/store.ts');
  const state = await storeState(config);
  if (json) terminal.out(`${JSON.stringify(state)}\n`);
  else {
    const lines = state.store === 'sqlite' ? databaseLines(state) : openSearchLines(state, config);
    terminal.out(`${lines.join('\n')}\n`);
  }
  const isBroken = state.store === 'opensearch' && state.findings.some(({ level }) => level === 'error');
  return isBroken ? exitCodes.error : exitCodes.ok;
}

const databaseLines = ({ file, bytes, journalBytes }: DatabaseState): string[] => [
  `sqlite: ${file}, ${megabytes(bytes)}, and ${megabytes(journalBytes)} of journal`,
];

function openSearchLines(state: OpenSearchState, { values }: Call['config']): string[] {
  const { version, distribution, health, nodes, indices, templates, findings, generations } = state;
  const diskText = ({ disk }: (typeof nodes)[number]) =>
    disk === null ? '' : `${gigabytes(disk.availableBytes)} of ${gigabytes(disk.totalBytes)} free`;
  const part = (name: string): string => {
    const generation = generations.find(({ index }) => index === name);
    if (generation === undefined) return '';
    if (generation.isRead) return 'searched';
    if (generation.isUnfinished) return 'unfinished';
    if (!generation.isWritten) return 'left over';
    return generation.isWhole ? 'kept for rollback' : 'kept, but refused documents: no rollback';
  };
  const shards = ({ shards, replicas }: (typeof indices)[number]) =>
    `${counted(shards, 'shard')}${replicas === 0 ? '' : `, ${counted(replicas, 'replica')}`}`;
  const place = `prefix ${values.opensearchPrefix} at ${values.opensearchUrls.join(', ')}`;
  return [
    `${distribution === 'opensearch' ? 'OpenSearch' : 'not OpenSearch:'} ${version}, ${health}, ${place}`,
    ...columns([
      ...nodes.map((node) => [`  ${node.name}`, node.version, diskText(node)]),
      ...indices.map((index) => [
        `  ${index.name}`,
        index.health,
        counted(index.documents, 'document'),
        megabytes(index.bytes),
        shards(index),
        part(index.name),
      ]),
      ...templates.map((one) => [`  template ${one.name}`, `version ${one.version}`]),
    ]),
    ...(indices.length === 0 ? [`No index with ${place} yet: a crawl makes them.`] : []),
    ...findings.map(({ level, message, cure }) => `${level}: ${message}; ${cure}`),
  ];
}

const gigabytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
