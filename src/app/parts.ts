// What an app is made of: opens what the configuration names, and closes it.
import { join } from 'node:path';
import type { Blobs } from '../blobs/blobs.ts';
import type { Config } from '../config/config.ts';
import { openRenderer } from '../crawler/render/open-renderer.ts';
import type { Renderer } from '../crawler/render/renderer.ts';
import { openBlobs, openQueue, type Store } from '../drivers.ts';
import { builtFile } from '../entry.ts';
import { TemporaryError } from '../errors.ts';
import type { ImageIndex } from '../indexer/image-index.ts';
import type { Describers } from '../inference/describe.ts';
import { openDescribers } from '../inference/describers.ts';
import { bundledModels, findModel } from '../inference/repository.ts';
import { type Taxonomy, wordnet } from '../labels/taxonomy.ts';
import type { Ledger } from '../ledger.ts';
import { type Log, openLog } from '../log.ts';
import { connectCluster } from '../opensearch/cluster.ts';
import { type Owner, openOwner } from '../owner.ts';
import { openPatience, type Patience } from '../patient.ts';
import type { Queue } from '../queue/queue.ts';
import { openDatabase } from '../sqlite/database.ts';
import type { Work } from '../work.ts';
import { kept } from './kept.ts';
import { openStores } from './open-stores.ts';

/** Tests put wrappers around the ports. */
export interface Parts {
  readonly config: Config;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly index: ImageIndex;
  readonly blobs: Blobs;
  readonly taxonomy: Taxonomy;
  /** For work that can wait for the store. */
  readonly patience: Patience;
  /** Starts no browser before a page needs one. */
  readonly renderer: Renderer;
  /** Without the model, which loads slowly. */
  openQueue(): Promise<Queue<Work>>;
  /** Of this process, as others see it. */
  openOwner(): Promise<Owner>;
  /** What only crawls and classifying need, opened by the first. */
  openWorkshop(): Promise<Workshop>;
  close(): Promise<void>;
}

export interface Workshop {
  readonly owner: Owner;
  readonly queue: Queue<Work>;
  readonly describers: Describers;
}

const firstReason = (waits: Iterable<() => string | null>): string | null => {
  for (const waitsFor of waits) {
    const reason = waitsFor();
    if (reason !== null) return reason;
  }
  return null;
};

/** `waitUntil`: a store that is away is waited for, until the signal at most; without it that is said at once. */
export async function openParts(config: Config, waitUntil?: AbortSignal): Promise<Parts> {
  const { dataDir, logLevel } = config.values;
  const log = openLog(logLevel);
  // Beside OpenSearch it holds the queue alone, which only crawls need: nothing is made by asking.
  const file = kept(() => openDatabase(join(dataDir, 'imagedex.db')));
  const cluster = config.values.store === 'opensearch' ? await connectCluster(config.values, log) : null;
  const patience = openPatience({
    patienceMs: config.values.opensearchPatienceMs,
    log,
    store: cluster === null ? 'the database' : 'OpenSearch',
    driverWaitsFor: () => firstReason(cluster?.waits ?? []),
  });
  const findStore = async (): Promise<Store> =>
    cluster === null ? { driver: 'sqlite', database: await file.open() } : { driver: 'opensearch', cluster };
  // The database first: it says best what is wrong with a data directory.
  const openAll = async () => {
    const stores = await openStores(findStore, patience, waitUntil);
    return closedOnError([() => stores.index.close(), () => stores.ledger.close()], async () => ({
      ...stores,
      blobs: await openBlobs(config.values, join(dataDir, 'blobs')),
    }));
  };
  const closeFile = async () => (await file.opened())?.close();
  const { ledger, index, blobs } = await closedOnError([() => cluster?.close(), closeFile], openAll);
  const renderer = openRenderer(config.values, log);
  const model = kept(() => openModel(config, log));
  const queueing = kept(async () => {
    const owner = await openOwner(ledger);
    try {
      return { owner, queue: await openQueue<Work>(await file.open(), presumedAlive(owner)) };
    } catch (error) {
      await owner.close().catch(() => {});
      throw error;
    }
  });
  return {
    config,
    log,
    ledger,
    index,
    blobs,
    taxonomy: wordnet(),
    patience,
    renderer,
    openQueue: async () => (await queueing.open()).queue,
    openOwner: async () => (await queueing.open()).owner,
    openWorkshop: async () => {
      // The slowest first: the model loads while the rest is opened.
      const describers = model.open();
      describers.catch(() => {});
      return { ...(await queueing.open()), describers: await describers };
    },
    close: async () => {
      patience.close();
      const describers = await model.opened();
      const worked = await queueing.opened();
      // Each is closed whatever the others do: on a full disk the queue cannot even give back its leases.
      await closeAll([
        () => renderer.close(),
        () => describers?.close(),
        () => worked?.queue.stop(),
        () => ended(worked?.owner.close(), patience),
        () => ended(index.close(), patience),
        () => blobs.close(),
        () => ended(ledger.close(), patience),
        () => cluster?.close(),
        closeFile,
      ]);
    },
  };
}

/** Where it fails nothing of what was opened for it stays open. */
async function closedOnError<T>(closers: Closers, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    await closeAll(closers).catch(() => {});
    throw error;
  }
}

/** With a store that is away nobody waits for a goodbye: this process is as good as dead to others. */
async function ended(goodbye: Promise<void> | undefined, { waitingFor }: Patience): Promise<void> {
  if (waitingFor() === null) return goodbye;
  goodbye?.catch(() => {});
}

/** Where the ledger is away nobody is taken for dead. */
const presumedAlive = (owner: Owner): Owner => ({
  ...owner,
  isAlive: (id) =>
    owner.isAlive(id).catch((error: unknown) => {
      if (error instanceof TemporaryError) return true;
      throw error;
    }),
});

type Closers = readonly (() => Promise<void> | undefined)[];

/** One after the other, all of them; the first error is thrown at the end. */
export async function closeAll(closers: Closers): Promise<void> {
  const errors: unknown[] = [];
  for (const close of closers) {
    try {
      await close();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

export const modelRoots = ({ values }: Config): string[] => [bundledModels, join(values.dataDir, 'models')];

export async function openModel(config: Config, log: Log): Promise<Describers> {
  return openDescribers({
    ...config.values,
    model: await findModel(modelRoots(config), config.values.model),
    entry: builtFile(new URL('../describer.ts', import.meta.url)),
    log,
  });
}
