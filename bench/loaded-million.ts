// A million documents in an index, loaded once for all benchmarks of a run that need them.
import { openIndex } from '../src/drivers.ts';
import type { ImageIndex } from '../src/indexer/image-index.ts';
import type { BenchCall } from './bench.ts';
import { makeDocuments } from './documents.ts';
import { loadDocuments } from './load.ts';
import { type BenchServer, openServer } from './server.ts';

export interface LoadedMillion {
  readonly server: BenchServer;
  readonly index: ImageIndex;
  readonly documents: number;
  readonly seconds: number;
  /** After each tenth. */
  readonly rss: readonly { readonly tenth: number; readonly ours: number; readonly servers: number | null }[];
}

let loaded: Promise<LoadedMillion> | undefined;

export function loadedMillion(call: BenchCall): Promise<LoadedMillion> {
  loaded ??= load(call);
  return loaded;
}

async function load(call: BenchCall): Promise<LoadedMillion> {
  const documents = call.documents(1_000_000);
  const server = await openServer();
  call.atEnd(() => server.close());
  const index = await openIndex({ driver: 'opensearch', cluster: server.cluster });
  call.atEnd(() => index.close());
  const rss: { tenth: number; ours: number; servers: number | null }[] = [];
  const { seconds } = await loadDocuments(
    call,
    index,
    makeDocuments(0, documents),
    documents,
    async (tenth) => {
      rss.push({ tenth, ours: process.memoryUsage().rss, servers: await server.rssBytes() });
    },
  );
  await index.refresh();
  return { server, index, documents, seconds, rss };
}
