// `imagedex search WORDS…`: what an index holds, by words and labels.

import { thumbnailPath } from '../api/thumbnails.ts';
import type { Hit, SearchResult } from '../indexer/image-index.ts';
import { columns } from './columns.ts';
import { confidenceText } from './confidence-text.ts';
import { counted } from './counted.ts';
import { openExisting } from './existing-data.ts';
import { labelJson } from './label-json.ts';
import { type Call, exitCodes, type Verb } from './verb.ts';

export const search: Verb = {
  name: 'search',
  words: 'WORDS…',
  leastWords: 0,
  mostWords: Number.POSITIVE_INFINITY,
  doc: 'finds images by what is on them and by the words around them',
  details:
    'WORDS are looked for among the labels, in the alt texts, captions, titles and headings of the pages, and in the\n' +
    'names of files: cat.jpg is found by cat whatever it shows. With --label an image must have that label, by its name\n' +
    'or by its concept id.',
  flags: {
    label: { type: 'texts', value: 'L', doc: 'must have this label' },
    'min-confidence': {
      type: 'share',
      value: 'C',
      doc: 'takes labels from this confidence on, accepted or not',
    },
    first: {
      type: 'count',
      value: 'N',
      most: 1000,
      doc: 'how many to show, at most 1000 (GraphQL gives 100 a page); 20 where nothing is said',
    },
  },
  options: ['collection', 'dataDir'],
  examples: [
    'imagedex search dog',
    'imagedex search --label dog --label "sports car" --min-confidence 0.5 --json',
  ],
  json: [
    '{"totalCount": {"value": 1, "relation": "EQ"}, "hits": [{"id": "…", "url": "https://example.org/rex.jpg",',
    ' "pageUrl": "https://example.org/", "thumbnail": "/thumbnails/….jpg", "relevance": 0.98,',
    ' "labels": [{"id": "n02084071", "name": "dog", "confidence": 0.86}]}]}',
  ].join('\n'),
  run: runSearch,
};

async function runSearch(call: Call): Promise<number> {
  const { words, flags, config, json, terminal } = call;
  const app = await openExisting(call);
  try {
    const least = flags['min-confidence'];
    const labels = flags['label'];
    const first = flags['first'];
    const result = await app.search({
      collection: config.values.collection,
      words: words.join(' '),
      labels: Array.isArray(labels) ? labels : [],
      ...(typeof least === 'number' ? { minConfidence: least } : {}),
      first: typeof first === 'number' ? first : 20,
    });
    terminal.out(json ? `${JSON.stringify(searchJson(result))}\n` : `${searchLines(result).join('\n')}\n`);
    return exitCodes.ok;
  } finally {
    await app.close();
  }
}

export function searchJson({ totalCount, hits }: SearchResult) {
  return {
    totalCount,
    hits: hits.map(({ document, relevance }) => ({
      id: document.id,
      url: document.locations[0]?.url ?? null,
      pageUrl: document.appearances[0]?.pageUrl ?? null,
      thumbnail: thumbnailPath(document.sha256),
      relevance,
      labels: document.labels.filter(({ accepted }) => accepted).map(labelJson),
    })),
  };
}

export function searchLines({ totalCount, hits }: SearchResult): string[] {
  const { value, relation } = totalCount;
  const total = `${relation === 'GTE' ? 'at least ' : ''}${counted(value, 'image')}`;
  const rows = hits.map((hit, index) => [
    `${index + 1}`.padStart(3),
    hit.relevance === null ? '' : hit.relevance.toFixed(2),
    labelsText(hit),
    hit.document.locations[0]?.url ?? '',
  ]);
  return [hits.length < value ? `${total}, the first ${hits.length}:` : total, ...columns(rows, 60)];
}

/** What matched, else the three most certain labels. */
function labelsText({ matchedLabels, document }: Hit): string {
  const shown = matchedLabels.length > 0 ? matchedLabels : document.labels.filter(({ accepted }) => accepted);
  return shown
    .slice(0, 3)
    .map(({ name, confidence }) => `${name} ${confidenceText(confidence / 200)}`)
    .join(', ');
}
