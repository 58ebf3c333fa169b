// Stage 4: makes the search document of an image from the ledger, writes it, and marks the image clean.

import { makeLabels } from '../labels/label-maker.ts';
import type { Taxonomy } from '../labels/taxonomy.ts';
import type { ImageRecord, Ledger, LocationRecord } from '../ledger.ts';
import type { Log } from '../log.ts';
import { type Description, isOnTheWeb, type PageContext } from '../record.ts';
import { tokens } from '../text.ts';
import {
  type DocumentAppearance,
  type DocumentLocation,
  type ImageDocument,
  type ImageIndex,
  type TextTier,
  type TierTokens,
  textTiers,
} from './image-index.ts';
import { mendEmptied } from './mend-emptied.ts';
import { rememberProjected } from './remember-projected.ts';

export interface ProjectorParts {
  readonly ledger: Ledger;
  readonly index: ImageIndex;
  readonly taxonomy: Taxonomy;
  /** Names of concepts that the taxonomy does not know: the model's own. */
  readonly className: (concept: string) => string | undefined;
  readonly log?: Pick<Log, 'warn'>;
}

export interface Projector {
  /** Resolves when the index has caught up with the image's revision as it is now: null, or why it does not take it. */
  project(imageId: string): Promise<string | null>;
  /** Projects every image that is dirty, all of them where the index has lost them. Returns how many there were. */
  sweep(collection: string): Promise<number>;
}

const maxBatch = 64;
/** No word is this: a phrase never matches across two of them. */
const phraseEnd = '|';
/** What a document carries of an image that is everywhere. */
const maxListed = 100;

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
        const rejected = await projectBatch(
          parts,
          batch.map(([id]) => id),
        );
        for (const [id, { resolve }] of batch) resolve(rejected.get(id) ?? null);
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
  readonly resolve: (value: T) => void;
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

/** Returns why the index does not take which of them. */
async function projectBatch(
  parts: ProjectorParts,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { ledger, index } = parts;
  // Revisions are read before all else: what changes after this leaves the image dirty.
  const images = await ledger.get('image', ids);
  const dirty = images.filter(({ record }) => record.revision > record.indexedRevision);
  const descriptions = new Map<string, Description>();
  for (const { id, record } of await ledger.get(
    'description',
    dirty.map(({ record }) => record.descriptionKey),
  )) {
    descriptions.set(id, record);
  }
  const projections = await Promise.all(
    dirty.map(async (image) => ({
      ...image,
      document: await makeDocument(
        parts,
        image.id,
        image.record,
        descriptions.get(image.record.descriptionKey),
      ),
    })),
  );
  const documents = projections.flatMap(({ document }) => document ?? []);
  const removed = projections.filter(({ document }) => document === null);
  const rejected = documents.length > 0 ? await index.put(documents) : [];
  if (removed.length > 0) {
    await index.remove(
      removed.map(({ id, record: { collection, revision } }) => ({ id, collection, revision })),
    );
  }
  const reasons = new Map(rejected.map(({ id, reason }) => [id, reason]));
  const unknown = await rememberProjected(
    ledger,
    projections.map((image) => ({ ...image, reason: reasons.get(image.id) })),
  );
  // Taken down while it was projected: whoever did so may have come before the document.
  if (unknown.length > 0) {
    await index.forget(unknown);
    await index.purge();
  }
  for (const { id, record } of images) {
    if (record.rejected !== undefined && record.revision === record.indexedRevision)
      reasons.set(id, record.rejected);
  }
  return reasons;
}

/** null for an image that lies nowhere any more. */
async function makeDocument(
  { ledger, taxonomy, className }: ProjectorParts,
  id: string,
  image: ImageRecord,
  description: Description | undefined,
): Promise<ImageDocument | null> {
  // Only a live location names an image.
  const locations = await ledger.list('location', { imageId: id }, { limit: maxListed });
  if (locations.length === 0 || description === undefined) return null;
  const { appearances, count } = await listAppearances(
    ledger,
    locations.map((location) => location.id),
  );
  const { format, width, height, sizeBytes, exif, describedAt, model } = description;
  return {
    id,
    collection: image.collection,
    revision: image.revision,
    sha256: image.sha256,
    format,
    width,
    height,
    sizeBytes,
    exif,
    labels: makeLabels(description.scores, taxonomy, className),
    model,
    ...documentTokens(
      appearances,
      locations.map(({ record }) => record),
    ),
    hosts: [...new Set(locations.map(({ record }) => record.host))].filter((host) => host !== ''),
    locations: locations.map(
      ({ id: locationId, record: { url, host, source } }): DocumentLocation => ({
        id: locationId,
        url,
        host,
        source,
      }),
    ),
    appearances,
    appearanceCount: count,
    describedAt,
    fetchedAt: locations
      .map(({ record }) => record.fetchedAt ?? '')
      .sort()
      .at(-1)!,
  };
}

async function listAppearances(
  ledger: Ledger,
  locationIds: readonly string[],
): Promise<{ appearances: DocumentAppearance[]; count: number }> {
  const [newest, counts] = await Promise.all([
    Promise.all(locationIds.map((id) => ledger.newestAppearances(id, maxListed))),
    Promise.all(locationIds.map((locationId) => ledger.tally('appearance', { locationId }, []))),
  ]);
  const appearances = newest.flat().map(({ record: { pageUrl, locationId, context, seenAt } }) => ({
    pageUrl,
    locationId,
    context,
    seenAt,
  }));
  appearances.sort((a, b) =>
    a.seenAt < b.seenAt ? 1 : a.seenAt > b.seenAt ? -1 : a.pageUrl < b.pageUrl ? -1 : 1,
  );
  const count = counts.flat().reduce((sum, one) => sum + one.count, 0);
  return { appearances: appearances.slice(0, maxListed), count };
}

/** Apart by where they are said: who may search the web's words only must not find out the others by guessing. */
function documentTokens(
  appearances: readonly DocumentAppearance[],
  locations: readonly LocationRecord[],
): Pick<ImageDocument, 'tokens' | 'localTokens'> {
  const places = [
    ...appearances.map(({ pageUrl, context }) => ({ url: pageUrl, said: context })),
    // The words of the address count as the last tier.
    ...locations.map(({ url, words }) => ({ url, said: { section: words } })),
  ];
  const local = places.filter(({ url }) => !isOnTheWeb(url));
  return {
    tokens: tierTokens(places.filter(({ url }) => isOnTheWeb(url))),
    ...(local.length === 0 ? {} : { localTokens: tierTokens(local) }),
  };
}

/** Each tier's phrases one after the other. */
function tierTokens(places: readonly { readonly said: PageContext }[]): TierTokens {
  const tokensOf = (tier: TextTier) => {
    const phrases = new Set(places.flatMap(({ said }) => said[tier] || []));
    return [...phrases].flatMap((phrase) => [...tokens(phrase), phraseEnd]);
  };
  return Object.fromEntries(textTiers.map((tier) => [tier, tokensOf(tier)])) as {
    [T in TextTier]: string[];
  };
}
