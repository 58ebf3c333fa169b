// A million documents: how fast and in how much memory they are loaded, how much disk they take, how fast they are searched.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ImageQuery } from '../src/indexer/image-index.ts';
import { textUnits } from '../src/indexer/query.ts';
import { wordnet } from '../src/labels/taxonomy.ts';
import type { Bench, BenchCall, Outcome } from './bench.ts';
import { askAll, type Timing } from './clients.ts';
import { benchCollection, makeDocument } from './documents.ts';
import { type LoadedMillion, loadedMillion } from './loaded-million.ts';
import { below, randomOf } from './random.ts';
import type { BenchServer } from './server.ts';
import { percentile } from './statistics.ts';

const perKind = 200;
const clients = 2;
const megabyte = 1e6;

export const million: Bench = {
  name: 'million',
  about: 'a million documents: loaded, on disk, searched',
  async run(call) {
    const loaded = await loadedMillion(call);
    const { server, index, documents } = loaded;
    const bytes = await bytesOf(call, server);
    const searches = [];
    for (const { name, queries, isFacets } of makeQueries(documents)) {
      call.progress(`searching: ${name}`);
      const ask = (n: number): Promise<unknown> => {
        const query = queries[n % queries.length]!;
        return isFacets ? index.facets(query, 20) : index.search(query);
      };
      await askAll(perKind / 4, clients, ask);
      searches.push({ name, timing: await askAll(perKind, clients, ask) });
    }
    return outcome(loaded, bytes, searches);
  },
};

/** When merging has come to rest. */
async function bytesOf(call: BenchCall, { ask, prefix }: BenchServer): Promise<number> {
  await ask('POST', `/${prefix}-images/_flush`);
  for (let waited = 0; ; waited++) {
    const { _all } = await ask<{
      _all: { primaries: { store: { size_in_bytes: number }; merges: { current: number } } };
    }>('GET', `/${prefix}-images/_stats/store,merge`);
    const { store, merges } = _all.primaries;
    if (merges.current === 0 || waited === 60) return store.size_in_bytes;
    if (waited === 0) call.progress('waiting for merges');
    await sleep(1000);
  }
}

interface Kind {
  readonly name: string;
  readonly queries: readonly ImageQuery[];
  readonly isFacets?: true;
}

function makeQueries(documents: number): Kind[] {
  const random = randomOf(13);
  const taxonomy = wordnet();
  const some = (make: (concept: string, alt: string) => Pick<ImageQuery, 'filter'> & Partial<ImageQuery>) => {
    const made: ImageQuery[] = [];
    while (made.length < 100) {
      const { labels, appearances } = makeDocument(below(random, documents));
      const accepted = labels.filter((label) => label.accepted);
      const concept = accepted[below(random, accepted.length)]?.id;
      const alt = appearances[0]!.context.alt?.split(' ').at(-1);
      if (concept === undefined || alt === undefined) continue;
      const orderBy = { field: 'CONFIDENCE', direction: 'DESC' } as const;
      made.push({ collection: benchCollection, first: 24, orderBy, ...make(concept, alt) });
    }
    return made;
  };
  const byLabel = (concept: string) => ({ filter: { labels: { allOf: [{ concept }] } } });
  const sure = (concept: string) => ({ filter: { labels: { allOf: [{ concept, minConfidence: 74 }] } } });
  const words = (text: string) => ({
    filter: { text: textUnits(text, taxonomy) },
    orderBy: { field: 'RELEVANCE', direction: 'DESC' } as const,
  });
  const byDate = { orderBy: { field: 'DATE', direction: 'DESC' } } as const;
  return [
    { name: 'a label, by confidence', queries: some(byLabel) },
    { name: 'a label ≥ 0.37, by confidence', queries: some(sure) },
    { name: 'a label, by date', queries: some((concept) => ({ ...byLabel(concept), ...byDate })) },
    {
      name: 'a label as a word, by relevance',
      queries: some((concept) => words(taxonomy.get(concept)?.names[0] ?? concept)),
    },
    { name: 'a word of the page, by relevance', queries: some((_, alt) => words(alt)) },
    { name: 'facets of a label', queries: some(byLabel), isFacets: true },
    {
      name: 'facets of a label ≥ 0.37',
      queries: some((concept) => ({ ...sure(concept), minConfidence: 74 })),
      isFacets: true,
    },
  ];
}

function outcome(
  { documents, seconds, rss, server }: LoadedMillion,
  bytes: number,
  searches: readonly { readonly name: string; readonly timing: Timing }[],
): Outcome {
  const at = rss.filter(({ tenth }) => tenth === 1 || tenth === 5 || tenth === 10);
  const growth = at.at(-1)!.ours - at[0]!.ours;
  return {
    documents,
    opensearch: server.version,
    figures: { documentsPerSecond: documents / seconds, bytesPerDocument: bytes / documents },
    tables: [
      {
        title: 'Loading',
        head: ['', ...at.map(({ tenth }) => `at ${tenth * 10} %`)],
        rows: [
          ['our memory, MB', ...at.map(({ ours }) => ours / megabyte)],
          [
            'OpenSearch’s memory, MB (2 GB of it heap)',
            ...at.map(({ servers }) => (servers === null ? 'elsewhere' : servers / megabyte)),
          ],
        ],
      },
      {
        title: 'Documents',
        head: ['', ''],
        rows: [
          ['documents a second, made and written', documents / seconds],
          ['megabytes in the index, one copy', bytes / megabyte],
          ['bytes a document', bytes / documents],
        ],
      },
      {
        title: `Searches for 24 images, ${clients} clients, nothing written meanwhile`,
        head: ['', 'p50 ms', 'p99 ms', 'a second'],
        rows: searches.map(({ name, timing }) => [
          name,
          percentile(timing.ms, 0.5),
          percentile(timing.ms, 0.99),
          timing.perSecond,
        ]),
      },
    ],
    findings: [
      {
        what: 'memory of ours that ten times as many documents take more',
        wanted: 'under 200 MB',
        came: `${(growth / megabyte).toFixed(0)} MB`,
        holds: growth < 200 * megabyte,
      },
    ],
  };
}
