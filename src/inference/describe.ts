// The stage's contract: bytes in, a description and a thumbnail out, or a failure. describers.ts does it in processes.
import type { Failure } from '../errors.ts';
import type { Description, Format } from '../record.ts';
import type { WindowCounts } from '../window.ts';
import type { ModelInfo } from './model.ts';

export type { WindowCounts } from '../window.ts';

export interface DescribeInput {
  readonly sha256: string;
  readonly format: Format;
  readonly content: Uint8Array;
  /** On its shorter side: one with fewer is skipped instead of decoded. */
  readonly leastPixels?: number;
}

export type Described =
  | { readonly outcome: 'described'; readonly description: Description; readonly thumbnail: Uint8Array }
  | {
      readonly outcome: 'skipped';
      readonly code: 'too_many_pixels' | 'too_small' | 'unsupported_format';
      readonly reason: string;
    }
  | { readonly outcome: 'failed'; readonly failure: Failure };

export interface Describers {
  readonly model: ModelInfo;
  /** Waits for room, then describes. Never throws because of a picture. */
  describe(image: DescribeInput): Promise<Described>;
  counts(): WindowCounts;
  close(): Promise<void>;
}
