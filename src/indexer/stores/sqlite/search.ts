// Answers a search: what matches, how many, and the page asked for with its documents' bodies.
import type { Connection } from '../../../sqlite/binding.ts';
import type { ImageQuery, SortKey } from '../../image-index.ts';
import { bestOfLabel } from './best-of-label.ts';
import { type Collection, countMatches, findCollection, type Matches, match } from './match.ts';
import { type Place, pageByColumn, pageByScore, type Wanted } from './page.ts';
import { type Ranking, rankingOf, readSortKey, relevanceOf } from './ranking.ts';

interface FoundHit {
  /** The document as JSON. */
  readonly body: string;
  readonly sortKey: SortKey;
  readonly relevance: number | null;
}
interface Found {
  readonly total: number;
  readonly hits: readonly FoundHit[];
  readonly hasMore: boolean;
}
interface Answer {
  readonly total: number;
  readonly places: readonly Place[];
  readonly relevance?: Matches['relevance'];
}

export function search(db: Connection, query: ImageQuery): Found {
  const ranking = rankingOf(query);
  const wanted: Wanted = {
    direction: query.orderBy.direction,
    after: query.after && readSortKey(query.after, ranking),
    // One more than asked for tells whether there are more.
    count: query.first + 1,
  };
  const collection = findCollection(db, query.collection);
  if (collection === undefined) return { total: 0, hits: [], hasMore: false };
  const { total, places, relevance }: Answer =
    bestOfLabel(db, collection, query, wanted) ?? matched(db, collection, query, ranking, wanted);
  return {
    total,
    hits: places.slice(0, query.first).map(({ row, id, value }) => ({
      body: bodyOf(db, row),
      sortKey: { value: ranking.keyOf(value), id },
      relevance: relevance ? relevanceOf(relevance[row]!, query.filter.text!.length) : null,
    })),
    hasMore: places.length > query.first,
  };
}

function matched(
  db: Connection,
  collection: Collection,
  query: ImageQuery,
  { by }: Ranking,
  wanted: Wanted,
): Answer {
  const matches = match(db, collection, query);
  const places =
    by === 'relevance' || by === 'confidence'
      ? pageByScore(db, matches, matches[by]!, wanted)
      : pageByColumn(db, matches, by, wanted);
  return { total: countMatches(db, matches), places, relevance: matches.relevance };
}

const bodyOf = (db: Connection, row: number): string =>
  db.all<{ body: string }>('SELECT body FROM image_bodies WHERE row = ?', [row])[0]!.body;

export const get = (db: Connection, ids: readonly string[]): string[] =>
  db
    .all<{ body: string }>(
      `SELECT b.body FROM json_each(?) AS asked
       CROSS JOIN image_documents AS d ON d.id = asked.value
       CROSS JOIN image_bodies AS b ON b.row = d.row`,
      [JSON.stringify([...new Set(ids)])],
    )
    .map(({ body }) => body);
