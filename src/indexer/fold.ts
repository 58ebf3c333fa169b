// Folds images that look alike into the largest of them. The rule, by size: an image stands for itself unless a larger
// one that stands for itself looks like it. A change of who stands makes those dirty whom it may concern, in the same
// change of the ledger; so what comes out depends neither on the order of events nor on who was killed when. Except where
// too many share a band: what was folded before stays so, and nothing further is folded by it.
import { isDeepStrictEqual } from 'node:util';
import {
  amend,
  type Change,
  changePlanned,
  type ImageLooks,
  type ImageRecord,
  type Ledger,
  raiseRevision,
  type Stored,
} from '../ledger.ts';
import { likenessId } from '../record.ts';
import { bandsOf, bySize, isAlike, nearTo } from './likeness.ts';

type Image = Stored<'image'>;
type ComparableImage = Image & { readonly looks: ImageLooks };

export interface Asked {
  readonly image: Image;
  /** Undefined where it is like no other: it lies nowhere, is too plain, or nothing is to be folded. */
  readonly looks: ImageLooks | undefined;
}

export interface Settled {
  /** As they are when that is settled. One whose revision is another one now is to be projected again. */
  readonly images: ReadonlyMap<string, Image>;
  /** Others that are dirty now. */
  readonly dirty: ReadonlySet<string>;
}

/** Settles for each whether it stands for itself. */
export async function settleFolds(ledger: Ledger, asked: readonly Asked[]): Promise<Settled> {
  const images = new Map(asked.map(({ image }) => [image.id, image]));
  const dirty = new Set<string>();
  const note = (id: string, { image, others }: Settling): void => {
    if (image === undefined) images.delete(id);
    else images.set(id, image);
    for (const other of others) dirty.add(other);
  };
  for (const { image, looks } of asked) {
    const known = image.record.looks;
    if (known !== undefined && !isDeepStrictEqual(known, looks))
      note(image.id, await leave(ledger, image.id));
  }
  const comparable = asked.flatMap(({ image, looks }) => (looks === undefined ? [] : { ...image, looks }));
  await enlist(ledger, comparable);
  const near = await nearTo(
    ledger,
    comparable.map(({ id, record: { collection }, looks }) => ({ id, collection, looks })),
  );
  const concerned = comparable.filter(
    ({ id, record }) => near.get(id)!.length > 0 || isFolded(record) || (record.folds?.length ?? 0) > 0,
  );
  // The largest first: the others then find at once whom they belong to.
  for (const { id } of concerned.sort(bySize)) note(id, await settle(ledger, id));
  return { images, dirty };
}

const isFolded = (record: ImageRecord): boolean => (record.foldedInto ?? null) !== null;

/** From here on those who look for it find it. It stands for itself until it is settled otherwise. */
async function enlist(ledger: Ledger, images: readonly ComparableImage[]): Promise<void> {
  const looksOf = new Map(images.map(({ id, looks }) => [id, looks]));
  const ids = images
    .filter(({ record, looks }) => !isDeepStrictEqual(record.looks, looks))
    .map(({ id }) => id);
  if (ids.length === 0) return;
  await changePlanned(ledger, async () => {
    const stored = await ledger.get('image', ids);
    return stored
      .filter(({ record }) => record.looks === undefined)
      .flatMap(({ id, version, record }) => {
        const looks = looksOf.get(id)!;
        return [changeTo({ id, version }, { ...record, looks }), ...likenessOf(id, record.collection, looks)];
      });
  });
}

const likenessOf = (imageId: string, collection: string, { perceptualHash }: ImageLooks): Change[] =>
  bandsOf(collection, perceptualHash).map((band, number) => ({
    kind: 'likeness',
    id: likenessId(imageId, number),
    expect: 0,
    record: { collection, imageId, band, perceptualHash },
  }));

const changeTo = ({ id, version }: Pick<Image, 'id' | 'version'>, record: ImageRecord): Change => ({
  kind: 'image',
  id,
  expect: version,
  record,
});

interface Settling {
  /** Undefined where it is not there any more. */
  readonly image: Image | undefined;
  /** Dirty now. */
  readonly others: Iterable<string>;
}

async function settle(ledger: Ledger, id: string): Promise<Settling> {
  const others = new Set<string>();
  for (;;) {
    let seen: Seen | undefined;
    let changes: readonly Change[] = [];
    const changed = await changePlanned(ledger, async () => {
      seen = await look(ledger, id);
      changes = seen === undefined ? [] : await standingChanges(ledger, seen);
      return changes;
    });
    for (const change of changes) if (change.id !== id) others.add(change.id);
    // Looked at again: who came while that was written may have seen it as it was before.
    if (changed > 0) continue;
    if (seen === undefined) return { image: (await ledger.get('image', [id]))[0], others };
    const concerned = seen.into === undefined ? await misplaced(ledger, seen) : [seen.into.id];
    await amend(ledger, concerned.map(raiseRevision));
    for (const other of concerned) others.add(other);
    return { image: seen.image, others };
  }
}

interface Seen {
  readonly image: ComparableImage;
  /** Smaller ones that look like it. */
  readonly smaller: readonly ComparableImage[];
  /** Whom it belongs to; undefined where it stands for itself. */
  readonly into: ComparableImage | undefined;
}

/** Undefined where it is not among those that are compared any more. */
async function look(ledger: Ledger, id: string): Promise<Seen | undefined> {
  const [stored] = await ledger.get('image', [id]);
  const image = stored && comparable(stored);
  if (image === undefined) return undefined;
  const { looks, record } = image;
  const near = (await nearTo(ledger, [{ id, collection: record.collection, looks }])).get(id)!;
  // It is near to whom it belongs, though too many may share their bands by now.
  const known = record.foldedInto ? [record.foldedInto] : [];
  const alike = (await ledger.get('image', [...new Set([...near, ...known])]))
    .flatMap((one) => comparable(one) ?? [])
    .filter((other) => isAlike(image, other))
    .sort(bySize);
  return {
    image,
    smaller: alike.filter((other) => bySize(image, other) < 0),
    into: alike.find((other) => bySize(other, image) < 0 && !isFolded(other.record)),
  };
}

const comparable = (image: Image): ComparableImage | undefined =>
  image.record.looks === undefined ? undefined : { ...image, looks: image.record.looks };

/** What it takes that the image belongs to whom it should; nothing where it does. */
async function standingChanges(ledger: Ledger, { image, into }: Seen): Promise<Change[]> {
  const { id, record } = image;
  if ((into?.id ?? null) === (record.foldedInto ?? null)) return [];
  if (into === undefined) {
    const { foldedInto: _, ...standing } = record;
    return [changeTo(image, raised(standing)), ...(await partings(ledger, id, { ...record, folds: [] }))];
  }
  const { folds: _, ...folded } = record;
  return [
    changeTo(image, raised({ ...folded, foldedInto: into.id })),
    changeTo(into, raised({ ...into.record, folds: [...(into.record.folds ?? []), id] })),
    ...(await partings(ledger, id, record)),
  ];
}

const raised = (record: ImageRecord): ImageRecord => ({ ...record, revision: record.revision + 1 });

/** It leaves the image that stood for it; those that it stood for stand for themselves until they are settled. */
async function partings(
  ledger: Ledger,
  id: string,
  { foldedInto, folds = [] }: Pick<ImageRecord, 'foldedInto' | 'folds'>,
): Promise<Change[]> {
  const ids = [...(foldedInto ? [foldedInto] : []), ...folds];
  const others = ids.length === 0 ? [] : await ledger.get('image', ids);
  return others.map((other) => {
    const { foldedInto: into, ...record } = other.record;
    if (into === id) return changeTo(other, raised(record));
    const left = (record.folds ?? []).filter((one) => one !== id);
    return changeTo(other, raised({ ...other.record, folds: left }));
  });
}

/** Smaller ones that look like an image that stands for itself, and belong neither to it nor to a larger one. */
async function misplaced(ledger: Ledger, { image, smaller }: Seen): Promise<string[]> {
  const elsewhere = smaller.filter(({ record }) => record.foldedInto !== image.id);
  const stand = await ledger.get('image', [
    ...new Set(elsewhere.flatMap(({ record }) => record.foldedInto ?? [])),
  ]);
  const larger = new Set(
    stand
      .flatMap((one) => comparable(one) ?? [])
      .filter((one) => bySize(one, image) < 0)
      .map(({ id }) => id),
  );
  return elsewhere.filter(({ record }) => !larger.has(record.foldedInto ?? '')).map(({ id }) => id);
}

/** It is not compared any more. */
async function leave(ledger: Ledger, id: string): Promise<Settling> {
  let departure: Departure = { changes: [], others: [] };
  await changePlanned(ledger, async () => {
    const [image] = await ledger.get('image', [id]);
    if (image?.record.looks === undefined) return [];
    departure = await departureOf(ledger, image);
    const { looks: _, foldedInto, folds, ...record } = image.record;
    const isConcerned = departure.others.length > 0 || isFolded(image.record);
    return [changeTo(image, isConcerned ? raised(record) : record), ...departure.changes];
  });
  return { image: (await ledger.get('image', [id]))[0], others: departure.others };
}

export interface Departure {
  readonly changes: readonly Change[];
  /** Images that the changes make dirty. */
  readonly others: readonly string[];
}

/** What goes with an image that leaves, besides what becomes of its own record. */
export async function departureOf(ledger: Ledger, { id, record }: Image): Promise<Departure> {
  if (record.looks === undefined) return { changes: [], others: [] };
  const numbers = bandsOf(record.collection, record.looks.perceptualHash).keys();
  const likeness = await ledger.get(
    'likeness',
    [...numbers].map((number) => likenessId(id, number)),
  );
  const parted = await partings(ledger, id, record);
  const deleted = likeness.map(
    (one): Change => ({ ...one, kind: 'likeness', expect: one.version, record: null }),
  );
  return { changes: [...deleted, ...parted], others: parted.map((one) => one.id) };
}
