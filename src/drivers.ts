// The only table from a port and a name to a driver. Drivers are loaded when they are opened, so that help stays fast.
import { fileURLToPath } from 'node:url';
import type { Blobs } from './blobs/blobs.ts';
import type { CrawlerSettings } from './crawler/options.ts';
import type { Surroundings } from './crawler/polite-fetch.ts';
import type { Renderer } from './crawler/render/renderer.ts';
import type { Source } from './crawler/source.ts';
import { ImagedexError } from './errors.ts';
import type { Generations } from './indexer/generations.ts';
import type { ImageIndex } from './indexer/image-index.ts';
import type { Model } from './inference/model.ts';
import type { ModelFiles } from './inference/repository.ts';
import type { Ledger } from './ledger.ts';
import type { Cluster } from './opensearch/cluster.ts';
import type { Migration } from './opensearch/migrate.ts';
import type { Owner } from './owner.ts';
import type { Queue } from './queue/queue.ts';
import type { SourceId } from './record.ts';
import type { BlobsSettings } from './s3/options.ts';
import type { Database } from './sqlite/database.ts';

/** What sources are given of the process that opens them. */
export interface SourceSurroundings extends Surroundings {
  /** Absent where no page is to be opened in a browser. */
  readonly renderer?: Renderer;
}

type OpenSource = (
  options: SourceSurroundings & {
    readonly address: string;
    readonly settings: CrawlerSettings;
    /** Secrets, sent to the source's own origin only. */
    readonly headers: Readonly<Record<string, string>>;
  },
) => Promise<Source>;

const sources: { readonly [driver: string]: () => Promise<{ readonly open: OpenSource }> } = {
  folder: () => import('./crawler/sources/folder.ts'),
  web: () => import('./crawler/sources/web.ts'),
  s3: () => import('./crawler/sources/s3.ts'),
  list: () => import('./crawler/sources/list.ts'),
};

/** Where ledger and image index lie together. */
export type Store =
  | { readonly driver: 'sqlite'; readonly database: Database }
  | { readonly driver: 'opensearch'; readonly cluster: Cluster };

export const openLedger = async (store: Store): Promise<Ledger> =>
  store.driver === 'sqlite'
    ? (await import('./ledgers/sqlite.ts')).open(store.database)
    : (await import('./ledgers/opensearch.ts')).open(store.cluster);

export const openIndex = async (store: Store): Promise<ImageIndex> =>
  store.driver === 'sqlite'
    ? (await import('./indexer/stores/sqlite.ts')).open(store.database)
    : (await import('./indexer/stores/opensearch.ts')).open(store.cluster);

export const openGenerations = async (cluster: Cluster): Promise<Generations> =>
  (await import('./indexer/stores/opensearch/life.ts')).openGenerations(cluster);

export const migrateLedger = async (cluster: Cluster): Promise<Migration> =>
  (await import('./ledgers/opensearch/migrate.ts')).migrateLedger(cluster);

export const openQueue = async <Body>(database: Database, owner: Owner): Promise<Queue<Body>> =>
  (await import('./queue/sqlite.ts')).open<Body>(database, owner);

/** `folder`: where they lie unless the settings name a bucket. */
export const openBlobs = async (settings: BlobsSettings, folder: string): Promise<Blobs> =>
  settings.blobs === 's3'
    ? (await import('./blobs/s3.ts')).open(settings)
    : (await import('./blobs/folder.ts')).open({ folder });

export const openModel = async (files: ModelFiles, maxImages: number): Promise<Model> =>
  (await import('./inference/models/onnx.ts')).open(files, maxImages);

/** What people type as SOURCE: a folder, a file URL, an address, or a list. */
export function typedSource(typed: string): SourceId {
  if (typed === '-') return 'list:-';
  mustNameNobody(typed);
  if (/^list:./i.test(typed)) return `list:${typed.slice('list:'.length)}`;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(typed)?.[1]?.toLowerCase();
  if (scheme === undefined) return `${listFile.test(typed) ? 'list' : 'folder'}:${typed}`;
  if (scheme === 'http' || scheme === 'https') return `web:${typed}`;
  if (scheme === 's3') return `s3:${typed.slice('s3://'.length)}`;
  if (scheme === 'file') return `folder:${fileURLToPath(typed)}`;
  throw new ImagedexError(
    'usage',
    `SOURCE ${typed}: expected a folder or an address that begins with http://, https:// or s3://, came ${scheme}://`,
  );
}

/**
 * A password in an address would come into messages, into the ledger and into search results. Also refused is what is no
 * address but may hold one: a slash or a question mark in a password ends the host.
 */
function mustNameNobody(typed: string): void {
  const address = typed.replace(/^list:/i, '');
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(address)?.[1];
  if (scheme === undefined || scheme.toLowerCase() === 'file') return;
  const url = URL.canParse(address) ? new URL(address) : null;
  const isNamed = url === null ? address.includes('@') : url.username !== '' || url.password !== '';
  if (!isNamed) return;
  throw new ImagedexError(
    'usage',
    `SOURCE ${scheme}://(hidden)@${url?.host ?? '…'}: expected an address without a name and a password: these are given as basicAuth to a source of the configuration file`,
  );
}

const listFile = /\.(jsonl|ndjson|json|csv|tsv)$/i;

/** `id` is a source's own, or what `typedSource` gives; the opened source's id is the normalised one. The settings' globs apply. */
export async function openSource(
  id: SourceId,
  settings: CrawlerSettings,
  headers: Readonly<Record<string, string>> = {},
  surroundings: SourceSurroundings = {},
): Promise<Source> {
  const driver = id.slice(0, id.indexOf(':'));
  const load = sources[driver];
  if (load === undefined)
    throw new ImagedexError(
      'usage',
      `no source driver ${driver}; there are ${Object.keys(sources).join(', ')}`,
    );
  const { filteredSource } = await import('./crawler/filtered-source.ts');
  const address = id.slice(driver.length + 1);
  return filteredSource(await (await load()).open({ address, settings, headers, ...surroundings }), settings);
}
