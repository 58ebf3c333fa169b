// Goes once over all that there is of a collection, and writes what the other store has not, or has otherwise.
import { batches } from '../batches.ts';
import { type Blobs, thumbnailKey } from '../blobs/blobs.ts';
import { placeOf } from '../crawler/taken-down.ts';
import { ImagedexError } from '../errors.ts';
import type { ImageIndex } from '../indexer/image-index.ts';
import { type Kind, type Ledger, listAll, type Stored } from '../ledger.ts';
import { areBlocked, blockedContents } from './blocks.ts';
import { copyBlobs, countBlobs } from './copy-blobs.ts';
import { copyDescriptions, copyImages } from './copy-images.ts';
import { addRecords, changeOf, copyRecords, pieceSize, settle } from './copy-records.ts';

export interface CopySide {
  /** How messages call it: `sqlite`, `opensearch`. */
  readonly name: string;
  readonly ledger: Ledger;
  readonly index: ImageIndex;
  readonly blobs: Blobs;
}

export interface CopyRequest {
  readonly collection: string;
  readonly from: CopySide;
  readonly to: CopySide;
  /** False where both have the same. */
  readonly withBlobs: boolean;
  /** How messages spell a further command that works in this store. */
  readonly command?: (store: string, words: string) => string;
}

export const commandOf = (
  { command = (store, words) => `imagedex ${words} --store ${store}` }: Pick<CopyRequest, 'command'>,
  store: string,
  words: string,
): string => `\`${command(store, words)}\``;

/** What is looked at now, and how much of it has been. */
export type OnCopied = (what: string, done: number, total: number) => void;

export interface CopyWatch {
  readonly signal: AbortSignal;
  readonly onProgress: OnCopied;
  /** Asked before anything is written: throws where nothing may be. */
  permit(): Promise<void>;
}

export interface CopyCounts {
  pages: number;
  locations: number;
  appearances: number;
  images: number;
  documents: number;
  crawls: number;
  failures: number;
  /** All that there are: they are of no collection. */
  blocks: number;
  blobs: number;
  blobBytes: number;
  /** Images whose thumbnail is not there to be copied or used. */
  missingBlobs: number;
  /** Documents that the target does not take, by image id: the reason. Their images are dirty there. */
  readonly rejected: Map<string, string>;
}

interface Pass extends CopyRequest, CopyWatch {
  readonly counts: CopyCounts;
}

/** Kinds whose records name their collection, in the order in which they are written. */
export const copiedKinds = {
  page: 'pages',
  location: 'locations',
  appearance: 'appearances',
  image: 'images',
  crawl: 'crawls',
  failure: 'failures',
} as const;
type CopiedKind = keyof typeof copiedKinds;

/** `differed`: records, documents and blobs that were not the same in both. */
export async function copyPass(
  request: CopyRequest,
  watch: CopyWatch,
): Promise<{ readonly counts: CopyCounts; readonly differed: number }> {
  const [pages, locations, appearances, images] = [0, 0, 0, 0];
  const records = { pages, locations, appearances, images, documents: 0, crawls: 0, failures: 0 };
  const counts = {
    ...records,
    blocks: 0,
    blobs: 0,
    blobBytes: 0,
    missingBlobs: 0,
    rejected: new Map<string, string>(),
  };
  const pass = { ...request, ...watch, counts };
  let differed = 0;
  for (const step of [copyBlocks, copyPages, copyPictures, copyLikeness, copyLocations, copyHistory])
    differed += await step(pass);
  return { counts, differed };
}

/** First of all, so that nothing of a take-down can come back there. */
async function copyBlocks({ from, to, counts, permit }: Pass): Promise<number> {
  let differed = 0;
  for await (const some of batches(listAll(from.ledger, 'block', {}), pieceSize)) {
    counts.blocks += some.length;
    differed += await addRecords({ ledger: to.ledger, permit }, 'block', some);
  }
  return differed;
}

const copyPages = (pass: Pass): Promise<number> =>
  copyKind(pass, 'page', async (pages) => {
    await mustBeUp(
      pass,
      pages.map(({ record }) => record.address),
    );
    return 0;
  });

/** After the images: what is known of a content is found by them. */
async function copyLocations(pass: Pass): Promise<number> {
  const { from, to, permit } = pass;
  const differed = await copyKind(pass, 'location', async (locations) => {
    await mustBeUp(
      pass,
      locations.map(({ record }) => record.url),
    );
    const keys = locations.flatMap(({ record }) => record.descriptionKey ?? []);
    return copyDescriptions(from.ledger, { ledger: to.ledger, permit }, keys);
  });
  return differed + (await copyKind(pass, 'appearance', async () => 0));
}

async function copyKind<K extends CopiedKind>(
  pass: Pass,
  kind: K,
  onPiece: (stored: readonly Stored<K>[]) => Promise<number>,
): Promise<number> {
  const { from, to, collection, permit } = pass;
  const count = await counting(pass, kind);
  return copyRecords(from.ledger, { ledger: to.ledger, permit }, kind, { collection }, (stored) => {
    count(stored.length);
    return onPiece(stored);
  });
}

async function counting(
  { from, collection, counts, signal, onProgress }: Pass,
  kind: CopiedKind,
): Promise<(some: number) => void> {
  const name = copiedKinds[kind];
  const total = await countOf(from.ledger, kind, collection);
  return (some) => {
    signal.throwIfAborted();
    counts[name] += some;
    onProgress(name, counts[name], total);
  };
}

export const countOf = async (ledger: Ledger, kind: Kind, collection: string): Promise<number> =>
  (await ledger.tally(kind, { collection }, []))[0]?.count ?? 0;

async function copyPictures(pass: Pass): Promise<number> {
  const { from, to, collection, withBlobs, counts, permit } = pass;
  const count = await counting(pass, 'image');
  // What both have is not this one's to remove.
  const blobs = withBlobs ? to.blobs : { ...to.blobs, remove: async () => {} };
  return copyImages(from, { ...to, blobs, permit }, collection, counts, async (images) => {
    count(images.length);
    const contents = images.map(({ record }) => record.sha256);
    const [down] = await blockedContents(to.ledger, contents);
    if (down !== undefined) throw takenDown(pass, `content sha256:${down}`, `sha256:${down}`);
    const keys = contents.map(thumbnailKey);
    const found = withBlobs ? { blobs: 0, blobBytes: 0 } : await countBlobs(to.blobs, keys);
    const differed = withBlobs ? await copyBlobs(from.blobs, to.blobs, keys, found, permit) : 0;
    counts.missingBlobs += keys.length - found.blobs;
    if (withBlobs) {
      counts.blobs += found.blobs;
      counts.blobBytes += found.blobBytes;
    }
    return differed;
  });
}

/** By which the images find those that look like them. */
const copyLikeness = ({ from, to, collection, permit }: Pass): Promise<number> =>
  copyRecords(from.ledger, { ledger: to.ledger, permit }, 'likeness', { collection });

/** A schedule's id is its collection. */
async function copyHistory(pass: Pass): Promise<number> {
  const { from, to, collection, permit } = pass;
  const differed =
    (await copyKind(pass, 'crawl', async () => 0)) + (await copyKind(pass, 'failure', async () => 0));
  const [[schedule], [other]] = await Promise.all([
    from.ledger.get('schedule', [collection]),
    to.ledger.get('schedule', [collection]),
  ]);
  const change = changeOf('schedule', { id: collection, to: other }, schedule?.record ?? null);
  return differed + (await settle({ ledger: to.ledger, permit }, change === undefined ? [] : [change]));
}

/** What was taken down there, and not here, must not come back there. */
async function mustBeUp(pass: Pass, urls: readonly string[]): Promise<void> {
  const answers = await areBlocked(pass.to.ledger, urls.map(placeOf));
  const down = urls.find((_, index) => answers[index]);
  if (down !== undefined) throw takenDown(pass, down, down);
}

const takenDown = (pass: Pass, what: string, target: string): ImagedexError =>
  new ImagedexError(
    'usage',
    `${what} was taken down in ${pass.to.name}, but collection ${pass.collection} in ${pass.from.name} has it: ` +
      `take it down there, too (${commandOf(pass, pass.from.name, `forget ${target} --yes`)}), then copy again`,
  );
