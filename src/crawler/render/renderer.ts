// Who opens pages that scripts make. What it needs of a page is the answer that the static request brought.
import type { Missed } from '../../ledger.ts';
import type { Answer } from '../../net/answer.ts';
import type { PoliteFetch } from '../polite-fetch.ts';

export interface RenderRequest {
  readonly answer: Answer;
  /** Everything that the page asks for goes through it. */
  readonly web: PoliteFetch;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export type Rendering =
  | {
      readonly outcome: 'rendered';
      /** The page itself, then what it has in frames: as HTML, shadow roots in their place. */
      readonly frames: readonly { readonly url: string; readonly html: string }[];
      /** Pictures that were asked for, each once; `isPainted`: by a style sheet. Normalised. */
      readonly images: readonly { readonly url: string; readonly isPainted: boolean }[];
      /** Pages that its scripts wanted to go to. */
      readonly leads: readonly string[];
      /** What it asked for and did not get. */
      readonly missed: readonly Missed[];
      /** True where it was not come to the end of it. */
      readonly isCut: boolean;
    }
  /** There is no browser, or none can be started. */
  | { readonly outcome: 'unavailable'; readonly reason: string }
  /** The browser could not open this page. */
  | { readonly outcome: 'failed'; readonly reason: string };

export interface Renderer {
  render(request: RenderRequest): Promise<Rendering>;
  close(): Promise<void>;
}
