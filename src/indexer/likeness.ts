// Which images look alike, and how they are found: by bands of their hashes, for hashes that differ in fewer bits than
// there are bands share one of them whole.
import type { ImageLooks, Ledger, LikenessRecord, Stored } from '../ledger.ts';
import { type Description, flatHash } from '../record.ts';

/** Of 64: so many bits of the hashes of one picture's files may differ. */
const maxDifferentBits = 3;
const bandDigits = 4;
const bands = 4;
/** Of 256, a channel. */
const maxColourDifference = 12;
const maxRatioDifference = 0.02;
/** A band that more share says nothing of a picture. */
export const maxSharing = 256;
const maxListed = 1000;

/** Undefined where it is like no other, or nothing is known of that. */
export function looksOf(description: Description): ImageLooks | undefined {
  const { perceptualHash, meanColour, width, height, sizeBytes } = description;
  if (perceptualHash === undefined || meanColour === undefined || perceptualHash === flatHash)
    return undefined;
  return { perceptualHash, meanColour, width, height, sizeBytes };
}

export const bandsOf = (collection: string, perceptualHash: string): string[] =>
  Array.from(
    { length: bands },
    (_, band) => `${collection} ${band} ${perceptualHash.slice(band * bandDigits, (band + 1) * bandDigits)}`,
  );

interface Sized {
  readonly id: string;
  readonly looks: ImageLooks;
}

/** Negative where the first is the larger: the order in which images stand for others. */
export function bySize(one: Sized, other: Sized): number {
  const [a, b] = [one.looks, other.looks];
  return (
    b.width * b.height - a.width * a.height ||
    b.sizeBytes - a.sizeBytes ||
    (one.id < other.id ? -1 : one.id > other.id ? 1 : 0)
  );
}

export function isAlike(one: Sized, other: Sized): boolean {
  const [large, small] = bySize(one, other) < 0 ? [one.looks, other.looks] : [other.looks, one.looks];
  return (
    differentBits(large.perceptualHash, small.perceptualHash) <= maxDifferentBits &&
    colourDifference(large.meanColour, small.meanColour) <= maxColourDifference &&
    isSameShape(large, small)
  );
}

export function differentBits(one: string, other: string): number {
  let count = 0;
  for (const at of [0, 8]) {
    let differing = Number.parseInt(one.slice(at, at + 8), 16) ^ Number.parseInt(other.slice(at, at + 8), 16);
    for (; differing !== 0; differing &= differing - 1) count++;
  }
  return count;
}

function colourDifference(one: string, other: string): number {
  const channel = (colour: string, at: number) => Number.parseInt(colour.slice(at, at + 2), 16);
  return Math.max(...[0, 2, 4].map((at) => Math.abs(channel(one, at) - channel(other, at))));
}

/** Where one is made smaller its sides are rounded to whole pixels. */
function isSameShape(large: ImageLooks, small: ImageLooks): boolean {
  const height = (large.height * small.width) / large.width;
  const width = (large.width * small.height) / large.height;
  const near = (expected: number, is: number) =>
    Math.abs(expected - is) <= Math.max(1, maxRatioDifference * is);
  return near(height, small.height) || near(width, small.width);
}

/** For each image those of its collection whose hashes differ little: their ids. */
export async function nearTo(
  ledger: Ledger,
  images: readonly { readonly id: string; readonly collection: string; readonly looks: ImageLooks }[],
): Promise<Map<string, string[]>> {
  const wanted = new Set(
    images.flatMap(({ collection, looks }) => bandsOf(collection, looks.perceptualHash)),
  );
  const sharing = await listSharing(ledger, [...wanted]);
  return new Map(
    images.map(({ id, collection, looks }) => {
      const near = bandsOf(collection, looks.perceptualHash)
        .flatMap((band) => sharing.get(band) ?? [])
        .filter((one) => differentBits(one.perceptualHash, looks.perceptualHash) <= maxDifferentBits)
        .map(({ imageId }) => imageId);
      return [id, [...new Set(near)].filter((other) => other !== id)];
    }),
  );
}

/** By band; without bands that too many share. */
async function listSharing(
  ledger: Ledger,
  wanted: readonly string[],
): Promise<ReadonlyMap<string, readonly LikenessRecord[]>> {
  if (wanted.length === 0) return new Map();
  const all = await ledger.list('likeness', { band: wanted }, { limit: maxListed });
  const found: readonly (readonly Stored<'likeness'>[])[] =
    all.length < maxListed
      ? [all]
      : await Promise.all(
          wanted.map((band) => ledger.list('likeness', { band: [band] }, { limit: maxSharing + 1 })),
        );
  const byBand = new Map<string, LikenessRecord[]>();
  for (const { record } of found.flat())
    byBand.set(record.band, [...(byBand.get(record.band) ?? []), record]);
  return new Map([...byBand].filter(([, sharing]) => sharing.length <= maxSharing));
}
