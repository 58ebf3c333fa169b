// What the queue carries: a page or listing to look into, or an image to fetch. Small JSON.
import { type FoundImage, pageId, type SourceId, type Timestamp } from './record.ts';

export type Work =
  | {
      readonly type: 'expand';
      readonly source: SourceId;
      readonly address: string;
      readonly depth: number;
      readonly partition: string | null;
      readonly version?: string;
      readonly modifiedAt?: Timestamp;
    }
  /** `rests`: the page that shows it was not due, and so is it not. */
  | { readonly type: 'fetch'; readonly found: FoundImage; readonly rests?: true };

/** Unique in a crawl: a page is looked into once, an image fetched once. What rests must not stand for what is due. */
export const workKey = (collection: string, work: Work): string =>
  work.type === 'expand'
    ? pageId(collection, work.source, work.address)
    : work.rests === true
      ? restingKey(work.found.location.id)
      : work.found.location.id;

const restingKey = (id: string): string => `${id} rests`;

/** All that items of a page or location may have. */
export const keysOf = (id: string): string[] => [id, restingKey(id)];
