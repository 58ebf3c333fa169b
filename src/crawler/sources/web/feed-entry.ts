// What an entry of a feed says: RSS, Atom, and Media RSS in either.
import type { PageContext, Variant } from '../../../record.ts';
import { isImageUrl } from '../../image-url.ts';
import { normaliseUrl } from '../../normalise-url.ts';
import { words } from '../../page/words.ts';
import { readDate } from '../../read-date.ts';
import type { Listed, ListedImage } from './listed.ts';
import { childrenOf, textOf, type XmlNode } from './xml-entries.ts';

interface Media {
  readonly url: string;
  readonly width: number;
  readonly said: XmlNode;
}

/** `base`: the feed's own address, for those that are relative. */
export function readFeedEntry(
  entry: XmlNode,
  base: string,
): { place: Listed | undefined; images: ListedImage[] } {
  const url = normaliseUrl(linkOf(entry) ?? '', base);
  const changed = readDate(textOf(entry, 'updated') ?? textOf(entry, 'modified'));
  const place = url === undefined ? undefined : { url, ...(changed && { modifiedAt: changed }) };
  const pictures = picturesOf(entry, base).filter(([first]) => first !== undefined);
  const images = pictures.map(([shown, ...others]) => ({
    url: shown!.url,
    ...(url && { page: url }),
    context: contextOf(entry, shown!.said),
    ...(others.length > 0 && { variants: others.map(variant) }),
  }));
  return { place, images };
}

function linkOf(entry: XmlNode): string | undefined {
  const links = childrenOf(entry, 'link');
  const plain = links.find(({ attributes }) => (attributes.get('rel') ?? 'alternate') === 'alternate');
  const guid = childrenOf(entry, 'guid').find(({ attributes }) => attributes.get('ispermalink') !== 'false');
  return plain?.attributes.get('href') ?? (plain?.text.trim() || guid?.text.trim());
}

/** Each picture with its other files; a thumbnail is one of its own only where nothing else is there. */
function picturesOf(entry: XmlNode, base: string): Media[][] {
  const groups = childrenOf(entry, 'group', 'media').map((group) =>
    [...media(group, 'content', 'media', base)].sort((a, b) => b.width - a.width),
  );
  const enclosed = [
    ...media(entry, 'enclosure', '', base),
    ...childrenOf(entry, 'link')
      .filter(({ attributes }) => attributes.get('rel') === 'enclosure')
      .flatMap((link) => mediaOf(link, link.attributes.get('href'), base)),
    ...media(entry, 'content', 'media', base),
  ].map((one) => [one]);
  const found = once([...groups, ...enclosed]);
  const thumbnails = [entry, ...childrenOf(entry, 'group', 'media')].flatMap((node) =>
    childrenOf(node, 'thumbnail', 'media').flatMap((one) =>
      mediaOf(one, one.attributes.get('url'), base, true),
    ),
  );
  if (found.length === 0) return thumbnails.map((one) => [one]);
  if (found.length === 1) found[0]!.push(...thumbnails);
  return found;
}

/** An enclosure is often named again as Media RSS. */
function once(pictures: readonly Media[][]): Media[][] {
  const seen = new Set<string>();
  return pictures
    .map((files) => files.filter(({ url }) => seen.size < seen.add(url).size))
    .filter((files) => files.length > 0);
}

const media = (node: XmlNode, name: string, space: string, base: string): Media[] =>
  childrenOf(node, name, space).flatMap((one) => mediaOf(one, one.attributes.get('url'), base));

function mediaOf(said: XmlNode, address: string | undefined, base: string, isImage = false): Media[] {
  const url = normaliseUrl(address ?? '', base);
  const type = said.attributes.get('type') ?? '';
  const states = type.startsWith('image/') || said.attributes.get('medium') === 'image';
  if (url === undefined || !(isImage || states || (type === '' && isImageUrl(url)))) return [];
  return [{ url, width: Number(said.attributes.get('width')) || 0, said }];
}

const variant = ({ url, width }: Media): Variant => (width > 0 ? { url, width } : { url });

function contextOf(entry: XmlNode, shown: XmlNode): PageContext {
  const of = (name: string) => textOf(shown, name, 'media') ?? textOf(entry, name, 'media');
  const said = {
    title: words('title', plain(textOf(entry, 'title'))),
    heading: words('heading', plain(of('title'))),
    caption: words('caption', plain(of('description'))),
    credit: words('title', plain(of('credit'))),
    licence: words('title', textOf(entry, 'license', 'creativecommons') ?? textOf(entry, 'license', 'cc')),
    publishedAt: readDate(
      textOf(entry, 'pubdate') ?? textOf(entry, 'published') ?? textOf(entry, 'date', 'dc'),
    ),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

/** Feeds write HTML where words are meant. */
const plain = (text: string | undefined): string | undefined => text?.replace(/<[^<>]{0,2000}>/g, ' ');
