// What the API is given to answer from: ports only, so that every store serves the same answers.
import type { Blobs } from '../blobs/blobs.ts';
import type { ImageIndex } from '../indexer/image-index.ts';
import type { Taxonomy } from '../labels/taxonomy.ts';
import type { Ledger } from '../ledger.ts';
import type { Log } from '../log.ts';

export interface ApiParts {
  readonly index: ImageIndex;
  readonly ledger: Ledger;
  readonly blobs: Blobs;
  readonly taxonomy: Taxonomy;
  readonly log: Log;
  /** The one that the search page shows where its address names none; without it `default`. */
  readonly collection?: string;
  /** False until everything is open, and again from when it closes: what /health/ready answers. */
  ready(): boolean;
}
