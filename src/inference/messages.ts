// What the main process and a describer say to each other.
import type { ErrorCode, Failure } from '../errors.ts';
import type { Exif, Score } from '../record.ts';
import type { CloseReason, WindowLimits } from '../window.ts';
import type { ModelInfo } from './model.ts';
import type { Looks } from './perceptual-hash.ts';
import type { PrepareOptions } from './preprocess.ts';
import type { ModelFiles } from './repository.ts';

/** To a describer. */
export type Order =
  | {
      readonly type: 'open';
      readonly model: ModelFiles;
      readonly window: WindowLimits;
      readonly prepare: PrepareOptions;
    }
  /** With the content as payload. */
  | { readonly type: 'describe'; readonly id: number; readonly sha256: string; readonly leastPixels: number }
  /** No further images are to be waited for. */
  | { readonly type: 'drain' };

/** From a describer. */
export type Report =
  | { readonly type: 'ready'; readonly model: ModelInfo; readonly rssBytes: number }
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly message: string }
  /** The image is being worked on: from here on its time counts, and a death may be its fault. */
  | { readonly type: 'started'; readonly id: number }
  | {
      readonly type: 'window';
      readonly reason: CloseReason;
      readonly images: number;
      readonly rssBytes: number;
    }
  | Answer;

export type Answer =
  /** With the thumbnail as payload. */
  | {
      readonly type: 'described';
      readonly id: number;
      readonly width: number;
      readonly height: number;
      readonly exif: Exif;
      readonly scores: readonly Score[];
      readonly embedding: string | null;
      readonly looks: Looks;
    }
  | {
      readonly type: 'skipped';
      readonly id: number;
      readonly code: 'too_many_pixels' | 'too_small' | 'unsupported_format';
      readonly reason: string;
    }
  | { readonly type: 'failed'; readonly id: number; readonly failure: Failure };
