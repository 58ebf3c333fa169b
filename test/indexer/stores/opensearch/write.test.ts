// What becomes of documents that OpenSearch does not take, or has forgotten a moment ago.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageIndex } from '../../../../src/indexer/image-index.ts';
import { removeDocuments } from '../../../../src/indexer/stores/opensearch/write.ts';
import { openWriteSet } from '../../../../src/indexer/stores/opensearch/write-set.ts';
import { open } from '../../../../src/indexer/stores/opensearch.ts';
import type { BulkOperation } from '../../../../src/opensearch/bulk-operation.ts';
import { openBulkWriter } from '../../../../src/opensearch/bulk-writer.ts';
import { document, query, unit } from '../../../contracts/image-documents.ts';
import { type BareCluster, bareCluster } from '../../../opensearch/bare-cluster.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from '../../../opensearch/shared.ts';

describe.skipIf(!hasOpenSearch).each(lines)('writing to OpenSearch %s', (line) => {
  const prefix = ownPrefix();
  let bare: BareCluster;
  let index: ImageIndex;
  beforeAll(async () => {
    bare = await bareCluster(await openSearchUrl(line), { opensearchPrefix: prefix });
    index = await open(bare.cluster);
  });
  afterAll(async () => {
    await index.close();
    await bare.cluster.close();
    await removeIndices(await openSearchUrl(line), prefix);
  });

  it('tells what is never taken, and takes the rest', async () => {
    const tooLong = `${'x'.repeat(40_000)}.example`;
    const rejected = await index.put([
      document('good-1'),
      document('bad', { hosts: [tooLong] }),
      document('good-2'),
    ]);
    expect(rejected).toEqual([{ id: 'bad', reason: expect.stringContaining('immense term') }]);
    expect((await index.get(['good-1', 'bad', 'good-2'])).map(({ id }) => id).sort()).toEqual([
      'good-1',
      'good-2',
    ]);
  });

  it('takes again what was forgotten, at once and with its first revision', async () => {
    for (let round = 1; round <= 5; round++) {
      const again = [document('again', { revision: 9 }), document('other', { revision: 7 })];
      expect(await index.put(again)).toEqual([]);
      await index.forget(['again', 'other', 'nobody']);
      expect(await index.get(['again', 'other'])).toEqual([]);
      await Promise.all([
        index.put([document('again', { width: round })]),
        index.remove([{ id: 'other', collection: 'default', revision: 1 }]),
      ]);
      expect(await index.get(['again', 'other'])).toEqual([document('again', { width: round })]);
      await index.forget(['again', 'other']);
    }
  });

  it('forgets what it saw, so that a removal that comes late takes nothing newer', async () => {
    await index.put([document('late', { revision: 3 })]);
    const writer = openBulkWriter(bare.cluster);
    const sent: BulkOperation[] = [];
    const write = (operations: readonly BulkOperation[]) => {
      sent.push(...operations);
      return writer.write(operations);
    };
    const parts = {
      cluster: bare.cluster,
      writer: { ...writer, write },
      writeSet: openWriteSet(bare.cluster),
    };
    await removeDocuments(parts, ['late', 'nobody']);
    expect(await index.get(['late'])).toEqual([]);
    await index.put([document('late')]);
    await writer.write(sent);
    expect(await index.get(['late'])).toHaveLength(1);
    await writer.close();
  });

  it('keeps whatever is in a document, and finds any token', async () => {
    const tokens = ['\ud800', 'x y', '%', '', 'é'.repeat(300), '😀', '\u0000'];
    const strange = {
      ...document('strange', { exif: { make: 'A "quoted" \ud800 \u0000 __proto__' } as never }),
      tokens: { alt: tokens, caption: [], title: ['a'], heading: [], section: [] },
      localTokens: { alt: [], caption: ['here'], title: [], heading: [], section: [] },
    };
    expect(await index.put([strange])).toEqual([]);
    await index.refresh();
    expect(await index.get(['strange'])).toEqual([strange]);
    for (const [at, token] of tokens.entries()) {
      const found = async (...words: readonly string[]) =>
        (await index.search(query({ text: [{ concepts: [], tokens: words }] }))).hits.map(
          ({ document: { id } }) => id,
        );
      expect(await found(token)).toEqual(['strange']);
      expect(await found(...tokens.slice(at, at + 2))).toEqual(['strange']);
      expect(await found(token, 'elsewhere')).toEqual([]);
    }
    expect((await index.search(query({ text: [unit('here')] }))).hits).toHaveLength(1);
    expect((await index.search(query({ text: [{ ...unit('here'), onWeb: true }] }))).hits).toHaveLength(0);
  });
});
