import { describe, expect, it } from 'vitest';
import { hasOpenSearch, openSearchUrl, ownPrefix, removeIndices } from '../../opensearch/shared.ts';
import { open } from '../open-opensearch.ts';

describe.skipIf(!hasOpenSearch)('indices of the ledger', () => {
  const block = { subject: 'address', blockedAt: '2026-01-02T03:04:05.000Z' } as const;
  const tryChange = async (place: { url: string; prefix: string }): Promise<unknown> => {
    const { ledger, close } = await open(place);
    try {
      return await ledger.change([{ kind: 'block', id: 'b', expect: 0, record: block }]);
    } finally {
      await close();
    }
  };
  const put = (url: string, body: object) =>
    fetch(url, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('say what is wrong where an index lies in the place of an alias, or lost its own', async () => {
    const place = { url: await openSearchUrl('3'), prefix: ownPrefix() };
    try {
      await put(`${place.url}/${place.prefix}-ledger-block`, {});
      await expect(tryChange(place)).rejects.toThrow(
        /expected no index called .*-ledger-block .*delete or rename/,
      );
      await fetch(`${place.url}/${place.prefix}-ledger-block`, { method: 'DELETE' });
      expect(await tryChange(place)).toEqual({ conflict: false });
      await fetch(`${place.url}/${place.prefix}-ledger-block-000001/_alias/${place.prefix}-ledger-block`, {
        method: 'DELETE',
      });
      await expect(tryChange(place)).rejects.toThrow(/expected the alias .*-ledger-block .*_aliases/);
    } finally {
      await removeIndices(place.url, place.prefix);
    }
  });
});
