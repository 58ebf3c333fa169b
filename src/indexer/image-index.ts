// PORT: what searches are answered from. Documents are projections of the ledger and can always be made again.
import type { Label } from '../labels/label-maker.ts';
import type { Exif, Format, PageContext, SourceId, Timestamp, Variant } from '../record.ts';

/** Where words can match, best first; a store matches the tokens it is given and stems nothing itself. */
export const textTiers = ['alt', 'caption', 'title', 'heading', 'section'] as const;
export type TextTier = (typeof textTiers)[number];

export interface DocumentLocation {
  readonly id: string;
  readonly url: string;
  readonly host: string;
  readonly source: SourceId;
}
export interface DocumentAppearance {
  readonly pageUrl: string;
  readonly locationId: string;
  readonly context: PageContext;
  /** Other files of it that the page names. */
  readonly variants?: readonly Variant[];
  readonly seenAt: Timestamp;
}

/** An image that looks like another one, which stands for it in searches. */
export interface FoldedImage {
  readonly id: string;
  readonly sha256: string;
  readonly format: Format;
  readonly width: number;
  readonly height: number;
  readonly sizeBytes: number;
}

export type TierTokens = { readonly [T in TextTier]: readonly string[] };

export interface ImageDocument {
  readonly id: string;
  readonly collection: string;
  readonly revision: number;
  readonly sha256: string;
  readonly format: Format;
  readonly width: number;
  readonly height: number;
  readonly sizeBytes: number;
  readonly exif: Exif;
  /** Every concept with a confidence of 0.05 or more, greatest first. */
  readonly labels: readonly Label[];
  /** Name, version and config digest of the model that made the scores. */
  readonly model: string;
  readonly tokens: TierTokens;
  /** The words of places that are not on the web: names of files and keys, and what is said of those. */
  readonly localTokens?: TierTokens;
  readonly hosts: readonly string[];
  readonly locations: readonly DocumentLocation[];
  /** The newest 100. */
  readonly appearances: readonly DocumentAppearance[];
  readonly appearanceCount: number;
  /** Images that it stands for, the largest first: at most 100. Their places and pages are among its own. */
  readonly folded?: readonly FoldedImage[];
  /** How many there are. */
  readonly foldedCount?: number;
  /** When its bytes were first described. */
  readonly describedAt: Timestamp;
  /** When a crawl last fetched it. */
  readonly fetchedAt: Timestamp;
}

export interface Range {
  readonly gte?: number;
  readonly lte?: number;
}
export interface DateRange {
  readonly gte?: Timestamp;
  readonly lt?: Timestamp;
}

export interface LabelCondition {
  readonly concept: string;
  /** An integer of 200. Without it the label must be accepted. */
  readonly minConfidence?: number;
}

/** A word or phrase that must match: by one of the concepts it names, or as a phrase in one of the tiers. One of
 * neither matches nothing. */
export interface TextUnit {
  readonly concepts: readonly string[];
  readonly tokens: readonly string[];
  /** Words of places that are not on the web do not count. */
  readonly onWeb?: true;
}

/** An empty list is no condition. */
export interface ImageFilter {
  readonly labels?: {
    readonly allOf?: readonly LabelCondition[];
    readonly anyOf?: readonly LabelCondition[];
    readonly noneOf?: readonly LabelCondition[];
  };
  /** All must match. */
  readonly text?: readonly TextUnit[];
  readonly formats?: readonly Format[];
  readonly hosts?: readonly string[];
  readonly width?: Range;
  readonly height?: Range;
  readonly sizeBytes?: Range;
  readonly fetchedAt?: DateRange;
}

export type OrderField = 'RELEVANCE' | 'CONFIDENCE' | 'DATE' | 'SIZE';
export interface Order {
  readonly field: OrderField;
  readonly direction: 'ASC' | 'DESC';
}

/** Where a page ended: the sort value of its last hit and its id, which breaks ties (always ascending). */
export interface SortKey {
  readonly value: number | string;
  readonly id: string;
}

export interface ImageQuery {
  readonly collection: string;
  readonly filter: ImageFilter;
  /** RELEVANCE: the mean over the text's units of (tier + confidence where it is a label) / 7, tiers being label 6,
   * alt 5, caption 4, title 3, heading 2, section 1, to six decimals; without text it is DATE. CONFIDENCE: the least
   * of allOf, else the greatest of anyOf that holds, else the greatest accepted one. DATE: fetchedAt. SIZE: width ×
   * height. */
  readonly orderBy: Order;
  readonly first: number;
  /** A sort value that the order cannot have is an `invalid_cursor`. */
  readonly after?: SortKey;
  /** An integer of 200. The text's units then match labels with at least this confidence, accepted or not; without it
   * they match accepted ones. Without text, allOf and anyOf: only images with a label of at least this confidence are found. */
  readonly minConfidence?: number;
}

export interface Hit {
  readonly document: ImageDocument;
  readonly sortKey: SortKey;
  /** 0 to 1; null without text. */
  readonly relevance: number | null;
  /** Labels that the query's conditions and words matched. */
  readonly matchedLabels: readonly Label[];
}

export interface TotalCount {
  readonly value: number;
  readonly relation: 'EQ' | 'GTE';
}

export interface SearchResult {
  readonly totalCount: TotalCount;
  readonly hits: readonly Hit[];
  readonly hasMore: boolean;
}

export interface FacetCount {
  readonly value: string;
  readonly count: number;
}
export interface Facets {
  /** By concept id, most frequent first, ties by id: labels of at least `minConfidence` where the query has one, else
   * accepted ones. */
  readonly labels: readonly FacetCount[];
  readonly formats: readonly FacetCount[];
  readonly hosts: readonly FacetCount[];
}

/** What the store will never take: nothing of it was written. */
export interface RejectedDocument {
  readonly id: string;
  readonly reason: string;
}

export interface ImageIndex {
  /**
   * Writes each document unless the index has the same or a newer revision of it (removed ones included). Resolves when
   * each is stored, or known to be rejected: those it returns.
   */
  put(documents: readonly ImageDocument[]): Promise<readonly RejectedDocument[]>;
  /** Leaves a tombstone with the revision, unless the index has the same or a newer one. */
  remove(
    images: readonly { readonly id: string; readonly collection: string; readonly revision: number }[],
  ): Promise<void>;
  /** Removes them, tombstones included: for what is taken down, and for collections that are deleted. */
  forget(ids: readonly string[]): Promise<void>;
  /** Removes what the store still keeps of documents that are not there any more: their words, the names of their hosts. */
  purge(): Promise<void>;
  /** By id, in no order; ids that are not there are left out. */
  get(ids: readonly string[]): Promise<ImageDocument[]>;
  search(query: ImageQuery): Promise<SearchResult>;
  /** Counts over all that the filter finds, `limit` values each. */
  facets(query: Pick<ImageQuery, 'collection' | 'filter' | 'minConfidence'>, limit: number): Promise<Facets>;
  /** What was put before can be found after. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}
