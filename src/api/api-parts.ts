// What the API is given to answer from: ports, so that every store serves the same answers, and what mutations set in motion.
import type { Blobs } from '../blobs/blobs.ts';
import type { CollectionConfig } from '../collections/collection-config.ts';
import type { ImageIndex } from '../indexer/image-index.ts';
import type { Taxonomy } from '../labels/taxonomy.ts';
import type { Ledger } from '../ledger.ts';
import type { Log } from '../log.ts';
import type { ApiActions } from './actions.ts';

export interface ApiParts {
  readonly index: ImageIndex;
  readonly ledger: Ledger;
  readonly blobs: Blobs;
  readonly taxonomy: Taxonomy;
  readonly log: Log;
  readonly actions: ApiActions;
  /** Whose pages may embed the search of which collection. */
  readonly collections: ReadonlyMap<string, Pick<CollectionConfig, 'origins'>>;
  /** Names under which a proxy makes the embedded search reachable. */
  readonly publicHosts: readonly string[];
  /** The one that was chosen for our pages to begin with, if any was. */
  readonly collection?: string;
  /** False until everything is open, and again from when it closes: what /health/ready answers. */
  ready(): boolean;
}
