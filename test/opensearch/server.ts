// A real OpenSearch for tests: nodes on the loopback address, in folders of their own, that can be killed and started again.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, chown, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { distributionOf, type Line } from './distribution.ts';

export interface OpenSearchNode {
  readonly url: string;
  readonly line: Line;
  readonly pid: number;
  /** Registered as `path.repo`: snapshot repositories of the kind `fs` may lie in it. */
  readonly repositories: string;
  /** Without a goodbye; `start` brings it back at the same address with the same data. */
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface NodeOptions {
  readonly line: Line;
  readonly heapMb?: number;
  readonly settings?: Readonly<Record<string, string>>;
  /** Node names and transport ports of a cluster of several, this one included; one node needs none. */
  readonly cluster?: { readonly name: string; readonly ports: readonly number[]; readonly place: number };
}

/** Servers may not run as root. */
const nobody = 65_534;
const startMs = 300_000;

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
    server.once('error', reject);
  });

export async function startOpenSearch(options: NodeOptions): Promise<OpenSearchNode> {
  const { line, heapMb = 512 } = options;
  const { home, javaHome } = await distributionOf(line);
  const folder = await mkdtemp(join(tmpdir(), `imagedex-opensearch-${line}-`));
  await prepare(home, folder);
  const port = await freePort();
  const transportPort = options.cluster?.ports[options.cluster.place] ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const settings = {
    'http.host': '127.0.0.1',
    'http.port': String(port),
    'transport.host': '127.0.0.1',
    'transport.port': String(transportPort),
    'path.data': join(folder, 'data'),
    'path.logs': join(folder, 'logs'),
    'path.repo': join(folder, 'repositories'),
    ...clusterSettings(options.cluster, transportPort),
    ...options.settings,
  };
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    OPENSEARCH_JAVA_HOME: javaHome,
    OPENSEARCH_PATH_CONF: join(folder, 'config'),
    OPENSEARCH_TMPDIR: join(folder, 'tmp'),
    OPENSEARCH_JAVA_OPTS: `-Xms${heapMb}m -Xmx${heapMb}m`,
  };
  const args = Object.entries(settings).map(([name, value]) => `-E${name}=${value}`);
  let child: ChildProcess | undefined;
  const stop = () => child?.kill('SIGKILL');
  process.once('exit', stop);

  const start = async (): Promise<void> => {
    const isRoot = process.geteuid?.() === 0;
    const started = spawn(join(home, 'bin', 'opensearch'), args, {
      env,
      stdio: 'ignore',
      ...(isRoot ? { uid: nobody, gid: nobody } : {}),
    });
    child = started;
    // A node of several answers only when enough of them are there.
    if (options.cluster === undefined) await untilGreenOrYellow(started, url, folder);
  };
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child!.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    url,
    line,
    get pid() {
      return child!.pid!;
    },
    repositories: join(folder, 'repositories'),
    kill,
    start,
    async close() {
      process.off('exit', stop);
      await kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Nodes of one cluster, ready when all have joined. */
export async function startCluster(
  line: Line,
  count: number,
  heapMb = 384,
): Promise<readonly OpenSearchNode[]> {
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const name = `imagedex-${process.pid}-${ports[0]}`;
  const nodes = await Promise.all(
    ports.map((_, place) => startOpenSearch({ line, heapMb, cluster: { name, ports, place } })),
  );
  try {
    await untilJoined(nodes);
    return nodes;
  } catch (error) {
    for (const node of nodes) await node.close();
    throw error;
  }
}

async function untilJoined(nodes: readonly OpenSearchNode[]): Promise<void> {
  const deadline = Date.now() + startMs;
  for (;;) {
    const health = await ask(`${nodes[0]!.url}/_cluster/health?timeout=5s`);
    const count = health?.['number_of_nodes'];
    if (count === nodes.length) return;
    if (Date.now() > deadline) throw new Error(`only ${count ?? 0} of ${nodes.length} nodes`);
    await sleep(200);
  }
}

async function prepare(home: string, folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const name of ['config', 'data', 'logs', 'tmp', 'repositories']) {
    const path = join(folder, name);
    await mkdir(path);
    if (process.geteuid?.() === 0) await chown(path, nobody, nobody);
  }
  for (const entry of await readdir(join(home, 'config'), { withFileTypes: true })) {
    if (entry.isFile()) await copyFile(join(home, 'config', entry.name), join(folder, 'config', entry.name));
  }
  const jvm = join(folder, 'config', 'jvm.options');
  // These write beside the distribution, where the server has no right to.
  const kept = (await readFile(jvm, 'utf8'))
    .split('\n')
    .filter((row) => !/gc\.log|HeapDump|hs_err/.test(row));
  await writeFile(jvm, kept.join('\n'));
}

function clusterSettings(cluster: NodeOptions['cluster'], ownPort: number): Readonly<Record<string, string>> {
  if (cluster === undefined)
    return { 'cluster.name': `imagedex-${ownPort}`, 'discovery.type': 'single-node' };
  return {
    'cluster.name': cluster.name,
    'node.name': `node-${cluster.place}`,
    'discovery.seed_hosts': cluster.ports.map((port) => `127.0.0.1:${port}`).join(','),
    'cluster.initial_cluster_manager_nodes': cluster.ports.map((_, place) => `node-${place}`).join(','),
  };
}

async function untilGreenOrYellow(child: ChildProcess, url: string, folder: string): Promise<void> {
  const deadline = Date.now() + startMs;
  for (;;) {
    const health = await ask(`${url}/_cluster/health?wait_for_status=yellow&timeout=5s`);
    if (health?.['status'] === 'green' || health?.['status'] === 'yellow') return;
    if (child.exitCode !== null)
      throw new Error(`OpenSearch ended with ${child.exitCode}: ${await lastLog(folder)}`);
    if (Date.now() > deadline)
      throw new Error(`OpenSearch is not up after ${startMs} ms: ${await lastLog(folder)}`);
    await sleep(100);
  }
}

async function ask(url: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    return (await (await fetch(url)).json()) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

async function lastLog(folder: string): Promise<string> {
  const logs = join(folder, 'logs');
  const names = (await readdir(logs)).filter((name) => name.endsWith('.log'));
  const texts = await Promise.all(names.map((name) => readFile(join(logs, name), 'utf8')));
  return texts.join('\n').slice(-2000);
}
