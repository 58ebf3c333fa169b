// Removes contents, locations and pages from index, blobs and ledger, for good. What a crash leaves undone the next call
// does: what all else is found by, locations and image records, goes last and together.
import { type Blobs, thumbnailKey } from '../blobs/blobs.ts';
import { departureOf } from '../indexer/fold.ts';
import type { ImageIndex } from '../indexer/image-index.ts';
import type { Projector } from '../indexer/project.ts';
import {
  amend,
  amendment,
  type Change,
  changePlanned,
  type Kind,
  type Ledger,
  listAll,
  type Stored,
} from '../ledger.ts';
import { imageId } from '../record.ts';

export interface EraseParts {
  readonly ledger: Ledger;
  readonly index: ImageIndex;
  readonly blobs: Blobs;
  readonly projector: Pick<Projector, 'project'>;
}

const piece = 200;

export function* pieces<T>(items: Iterable<T>, size = piece): Generator<T[]> {
  const all = [...items];
  for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size);
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export const deletion = <K extends Kind>(kind: K, { id, version }: Stored<K>): Change =>
  ({ kind, id, expect: version, record: null }) as Change;

/** The ids that the contents have in all collections, whether they are there or not. */
export async function imageIdsOf(ledger: Ledger, sha256s: readonly string[]): Promise<string[]> {
  const collections = await collect(listAll(ledger, 'collection', {}));
  return collections.flatMap(({ id }) => sha256s.map((sha256) => imageId(id, sha256)));
}

/** A content in all collections: its images with all that they lie at, descriptions and thumbnail. */
export async function eraseContent(parts: EraseParts, sha256: string): Promise<void> {
  const { ledger, index, projector } = parts;
  const ids = await imageIdsOf(ledger, [sha256]);
  await index.forget(ids);
  await eraseRenditions(parts, sha256);
  let left: readonly string[] = [];
  await changePlanned(ledger, async () => {
    const images = await ledger.get('image', ids);
    const locations = await Promise.all(ids.map((id) => locationsOf(ledger, id)));
    const departures = await Promise.all(images.map((one) => departureOf(ledger, one)));
    left = departures.flatMap(({ others }) => others);
    return [
      ...(await locationDeletions(ledger, locations.flat())),
      ...images.map((one) => deletion('image', one)),
      ...departures.flatMap(({ changes }) => changes),
    ];
  });
  // Once more: somebody may have projected it from what was there until now.
  await index.forget(ids);
  await Promise.all(left.map((id) => projector.project(id)));
}

/** Locations with their appearances and failures; images that lie nowhere else go with them. */
export async function dropLocations(parts: EraseParts, locationIds: readonly string[]): Promise<void> {
  const { ledger } = parts;
  for (const ids of pieces(locationIds)) {
    // Again while there are any: one may have moved to another image meanwhile.
    for (;;) {
      const stored = await ledger.get('location', ids);
      if (stored.length === 0) break;
      const images = new Set(stored.map(({ record }) => record.imageId));
      for (const image of images) {
        const some = stored.filter(({ record }) => record.imageId === image);
        if (image === null) await dropUnknown(ledger, new Set(some.map(({ id }) => id)));
        else await dropFromImage(parts, image, new Set(some.map(({ id }) => id)));
      }
    }
    await dropRemains(ledger, ids);
  }
}

/** Locations at which no image lies, or lay until now. */
const dropUnknown = (ledger: Ledger, ids: ReadonlySet<string>): Promise<number> =>
  changePlanned(ledger, async () => {
    const stored = await ledger.get('location', [...ids]);
    return locationDeletions(
      ledger,
      stored.filter(({ record }) => record.imageId === null),
    );
  });

/** What a writer that came too late has written of locations that are not there any more. */
async function dropRemains(ledger: Ledger, ids: readonly string[]): Promise<void> {
  const appearances = await Promise.all(
    ids.map((locationId) => collect(listAll(ledger, 'appearance', { locationId }))),
  );
  await amend(ledger, [
    ...appearances.flat().map(({ id }) => amendment('appearance', id, () => null)),
    ...ids.map((id) => amendment('failure', id, () => null)),
  ]);
}

async function dropFromImage(parts: EraseParts, image: string, dropped: ReadonlySet<string>): Promise<void> {
  const { ledger, index, projector } = parts;
  const isDropped = ({ id }: Stored<'location'>) => dropped.has(id);
  const isEmptied = (await locationsOf(ledger, image)).every(isDropped);
  if (isEmptied) {
    const [stored] = await ledger.get('image', [image]);
    await index.forget([image]);
    if (stored !== undefined) await eraseUnused(parts, stored.record.sha256, new Set([image]));
  }
  let staying: Stored<'location'>[] = [];
  let left: readonly string[] = [];
  await changePlanned(ledger, async () => {
    const locations = await locationsOf(ledger, image);
    const [stored] = await ledger.get('image', [image]);
    staying = locations.filter((one) => !isDropped(one));
    const changes = await locationDeletions(ledger, locations.filter(isDropped));
    if (stored === undefined) return changes;
    if (staying.length === 0) {
      const departure = await departureOf(ledger, stored);
      left = departure.others;
      return [...changes, deletion('image', stored), ...departure.changes];
    }
    const record = { ...stored.record, revision: stored.record.revision + 1 };
    changes.push({ kind: 'image', id: image, expect: stored.version, record });
    // Found at another place while its description went: the next crawl fetches and describes it again.
    return isEmptied ? [...changes, ...staying.map(forgetful)] : changes;
  });
  if (staying.length === 0) await index.forget([image]);
  else await projector.project(image);
  await Promise.all(left.map((id) => projector.project(id)));
}

const forgetful = ({ id, version, record }: Stored<'location'>): Change => ({
  kind: 'location',
  id,
  expect: version,
  record: { ...record, descriptionKey: null, validators: {} },
});

/** Appearances of locations that stay. */
export async function dropAppearances(
  { ledger, projector }: EraseParts,
  ids: readonly string[],
): Promise<void> {
  for (const some of pieces(ids)) {
    let dirty: string[] = [];
    await changePlanned(ledger, async () => {
      const appearances = await ledger.get('appearance', some);
      const locations = await ledger.get(
        'location',
        appearances.map(({ record }) => record.locationId),
      );
      const images = await ledger.get(
        'image',
        locations.flatMap(({ record }) => record.imageId ?? []),
      );
      dirty = images.map(({ id }) => id);
      return [
        ...appearances.map((one) => deletion('appearance', one)),
        ...images.map(({ id, version, record }): Change => {
          return { kind: 'image', id, expect: version, record: { ...record, revision: record.revision + 1 } };
        }),
      ];
    });
    await Promise.all(dirty.map((id) => projector.project(id)));
  }
}

/** A page, what it shows, and the locations that nothing else shows. */
export async function dropPage(parts: EraseParts, id: string): Promise<void> {
  const { ledger } = parts;
  const shown = await collect(listAll(ledger, 'appearance', { pageId: id }));
  const { locations, appearances } = await heldBy(ledger, shown);
  await dropLocations(parts, locations);
  await dropAppearances(parts, appearances);
  await dropPageRecord(ledger, id);
}

export const dropPageRecord = (ledger: Ledger, id: string): Promise<number> =>
  amend(ledger, [amendment('page', id, () => null), amendment('failure', id, () => null)]);

/** Where these appearances go: the locations that nothing else shows, and the appearances of the others. */
export async function heldBy(
  ledger: Ledger,
  shown: readonly Stored<'appearance'>[],
): Promise<{ locations: string[]; appearances: string[] }> {
  const byLocation = new Map<string, string[]>();
  for (const { id, record } of shown)
    byLocation.set(record.locationId, [...(byLocation.get(record.locationId) ?? []), id]);
  const [locations, appearances]: [string[], string[]] = [[], []];
  for (const [locationId, ids] of byLocation) {
    const [all] = await ledger.tally('appearance', { locationId }, []);
    if ((all?.count ?? 0) > ids.length) appearances.push(...ids);
    else locations.push(locationId);
  }
  return { locations, appearances };
}

/**
 * Descriptions and thumbnail of a content that no image has, those of `but` apart. Looks again when they are gone: a crawl
 * that was writing such an image meanwhile may have looked for them before, and the next one fetches it again then.
 */
export async function eraseUnused(
  parts: Omit<EraseParts, 'projector'>,
  sha256: string,
  but?: ReadonlySet<string>,
): Promise<void> {
  const { ledger } = parts;
  if (await isUsed(ledger, sha256, but)) return;
  await eraseRenditions(parts, sha256);
  for (const id of await imagesWith(ledger, sha256, but)) {
    await changePlanned(ledger, async () => (await locationsOf(ledger, id)).map(forgetful));
  }
}

/** Whether an image that lies somewhere has this content. */
export async function isUsed(ledger: Ledger, sha256: string, but?: ReadonlySet<string>): Promise<boolean> {
  for (const id of await imagesWith(ledger, sha256, but)) {
    if ((await ledger.list('location', { imageId: id }, { limit: 1 })).length > 0) return true;
  }
  return false;
}

async function imagesWith(ledger: Ledger, sha256: string, but?: ReadonlySet<string>): Promise<string[]> {
  const ids = (await imageIdsOf(ledger, [sha256])).filter((id) => !but?.has(id));
  return (await ledger.get('image', ids)).map(({ id }) => id);
}

/** The thumbnail last: while a description is there, so is what leads to it. */
async function eraseRenditions(
  { ledger, blobs }: Pick<EraseParts, 'ledger' | 'blobs'>,
  sha256: string,
): Promise<void> {
  await changePlanned(ledger, async () =>
    (await collect(listAll(ledger, 'description', { sha256 }))).map((one) => deletion('description', one)),
  );
  await blobs.remove(thumbnailKey(sha256));
}

const locationsOf = (ledger: Ledger, image: string): Promise<Stored<'location'>[]> =>
  collect(listAll(ledger, 'location', { imageId: image }));

async function locationDeletions(
  ledger: Ledger,
  locations: readonly Stored<'location'>[],
): Promise<Change[]> {
  const ids = locations.map(({ id }) => id);
  const appearances = await Promise.all(
    ids.map((locationId) => collect(listAll(ledger, 'appearance', { locationId }))),
  );
  return [
    ...appearances.flat().map((one) => deletion('appearance', one)),
    ...(await ledger.get('failure', ids)).map((one) => deletion('failure', one)),
    ...locations.map((one) => deletion('location', one)),
  ];
}
