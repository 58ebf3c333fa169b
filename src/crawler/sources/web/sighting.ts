// An image of a page as the ledger is told of it.
import { locationId, type SourceId } from '../../../record.ts';
import type { PageImage } from '../../page/resolve.ts';
import type { ImageSighting } from '../../source.ts';
import { webLocation } from '../../web-location.ts';

export function pageSighting(
  collection: string,
  source: SourceId,
  page: string,
  { url, context, variants, skip }: PageImage,
): ImageSighting {
  const location =
    skip?.code === 'embedded'
      ? embedded(collection, source, page, url)
      : webLocation(collection, source, url);
  return {
    location,
    partition: location.host,
    context,
    ...(variants === undefined ? {} : { variants }),
    ...(skip === undefined ? {} : { skip }),
  };
}

/** It has no address of its own: it lies where its page does. */
const embedded = (collection: string, source: SourceId, page: string, address: string) => ({
  id: locationId(collection, source, address),
  address,
  url: page,
  host: new URL(page).host,
  words: '',
});
