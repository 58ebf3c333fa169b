// What a line of an export changes in the ledger. What is known already is kept unless the line knows something newer,
// so that the same line twice changes nothing.
import { isDeepStrictEqual } from 'node:util';
import { placeOf } from '../crawler/taken-down.ts';
import {
  type Amendment,
  type AppearanceRecord,
  amendment,
  type Change,
  changePlanned,
  type ImageRecord,
  type Ledger,
  type LocationRecord,
  listAll,
  type PageRecord,
  planAmendments,
  raiseRevision,
  type Stored,
} from '../ledger.ts';
import { appearanceId, type Description, imageId, importedKey, locationId, pageId } from '../record.ts';
import type {
  AppearanceLine,
  AppearancesLine,
  ImageLocation,
  LocationLine,
  PageLine,
} from './export-format.ts';

export interface Merge {
  readonly ledger: Ledger;
  /** What is imported into. */
  readonly collection: string;
  /** Stands where a crawl's id does: which export a page or location is from. */
  readonly importId: string;
}

export interface Merged {
  readonly outcome: 'new' | 'changed' | 'same';
  /** Images that are to be projected. */
  readonly dirty: readonly string[];
}

const same: Merged = { outcome: 'same', dirty: [] };

/** A page that is newer here takes the place of the one that is known, with all that this one showed. */
export async function mergePage(merge: Merge, line: PageLine): Promise<Merged> {
  const { ledger, collection, importId } = merge;
  const { type: _, ...told } = line;
  const id = pageId(collection, line.source, line.address);
  let merged = same;
  await changePlanned(ledger, async () => {
    const [old] = await ledger.get('page', [id]);
    merged = same;
    if (old !== undefined && (old.record.expandedAt ?? '') >= (line.expandedAt ?? '')) return [];
    const shown: Stored<'appearance'>[] = [];
    for await (const stored of listAll(ledger, 'appearance', { pageId: id })) shown.push(stored);
    const places = await ledger.get('location', [...new Set(shown.map(({ record }) => record.locationId))]);
    const dirty = [...new Set(places.flatMap(({ record }) => record.imageId ?? []))];
    merged = { outcome: old === undefined ? 'new' : 'changed', dirty };
    const record = { ...told, collection, crawlId: importId } as PageRecord;
    return [
      { kind: 'page', id, expect: old?.version ?? 0, record },
      ...shown.map(({ id, version }) => ({ kind: 'appearance', id, expect: version, record: null }) as const),
      ...(await planAmendments(ledger, dirty.map(raiseRevision))),
    ];
  });
  return merged;
}

/** The image with its description and these of its locations. */
export async function mergeImage(
  merge: Merge,
  description: Description,
  locations: readonly ImageLocation[],
): Promise<Merged> {
  const { sha256 } = description;
  const image = imageId(merge.collection, sha256);
  return mergeLocations(merge, { id: image, sha256, description }, locations, (location, old) => ({
    ...(old ?? unseen(merge, location)),
    ...lineOf(location),
    state: 'indexed',
    imageId: image,
    sha256,
    descriptionKey: location.descriptionKey,
    validators: location.validators as LocationRecord['validators'],
    fetchedAt: location.fetchedAt,
  }));
}

/** A further location of an image that the ledger has, or one without an image. null where that image is not there. */
export async function mergeLocation(merge: Merge, line: LocationLine): Promise<Merged | null> {
  const { ledger, collection } = merge;
  if (line.sha256 !== undefined) {
    const [image] = await ledger.get('image', [imageId(collection, line.sha256)]);
    const [description] = await ledger.get('description', [image?.record.descriptionKey ?? '']);
    return description === undefined ? null : mergeImage(merge, description.record, [line]);
  }
  const { state, code } = line;
  const outcome = state === 'skipped' || state === 'failed' ? state : null;
  return mergeLocations(merge, null, [line], (_, old) =>
    old === undefined
      ? ({ ...unseen(merge, line), ...lineOf(line), state, code, outcome } as LocationRecord)
      : undefined,
  );
}

/** null where the location is not in the ledger. */
export async function mergeAppearances(merge: Merge, line: AppearancesLine): Promise<Merged | null> {
  const [location] = await merge.ledger.get('location', [
    locationId(merge.collection, line.source, line.address),
  ]);
  return location === undefined ? null : mergeLocations(merge, null, [line], () => undefined);
}

interface Content {
  readonly id: string;
  readonly sha256: string;
  readonly description: Description;
}
type Place = Pick<AppearancesLine, 'source' | 'address' | 'appearances'> & {
  readonly fetchedAt?: string | null;
};

/** `recordOf`: what becomes of a location of which the line knows something newer; undefined to leave it. */
async function mergeLocations<P extends Place>(
  merge: Merge,
  content: Content | null,
  places: readonly P[],
  recordOf: (place: P, old: LocationRecord | undefined) => LocationRecord | undefined,
): Promise<Merged> {
  const { ledger, collection } = merge;
  const idOf = ({ source, address }: Place) => locationId(collection, source, address);
  let merged = same;
  await changePlanned(ledger, async () => {
    const known = new Map((await ledger.get('location', places.map(idOf))).map((one) => [one.id, one]));
    const changes: Change[] = [];
    const dirty = new Set<string>();
    for (const place of places) {
      const id = idOf(place);
      const old = known.get(id);
      const record = isNewer(place, old?.record) ? recordOf(place, old?.record) : undefined;
      if (record !== undefined) {
        changes.push({ kind: 'location', id, expect: old?.version ?? 0, record });
        for (const image of [record.imageId, old?.record.imageId ?? null])
          if (image !== null) dirty.add(image);
      }
      const shown = await appearanceChanges(merge, id, place, record !== undefined);
      changes.push(...shown);
      const lies = record ?? old?.record;
      if (shown.length > 0 && lies?.imageId) dirty.add(lies.imageId);
    }
    const images = await planAmendments(ledger, await imageAmendments(merge, content, [...dirty]));
    const isNew = images.some(({ kind, expect }) => kind === 'image' && expect === 0);
    merged = { outcome: isNew ? 'new' : changes.length > 0 ? 'changed' : 'same', dirty: [...dirty] };
    return [...changes, ...images];
  });
  return merged;
}

/** Whoever fetched it last knows best. What was skipped here was skipped by choice, and stays so. */
function isNewer({ fetchedAt = null }: Place, old: LocationRecord | undefined): boolean {
  if (old === undefined) return true;
  return old.state !== 'skipped' && (fetchedAt ?? '') > (old.fetchedAt ?? '');
}

/** A page's appearances go with the page: they come from this export where the page does. */
async function appearanceChanges(
  { ledger, collection, importId }: Merge,
  location: string,
  { source, appearances }: Place,
  isTaken: boolean,
): Promise<Change[]> {
  if (appearances.length === 0) return [];
  const pageOf = ({ page }: AppearanceLine) =>
    page === undefined ? location : pageId(collection, source, page);
  const [pages, known] = await Promise.all([
    ledger.get('page', [...new Set(appearances.map(pageOf))]),
    ledger.get(
      'appearance',
      appearances.map((appearance) => appearanceId(location, pageOf(appearance))),
    ),
  ]);
  const ours = new Set(pages.filter(({ record }) => record.crawlId === importId).map(({ id }) => id));
  if (isTaken) ours.add(location);
  return appearances.flatMap((appearance): Change[] => {
    const page = pageOf(appearance);
    if (!ours.has(page)) return [];
    const id = appearanceId(location, page);
    const old = known.find((one) => one.id === id);
    const { pageUrl, context, variants, skip, seenAt } = appearance;
    const record = {
      collection,
      locationId: location,
      pageId: page,
      pageUrl,
      context,
      ...(variants && { variants }),
      ...(skip && { skip }),
      seenAt,
    } as AppearanceRecord;
    return isDeepStrictEqual(old?.record, record)
      ? []
      : [{ kind: 'appearance', id, expect: old?.version ?? 0, record }];
  });
}

async function imageAmendments(
  { ledger, collection }: Merge,
  content: Content | null,
  dirty: readonly string[],
): Promise<Amendment[]> {
  const others = dirty.filter((id) => id !== content?.id).map(raiseRevision);
  if (content === null || !dirty.includes(content.id)) return others;
  const { id, sha256, description } = content;
  const [image] = await ledger.get('image', [id]);
  const known = await ledger.get('description', [image?.record.descriptionKey ?? '', description.key]);
  if (known.some((one) => one.id === image?.record.descriptionKey)) return [...others, raiseRevision(id)];
  // What was seen here is true of any collection; what a file says stands for this one alone.
  const isSeen = known.length > 0;
  const key = isSeen ? description.key : importedKey(collection, description.key);
  const first = { collection, sha256, revision: 0, indexedRevision: 0, indexedAt: null };
  return [
    ...others,
    ...(isSeen ? [] : [amendment('description', key, () => ({ ...description, importedInto: collection }))]),
    amendment('image', id, (old): ImageRecord => {
      const { revision, ...rest } = old ?? first;
      return { ...rest, descriptionKey: key, revision: revision + 1 };
    }),
  ];
}

type TruePlace = Pick<
  ImageLocation,
  'source' | 'address' | 'url' | 'host' | 'words' | 'foundAt' | 'fetchedAt'
>;

/** Take-downs of sites go by the host: it is the address's, whatever the line says. */
const lineOf = ({ source, address, url, words }: TruePlace) => ({
  source,
  address,
  url,
  host: placeOf(url).host,
  words,
});

/** One that no crawl of this data has seen. */
const unseen = ({ collection, importId }: Merge, { foundAt, fetchedAt, ...place }: TruePlace) =>
  ({
    collection,
    ...lineOf({ foundAt, fetchedAt, ...place }),
    imageId: null,
    sha256: null,
    descriptionKey: null,
    validators: {},
    foundAt,
    fetchedAt,
    crawlId: importId,
    outcome: 'indexed',
    code: null,
    inferred: false,
    change: null,
  }) as const;
