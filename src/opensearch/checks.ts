// What is to be said of a cluster, told from its answers: its version, its disks, its indices.

export interface Finding {
  /** `error`: something does not work now. `warning`: it may not for long. */
  readonly level: 'error' | 'warning';
  readonly message: string;
  readonly cure: string;
}

export interface NodeState {
  readonly name: string;
  readonly version: string;
  /** Null where it holds no data, or does not say. */
  readonly disk: { readonly totalBytes: number; readonly availableBytes: number } | null;
}

export interface IndexState {
  readonly name: string;
  readonly health: 'green' | 'yellow' | 'red';
  readonly isOpen: boolean;
  /** As OpenSearch counts them, tombstones included. */
  readonly documents: number;
  /** Of primaries and replicas. */
  readonly bytes: number;
  /** Of `…-000001`; null where the name ends otherwise. */
  readonly generation: number | null;
  readonly shards: number;
  readonly replicas: number;
  readonly aliases: readonly { readonly name: string; readonly isWriteIndex: boolean }[];
  /** `read_only_allow_delete`, say: what is set of `index.blocks`. */
  readonly blocks: readonly string[];
}

const leastVersion = [2, 19] as const;
const newestKnownMajor = 3;

/** What `GET /` answers. */
export interface ServerInfo {
  readonly version?: { readonly number?: string; readonly distribution?: string };
  readonly tagline?: string;
}

export function versionFindings(info: ServerInfo | null): Finding[] {
  const { version, tagline } = info ?? {};
  const error = (message: string, cure: string): Finding[] => [{ level: 'error', message, cure }];
  // Whatever answers there need not be OpenSearch.
  const number = String(version?.number ?? '');
  if (version?.distribution !== 'opensearch') {
    const what = /you know, for search/i.test(String(tagline)) ? `Elasticsearch ${number}` : 'something else';
    return error(
      `expected OpenSearch at opensearchUrls, but ${what} answers there`,
      'name a cluster of OpenSearch 2.19 or 3',
    );
  }
  const [major, minor] = number.split('.').map(Number) as [number, number];
  if (number === '7.10.2')
    return error(
      'OpenSearch says that it is version 7.10.2, as it is told to by a setting',
      'set compatibility.override_main_response_version to false there',
    );
  if (!(major > leastVersion[0] || (major === leastVersion[0] && minor >= leastVersion[1])))
    return error(
      `expected OpenSearch ${leastVersion.join('.')} or newer, but the cluster has version ${number}`,
      'update it',
    );
  if (major <= newestKnownMajor) return [];
  return [
    {
      level: 'warning',
      message: `OpenSearch ${number} is newer than what this imagedex was tested with, ${newestKnownMajor}`,
      cure: 'look for a newer imagedex',
    },
  ];
}

export const redFinding = (names: readonly string[]): Finding[] =>
  names.length === 0
    ? []
    : [
        {
          level: 'error',
          message: `OpenSearch cannot answer for ${named(names)}: a primary shard is missing (red)`,
          cure: 'start the missing node, or restore the index from a snapshot; _cluster/allocation/explain says why',
        },
      ];

/** By index name, the settings below `index.blocks` that are on. */
export function blockFindings(blocks: ReadonlyMap<string, readonly string[]>): Finding[] {
  const having = (wanted: (block: string) => boolean) =>
    [...blocks].filter(([, set]) => set.some(wanted)).map(([name]) => name);
  const full = having((block) => block === 'read_only_allow_delete');
  const closed = having((block) => block !== 'read_only_allow_delete' && block !== 'metadata');
  return [
    ...(full.length === 0
      ? []
      : [
          {
            level: 'error' as const,
            message: `OpenSearch takes no writes for ${named(full)}, because a disk was nearly full`,
            cure: 'free space there or add a node: the block then ends by itself',
          },
        ]),
    ...(closed.length === 0
      ? []
      : [
          {
            level: 'error' as const,
            message: `somebody has set index.blocks for ${named(closed)}`,
            cure: 'take the block away in the settings of the index',
          },
        ]),
  ];
}

/** As texts: "90%", "0.9", or the space that must stay free, "50gb". */
export interface Watermarks {
  readonly high: string;
  readonly floodStage: string;
}

export const usualWatermarks: Watermarks = { high: '90%', floodStage: '95%' };

export function diskFindings(nodes: readonly NodeState[], marks: Watermarks): Finding[] {
  return nodes.flatMap(({ name, disk }): Finding[] => {
    if (disk === null || disk.totalBytes === 0) return [];
    const used = `${(100 * (1 - disk.availableBytes / disk.totalBytes)).toFixed(1)} %`;
    const isOver = (mark: string) => disk.availableBytes < leastFreeBytes(mark, disk.totalBytes);
    const cure = 'free space there or add a node';
    if (isOver(marks.floodStage))
      return [
        {
          level: 'error',
          message: `the disk of node ${name} is ${used} full, over the flood stage of ${marks.floodStage}: OpenSearch takes no writes to its indices`,
          cure,
        },
      ];
    if (!isOver(marks.high)) return [];
    return [
      {
        level: 'warning',
        message: `the disk of node ${name} is ${used} full, over the high watermark of ${marks.high}: soon OpenSearch will take no writes`,
        cure,
      },
    ];
  });
}

const unitBytes: Readonly<Record<string, number>> = {
  b: 1,
  kb: 2 ** 10,
  mb: 2 ** 20,
  gb: 2 ** 30,
  tb: 2 ** 40,
  pb: 2 ** 50,
};

/** A mark that cannot be read is never passed. */
function leastFreeBytes(mark: string, totalBytes: number): number {
  const [, digits, unit = ''] = /^([\d.]+)\s*(%|[kmgtp]?b)?$/i.exec(mark.trim()) ?? [];
  if (digits === undefined) return 0;
  const share = unit === '%' ? Number(digits) / 100 : Number(digits);
  return unit === '%' || unit === '' ? totalBytes * (1 - share) : share * unitBytes[unit.toLowerCase()]!;
}

/** Not all of many. */
const named = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
