// What the orders build on: a score made of whole numbers comes out as exactly this whole number, on both lines.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageDocument, ImageIndex } from '../../../../src/indexer/image-index.ts';
import { asked, document, query, unit } from '../../../contracts/image-documents.ts';
import { hasOpenSearch, lines, openSearchUrl, ownPrefix, removeIndices } from '../../../opensearch/shared.ts';
import { open } from '../open-opensearch.ts';

const all = Array.from({ length: 201 }, (_, confidence) => confidence);
const tokens = { alt: 'dog', caption: 'dog' };
/** Every confidence once for each of three labels, in different places. */
const documents: ImageDocument[] = all.map((confidence) =>
  document(`c-${String(confidence).padStart(3, '0')}`, {
    labels: [
      `dog ${confidence}`,
      `cat ${(confidence * 7) % 201}`,
      ...(confidence % 2 ? [`fox ${200 - confidence}`] : []),
    ],
    ...(confidence % 3 === 0 && { tokens }),
  }),
);
const confidenceOf = ({ labels }: ImageDocument, name: string) =>
  labels.find((label) => label.name === name)?.confidence ?? Number.NaN;

describe.skipIf(!hasOpenSearch).each(lines)('scores of OpenSearch %s', (line) => {
  const prefix = ownPrefix();
  let index: ImageIndex;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ index, close } = await open({
      opensearchUrls: [await openSearchUrl(line)],
      opensearchPrefix: prefix,
      opensearchShards: 2,
    }));
    await index.put(documents);
    await index.refresh();
  });
  afterAll(async () => {
    await close();
    await removeIndices(await openSearchUrl(line), prefix);
  });

  const values = async (...args: Parameters<typeof query>) => {
    const { hits } = await index.search(query(args[0], { first: 300, ...args[1] }));
    return hits.map(({ document: found, sortKey }) => ({ found, value: sortKey.value }));
  };
  const byConfidence = { orderBy: { field: 'CONFIDENCE', direction: 'DESC' } } as const;

  it('of one label, each confidence from 0 to 200', async () => {
    const found = await values({ labels: { allOf: [asked('dog', 0)] } }, byConfidence);
    expect(found.map(({ value }) => value)).toEqual([...all].reverse());
  });

  it('of the least and the greatest of several', async () => {
    const conditions = [asked('dog', 0), asked('cat', 0)];
    const least = await values({ labels: { allOf: conditions } }, byConfidence);
    const greatest = await values({ labels: { anyOf: conditions } }, byConfidence);
    expect([least.length, greatest.length]).toEqual([201, 201]);
    for (const { found, value } of least)
      expect(value).toBe(Math.min(confidenceOf(found, 'dog'), confidenceOf(found, 'cat')));
    for (const { found, value } of greatest)
      expect(value).toBe(Math.max(confidenceOf(found, 'dog'), confidenceOf(found, 'cat')));
  });

  it('of sums over 32 units, each the best of labels and words', async () => {
    const text = Array.from({ length: 32 }, (_, at) => unit('dog', at % 2 ? 'dog' : 'fox'));
    const found = await values({ text }, { minConfidence: 0 });
    expect(found.length).toBe(
      documents.filter((one) => one.tokens.alt.length + (one.labels.length - 2)).length,
    );
    for (const { found: one, value } of found) {
      const word = one.tokens.alt.length > 0 ? 1000 : 0;
      const fox = Number.isNaN(confidenceOf(one, 'fox')) ? word : 1200 + confidenceOf(one, 'fox');
      const sum = 16 * (1200 + confidenceOf(one, 'dog')) + 16 * fox;
      expect(value).toBe(Math.round((sum / (1400 * 32)) * 1e6) / 1e6);
    }
  });

  it('leads from page to page along them', async () => {
    const whole = query(
      { labels: { allOf: [asked('dog', 0), asked('cat', 0)] } },
      { first: 7, ...byConfidence },
    );
    const seen: string[] = [];
    for (let page = await index.search(whole); ; ) {
      seen.push(...page.hits.map(({ document: { id } }) => id));
      if (!page.hasMore) break;
      page = await index.search({ ...whole, after: page.hits.at(-1)!.sortKey });
    }
    expect(seen).toHaveLength(201);
    expect(new Set(seen).size).toBe(201);
  });
});
