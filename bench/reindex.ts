// Reindexing the million while a writer writes and ten clients search: what fails, what is lost, and who has to wait.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ImageIndex, ImageQuery } from '../src/indexer/image-index.ts';
import type { Bench, Finding, Outcome } from './bench.ts';
import { runCli } from './cli.ts';
import { keepAsking } from './clients.ts';
import { benchCollection, makeDocument } from './documents.ts';
import { type LoadedMillion, loadedMillion } from './loaded-million.ts';
import { below, randomOf } from './random.ts';
import { percentile } from './statistics.ts';

const clients = 10;
const restMs = 200;
const beforeMs = 20_000;
const perPut = 25;
const writerRestMs = 250;
const checked = 20_000;

export const reindex: Bench = {
  name: 'reindex',
  about: `\`imagedex store reindex\` while one process writes and ${clients} clients search`,
  async run(call) {
    const loaded = await loadedMillion(call);
    const { index, server } = loaded;
    const queries = await someQueries(loaded);
    call.progress('searching before');
    const before = await searchFor(index, queries, () => sleep(beforeMs));
    call.progress('reindexing');
    const folder = await mkdtemp(join(tmpdir(), 'imagedex-bench-'));
    const writer = keepWriting(loaded);
    let report: Report | undefined;
    try {
      const during = await searchFor(index, queries, async () => {
        report = await runCli<Report>(['store', 'reindex'], server, folder);
      });
      const written = await writer.stop();
      call.progress('counting');
      const counted = await count(loaded, written);
      return outcome(loaded, report!, before, during, counted);
    } finally {
      await writer.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

interface Report {
  readonly isSwitched: boolean;
  readonly seconds: number;
  readonly copied: number;
  readonly mended: number;
  readonly differences: readonly string[];
}
interface Searched {
  readonly ms: readonly number[];
  readonly failures: readonly string[];
}

/** A query and how many it found before: as nothing is removed, it never finds fewer. */
interface Known {
  readonly query: ImageQuery;
  readonly least: number;
}

async function someQueries({ index, documents }: LoadedMillion): Promise<Known[]> {
  const random = randomOf(17);
  const known: Known[] = [];
  while (known.length < 50) {
    const { labels } = makeDocument(below(random, documents));
    const concept = labels[below(random, labels.length)]!.id;
    const query: ImageQuery = {
      collection: benchCollection,
      filter: { labels: { allOf: [{ concept, minConfidence: 74 }] } },
      orderBy: { field: 'CONFIDENCE', direction: 'DESC' },
      first: 24,
    };
    known.push({ query, least: (await index.search(query)).totalCount.value });
  }
  return known;
}

async function searchFor(
  index: ImageIndex,
  queries: readonly Known[],
  meanwhile: () => Promise<void>,
): Promise<Searched> {
  const asking = keepAsking(clients, restMs, async (n) => {
    const { query, least } = queries[n % queries.length]!;
    const { totalCount, hits } = await index.search(query);
    if (totalCount.value < least) throw new Error(`found ${totalCount.value} where there were ${least}`);
    if (new Set(hits.map(({ document }) => document.id)).size < hits.length)
      throw new Error('an image came twice in one page');
  });
  try {
    await meanwhile();
  } finally {
    await asking.stop();
  }
  return asking.stop();
}

interface Written {
  /** Numbers of new documents, and of old ones that were written with revision 2. */
  readonly added: readonly number[];
  readonly revised: readonly number[];
}

/** Half of it new documents, half newer revisions; what is acknowledged is remembered. */
function keepWriting({ index, documents }: LoadedMillion): { stop(): Promise<Written> } {
  const random = randomOf(19);
  const [added, revised]: [number[], Set<number>] = [[], new Set()];
  let isOver = false;
  let next = documents;
  const writing = (async () => {
    while (!isOver) {
      const fresh = Array.from({ length: perPut }, () => next++);
      const old = [...new Set(Array.from({ length: perPut }, () => below(random, documents)))];
      const rejected = await index.put([
        ...fresh.map((n) => makeDocument(n)),
        ...old.map((n) => makeDocument(n, 2)),
      ]);
      if (rejected.length > 0) throw new Error(rejected[0]!.reason);
      added.push(...fresh);
      for (const n of old) revised.add(n);
      await sleep(writerRestMs);
    }
  })();
  // Whoever stops it hears of it.
  writing.catch(() => {});
  return {
    async stop() {
      isOver = true;
      await writing;
      return { added, revised: [...revised] };
    },
  };
}

interface Counted {
  readonly written: Written;
  readonly expected: number;
  readonly found: number;
  /** Of those that were looked up: not there, or with an older revision than was acknowledged. */
  readonly lost: number;
  readonly lookedUp: number;
}

/** All that was written meanwhile is looked up, and some of the rest; the others are counted. */
async function count({ server, index, documents }: LoadedMillion, written: Written): Promise<Counted> {
  await index.refresh();
  const { count: found } = await server.ask<{ count: number }>('POST', `/${server.prefix}-images/_count`, {
    query: { term: { collection: benchCollection } },
  });
  const random = randomOf(23);
  const revisions = new Map<number, number>();
  for (let i = 0; i < Math.min(checked, documents); i++) revisions.set(below(random, documents), 1);
  for (const n of written.added) revisions.set(n, 1);
  for (const n of written.revised) revisions.set(n, 2);
  const all = [...revisions];
  let lost = 0;
  for (let from = 0; from < all.length; from += 500) {
    const some = all.slice(from, from + 500).map(([n, revision]) => ({ id: makeDocument(n).id, revision }));
    const there = new Map((await index.get(some.map(({ id }) => id))).map((one) => [one.id, one.revision]));
    lost += some.filter(({ id, revision }) => (there.get(id) ?? 0) < revision).length;
  }
  return { written, expected: documents + written.added.length, found, lost, lookedUp: all.length };
}

function outcome(
  { documents, server }: LoadedMillion,
  report: Report,
  before: Searched,
  during: Searched,
  { written, expected, found, lost, lookedUp }: Counted,
): Outcome {
  const failed = during.failures.length;
  const findings: Finding[] = [
    {
      what: 'reindexed, compared and switched',
      wanted: 'yes',
      came: report.isSwitched ? 'yes' : report.differences.join('; '),
      holds: report.isSwitched,
    },
    {
      what: 'searches that failed or found too few',
      wanted: '0',
      came: failed === 0 ? '0' : `${failed}: ${during.failures[0]}`,
      holds: failed === 0,
    },
    {
      what: 'documents lost, of those looked up',
      wanted: '0',
      came: `${lost} of ${lookedUp}`,
      holds: lost === 0,
    },
    { what: 'documents in all', wanted: String(expected), came: String(found), holds: found === expected },
  ];
  return {
    documents,
    opensearch: server.version,
    figures: { reindexSeconds: report.seconds },
    tables: [
      {
        title: 'Reindexing',
        head: ['', ''],
        rows: [
          ['seconds', report.seconds],
          ['documents copied', report.copied],
          ['taken over again because they had changed', report.mended],
          ['new documents written meanwhile', written.added.length],
          ['newer revisions written meanwhile', written.revised.length],
        ],
      },
      {
        title: `Searches by ${clients} clients that rest ${restMs} ms`,
        head: ['', 'answered', 'failed', 'p50 ms', 'p99 ms'],
        rows: [
          ['before', ...row(before)],
          ['while it was reindexed', ...row(during)],
        ],
      },
    ],
    findings,
  };
}

const row = ({ ms, failures }: Searched): number[] => [
  ms.length,
  failures.length,
  percentile(ms, 0.5),
  percentile(ms, 0.99),
];
