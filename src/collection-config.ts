// What the configuration says of a collection: its sources with their settings, its caps, and who may embed it.
import type { CrawlerSettings } from './crawler/options.ts';
import type { SourceId } from './record.ts';

export interface CollectionConfig {
  readonly name: string;
  readonly sources: readonly SourceConfig[];
  /** Images that one crawl finds at most. */
  readonly maxImages: number | null;
  /** Origins of the pages that may embed its search: `https://shop.example`. */
  readonly origins: readonly string[];
  readonly retention: Retention;
}

export interface SourceConfig {
  /** As typed, with its driver: `web:https://example.org`. The opened source's own id is the normalised one. */
  readonly id: SourceId;
  /** All settings that are in force for it. */
  readonly settings: CrawlerSettings;
  /** Secrets: sent to the source's own origin and nowhere else, never stored and never printed. */
  readonly headers: Readonly<Record<string, string>>;
}

/** How long, and how much of them, a collection's renditions are kept; null where there is no bound. */
export interface Retention {
  readonly maxAgeDays: number | null;
  readonly maxBytes: number | null;
}
