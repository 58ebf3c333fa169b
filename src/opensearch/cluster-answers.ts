// What a cluster is asked about itself, whenever it is opened.
import { asked } from './asked.ts';
import { type NodeState, type ServerInfo, usualWatermarks, type Watermarks } from './checks.ts';
import type { Link } from './client.ts';

type Json = Readonly<Record<string, unknown>>;

export const ours = ({ settings }: Link): string => `${settings.opensearchPrefix}-*`;

export const answerTo = async <T>(
  link: Link,
  path: string,
  querystring: Record<string, string> = {},
): Promise<T> =>
  (await asked(link, (quick) => link.client.transport.request({ method: 'GET', path, querystring }, quick)))
    .body as T;

export const serverInfo = (link: Link): Promise<ServerInfo> => answerTo(link, '/');

/** The names of our red indices; waits a little for those of a cluster that has just started. */
export async function redIndices(link: Link): Promise<string[]> {
  const path = `/_cluster/health/${ours(link)}`;
  const querystring = { level: 'indices', wait_for_status: 'yellow', timeout: '3s' };
  const { body } = await asked(link, async (quick) => {
    // 408 and `timed_out` where the wait was in vain: an answer, too.
    const answer = await link.client.transport.request(
      { method: 'GET', path, querystring },
      { ignore: [408], ...quick },
    );
    return { body: { indices: (answer.body as Json)['indices'] } };
  });
  return Object.entries((body.indices ?? {}) as Record<string, { readonly status: string }>)
    .filter(([, { status }]) => status === 'red')
    .map(([name]) => name);
}

/** Of our indices, by name: `read_only_allow_delete` and others that are on. */
export async function indexBlocks(link: Link): Promise<Map<string, string[]>> {
  const answer = await answerTo<Record<string, { readonly settings: Record<string, string> }>>(
    link,
    `/${ours(link)}/_settings/index.blocks.*`,
    { flat_settings: 'true' },
  );
  return new Map(
    Object.entries(answer).map(([name, { settings }]) => [
      name,
      Object.entries(settings).flatMap(([key, value]) =>
        value === 'true' ? key.replace('index.blocks.', '') : [],
      ),
    ]),
  );
}

interface NodeAnswer {
  readonly name: string;
  readonly roles?: readonly string[];
  readonly fs?: {
    readonly total?: { readonly total_in_bytes?: number; readonly available_in_bytes?: number };
  };
}

export async function nodeStates(link: Link): Promise<NodeState[]> {
  const [stats, infos] = await Promise.all([
    answerTo<{ readonly nodes?: Record<string, NodeAnswer> }>(link, '/_nodes/stats/fs', {
      filter_path: 'nodes.*.name,nodes.*.roles,nodes.*.fs.total',
    }),
    answerTo<{ readonly nodes?: Record<string, { readonly version: string }> }>(link, '/_nodes/_all', {
      filter_path: 'nodes.*.version',
    }),
  ]);
  return Object.entries(stats.nodes ?? {})
    .map(([id, { name, roles, fs }]): NodeState => {
      const { total_in_bytes: totalBytes, available_in_bytes: availableBytes } = fs?.total ?? {};
      const holdsData = roles === undefined || roles.some((role) => role.startsWith('data'));
      return {
        name,
        version: infos.nodes?.[id]?.version ?? '',
        disk:
          holdsData && totalBytes !== undefined && availableBytes !== undefined
            ? { totalBytes, availableBytes }
            : null,
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface DiskSettings {
  readonly threshold_enabled?: string;
  readonly watermark?: { readonly high?: string; readonly flood_stage?: string };
}

/** Null where the cluster does not heed them. */
export async function watermarks(link: Link): Promise<Watermarks | null> {
  const answer = await answerTo<Record<string, unknown>>(link, '/_cluster/settings', {
    include_defaults: 'true',
    filter_path: '*.cluster.routing.allocation.disk',
  });
  const [set, kept, usual] = ['transient', 'persistent', 'defaults'].map(
    (layer) =>
      (answer[layer] as { cluster?: { routing?: { allocation?: { disk?: DiskSettings } } } } | undefined)
        ?.cluster?.routing?.allocation?.disk ?? {},
  ) as [DiskSettings, DiskSettings, DiskSettings];
  if ((set.threshold_enabled ?? kept.threshold_enabled ?? usual.threshold_enabled) === 'false') return null;
  const { high, flood_stage } = { ...usual.watermark, ...kept.watermark, ...set.watermark };
  return {
    high: high ?? usualWatermarks.high,
    floodStage: flood_stage ?? usualWatermarks.floodStage,
  };
}
