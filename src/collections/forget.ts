// Takes an image, a page or a site down in all collections, and keeps it from coming back.
import { batches } from '../batches.ts';
import { thumbnailKey } from '../blobs/blobs.ts';
import { placeOf } from '../crawler/taken-down.ts';
import { openProjector } from '../indexer/project.ts';
import type { Taxonomy } from '../labels/taxonomy.ts';
import { type LocationRecord, listAll } from '../ledger.ts';
import { type Block, block, isOfSite, sameSpelling } from './blocks.ts';
import { dropItems, type ItemParts } from './drop-items.ts';
import { dropFailures, dropLinks } from './drop-mentions.ts';
import {
  dropAppearances,
  dropLocations,
  dropPageRecord,
  type EraseParts,
  eraseContent,
  isUsed,
  pieces,
} from './erase.ts';
import { type Count, emptiedBy, type Reach, reachOf } from './reach.ts';
import { readTarget, type Target } from './target.ts';

export type ForgetParts = Omit<EraseParts, 'projector'> & ItemParts & { readonly taxonomy: Taxonomy };

/** What was removed, in numbers; `blocked` are new entries of the block list. */
export interface Forgotten extends Count {
  readonly target: Target['kind'];
  readonly blocked: number;
}

/**
 * `typed` is an image's id or sha256, an address of an image or page, or a site. An address or site that is not known is
 * blocked all the same. Throws `usage` for what is none of these, `not_found` for an id that no image has. Cut off by
 * whatever, the same call finishes it.
 */
export async function forget(
  parts: ForgetParts,
  typed: string,
  { isDryRun = false }: { readonly isDryRun?: boolean } = {},
): Promise<Forgotten> {
  const { ledger } = parts;
  const target = readTarget(typed);
  const reach = await reachOf(ledger, target);
  const blocks = blocksFor(target, reach);
  // First of all: who writes from now on, asks.
  const blocked = isDryRun ? 0 : await block(ledger, blocks);
  const emptied = await emptiedBy(ledger, reach);
  const count = await countOf(parts, reach, emptied);
  if (!isDryRun) {
    const projector = openNamesake(parts);
    for (const some of pieces(emptied.ids)) await projector.learn(some);
    // Before all else, so that no answer shows it while the rest is going.
    for (const some of pieces(emptied.ids)) await parts.index.forget(some);
    await parts.index.refresh();
    await dropItems(parts, [...reach.locations.keys(), ...reach.pages]);
    await remove({ ...parts, projector }, target, reach);
  }
  return { target: target.kind, blocked, ...count };
}

function blocksFor(target: Target, { contents, locations }: Reach): Block[] {
  if (target.kind === 'site') return [{ subject: 'site', value: target.host }];
  return [
    ...(target.kind === 'address' ? [{ subject: 'address', value: target.url } as const] : []),
    ...[...contents].map((value) => ({ subject: 'content', value }) as const),
    ...[...locations.values()].map(({ url }) => ({ subject: 'address', value: url }) as const),
  ];
}

async function countOf(
  { ledger, blobs }: ForgetParts,
  { contents, locations, pages }: Reach,
  emptied: { ids: readonly string[]; contents: ReadonlySet<string>; collections: ReadonlySet<string> },
): Promise<Count> {
  const gone = new Set(emptied.ids);
  const collections = new Set(emptied.collections);
  for (const { collection } of locations.values()) collections.add(collection);
  let thumbnails = 0;
  for (const sha256 of emptied.contents) {
    if ((await blobs.sizeOf(thumbnailKey(sha256))) === null) continue;
    if (contents.has(sha256) || !(await isUsed(ledger, sha256, gone))) thumbnails++;
  }
  for (const some of pieces(pages))
    for (const { record } of await ledger.get('page', some)) collections.add(record.collection);
  return {
    images: emptied.ids.length,
    locations: locations.size,
    pages: pages.size,
    blobs: thumbnails,
    collections: [...collections].sort(),
  };
}

async function remove(
  parts: EraseParts,
  target: Target,
  { contents, locations, appearances, pages }: Reach,
): Promise<void> {
  const { ledger, index } = parts;
  for (const content of contents) await eraseContent(parts, content);
  await dropLocations(parts, [...locations.keys()]);
  await dropAppearances(parts, [...appearances]);
  const isGone = isGoneWith(target, locations.values());
  await dropLinks(parts, isGone);
  await dropFailures(ledger, isGone);
  for (const id of pages) await dropPageRecord(ledger, id);
  await projectStale(parts);
  await index.refresh();
  await index.purge();
}

/** Whether an address went with the target. */
function isGoneWith(target: Target, locations: Iterable<LocationRecord>): (url: string) => boolean {
  if (target.kind === 'site') return (url) => isOfSite(placeOf(url).host, target.host);
  const addresses = new Set([...locations].map(({ url }) => sameSpelling(url)));
  if (target.kind === 'address') addresses.add(sameSpelling(target.url));
  return (url) => addresses.has(sameSpelling(url));
}

/** Documents that are behind may still name it: where a call like this was cut off, they are what is left to do. */
async function projectStale({ ledger, index, projector }: EraseParts): Promise<void> {
  for await (const some of batches(listAll(ledger, 'image', { dirty: true }), 200)) {
    const stale = await index.get(some.map(({ id }) => id));
    await Promise.all(stale.map(({ id }) => projector.project(id)));
  }
}

/** Images that stay are projected anew. Names that only the model knows are in documents: it is not loaded for that. */
function openNamesake({ ledger, index, taxonomy }: ForgetParts) {
  const names = new Map<string, string>();
  const projector = openProjector({ ledger, index, taxonomy, className: (concept) => names.get(concept) });
  const learn = async (ids: readonly string[]): Promise<void> => {
    for (const { labels } of await index.get(ids)) for (const { id, name } of labels) names.set(id, name);
  };
  return {
    learn,
    async project(imageId: string) {
      const [image] = await ledger.get('image', [imageId]);
      // The document of the one that it is folded into is made anew with it.
      await learn([imageId, ...(image?.record.foldedInto ? [image.record.foldedInto] : [])]);
      return projector.project(imageId);
    },
  };
}
