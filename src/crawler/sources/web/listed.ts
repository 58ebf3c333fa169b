// What an entry of a sitemap or feed comes to.
import type { PageContext, Timestamp, Variant } from '../../../record.ts';

export interface Listed {
  /** Normalised. */
  readonly url: string;
  readonly modifiedAt?: Timestamp;
}

export interface ListedImage {
  readonly url: string;
  /** The page that shows it. */
  readonly page?: string;
  readonly context: PageContext;
  readonly variants?: readonly Variant[];
}
