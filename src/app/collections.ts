// Collections as the configuration and the data know them together: listed, and one deleted.
import {
  type CollectionSummary,
  type ConfiguredSources,
  summariseCollections,
} from '../collections/collection-summary.ts';
import { type Deleted, deleteCollection } from '../collections/delete-collection.ts';
import type { Config } from '../config/config.ts';
import { configuredSources } from './crawl-parts.ts';
import type { Parts } from './parts.ts';

/** Those that are configured and those that were crawled; `parts` is null where there are no data yet. */
export async function listCollections(config: Config, parts: Parts | null): Promise<CollectionSummary[]> {
  const names = [...config.collections.keys()];
  const configured: ConfiguredSources = new Map(
    await Promise.all(names.map(async (name) => [name, await configuredSources(config, name)] as const)),
  );
  return summariseCollections(parts, configured);
}

/** `keepsThumbnails`: a copy of the collection in another store uses them. */
export const removeCollection = (
  { ledger, index, blobs, openQueue }: Parts,
  name: string,
  keepsThumbnails: boolean,
): Promise<Deleted> =>
  deleteCollection(
    { ledger, index, blobs: keepsThumbnails ? { ...blobs, remove: async () => {} } : blobs, openQueue },
    name,
  );
