// Stage 4: makes the search document of an image from the ledger, writes it, and marks the image clean.

import type { Ledger, Stored } from '../ledger.ts';
import type { Log } from '../log.ts';
import type { Description } from '../record.ts';
import { type DocumentParts, makeDocument, maxListed } from './document.ts';
import { settleFolds } from './fold.ts';
import type { ImageDocument, ImageIndex } from './image-index.ts';
import { looksOf } from './likeness.ts';
import { mendEmptied } from './mend-emptied.ts';
import { rememberProjected } from './remember-projected.ts';
import { rememberFoldAlike } from './switch-folding.ts';

export interface ProjectorParts extends DocumentParts {
  readonly index: ImageIndex;
  /** Whether a collection's images are folded from the next sweep on; without it they go on as they did. */
  readonly foldsAlike?: (collection: string) => boolean;
  readonly log?: Pick<Log, 'warn'>;
}

export interface Projector {
  /** Resolves when the index has caught up with the image's revision as it is now: null, or why it does not take it. */
  project(imageId: string): Promise<string | null>;
  /** Projects every image that is dirty, all of them where the index has lost them. Returns how many there were. */
  sweep(collection: string): Promise<number>;
}

const maxBatch = 64;

export function openProjector(parts: ProjectorParts): Projector {
  // Images that wait: changes that come while a batch is being written are projected together in the next one.
  const waiting = new Map<string, PromiseWithResolvers<string | null>>();
  let isWriting = false;

  const write = async () => {
    isWriting = true;
    while (waiting.size > 0) {
      const batch = [...waiting].slice(0, maxBatch);
      for (const [id] of batch) waiting.delete(id);
      try {
        const { rejected, dirty } = await projectBatch(
          parts,
          batch.map(([id]) => id),
        );
        // Whoever waits for an image waits for those that this one made dirty, too.
        const others = Promise.all([...dirty].map(project));
        others.catch(() => {});
        for (const [id, { resolve }] of batch)
          resolve(dirty.has(id) ? project(id) : others.then(() => rejected.get(id) ?? null));
      } catch (error) {
        for (const [, { reject }] of batch) reject(error);
      }
    }
    isWriting = false;
  };

  const project = (imageId: string): Promise<string | null> => {
    const entry = waiting.get(imageId) ?? withResolvers<string | null>();
    waiting.set(imageId, entry);
    if (!isWriting) queueMicrotask(() => isWriting || write());
    return entry.promise;
  };

  return {
    project,
    async sweep(collection) {
      await rememberFoldAlike(parts.ledger, collection, parts.foldsAlike?.(collection));
      const emptied = await mendEmptied(parts.ledger, parts.index, collection);
      if (emptied > 0)
        parts.log?.warn('the image index has lost its documents: they are made again', {
          collection,
          images: emptied,
        });
      let count = 0;
      for (;;) {
        const dirty = await parts.ledger.list('image', { collection, dirty: true }, { limit: 500 });
        if (dirty.length === 0) return count;
        await Promise.all(dirty.map(({ id }) => project(id)));
        count += dirty.length;
      }
    },
  };
}

interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T | Promise<T>) => void;
  readonly reject: (reason: unknown) => void;
}

// Promise.withResolvers comes with Node 22.
function withResolvers<T>(): PromiseWithResolvers<T> {
  let settle: Pick<PromiseWithResolvers<T>, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle! };
}

interface Draft {
  readonly image: Stored<'image'>;
  readonly description: Description | undefined;
  readonly locations: readonly Stored<'location'>[];
}

interface Outcome {
  /** Why the index does not take which of them. */
  readonly rejected: ReadonlyMap<string, string>;
  /** To be projected now: others that these have changed, and those of these that have changed meanwhile. */
  readonly dirty: ReadonlySet<string>;
}

async function projectBatch(parts: ProjectorParts, ids: readonly string[]): Promise<Outcome> {
  const { ledger, index } = parts;
  // Revisions are read before all else: what changes after this leaves the image dirty.
  const images = await ledger.get('image', ids);
  const drafts = await draftsOf(
    ledger,
    images.filter(({ record }) => record.revision > record.indexedRevision),
  );
  const folded = await foldDrafts(ledger, drafts);
  const dirty = new Set(folded.dirty);
  const projections: (Draft & { readonly document: ImageDocument | null })[] = [];
  await Promise.all(
    drafts.map(async (draft) => {
      const { id, record } = draft.image;
      const now = folded.images.get(id);
      if (now?.record.revision !== record.revision) dirty.add(id);
      else projections.push({ ...draft, document: await documentOf(parts, now, draft) });
    }),
  );
  const rejected = await writeAll(index, projections);
  const unknown = await rememberProjected(
    ledger,
    projections.map(({ image }) => ({ ...image, reason: rejected.get(image.id) })),
  );
  // Taken down while it was projected: whoever did so may have come before the document.
  if (unknown.length > 0) {
    await index.forget(unknown);
    await index.purge();
  }
  for (const { id, record } of images) {
    if (record.rejected !== undefined && record.revision === record.indexedRevision)
      rejected.set(id, record.rejected);
  }
  return { rejected, dirty };
}

async function draftsOf(ledger: Ledger, images: readonly Stored<'image'>[]): Promise<Draft[]> {
  const descriptions = new Map(
    (
      await ledger.get(
        'description',
        images.map(({ record }) => record.descriptionKey),
      )
    ).map(({ id, record }) => [id, record]),
  );
  return Promise.all(
    images.map(async (image) => ({
      image,
      description: descriptions.get(image.record.descriptionKey),
      // Only a live location names an image.
      locations: await ledger.list('location', { imageId: image.id }, { limit: maxListed }),
    })),
  );
}

async function foldDrafts(ledger: Ledger, drafts: readonly Draft[]) {
  const collections = await ledger.get('collection', [
    ...new Set(drafts.map(({ image }) => image.record.collection)),
  ]);
  const unfolded = new Set(collections.flatMap(({ id, record }) => (record.foldAlike === false ? id : [])));
  return settleFolds(
    ledger,
    drafts.map(({ image, description, locations }) => {
      const isComparable = locations.length > 0 && !unfolded.has(image.record.collection);
      return { image, looks: isComparable && description ? looksOf(description) : undefined };
    }),
  );
}

/** null for an image that lies nowhere any more, and for one that another stands for. */
async function documentOf(
  parts: DocumentParts,
  image: Stored<'image'>,
  { description, locations }: Draft,
): Promise<ImageDocument | null> {
  if (locations.length === 0 || description === undefined || image.record.foldedInto) return null;
  return makeDocument(parts, image, description, locations);
}

/** Returns why the index does not take which of them. */
async function writeAll(
  index: ImageIndex,
  projections: readonly { readonly image: Stored<'image'>; readonly document: ImageDocument | null }[],
): Promise<Map<string, string>> {
  const documents = projections.flatMap(({ document }) => document ?? []);
  const removed = projections.filter(({ document }) => document === null);
  const rejected = documents.length > 0 ? await index.put(documents) : [];
  if (removed.length > 0) {
    await index.remove(
      removed.map(({ image: { id, record } }) => ({
        id,
        collection: record.collection,
        revision: record.revision,
      })),
    );
  }
  return new Map(rejected.map(({ id, reason }) => [id, reason]));
}
