// The OpenSearch that is measured: one with 2 GB of heap that the bench starts, or the one that OPENSEARCH_3 names.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Pool } from 'undici';
import { openLog } from '../src/log.ts';
import { type Cluster, openCluster } from '../src/opensearch/cluster.ts';
import { type OpenSearchSettings, openSearchOptions } from '../src/opensearch/options.ts';
import { startOpenSearch } from '../test/opensearch/server.ts';

export interface BenchServer {
  readonly url: string;
  readonly version: string;
  /** Its own, so that indices of a server that others use stay apart. */
  readonly prefix: string;
  readonly settings: OpenSearchSettings;
  readonly cluster: Cluster;
  readonly ask: Ask;
  /** Memory of the server's process, where it runs on this machine. */
  rssBytes(): Promise<number | null>;
  close(): Promise<void>;
}

/** Over a connection that is kept, with nothing around it. A body of lines is a string. */
export type Ask = <T = unknown>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object | string,
) => Promise<T>;

const heapMb = 2048;

export async function openServer(): Promise<BenchServer> {
  const running = process.env['OPENSEARCH_3'];
  const node = running === undefined ? await startOpenSearch({ line: '3', heapMb }) : undefined;
  const url = running ?? node!.url;
  const pool = new Pool(url, { connections: 16 });
  const prefix = `b${randomBytes(6).toString('hex')}`;
  const settings = benchSettings(url, prefix);
  const cluster = await openCluster(settings, openLog('warn'));
  const ask: Ask = async <T>(method: string, path: string, body?: object | string) => {
    const isLines = typeof body === 'string';
    const { statusCode, body: stream } = await pool.request({
      method,
      path,
      headers: { 'content-type': isLines ? 'application/x-ndjson' : 'application/json' },
      body: body === undefined ? null : isLines ? body : JSON.stringify(body),
    });
    const text = await stream.text();
    if (statusCode >= 300) throw new Error(`${method} ${path}: ${statusCode} ${text.slice(0, 500)}`);
    return JSON.parse(text) as T;
  };
  return {
    url,
    version: (await ask<{ version: { number: string } }>('GET', '/')).version.number,
    prefix,
    settings,
    cluster,
    ask,
    async rssBytes() {
      const { nodes } = await ask<{ nodes: Record<string, { process: { id: number } }> }>(
        'GET',
        '/_nodes/process',
      );
      return rssOf(Object.values(nodes)[0]!.process.id);
    },
    async close() {
      if (node === undefined) await removeIndices(ask, prefix);
      await cluster.close();
      await pool.close();
      await node?.close();
    },
  };
}

/** All as it is by default. */
const benchSettings = (url: string, prefix: string): OpenSearchSettings => ({
  ...(Object.fromEntries(
    Object.entries(openSearchOptions).map(([name, { default: value }]) => [name, value]),
  ) as unknown as OpenSearchSettings),
  opensearchUrls: [url],
  opensearchPrefix: prefix,
});

async function removeIndices(ask: Ask, prefix: string): Promise<void> {
  const all = await ask<{ index: string }[]>(
    'GET',
    `/_cat/indices/${prefix}-*?format=json&expand_wildcards=all`,
  );
  for (const { index } of all) await ask('DELETE', `/${index}`);
}

async function rssOf(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}
