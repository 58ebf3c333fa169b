// The built program on the generated site, in a process group of its own that can be killed as a whole; and what it has
// written down, without what differs between two runs that come to the same.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openConnection } from '../src/sqlite/binding.ts';
import { type Holdings, holdingsOf } from './family.ts';
import type { SiteServer } from './site-server.ts';
import { tinyModel, writeTinyModel } from './tiny-model.ts';

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

export interface SiteCrawl {
  readonly site: SiteServer;
  readonly dataDir: string;
  /** By environment name without its beginning: `CONCURRENCY`. */
  readonly options?: Readonly<Record<string, string>>;
  /** Pixels of the square that the model sees. */
  readonly side?: number;
}

export interface Running {
  readonly pid: number;
  /** Of it and its children, as they are now. */
  holdings(): Holdings;
  /** Of the whole group. */
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly report: SiteReport | null;
  }>;
}

export interface SiteReport {
  readonly state: string;
  readonly pages: number;
  readonly found: number;
  readonly indexed: number;
  readonly skipped: number;
  readonly failed: number;
  readonly inferences: number;
  readonly seconds: number;
}

/** Politeness off, as the server is our own. */
const impolite = {
  HOST_DELAY_MS: '0',
  HOST_CONNECTIONS: '32',
  CONCURRENCY: '32',
  MAX_PAGES: '1000000',
  RETRY_DELAY_MS: '50',
};

export async function startCrawl({ site, dataDir, options = {}, side = 64 }: SiteCrawl): Promise<Running> {
  await writeTinyModel(dataDir, side);
  const given = { ...impolite, ...options, DATA_DIR: dataDir, MODEL: tinyModel, LOG_LEVEL: 'error' };
  const child = spawn(process.execPath, [cli, 'crawl', `${site.url}/`, '--json'], {
    cwd: dataDir,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('IMAGEDEX_'))),
      ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`IMAGEDEX_${name}`, value])),
    },
  });
  const [output, errors] = [gathered(child.stdout), gathered(child.stderr)];
  const pid = child.pid!;
  return {
    pid,
    holdings: () => holdingsOf(pid),
    kill: (signal) => void process.kill(-pid, signal),
    ended: once(child, 'close').then((closed) => {
      const [code, signal] = closed as [number | null, NodeJS.Signals | null];
      const line = output().trim().split('\n').at(-1) ?? '';
      const report = line.startsWith('{"crawlId"') ? (JSON.parse(line) as SiteReport) : null;
      if (report === null && signal === null)
        throw new Error(`the crawl ended with ${code}: ${line} ${errors().slice(-2000)}`);
      return { code, signal, report };
    }),
  };
}

function gathered(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-100_000);
  });
  return () => text;
}

/** Addresses of what a killed process had leased: of each it may have asked already. */
export function inFlight(dataDir: string): string[] {
  return withData(dataDir, (db) =>
    db.all<{ body: string }>("SELECT body FROM queue_items WHERE state = 'leased'").map(({ body }) => {
      const work = JSON.parse(body) as { address?: string; found?: { location: { address: string } } };
      return work.address ?? work.found!.location.address;
    }),
  );
}

const kinds = ['location', 'page', 'appearance', 'image', 'description', 'failure'] as const;
/** When, by which run and after how many tries; and the way on which a page was come to first. */
const passing = new Set([
  'crawlId',
  'foundAt',
  'fetchedAt',
  'expandedAt',
  'seenAt',
  'describedAt',
  'indexedAt',
  'at',
  'revision',
  'indexedRevision',
  'inferred',
  'depth',
  'attempts',
  'visits',
  'change',
  'notBefore',
  'dueAt',
  'changedAt',
]);

/** A line for each record and each document, in order. */
export function contentsOf(dataDir: string): string[] {
  return withData(dataDir, (db) => {
    const tables = [
      ...kinds.map((kind) => ({ name: kind, sql: `SELECT body FROM ledger_${kind}` })),
      { name: 'document', sql: 'SELECT body FROM image_bodies' },
    ];
    return tables
      .flatMap(({ name, sql }) =>
        db
          .all<{ body: string }>(sql)
          .map(({ body }) => `${name} ${JSON.stringify(lasting(JSON.parse(body)))}`),
      )
      .sort();
  });
}

function lasting(value: unknown): unknown {
  // Of appearances that were seen at equal times, which comes first may differ.
  if (Array.isArray(value)) return value.map((part) => JSON.stringify(lasting(part))).sort();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, part]) => !passing.has(name) && !(name === 'missing' && part === 0))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, part]) => [name, lasting(part)]),
  );
}

function withData<T>(dataDir: string, read: (db: ReturnType<typeof openConnection>) => T): T {
  const file = join(dataDir, 'imagedex.db');
  if (!existsSync(file)) throw new Error(`expected a database at ${file}`);
  const db = openConnection(file);
  try {
    return read(db);
  } finally {
    db.close();
  }
}
