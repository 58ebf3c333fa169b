import { expect, it } from 'vitest';
import { searchJson, searchLines } from '../../src/commands/search.ts';
import type { Hit, ImageDocument } from '../../src/indexer/image-index.ts';

const document: ImageDocument = {
  id: 'i1',
  collection: 'default',
  revision: 1,
  sha256: 'ab'.repeat(32),
  format: 'JPEG',
  width: 640,
  height: 480,
  sizeBytes: 1000,
  exif: {},
  labels: [
    { id: 'n00015388', name: 'animal', confidence: 190, accepted: true },
    { id: 'n02084071', name: 'dog', confidence: 171, accepted: true },
    { id: 'n02121620', name: 'cat', confidence: 20, accepted: false },
  ],
  model: 'm@1#d',
  tokens: { alt: [], caption: [], title: [], heading: [], section: [] },
  hosts: ['example.org'],
  locations: [
    { id: 'l1', url: 'https://example.org/rex.jpg', host: 'example.org', source: 'web:https://example.org/' },
  ],
  appearances: [
    { pageUrl: 'https://example.org/', locationId: 'l1', context: {}, seenAt: '2026-01-01T00:00:00.000Z' },
  ],
  appearanceCount: 1,
  describedAt: '2026-01-01T00:00:00.000Z',
  fetchedAt: '2026-01-01T00:00:00.000Z',
};
const hit = (changes: Partial<Hit> = {}): Hit => ({
  document,
  sortKey: { value: 1, id: 'i1' },
  relevance: 0.9751,
  matchedLabels: [document.labels[1]!],
  ...changes,
});
const result = (...hits: Hit[]) => ({
  totalCount: { value: hits.length, relation: 'EQ' as const },
  hits,
  hasMore: false,
});

it('gives JSON the promised shape, with confidences from 0 to 1', () => {
  expect(searchJson(result(hit()))).toEqual({
    totalCount: { value: 1, relation: 'EQ' },
    hits: [
      {
        id: 'i1',
        url: 'https://example.org/rex.jpg',
        pageUrl: 'https://example.org/',
        thumbnail: `/thumbnails/${document.sha256}.jpg`,
        relevance: 0.9751,
        labels: [
          { id: 'n00015388', name: 'animal', confidence: 0.95 },
          { id: 'n02084071', name: 'dog', confidence: 0.855 },
        ],
      },
    ],
  });
});

it('says null for a page where no page shows it', () => {
  const [found] = searchJson(
    result(hit({ document: { ...document, appearances: [] }, relevance: null })),
  ).hits;
  expect(found).toMatchObject({ pageUrl: null, relevance: null });
});

it('shows what matched, else the accepted labels', () => {
  expect(searchLines(result(hit()))).toEqual([
    '1 image',
    '  1  0.98  dog 0.855  https://example.org/rex.jpg',
  ]);
  const lines = searchLines({
    ...result(hit({ relevance: null, matchedLabels: [] })),
    totalCount: { value: 9, relation: 'GTE' },
  });
  expect(lines[0]).toBe('at least 9 images, the first 1:');
  expect(lines[1]).toContain('animal 0.95, dog 0.855');
  expect(lines[1]).not.toContain('cat');
});
