// The settings of the store's options as they are by default, for tests that open a cluster.
import { type OpenSearchSettings, openSearchOptions } from '../../src/opensearch/options.ts';

export const openSearchSettings = Object.fromEntries(
  Object.entries(openSearchOptions).map(([name, { default: value }]) => [name, value]),
) as unknown as OpenSearchSettings;
