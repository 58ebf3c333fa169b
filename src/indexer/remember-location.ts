// What became of a location, written to the ledger together with the revisions that it raises.
import type { FailureCode, SkipCode } from '../errors.ts';
import {
  type Amendment,
  amendment,
  type ByteChange,
  type CrawlRecord,
  changePlanned,
  type FailureRecord,
  type ImageRecord,
  type Ledger,
  type LocationRecord,
  planAmendments,
  raiseRevision,
} from '../ledger.ts';
import { appearanceId, type DescribedImage, now, type Validators } from '../record.ts';

/** States in which a location's image is found by searches, or about to be. */
export const isLive = (state: LocationRecord['state']): boolean =>
  state === 'indexed' || state === 'described';

/** The first half of indexing: the location belongs to its image, which is dirty until it has been projected. */
export function rememberDescribed(ledger: Ledger, image: DescribedImage): Promise<string[]> {
  return move(
    ledger,
    image.location.id,
    image.crawlId,
    image.imageId,
    (old) => ({
      ...old,
      state: 'described',
      imageId: image.imageId,
      sha256: image.sha256,
      descriptionKey: image.description.key,
      validators: image.validators,
      fetchedAt: image.fetchedAt,
      outcome: null,
      code: null,
      inferred: old.inferred || image.inferred,
      change: old.change ?? changeOf(old.sha256, image.sha256),
      ...(old.missing && { missing: 0 }),
    }),
    [
      amendment('image', image.imageId, (old) => nextRevision(old, image)),
      amendment('failure', image.location.id, () => null),
      saysItself(image),
    ],
  );
}

const changeOf = (before: string | null, after: string): ByteChange =>
  before === null ? 'new' : before === after ? 'same' : 'changed';

/** What the place itself says of an image is an appearance of which it is the page. */
const saysItself = ({ collection, location, context }: DescribedImage): Amendment =>
  amendment('appearance', appearanceId(location.id, location.id), (old) => {
    if (context === undefined) return null;
    const { id: locationId, url: pageUrl } = location;
    return { collection, locationId, pageId: locationId, pageUrl, context, seenAt: old?.seenAt ?? now() };
  });

const nextRevision = (
  old: ImageRecord | undefined,
  { collection, sha256, description }: DescribedImage,
): ImageRecord =>
  old === undefined
    ? {
        collection,
        sha256,
        descriptionKey: description.key,
        revision: 1,
        indexedRevision: 0,
        indexedAt: null,
      }
    : { ...old, descriptionKey: description.key, revision: old.revision + 1 };

/** The second half, after the projection: only now is the location settled. */
export const rememberIndexed = (ledger: Ledger, image: DescribedImage): Promise<string[]> =>
  move(ledger, image.location.id, image.crawlId, image.imageId, (old) =>
    old.imageId === image.imageId ? { ...old, state: 'indexed', outcome: 'indexed' } : old,
  );

/** Instead of the second half, where the index does not take the image's document. */
export const rememberRejected = (
  ledger: Ledger,
  { location, crawlId, imageId }: DescribedImage,
  failure: FailureRecord,
): Promise<string[]> =>
  move(
    ledger,
    location.id,
    crawlId,
    imageId,
    (old) =>
      old.imageId === imageId
        ? // Not `indexed`, so that no crawl takes it for settled because its bytes are the same.
          { ...old, state: 'described', outcome: 'failed', code: failure.code }
        : old,
    [amendment('failure', location.id, () => failure)],
  );

/** The source says that nothing changed; only for a location that is `indexed`. */
export const rememberUnchanged = (
  ledger: Ledger,
  locationId: string,
  crawlId: string,
  /** Instead of those of before, where the same bytes came with others. */
  validators?: Validators,
): Promise<string[]> =>
  move(
    ledger,
    locationId,
    crawlId,
    'keep',
    (old) => ({
      ...old,
      outcome: 'unchanged',
      ...(validators && { validators }),
      ...(old.missing && { missing: 0 }),
    }),
    [amendment('failure', locationId, () => null)],
  );

/** Nobody asked, for the page that shows it was not due; where another page was, what came of that stands. */
export const rememberRested = (
  ledger: Ledger,
  locationId: string,
  crawlId: string,
  /** Of what is left out, as it was. */
  code?: SkipCode,
): Promise<string[]> =>
  move(ledger, locationId, crawlId, 'keep', (old) => {
    if (old.outcome !== null) return old;
    return code === undefined ? { ...old, outcome: 'unchanged' } : { ...old, outcome: 'skipped', code };
  });

/** A confirmed 404 that may be a mistake: what lay here stays until it is said often enough. */
export const rememberMissing = (ledger: Ledger, locationId: string, crawlId: string): Promise<string[]> =>
  move(ledger, locationId, crawlId, 'keep', (old) =>
    // Planned again after a change whose answer was lost.
    old.outcome === 'failed' && old.code === 'not_found'
      ? old
      : { ...old, missing: (old.missing ?? 0) + 1, outcome: 'failed', code: 'not_found' },
  );

/** We chose not to take it: an image that lay here before does so no more. */
export const rememberSkipped = (
  ledger: Ledger,
  locationId: string,
  crawlId: string,
  code: SkipCode,
  validators: Validators,
): Promise<string[]> =>
  move(
    ledger,
    locationId,
    crawlId,
    null,
    // Where a page alone said so there is no such time, and another page may say otherwise.
    (old) => ({ ...empty(old), validators, state: 'skipped', outcome: 'skipped', code, fetchedAt: now() }),
    [amendment('failure', locationId, () => null)],
  );

/** We could not: what lay here before stays, unless it is known that other bytes have taken its place. */
export function rememberFailed(
  ledger: Ledger,
  locationId: string,
  crawlId: string,
  code: FailureCode,
  isReplaced: boolean,
): Promise<string[]> {
  return move(ledger, locationId, crawlId, isReplaced ? null : 'keep', (old) => {
    const kept = isReplaced || !isLive(old.state) ? { ...empty(old), state: 'failed' as const } : old;
    return { ...kept, outcome: 'failed', code };
  });
}

/** A confirmed 404, or a file that is not there any more. */
export async function rememberGone(ledger: Ledger, locationId: string, crawlId: string): Promise<string[]> {
  let wasLive = false;
  return move(
    ledger,
    locationId,
    crawlId,
    null,
    (old) => {
      // Planned again after a change whose answer was lost.
      const isDone = old.state === 'gone' && old.outcome === 'failed' && old.code === 'not_found';
      wasLive = isLive(old.state);
      const state = wasLive || isDone ? 'gone' : 'failed';
      return { ...empty(old), state, outcome: 'failed', code: 'not_found' };
    },
    [
      amendment('crawl', crawlId, (crawl) =>
        crawl && wasLive ? { ...crawl, gone: crawl.gone + 1 } : undefined,
      ),
    ],
  );
}

export interface Concluding {
  readonly id: string;
  /** Throws where the crawl is another process's by now. */
  readonly mustBeOurs: (crawl: CrawlRecord | undefined) => void;
}

/** After a complete crawl: locations that it did not see. Returns the images that are dirty now. */
export async function rememberUnseen(
  ledger: Ledger,
  locationIds: readonly string[],
  crawl: Concluding,
  state: 'gone' | 'unlinked',
): Promise<string[]> {
  // Of all plans: a change whose answer was lost may have been applied, and is not planned again.
  const dirty = new Set<string>();
  await changePlanned(ledger, async () => {
    const stored = await ledger.get('location', locationIds);
    const left = stored.filter(({ record }) => record.crawlId !== crawl.id && isLive(record.state));
    const images = new Set(left.flatMap(({ record }) => record.imageId ?? []));
    for (const image of images) dirty.add(image);
    return planAmendments(ledger, [
      ...left.map(({ id }) => amendment('location', id, (old) => old && { ...empty(old), state })),
      ...[...images].map(raiseRevision),
      amendment('crawl', crawl.id, (old) => {
        crawl.mustBeOurs(old);
        return old && left.length > 0 ? { ...old, gone: old.gone + left.length } : undefined;
      }),
    ]);
  });
  return [...dirty];
}

const empty = (old: LocationRecord): LocationRecord => ({
  ...old,
  imageId: null,
  sha256: null,
  descriptionKey: null,
  validators: {},
});

/**
 * Changes a location, and raises the revision of the image that lay there before when another one, or none, lies there
 * now (`to`; 'keep' where the image stays). Returns that image's id, for it is dirty. A location that a newer crawl has
 * taken over is left alone.
 */
async function move(
  ledger: Ledger,
  locationId: string,
  crawlId: string,
  to: string | null | 'keep',
  change: (old: LocationRecord) => LocationRecord,
  also: readonly Amendment[] = [],
): Promise<string[]> {
  // Of all plans, as above.
  const dirty = new Set<string>();
  await changePlanned(ledger, async () => {
    const [stored] = await ledger.get('location', [locationId]);
    if (stored === undefined || stored.record.crawlId !== crawlId) return [];
    const before = stored.record.imageId;
    const left = to !== 'keep' && before !== null && before !== to ? before : null;
    if (left !== null) dirty.add(left);
    const location = {
      kind: 'location',
      id: locationId,
      expect: stored.version,
      record: change(stored.record),
    } as const;
    const others = left === null ? also : [...also, raiseRevision(left)];
    return [location, ...(await planAmendments(ledger, others))];
  });
  return [...dirty];
}
