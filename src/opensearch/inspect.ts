// The state of a cluster as one value, for `imagedex store status`.
import { messageOf } from '../errors.ts';
import {
  blockFindings,
  diskFindings,
  type Finding,
  type IndexState,
  type NodeState,
  redFinding,
  versionFindings,
} from './checks.ts';
import type { Link } from './client.ts';
import { nodeStates, serverInfo, watermarks } from './cluster-answers.ts';
import { indexStates, type TemplateState, templateStates } from './index-states.ts';

export interface ClusterState {
  readonly version: string;
  readonly distribution: string;
  /** The worst of our indices'; green where there are none. */
  readonly health: IndexState['health'];
  readonly nodes: readonly NodeState[];
  /** Ours, by name. */
  readonly indices: readonly IndexState[];
  readonly templates: readonly TemplateState[];
  /** Errors first. */
  readonly findings: readonly Finding[];
}

/** Throws where the cluster does not answer; what it does not tell this login is a finding. */
export async function inspectCluster(link: Link): Promise<ClusterState> {
  const unknown: Finding[] = [];
  const orElse = <T>(asking: Promise<T>, fallback: T): Promise<T> =>
    asking.catch((error) => {
      unknown.push({
        level: 'warning',
        message: `a part of the state of OpenSearch is not known (${messageOf(error)})`,
        cure: 'give the login the right to monitor the cluster and these indices',
      });
      return fallback;
    });
  const info = serverInfo(link);
  const [nodes, marks, indices, templates] = await Promise.all([
    orElse(nodeStates(link), []),
    orElse(watermarks(link), null),
    orElse(indexStates(link), []),
    orElse(templateStates(link), []),
    info.catch(() => {}),
  ]);
  const server = await info;
  const findings = [
    ...versionFindings(server),
    ...redFinding(indices.filter(({ health }) => health === 'red').map(({ name }) => name)),
    ...blockFindings(new Map(indices.map(({ name, blocks }) => [name, blocks]))),
    ...(marks === null ? [] : diskFindings(nodes, marks)),
    ...unknown,
  ];
  return {
    version: String(server?.version?.number ?? ''),
    distribution: String(server?.version?.distribution ?? ''),
    health:
      (['red', 'yellow'] as const).find((one) => indices.some(({ health }) => health === one)) ?? 'green',
    nodes,
    indices,
    templates,
    findings: findings.sort((a, b) => rank(a) - rank(b)),
  };
}

const rank = ({ level }: Finding): number => (level === 'error' ? 0 : 1);
