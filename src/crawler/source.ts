// PORT: where images come from. A source expands pages and listings into further ones and images, and fetches images.
import type { Failure, SkipCode } from '../errors.ts';
import type { LocationRecord, Missed, PageRecord } from '../ledger.ts';
import type { Format, Location, PageContext, SourceId, Timestamp, Validators, Variant } from '../record.ts';

/** A page or listing to look into. */
export interface Expandable {
  /** The normalised URL, or a path relative to the source. */
  readonly address: string;
  /** Links between it and the source's root. */
  readonly depth: number;
  /** Its host, where requests to it must be polite. */
  readonly partition: string | null;
  /** What a list was when it led to this part of itself: read on from another, something may be missed. */
  readonly version?: string;
  /** When it changed last, as what led to it says. */
  readonly modifiedAt?: Timestamp;
}

export interface ImageSighting {
  readonly location: Location;
  readonly partition: string | null;
  /** What the page says around it; null from a listing, which shows nothing. */
  readonly context: PageContext | null;
  /** Other files of it that the page names: recorded, not fetched. */
  readonly variants?: readonly Variant[];
  /** Why it is not fetched, where the page says enough to know. */
  readonly skip?: { readonly code: SkipCode; readonly reason: string };
  /** The page that shows it, where that is not the one that was expanded: a list names others. */
  readonly pageUrl?: string;
}

/** More say nothing new of a page. */
export const maxProblems = 103;

export type Expansion =
  | {
      readonly outcome: 'expanded';
      /** null for a listing: only pages have appearances and are counted. */
      readonly page: {
        readonly title: string | null;
        readonly validators: Validators;
        readonly isRendered?: boolean;
        readonly missed?: readonly Missed[];
        /** Why none of what it shows is taken, though it was read and leads on. */
        readonly code?: SkipCode;
        /** A sitemap or feed, which counts as no page. */
        readonly isListing?: true;
      } | null;
      readonly further: readonly Expandable[];
      /** Each location once. */
      readonly images: readonly ImageSighting[];
      /** True where something of it was not read. */
      readonly isPartial: boolean;
      /** What is wrong with entries of a list: no more than `maxProblems`. They replace those of before. */
      readonly problems?: readonly Failure[];
    }
  /** Nothing changed: its stored links and appearances are replayed. */
  | {
      readonly outcome: 'unchanged';
      /** Instead of those of before, where they say nothing any more. */
      readonly validators?: Validators;
      /** Nobody was asked, for it was not due. */
      readonly isRested?: true;
    }
  | Gone
  | { readonly outcome: 'skipped'; readonly code: SkipCode; readonly reason: string }
  | { readonly outcome: 'failed'; readonly failure: Failure };

/** A confirmed 404 or 410, or a file that is not there any more. */
export interface Gone {
  readonly outcome: 'gone';
  readonly failure: Failure;
  /** It may come back: concluded only when it is said in as many crawls as `goneAfter` says. */
  readonly isDoubtful?: true;
}

export type Fetched =
  | {
      readonly outcome: 'fetched';
      readonly content: Uint8Array;
      readonly sha256: string;
      readonly format: Format;
      readonly validators: Validators;
      /** What the place itself says of the image, where that comes with the bytes: an object's metadata and tags. */
      readonly context?: PageContext;
    }
  /** As `earlier` says: an image, or `skipped`. */
  | { readonly outcome: 'unchanged' }
  | Gone
  | {
      readonly outcome: 'skipped';
      readonly code: SkipCode;
      readonly reason: string;
      /** Of bytes that were looked at: the next crawl's `earlier`, `skipped`, has them, so that nobody looks again. */
      readonly validators?: Validators;
    }
  | { readonly outcome: 'failed'; readonly failure: Failure };

/** Memory for contents. `reserve` waits until that many bytes may be held, and returns what gives them back. */
export interface Budget {
  reserve(bytes: number, signal: AbortSignal): Promise<() => void>;
  /** At once, or not at all. */
  tryReserve(bytes: number): boolean;
  /** Beyond the budget if need be, for contents whose size nobody knew: one of them at a time. */
  grow(bytes: number, signal: AbortSignal): Promise<void>;
}

/** An image as a watch sees it. Equal marks mean that nobody has touched its bytes. */
export interface Looked {
  readonly sighting: ImageSighting;
  readonly mark: string;
}

/** Looks at a source again and again, without asking for contents. */
export interface Lookout {
  /** Whether it is told of changes as they happen. It may lose that, and says why. */
  readonly isTold: boolean;
  /** Whether files grow where they lie, so that a new one may be half there. */
  readonly grows: boolean;
  /**
   * All that lies there, or what lies in these parts and in what is new below them. Each batch belongs to a part, and what
   * is not named of a part does not lie there any more: also of parts that are gone. Throws where it cannot look at all;
   * parts that cannot be read are left out.
   */
  look(parts: readonly string[] | null, signal: AbortSignal): AsyncIterable<LookedPart>;
  close(): void;
}

export interface LookedPart {
  readonly part: string;
  readonly images: readonly Looked[];
}

/** What a lookout tells, and is told. */
export interface LookoutEvents {
  /** Something may have changed in this part; null: anywhere. */
  readonly onChange: (part: string | null) => void;
  /** From now on it is not told any more. */
  readonly onDeaf: (reason: string) => void;
  /** Parts that are not looked into. */
  readonly leavesOut?: (part: string) => boolean;
}

export type EarlierOf = (address: string) => Promise<PageRecord | undefined>;

export interface Source {
  readonly id: SourceId;
  /** What it means that a complete crawl did not see a location: a listing names all there is, pages only what they
   * show. Page and depth caps are for pages. */
  readonly unseen: 'gone' | 'unlinked';
  /** The roots. Throws `source_unavailable` where the source could not be opened at all. `earlierOf` is what `expand` will be
   * told of an address. */
  start(collection: string, signal: AbortSignal, earlierOf?: EarlierOf): Promise<readonly Expandable[]>;
  /** `earlier` is what the ledger knows of it from a crawl before, without validators where they must be ignored. */
  expand(
    item: Expandable,
    collection: string,
    earlier: PageRecord | undefined,
    signal: AbortSignal,
  ): Promise<Expansion>;
  /** Whether a page was read by other rules than those of now, so that what is known of it is not what it shows. */
  wasReadOtherwise?(earlier: PageRecord): boolean;
  /** Why an image would not be fetched, as far as that is known without asking anybody. */
  refusal?(location: Location): { readonly code: SkipCode; readonly reason: string } | undefined;
  /** The content's bytes are reserved in `budget` before they are read; the caller releases the reservation. */
  fetch(
    location: Location,
    earlier: LocationRecord | undefined,
    budget: Budget,
    signal: AbortSignal,
  ): Promise<Fetched>;
  /** The same expandable as `expand` gave before, from an address that the ledger stored. */
  further(address: string, depth: number): Expandable;
  /** What people can open: an http(s) or file URL of a page or listing. */
  urlOf(address: string): string;
  /** The partition of a location's requests. */
  partitionOf(location: Location): string | null;
  /** Milliseconds that a partition must rest after a request. */
  restMs(partition: string): number;
  /** Hosts that are left alone for a while, because they fail again and again. */
  unwellHosts?(): readonly string[];
  /** What globs know a page or folder by: its path. Absent where all that is expanded are listings that no glob means. */
  globPathOf?(address: string): string;
  /** Whether an address is of a sitemap or feed: no cap of pages is for these. */
  isListing?(address: string): boolean;
  /** Whether the globs of its settings leave a page or folder out: then it is not to be expanded. */
  leavesOut?(item: Expandable): boolean;
  /** Absent where nobody can tell cheaply whether anything has changed. */
  lookout?(collection: string, events: LookoutEvents): Lookout;
  close(): Promise<void>;
}
