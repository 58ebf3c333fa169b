// PORT: the life of an image index whose documents are written again into a next generation while searches go on.
import type { Migration } from '../opensearch/migrate.ts';

/** One concrete index among those that are or were searched. */
export interface Generation {
  readonly index: string;
  readonly number: number;
  /** Searches go to it. */
  readonly isRead: boolean;
  /** It is given every document, searched or not. */
  readonly isWritten: boolean;
  /** It is being made, or who made it has died. */
  readonly isUnfinished: boolean;
  /** False: it refused a document that the searched one took, so searches cannot go to it. */
  readonly isWhole: boolean;
}

export interface ReindexProgress {
  readonly step: 'waiting' | 'copying' | 'checking' | 'switching' | 'removing';
  readonly done: number;
  readonly total: number;
}

export type OnReindexProgress = (progress: ReindexProgress) => void;

export interface DocumentCounts {
  readonly documents: number;
  readonly tombstones: number;
  readonly collections: Readonly<Record<string, number>>;
}

export interface ReindexReport {
  readonly from: string;
  readonly to: string;
  /** False: they did not agree, searches stay where they were, and what was made is gone. */
  readonly isSwitched: boolean;
  readonly before: DocumentCounts;
  readonly after: DocumentCounts;
  readonly copied: number;
  /** Taken over again when they were compared: a crawl had changed them meanwhile. */
  readonly mended: number;
  /** Documents that were newer in the next generation at the end: their writers were still at it, or died. */
  readonly ahead: number;
  /** Searches of a sample of documents, each asked of both. */
  readonly searches: number;
  /** Why they do not agree; a few of them. */
  readonly differences: readonly string[];
  readonly seconds: number;
}

export interface Generations {
  list(): Promise<readonly Generation[]>;
  /** Makes the next generation, and lets searches go there once it holds the same. The one of before is kept, written on. */
  reindex(signal: AbortSignal, onProgress: OnReindexProgress): Promise<ReindexReport>;
  /** Adds to the mappings what is new in this version. `rewrite`: it could not, and nothing was changed. */
  migrate(): Promise<Migration>;
  /** Reindexes from an older version of the mapping into this one's. What there was before cannot be kept. */
  reindexToVersion(signal: AbortSignal, onProgress: OnReindexProgress): Promise<ReindexReport>;
  /** Searches go to the generation of before, or on to the newer one if they were there. */
  rollback(): Promise<{ readonly from: string; readonly to: string }>;
  /** Removes what `rollback` would go to, and what was left unfinished. */
  dropPrevious(): Promise<{ readonly removed: readonly string[] }>;
}
