// What the configuration says of a collection: its sources with their settings, its caps, and who may embed it.
import type { CrawlerSettings } from '../crawler/options.ts';
import type { SourceId } from '../record.ts';

export interface CollectionConfig {
  readonly name: string;
  /** The file and the line: `imagedex.config.yaml:3`. */
  readonly where: string;
  readonly sources: readonly SourceConfig[];
  /** Images that one crawl finds at most. */
  readonly maxImages: number | null;
  /** Whether images that look alike are folded; null: as for all collections. */
  readonly foldAlike: boolean | null;
  /** Origins of the pages that may embed its search: `https://shop.example`. */
  readonly origins: readonly string[];
  readonly retention: Retention;
}

export interface SourceConfig {
  /** As typed, with its driver: `web:https://example.org`. The opened source's own id is the normalised one. */
  readonly id: SourceId;
  /** All settings that are in force for it. */
  readonly settings: CrawlerSettings;
  /** Names of the headers that it is asked with. */
  readonly headerNames: readonly string[];
  /**
   * Secrets: sent to the source's own origin and nowhere else, never stored and never printed. Throws `config_invalid`
   * where a variable that they are made of is missing: only who needs this source needs them.
   */
  readonly headers: () => Readonly<Record<string, string>>;
}

/** How long, and how much of them, a collection's renditions are kept; null where there is no bound. */
export interface Retention {
  readonly maxAgeDays: number | null;
  readonly maxBytes: number | null;
}
