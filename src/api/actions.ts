// What mutations set in motion beyond ports: the app supplies it, for it has crawls, describers and the web.
import type { Classified, NotClassified } from '../classify.ts';
import type { FailureFilter } from '../ledger.ts';
import type { Schedules } from '../schedules/schedules.ts';
import type { ClassifyRoom } from './classify-room.ts';

/** What a take-down has removed. */
export interface Forgotten {
  readonly images: number;
  readonly locations: number;
  readonly pages: number;
  readonly blobs: number;
  readonly collections: readonly string[];
  /** New entries of the block list. */
  readonly blocked: number;
}

export interface ApiActions {
  /**
   * Starts a crawl of a collection's own sources, which runs on, and returns its id. Throws `not_found` where the
   * collection has no sources, `source_unavailable` and `crawl_running`.
   */
  startCrawl(request: {
    readonly collection: string;
    /** null: as the configuration says. */
    readonly maxImages: number | null;
    readonly fresh: boolean;
  }): Promise<string>;
  /** The id of the crawl, or null where nothing has failed. Throws `crawl_running`. */
  retryFailures(collection: string, filter: FailureFilter): Promise<string | null>;
  readonly schedules: Schedules;
  /** Takes it down in all collections. Throws `usage` for what is no target, `not_found` for an image that is unknown. */
  forget(target: string): Promise<Forgotten>;
  /** An address from a stranger: through the guarded fetch, to no private host that the configuration does not name. */
  classifyUrl(url: string, signal: AbortSignal): Promise<Classified | NotClassified>;
  classifyContent(content: Uint8Array): Promise<Classified | NotClassified>;
  /** Bytes of the largest image that is classified. */
  readonly maxImageBytes: number;
  readonly classifyRoom: ClassifyRoom;
}
