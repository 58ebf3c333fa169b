// What a page of another origin sees of an image: nothing of other collections, and no address that only we can open.
import type { ImageDocument } from '../indexer/image-index.ts';
import { isOnTheWeb } from '../record.ts';
import type { Access } from './access.ts';

/** null where it may not see the image at all. */
export function seenBy(access: Access, document: ImageDocument): ImageDocument | null {
  if (access.kind === 'full') return document;
  if (!access.collections.has(document.collection)) return null;
  const appearances = document.appearances
    .filter(({ pageUrl }) => isOnTheWeb(pageUrl))
    .map(({ context: { link, ...said }, variants = [], ...appearance }) => ({
      ...appearance,
      variants: variants.filter(({ url }) => isOnTheWeb(url)),
      context: link !== undefined && isOnTheWeb(link) ? { ...said, link } : said,
    }));
  return {
    ...document,
    locations: document.locations.filter(({ url }) => isOnTheWeb(url)),
    appearances,
    appearanceCount:
      appearances.length === document.appearances.length ? document.appearanceCount : appearances.length,
  };
}
