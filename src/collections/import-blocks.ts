// What imports ask so that nothing of a take-down comes back: of each line before it is merged, and of a batch once more
// after. A take-down blocks first and removes then; so of two at the same time one sees what the other has written.
import { thumbnailKey } from '../blobs/blobs.ts';
import { placeOf } from '../crawler/taken-down.ts';
import type { Ledger } from '../ledger.ts';
import { appearanceId, imageId, locationId, pageId } from '../record.ts';
import { areBlocked, blockedContents } from './blocks.ts';
import { dropLinks } from './drop-mentions.ts';
import { dropAppearances, dropLocations, dropPage, type EraseParts, eraseContent, heldBy } from './erase.ts';
import type { AppearanceLine, PageLine } from './export-format.ts';

/** What lines say of a place, or of further appearances of it. */
export interface TruePlace {
  readonly source: string;
  readonly address: string;
  /** Absent where nothing but appearances are told of. */
  readonly url?: string;
  readonly appearances: readonly AppearanceLine[];
}

/** Those of the addresses that were taken down, or lie on a site that was. */
export async function takenDown(ledger: Ledger, urls: Iterable<string>): Promise<ReadonlySet<string>> {
  const all = [...new Set(urls)];
  const answers = await areBlocked(ledger, all.map(placeOf));
  return new Set(all.filter((_, index) => answers[index]));
}

/** null where it was taken down itself; else without its links to what was. */
export async function withoutDownLinks(ledger: Ledger, page: PageLine): Promise<PageLine | null> {
  const down = await takenDown(ledger, [page.address, ...page.links]);
  if (down.has(page.address)) return null;
  return down.size === 0 ? page : { ...page, links: page.links.filter((link) => !down.has(link)) };
}

/** Those that are left, with what is left of their appearances. None is left of a content that was taken down. */
export async function withoutDownPlaces<P extends TruePlace>(
  ledger: Ledger,
  sha256: string | undefined,
  places: readonly P[],
): Promise<P[]> {
  const [contents, down] = await Promise.all([
    blockedContents(ledger, sha256 === undefined ? [] : [sha256]),
    takenDown(ledger, places.flatMap(mentioned)),
  ]);
  if (contents.length > 0) return [];
  if (down.size === 0) return [...places];
  return places.flatMap((place): P[] => {
    if (ownUrls(place).some((url) => down.has(url))) return [];
    const shown = place.appearances.filter((one) => !pageUrls(one).some((url) => down.has(url)));
    // Shown by nothing but what was taken down: a take-down here would have removed it, too.
    if (shown.length === 0 && place.appearances.length > 0) return [];
    return [{ ...place, appearances: shown.map((one) => withoutNamed(one, down)) }];
  });
}

const ownUrls = ({ address, url = address }: TruePlace): string[] => [address, url];
const pageUrls = ({ page, pageUrl }: AppearanceLine): string[] =>
  page === undefined ? [pageUrl] : [page, pageUrl];
const mentioned = (place: TruePlace): string[] => [
  ...ownUrls(place),
  ...place.appearances.flatMap((one) => [...pageUrls(one), ...namedUrls(one)]),
];
const namedUrls = ({ context: { link, licence }, variants = [] }: AppearanceLine): string[] =>
  [link, licence, ...variants.map(({ url }) => url)].filter((url) => url !== undefined);

function withoutNamed(line: AppearanceLine, down: ReadonlySet<string>): AppearanceLine {
  if (!namedUrls(line).some((url) => down.has(url))) return line;
  const { link, licence, ...context } = line.context;
  const isUp = (url: string | undefined): url is string => url !== undefined && !down.has(url);
  return {
    ...line,
    context: { ...context, ...(isUp(link) && { link }), ...(isUp(licence) && { licence }) },
    ...(line.variants && { variants: line.variants.filter(({ url }) => isUp(url)) }),
  };
}

/** What lines may have written, by the ids that it has then. */
export class Mentions {
  readonly contents = new Set<string>();
  readonly locations = new Set<string>();
  readonly pages = new Set<string>();
  readonly appearances = new Set<string>();
  readonly urls = new Set<string>();
  /** Of what was merged: the others were not written. */
  readonly links = new Set<string>();
  readonly #collection: string;

  constructor(collection: string) {
    this.#collection = collection;
  }

  addPage({ source, address }: PageLine, merged: PageLine | null): void {
    this.pages.add(pageId(this.#collection, source, address));
    this.urls.add(address);
    for (const link of merged?.links ?? []) this.links.add(link);
  }

  addPlaces(sha256: string | undefined, places: readonly TruePlace[], merged: readonly TruePlace[]): void {
    if (sha256 !== undefined) this.contents.add(sha256);
    for (const place of places) {
      const { source, address, appearances } = place;
      const location = locationId(this.#collection, source, address);
      this.locations.add(location);
      for (const url of ownUrls(place)) this.urls.add(url);
      for (const one of appearances) {
        const page = one.page === undefined ? location : pageId(this.#collection, source, one.page);
        this.appearances.add(appearanceId(location, page));
        for (const url of pageUrls(one)) this.urls.add(url);
      }
    }
    for (const url of merged.flatMap(({ appearances }) => appearances).flatMap(namedUrls))
      this.links.add(url);
  }
}

/** Removes what is there of it and was taken down. Returns whether any was taken down, by whoever it was removed. */
export async function eraseTakenDown(
  parts: EraseParts,
  collection: string,
  mentions: Mentions,
): Promise<boolean> {
  const { ledger, index } = parts;
  const [contents, down] = await Promise.all([
    blockedContents(ledger, [...mentions.contents]),
    takenDown(ledger, [...mentions.urls, ...mentions.links]),
  ]);
  if (contents.length === 0 && down.size === 0) return false;
  const erased = [
    await eraseContents(parts, collection, contents),
    ...(down.size === 0 ? [] : [await erasePlaces(parts, mentions, down)]),
  ].includes(true);
  if (erased) await index.purge();
  return true;
}

async function eraseContents(
  parts: EraseParts,
  collection: string,
  contents: readonly string[],
): Promise<boolean> {
  let erased = false;
  for (const content of contents) {
    const images = await parts.ledger.get('image', [imageId(collection, content)]);
    if (images.length === 0 && (await parts.blobs.sizeOf(thumbnailKey(content))) === null) continue;
    await eraseContent(parts, content);
    erased = true;
  }
  return erased;
}

/** Asks of each record itself: a line may say that a blocked address is where something else lies. */
async function erasePlaces(
  parts: EraseParts,
  { locations, pages, appearances, links }: Mentions,
  down: ReadonlySet<string>,
): Promise<boolean> {
  const { ledger } = parts;
  const [atPlace, onPage, shown] = await Promise.all([
    ledger.get('location', [...locations]),
    ledger.get('page', [...pages]),
    ledger.get('appearance', [...appearances]),
  ]);
  const gone = atPlace.filter(({ record }) => down.has(record.url) || down.has(record.address));
  const left = onPage.filter(({ record }) => down.has(record.address));
  const held = await heldBy(
    ledger,
    shown.filter(({ record }) => down.has(record.pageUrl)),
  );
  await dropLocations(parts, [...gone.map(({ id }) => id), ...held.locations]);
  await dropAppearances(parts, held.appearances);
  for (const { id } of left) await dropPage(parts, id);
  const isLinked = [...links].some((link) => down.has(link));
  if (isLinked) await dropLinks(parts, (url) => down.has(url));
  return isLinked || gone.length + left.length + held.locations.length + held.appearances.length > 0;
}
