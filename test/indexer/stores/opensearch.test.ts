import { describe } from 'vitest';
import { describeImageIndex } from '../../contracts/image-index.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from '../../opensearch/shared.ts';

describe.skipIf(!hasOpenSearch)('opensearch', () => {
  for (const line of lines) {
    // Several shards, so that counts and orders of one must be put together with those of another.
    describeImageIndex(`opensearch ${line}`, new URL('./open-opensearch.ts', import.meta.url), async () => {
      const [url, prefix] = [await openSearchUrl(line), ownPrefix()];
      return {
        settings: { opensearchUrls: [url], opensearchPrefix: prefix, opensearchShards: 2 },
        remove: () => removeIndices(url, prefix),
      };
    });
  }
});
