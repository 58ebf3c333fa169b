// What an entry of a sitemap or of a sitemap index says.
import type { PageContext, Timestamp } from '../../../record.ts';
import { normaliseUrl } from '../../normalise-url.ts';
import { words } from '../../page/words.ts';
import { readDate } from '../../read-date.ts';
import type { Listed, ListedImage } from './listed.ts';
import { childrenOf, textOf, type XmlNode } from './xml-entries.ts';

/** As Google reads them. */
const maxImagesOfPage = 1_000;
const dayMs = 86_400_000;

/** An entry is a page with its images; of an index, a sitemap. */
export function readSitemapEntry(entry: XmlNode): { place: Listed; images: ListedImage[] } | undefined {
  const url = normaliseUrl(textIn(entry, 'loc') ?? '');
  if (url === undefined) return undefined;
  const modifiedAt = lastChange(textIn(entry, 'lastmod'));
  const place = modifiedAt === undefined ? { url } : { url, modifiedAt };
  const images = childrenOf(entry, 'image', 'image')
    .slice(0, maxImagesOfPage)
    .flatMap((image): ListedImage[] => {
      const address = normaliseUrl(textIn(image, 'loc', 'image') ?? '');
      return address === undefined ? [] : [{ url: address, page: url, context: contextOf(image) }];
    });
  return { place, images };
}

/** Some write the names of a sitemap with a prefix of their own. */
const textIn = (node: XmlNode, name: string, space = ''): string | undefined =>
  textOf(node, name, space) ?? textOf(node, name, node.space);

/** Google reads these no more since 2022; many sites still write them. */
function contextOf(image: XmlNode): PageContext {
  const said = {
    title: words('title', textOf(image, 'title', 'image')),
    caption: words('caption', textOf(image, 'caption', 'image')),
    section: words('section', textOf(image, 'geo_location', 'image')),
    licence: words('title', textOf(image, 'license', 'image')),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

/**
 * The end of a day that is given without a time, of today, too: what changed on it may have changed after a visit, and
 * whoever remembers this may ask later. What lies further ahead is a mistake.
 */
export function lastChange(text: string | undefined): Timestamp | undefined {
  const at = readDate(text);
  if (at === undefined) return undefined;
  const ms = Date.parse(at) + (/[T ]\d\d/i.test(text ?? '') ? 0 : dayMs - 1);
  return new Date(Math.min(ms, Date.now() + dayMs)).toISOString();
}
