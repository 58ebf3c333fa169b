import { describe } from 'vitest';
import { describeLedger } from '../contracts/ledger.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from '../opensearch/shared.ts';
import type { OpenSearchPlace } from './open-opensearch.ts';

describe.skipIf(!hasOpenSearch).each(lines)('OpenSearch %s', (line) => {
  describeLedger(`opensearch ${line}`, new URL('./open-opensearch.ts', import.meta.url), async () => {
    const settings: OpenSearchPlace = { url: await openSearchUrl(line), prefix: ownPrefix() };
    return { settings, remove: () => removeIndices(settings.url, settings.prefix) };
  });
});
