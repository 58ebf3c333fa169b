// How far a take-down reaches: the contents, locations, appearances and pages that go, in all collections.
import { placeOf } from '../crawler/taken-down.ts';
import { ImagedexError } from '../errors.ts';
import { type AppearanceRecord, type Ledger, type LocationRecord, listAll, type Stored } from '../ledger.ts';
import { isOfSite, sameSpelling } from './blocks.ts';
import { heldBy, imageIdsOf, pieces } from './erase.ts';
import type { Target } from './target.ts';

export interface Reach {
  /** sha256 of contents that go wherever they lie. */
  readonly contents: ReadonlySet<string>;
  /** All that go, those of the contents too. */
  readonly locations: ReadonlyMap<string, LocationRecord>;
  /** Of locations that stay. */
  readonly appearances: ReadonlySet<string>;
  readonly pages: ReadonlySet<string>;
}

export async function reachOf(ledger: Ledger, target: Target): Promise<Reach> {
  if (target.kind === 'site') return reachOfSite(ledger, target.host);
  const pages = new Set<string>();
  let contents: ReadonlySet<string>;
  const locations = new Map<string, LocationRecord>();
  if (target.kind === 'address') {
    const wanted = sameSpelling(target.url);
    const isWanted = (url: string) => sameSpelling(url) === wanted;
    for (const id of await pagesOf(ledger, isWanted)) pages.add(id);
    await addLocationsAt(ledger, [target.url], locations);
    const shown = await shownBy(ledger, pages, isWanted);
    await addLocations(ledger, shown, locations);
    contents = new Set([...locations.values()].flatMap(({ sha256 }) => sha256 ?? []));
  } else {
    contents = new Set([target.kind === 'content' ? target.sha256 : await contentOf(ledger, target.id)]);
  }
  for (const some of pieces(contents)) {
    for (const imageId of await imageIdsOf(ledger, some)) {
      for await (const { id, record } of listAll(ledger, 'location', { imageId })) locations.set(id, record);
    }
  }
  // Other sources and collections may know an address that is blocked, though its bytes are not theirs.
  await addLocationsAt(
    ledger,
    [...locations.values()].map(({ url }) => url),
    locations,
  );
  return { contents, locations, appearances: new Set(), pages };
}

async function reachOfSite(ledger: Ledger, site: string): Promise<Reach> {
  const isGone = (url: string) => isOfSite(placeOf(url).host, site);
  const locations = new Map<string, LocationRecord>();
  for (const { values } of await ledger.tally('location', {}, ['host'])) {
    const host = String(values.host);
    if (!isOfSite(host, site)) continue;
    for await (const { id, record } of listAll(ledger, 'location', { host })) locations.set(id, record);
  }
  const pages = new Set(await pagesOf(ledger, isGone));
  const shown = (await shownBy(ledger, pages, isGone)).filter(
    ({ record }) => !locations.has(record.locationId),
  );
  const held = await heldBy(ledger, shown);
  for (const some of pieces(held.locations)) {
    for (const { id, record } of await ledger.get('location', some)) locations.set(id, record);
  }
  return { contents: new Set(), locations, appearances: new Set(held.appearances), pages };
}

async function contentOf(ledger: Ledger, imageId: string): Promise<string> {
  const [image] = await ledger.get('image', [imageId]);
  if (image !== undefined) return image.record.sha256;
  throw new ImagedexError(
    'not_found',
    `there is no image ${imageId}; one that is not known yet is taken down by its address or the sha256 of its bytes`,
  );
}

async function pagesOf(ledger: Ledger, isWanted: (url: string) => boolean): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id, record } of listAll(ledger, 'page', {})) if (isWanted(record.address)) ids.push(id);
  return ids;
}

/** Appearances on these pages; a list names pages of its own. */
async function shownBy(
  ledger: Ledger,
  pages: ReadonlySet<string>,
  isWanted: (url: string) => boolean,
): Promise<Stored<'appearance'>[]> {
  const shown: Stored<'appearance'>[] = [];
  for await (const one of listAll(ledger, 'appearance', {})) {
    if (pages.has(one.record.pageId) || isWanted(one.record.pageUrl)) shown.push(one);
  }
  return shown;
}

/** Whoever knows one of these addresses, in whatever spelling. */
export async function addLocationsAt(
  ledger: Ledger,
  urls: readonly string[],
  to: Map<string, LocationRecord>,
): Promise<void> {
  const wanted = new Set(urls.map(sameSpelling));
  const hosts = new Set([...wanted].map((url) => placeOf(url).host));
  // Whatever is not on the web has a host of its source's choice.
  const places = hosts.has('') ? [{}] : [...hosts].map((host) => ({ host }));
  for (const where of places) {
    for await (const { id, record } of listAll(ledger, 'location', where))
      if (wanted.has(sameSpelling(record.url))) to.set(id, record);
  }
}

async function addLocations(
  ledger: Ledger,
  shown: readonly Stored<'appearance'>[],
  to: Map<string, LocationRecord>,
): Promise<void> {
  const ids = shown.map(({ record }: { record: AppearanceRecord }) => record.locationId);
  for (const some of pieces(ids))
    for (const { id, record } of await ledger.get('location', some)) to.set(id, record);
}

/** What it comes to, in numbers. */
export interface Count {
  readonly images: number;
  readonly locations: number;
  readonly pages: number;
  readonly blobs: number;
  readonly collections: readonly string[];
}

/** The contents of images that lie nowhere else, with these images' ids. */
export async function emptiedBy(
  ledger: Ledger,
  { contents, locations }: Reach,
): Promise<{ ids: string[]; contents: Set<string>; collections: Set<string> }> {
  const atImage = new Map<string, number>();
  for (const { imageId } of locations.values())
    if (imageId !== null) atImage.set(imageId, (atImage.get(imageId) ?? 0) + 1);
  const whole = await imageIdsOf(ledger, [...contents]);
  const [ids, found, collections]: [string[], Set<string>, Set<string>] = [[], new Set(contents), new Set()];
  for (const some of pieces(new Set([...whole, ...atImage.keys()]))) {
    for (const { id, record } of await ledger.get('image', some)) {
      const [all] = await ledger.tally('location', { imageId: id }, []);
      if (!contents.has(record.sha256) && (all?.count ?? 0) > (atImage.get(id) ?? 0)) continue;
      ids.push(id);
      found.add(record.sha256);
      collections.add(record.collection);
    }
  }
  return { ids, contents: found, collections };
}
