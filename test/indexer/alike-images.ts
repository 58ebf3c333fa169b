// Images that look alike, made up: put into a ledger without a crawl, and what folding them must come to, by a plain rule.
import { openProjector, type Projector } from '../../src/indexer/project.ts';
import { wordnet } from '../../src/labels/taxonomy.ts';
import { amend, amendment, type Ledger, raiseRevision } from '../../src/ledger.ts';
import { type Description, imageId, locationId, sha256Of } from '../../src/record.ts';
import { documents, type World } from '../world.ts';

export interface MadeUp {
  readonly name: string;
  readonly perceptualHash: string;
  readonly meanColour?: string;
  readonly width: number;
  readonly height: number;
  readonly sizeBytes: number;
}

const at = '2026-01-02T03:04:05.000Z';
const collection = 'default';
const source = 'web:https://a.example/';
export const idOf = ({ name }: Pick<MadeUp, 'name'>): string =>
  imageId(collection, sha256Of(Buffer.from(name)));
const urlOf = (name: string, place: number): string => `https://${name}.a.example/${place}.jpg`;
const placeIdOf = (name: string, place: number): string => locationId(collection, source, urlOf(name, place));

/** A generator of numbers from 0 to below `most`, the same for the same seed. */
export function dice(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

export const flipped = (hash: string, bits: readonly number[]): string =>
  bits
    .reduce((value, bit) => value ^ (1n << BigInt(bit)), BigInt(`0x${hash}`))
    .toString(16)
    .padStart(16, '0');

/** The image lies at one more place. */
export async function place(ledger: Ledger, image: MadeUp, number = 0): Promise<void> {
  const { name, perceptualHash, meanColour = '808080', width, height, sizeBytes } = image;
  const sha256 = sha256Of(Buffer.from(name));
  const description: Description = {
    ...{ key: `key-${name}`, sha256, model: 'm@1', format: 'JPEG', width, height, sizeBytes, exif: {} },
    ...{ scores: [], embedding: null, perceptualHash, meanColour, describedAt: at },
  };
  const url = urlOf(name, number);
  await amend(ledger, [
    amendment('collection', collection, (old) =>
      old === undefined ? { name: collection, sources: [source], unfinished: {}, unpurged: [] } : undefined,
    ),
    amendment('description', description.key, () => description),
    amendment('location', placeIdOf(name, number), () => ({
      ...{ collection, source, address: url, url, host: new URL(url).host, words: name, state: 'indexed' },
      ...{ imageId: idOf(image), sha256, descriptionKey: description.key, validators: {}, foundAt: at },
      ...{ fetchedAt: at, crawlId: 'c1', outcome: 'indexed', code: null, inferred: true },
    })),
    amendment('image', idOf(image), (old) => ({
      ...(old ?? {
        collection,
        sha256,
        descriptionKey: description.key,
        indexedRevision: 0,
        indexedAt: null,
      }),
      revision: (old?.revision ?? 0) + 1,
    })),
  ]);
}

/** It does not lie there any more. */
export const displace = (ledger: Ledger, image: MadeUp, number = 0): Promise<number> =>
  amend(ledger, [
    amendment(
      'location',
      placeIdOf(image.name, number),
      (old) => old && { ...old, state: 'gone', imageId: null },
    ),
    raiseRevision(idOf(image)),
  ]);

export const projectorOf = (
  world: World,
  ledger: Ledger = world.parts.ledger,
  foldsAlike?: boolean,
): Projector =>
  openProjector({
    ledger,
    index: world.parts.index,
    taxonomy: wordnet(),
    className: () => undefined,
    ...(foldsAlike === undefined ? {} : { foldsAlike: () => foldsAlike }),
  });

const bitsOf = (hash: string): number[] => [...BigInt(`0x${hash}`).toString(2).padStart(64, '0')].map(Number);

/** By the rule, in the order of size: for each image that stands for itself those that are folded into it. */
export function folded(images: readonly MadeUp[]): Map<string, string[]> {
  const standing: MadeUp[] = [];
  const all = new Map<string, string[]>();
  const inOrder = [...images].sort(
    (a, b) =>
      b.width * b.height - a.width * a.height || b.sizeBytes - a.sizeBytes || (idOf(a) < idOf(b) ? -1 : 1),
  );
  for (const image of inOrder) {
    const bits = bitsOf(image.perceptualHash);
    const into = standing.find(
      (other) => bitsOf(other.perceptualHash).filter((bit, number) => bit !== bits[number]).length <= 3,
    );
    if (into !== undefined) all.get(idOf(into))!.push(idOf(image));
    else {
      standing.push(image);
      all.set(idOf(image), []);
    }
  }
  return all;
}

/** The same, as searches show it, with whatever else must fit together. */
export async function shown(world: World): Promise<Map<string, string[]>> {
  await world.parts.index.refresh();
  const all = await documents(world);
  return new Map(all.map(({ id, folded: some = [] }) => [id, some.map((one) => one.id)]));
}
