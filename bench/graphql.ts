// What GraphQL costs on the way to OpenSearch: a label query through our server, and what it sends there sent by hand.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { openIndex } from '../src/drivers.ts';
import type { Bench, BenchCall, Finding, Outcome } from './bench.ts';
import { serve } from './cli.ts';
import { askAll } from './clients.ts';
import { benchCollection, makeDocument, makeDocuments } from './documents.ts';
import { loadDocuments } from './load.ts';
import { inTurn, ratio } from './pairs.ts';
import { below, randomOf } from './random.ts';
import type { BenchServer } from './server.ts';
import { percentile } from './statistics.ts';

const rounds = 10;
const perRound = 200;
const concepts = 50;
const pageSize = 24;

const gql = `query ByLabel($id: ID!, $first: Int!) {
  images(filter: { labels: { allOf: [{ id: $id, minConfidence: 0.5 }] } }, orderBy: { field: CONFIDENCE }, first: $first) {
    totalCount { value relation }
    pageInfo { hasNextPage endCursor }
    edges { matchedLabels { confidence label { id name } } node { id url pageUrl alt thumbnail width height } }
  }
}`;

export const graphql: Bench = {
  name: 'graphql',
  about: `a label query for ${pageSize} images through GraphQL against the same one sent to OpenSearch by hand`,
  async run(call) {
    const documents = call.documents(100_000);
    const server = await call.server();
    const index = await openIndex({ driver: 'opensearch', cluster: server.cluster });
    await loadDocuments(call, index, makeDocuments(0, documents), documents);
    await index.refresh();
    await index.close();
    const folder = await mkdtemp(join(tmpdir(), 'imagedex-bench-'));
    const ours = await serve(server, folder);
    try {
      const asked = someConcepts(documents);
      const sent = await sentFor(server, asked);
      const rows = [];
      for (const clients of [1, 10]) rows.push(await compare(call, server, ours.url, asked, sent, clients));
      return outcome(documents, rows);
    } finally {
      await ours.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** As often as documents have them. */
function someConcepts(documents: number): string[] {
  const random = randomOf(11);
  const found: string[] = [];
  while (found.length < concepts) {
    const { labels } = makeDocument(below(random, documents));
    const sure = labels.filter(({ confidence }) => confidence >= 100);
    const label = sure[below(random, sure.length)];
    if (label !== undefined) found.push(label.id);
  }
  return found;
}

interface Sent {
  readonly path: string;
  readonly body: string;
}

/** What the image index sends for the queries that GraphQL makes of ours. */
async function sentFor({ cluster }: BenchServer, asked: readonly string[]): Promise<Sent[]> {
  const sent: Sent[] = [];
  const listen = (_: unknown, result: unknown) => {
    const { params } = (result as { meta: { request: { params: Params } } }).meta.request;
    sent.push({ path: `${params.path}?${params.querystring}`, body: params.body });
  };
  const index = await openIndex({ driver: 'opensearch', cluster });
  cluster.client.on('response', listen);
  for (const concept of asked) {
    await index.search({
      collection: benchCollection,
      filter: { labels: { allOf: [{ concept, minConfidence: 100 }] } },
      orderBy: { field: 'CONFIDENCE', direction: 'DESC' },
      first: pageSize,
    });
  }
  cluster.client.off('response', listen);
  await index.close();
  if (sent.length !== asked.length)
    throw new Error(`expected one request for a search, but ${asked.length} searches sent ${sent.length}`);
  return sent;
}
interface Params {
  readonly path: string;
  readonly querystring: string;
  readonly body: string;
}

interface Row {
  readonly clients: number;
  readonly ours: readonly number[];
  readonly raw: readonly number[];
  readonly p50s: { readonly ours: readonly number[]; readonly raw: readonly number[] };
}

/** Connections of the same kind, kept open, one for each client; every answer is read whole and parsed. */
async function compare(
  call: BenchCall,
  { url }: BenchServer,
  oursUrl: string,
  asked: readonly string[],
  sent: readonly Sent[],
  clients: number,
): Promise<Row> {
  const [oursPool, rawPool] = [oursUrl, url].map((one) => new Pool(one, { connections: clients }));
  const ask = async (pool: Pool, path: string, body: string): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await pool.request({ method: 'POST', path, headers, body });
    const parsed = (await answer.body.json()) as { errors?: unknown };
    if (answer.statusCode !== 200 || parsed.errors !== undefined) throw new Error(JSON.stringify(parsed));
    return parsed;
  };
  const bodies = asked.map((id) => JSON.stringify({ query: gql, variables: { id, first: pageSize } }));
  const ways = [
    (n: number) => ask(oursPool!, '/graphql', bodies[n % concepts]!),
    (n: number) => ask(rawPool!, sent[n % concepts]!.path, sent[n % concepts]!.body),
  ];
  const ms: number[][] = [[], []];
  const p50s: number[][] = [[], []];
  // The first round warms up.
  for (let round = -1; round < rounds; round++) {
    await inTurn(Math.abs(round), ways, async (way, at) => {
      const timing = await askAll(perRound, clients, way);
      if (round < 0) return;
      ms[at]!.push(...timing.ms);
      p50s[at]!.push(percentile(timing.ms, 0.5));
    });
  }
  call.progress(`${clients} clients compared`);
  await Promise.all([oursPool!.close(), rawPool!.close()]);
  return { clients, ours: ms[0]!, raw: ms[1]!, p50s: { ours: p50s[0]!, raw: p50s[1]! } };
}

function outcome(documents: number, rows: readonly Row[]): Outcome {
  const findings: Finding[] = [];
  const cells = rows.map(({ clients, ours, raw, p50s }) => {
    const at = (share: number) => [percentile(ours, share), percentile(raw, share)] as const;
    const [p50, p50Raw] = at(0.5);
    const [p99, p99Raw] = at(0.99);
    const { median, lowerBound } = ratio(p50s.ours, p50s.raw);
    const who = clients === 1 ? '1 client' : `${clients} clients`;
    findings.push(
      {
        what: `GraphQL to raw, p50, ${who}`,
        wanted: '≤ 1.30',
        came: `${(p50 / p50Raw).toFixed(2)}, ${(p50 - p50Raw).toFixed(1)} ms more (median of rounds ${median.toFixed(2)}, lower bound ${lowerBound.toFixed(2)})`,
        holds: p50 / p50Raw <= 1.3,
      },
      {
        what: `GraphQL to raw, p99, ${who}`,
        wanted: '≤ 1.50, or under 2 ms more',
        came: `${(p99 / p99Raw).toFixed(2)}, ${(p99 - p99Raw).toFixed(1)} ms more`,
        holds: p99 / p99Raw <= 1.5 || p99 - p99Raw < 2,
      },
    );
    return [who, p50, p50Raw, p50 / p50Raw, p99, p99Raw, p99 / p99Raw];
  });
  return {
    documents,
    tables: [
      {
        title: 'Milliseconds',
        head: ['', 'GraphQL p50', 'raw p50', 'ratio', 'GraphQL p99', 'raw p99', 'ratio'],
        rows: cells,
        notes: [
          `${rounds} rounds of ${perRound} queries each way, in turn, for ${concepts} labels with minConfidence 0.5. Raw: the very body that our driver sends, on connections of the same kind, its answer parsed.`,
        ],
      },
    ],
    findings,
  };
}
